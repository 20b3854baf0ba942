"""Rows of the journal for people to read, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from geodata.queries.review_queue import name_of
from geodata.tables.journal import JournalEntry
from geodata.tables.municipalities import Municipality
from geodata.tables.users import Membership, User


@dataclass(frozen=True)
class JournalFilter:
    """Which rows are wanted. action: one, or the beginning of several. object_id: how it begins.

    since, until: moments, the last not included.
    """

    action: str = ""
    object_type: str = ""
    object_id: str = ""
    actor_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class JournalRow:
    """A row as it stands. who: the account's name or address, "" where none acted or it is gone."""

    seq: int
    at: datetime
    municipality: str
    actor_id: int | None
    who: str
    role: str
    action: str
    object_type: str
    object_id: str
    object_rev: int | None


def journal_rows(
    session: Session, code: str, wanted: JournalFilter, before: int | None, most: int
) -> list[JournalRow]:
    """Rows that concern a municipality, from the newest or from before a number, so many at most.

    A row without a municipality (a log-in) concerns the one where its account has a role.
    """
    asked = (
        select(
            JournalEntry.seq,
            JournalEntry.at,
            JournalEntry.municipality,
            JournalEntry.actor_id,
            name_of(User),
            JournalEntry.role,
            JournalEntry.action,
            JournalEntry.object_type,
            JournalEntry.object_id,
            JournalEntry.object_rev,
        )
        .outerjoin(User, User.id == JournalEntry.actor_id)
        .where(_concerns(session, code), *_conditions(wanted))
        .order_by(JournalEntry.seq.desc())
        .limit(most)
    )
    if before is not None:
        asked = asked.where(JournalEntry.seq < before)
    return [_row(*row) for row in session.execute(asked)]


def _row(
    seq: int, at: datetime, municipality: str | None, *more: *tuple[int | None, str | None, *tuple[Any, ...]]
) -> JournalRow:
    actor_id, who, *rest = more
    return JournalRow(seq, at, municipality or "", actor_id, who or "", *rest)


def people_in(session: Session, code: str) -> list[tuple[int, str]]:
    """Accounts with a role in a municipality: id, and name or address."""
    asked = (
        select(User.id, name_of(User)).where(User.id.in_(_working_in(session, code))).order_by(name_of(User))
    )
    return [(row[0], row[1]) for row in session.execute(asked)]


def _working_in(session: Session, code: str) -> Sequence[int]:
    here = select(Municipality.id).where(Municipality.code == code).scalar_subquery()
    held = select(Membership.user_account_id).where(Membership.municipality_id == here)
    return list(session.scalars(held.distinct()))


def _concerns(session: Session, code: str) -> ColumnElement[bool]:
    ours = or_(JournalEntry.actor_id.is_(None), JournalEntry.actor_id.in_(_working_in(session, code)))
    return or_(JournalEntry.municipality == code, and_(JournalEntry.municipality.is_(None), ours))


def _conditions(wanted: JournalFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.action:
        family = JournalEntry.action.startswith(f"{wanted.action}.", autoescape=True)
        found.append(or_(JournalEntry.action == wanted.action, family))
    if wanted.object_type:
        found.append(JournalEntry.object_type == wanted.object_type)
    if wanted.object_id:
        found.append(JournalEntry.object_id.startswith(wanted.object_id, autoescape=True))
    if wanted.actor_id is not None:
        found.append(JournalEntry.actor_id == wanted.actor_id)
    if wanted.since is not None:
        found.append(JournalEntry.at >= wanted.since)
    if wanted.until is not None:
        found.append(JournalEntry.at < wanted.until)
    return found
