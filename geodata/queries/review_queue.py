"""Reads of what waits for review, and of what has been through it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, TextClause, and_, func, or_, select, text
from sqlalchemy.orm import Session, aliased

from geodata.hours import from_day_number
from geodata.hours.week import Words as HourWords
from geodata.queries.columns import Columns, ordinals
from geodata.queries.municipalities import Home
from geodata.tables.reports import Report
from geodata.tables.reviews import Claim
from geodata.tables.users import User
from geodata.vocabulary import CATEGORIES, Origin, Owner, Polarity, State, bits

_ROWS_AT_ONCE = 200


@dataclass(frozen=True)
class QueueFilter:
    """Which reports. area: a shape (EPSG:3006) they lie in. is_unplaced: only those without position."""

    state: State = State.NEW
    category: str = ""
    area: BaseGeometry | None = None
    is_unplaced: bool = False


@dataclass(frozen=True)
class QueueRow:
    """A report as a list shows it. key: its place in the list. holder: name of who reviews it now, or ""."""

    key: int
    uid: UUID
    version: int
    state: State
    polarity: Polarity
    categories: tuple[str, ...]
    hours: HourWords
    day: date | None
    east: float | None
    north: float | None
    place_text: str
    private_text: str
    public_text: str | None
    origin: Origin
    source: str
    created_at: datetime
    holder: str


def state_counts(columns: Columns) -> dict[State, int]:
    """How many of the municipality's own reports there are in each state, from what is in memory: a database
    would read every row.
    """
    own = columns.owner == ordinals(Owner)[Owner.MUNICIPALITY]
    counted = np.bincount(columns.state if own.all() else columns.state[own], minlength=len(State))
    numbers = ordinals(State)
    return {state: int(counted[numbers[state.value]]) for state in State}


def waiting(session: Session, municipality_id: int) -> tuple[int, datetime | None]:
    """How many reports wait for review, and when the oldest of them came."""
    asked = select(func.count(), func.min(Report.created_at)).where(*_waiting(municipality_id))
    count, oldest = session.execute(asked).one()
    return count, oldest


def _waiting(municipality_id: int) -> tuple[ColumnElement[bool], TextClause, ColumnElement[bool]]:
    # Said as the index of the waiting says it: with a parameter, neither database would use it.
    return Report.municipality_id == municipality_id, text("report.state = 'new'"), _OWN


_OWN = Report.owner == Owner.MUNICIPALITY
"""Staff of the municipality review its own reports; those of the police are the police's."""


def queue(
    session: Session, home: Home, chosen: QueueFilter, now: datetime, after: int = 0
) -> Iterator[QueueRow]:
    """The reports of a filter, the oldest first, read a few hundred at a time as they are taken.

    after: key of the last one seen.
    """
    while True:
        rows = session.execute(_asked(session, home, chosen, now, after)).all()
        for row in rows:
            yield _row(row)
        if len(rows) < _ROWS_AT_ONCE:
            return
        after = rows[-1][0]


def name_of(account: Any) -> ColumnElement[str]:
    """What somebody is called: the account's name, else its address."""
    return func.coalesce(func.nullif(account.name, ""), account.email)


_PLAIN = (
    Report.id,
    Report.uid,
    Report.version,
    Report.state,
    Report.polarity,
    Report.categories,
    Report.week_a,
    Report.week_b,
    Report.week_c,
    Report.day,
    Report.east,
    Report.north,
    Report.place_text,
    Report.private_text,
    Report.public_text,
    Report.origin,
    Report.source,
    Report.created_at,
)


_BY_AGE = (Report.created_at, Report.id)
"""As the index of the waiting has them."""


def _later(session: Session, left: int) -> tuple[ColumnElement[bool], ...]:
    """That a report came in after this one; nothing where there is none."""
    came = session.scalar(select(Report.created_at).where(Report.id == left)) if left else None
    if came is None:
        return ()
    same = and_(Report.created_at == came, Report.id > left)
    return Report.created_at >= came, or_(Report.created_at > came, same)


def _asked(session: Session, home: Home, chosen: QueueFilter, now: datetime, after: int) -> Any:
    holder = aliased(User)
    asked: Any = (
        select(*_PLAIN, name_of(holder))
        .outerjoin(Claim, and_(Claim.report_id == Report.id, Claim.until > now))
        .outerjoin(holder, holder.id == Claim.user_account_id)
        .limit(_ROWS_AT_ONCE)
    )
    if chosen.state == State.NEW:
        asked = asked.where(*_waiting(home.id), *_later(session, after)).order_by(*_BY_AGE)
    else:
        # The nought keeps SQLite from sorting the whole municipality: the keys are in order already.
        here = Report.municipality_id + 0 == home.id, Report.state == chosen.state, _OWN
        asked = asked.where(*here, Report.id > after).order_by(Report.id)
    if chosen.category:
        asked = asked.where(Report.categories.op("&")(bits([chosen.category])) != 0)
    if chosen.area is not None:
        asked = asked.where(Report.geometry.intersects(chosen.area))
    return asked.where(Report.east.is_(None)) if chosen.is_unplaced else asked


def _row(row: Any) -> QueueRow:
    said = dict(zip((column.key for column in _PLAIN), row[:-1], strict=True))
    day, week = said.pop("day"), (said.pop("week_a"), said.pop("week_b"), said.pop("week_c"))
    return QueueRow(
        key=said.pop("id"),
        categories=in_order(said.pop("categories")),
        hours=week,
        day=None if day is None else from_day_number(day),
        holder=row[-1] or "",
        **said,
    )


def in_order(bit_set: int) -> tuple[str, ...]:
    """The category codes in a bit set, in the order of the vocabulary."""
    return tuple(known.code for known in CATEGORIES if bit_set >> known.bit & 1)


def next_waiting(
    session: Session, municipality_id: int, user_id: int, now: datetime, left: int | None
) -> tuple[int, UUID] | None:
    """Key and uid of the oldest waiting report that nobody but the user has claimed.

    left: key of a report the user has just gone from: the next after it, else the oldest but it.
    """
    free = or_(Claim.report_id.is_(None), Claim.until <= now, Claim.user_account_id == user_id)
    asked = (
        select(Report.id, Report.uid)
        .outerjoin(Claim, Claim.report_id == Report.id)
        .where(*_waiting(municipality_id), free)
        .order_by(*_BY_AGE)
        .limit(1)
    )
    if left is not None:
        following = session.execute(asked.where(*_later(session, left))).one_or_none()
        if following is not None:
            return following[0], following[1]
        asked = asked.where(Report.id != left)
    found = session.execute(asked).one_or_none()
    return (found[0], found[1]) if found else None
