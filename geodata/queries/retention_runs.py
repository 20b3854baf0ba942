"""Reads about runs of destruction: the list, who did what, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from geodata.hours import from_day_number
from geodata.queries.review_queue import name_of
from geodata.tables.retention import RetentionItem, RetentionRun
from geodata.tables.users import User
from geodata.vocabulary import RecordClass

PROPOSED, APPROVED, DONE, CANCELLED = "proposed", "approved", "done", "cancelled"
DUE, HELD, DELETED, GONE = "due", "held", "deleted", "gone"


@dataclass(frozen=True)
class KnownRun:
    """A run. by: ids of those who proposed and approved it; names: what they are called, "" for none."""

    id: int
    uid: UUID
    state: str
    digest: str
    by: tuple[int | None, int | None]
    names: tuple[str, str]
    proposed_at: datetime
    approved_at: datetime | None
    done_at: datetime | None
    protocol: dict[str, Any]
    version: int

    @property
    def as_of(self) -> date:
        """The day that was reckoned from."""
        return date.fromisoformat(self.protocol["as_of"])


@dataclass(frozen=True)
class KnownItem:
    """One object on a run's list."""

    id: int
    rule_id: int
    record: RecordClass
    object_id: str
    due_on: date
    outcome: str


def runs_of(session: Session, municipality_id: int, uid: UUID | None = None) -> list[KnownRun]:
    """A municipality's runs, or one of them, the newest first."""
    proposer, approver = aliased(User), aliased(User)
    chosen = (
        select(RetentionRun, name_of(proposer), name_of(approver))
        .outerjoin(proposer, proposer.id == RetentionRun.proposed_by)
        .outerjoin(approver, approver.id == RetentionRun.approved_by)
        .where(RetentionRun.municipality_id == municipality_id)
        .order_by(RetentionRun.id.desc())
    )
    if uid is not None:
        chosen = chosen.where(RetentionRun.uid == uid)
    return [_known(row, (first or "", second or "")) for row, first, second in session.execute(chosen)]


def _known(row: RetentionRun, names: tuple[str, str]) -> KnownRun:
    return KnownRun(
        row.id,
        row.uid,
        row.state,
        row.digest,
        (row.proposed_by, row.approved_by),
        names,
        row.proposed_at,
        row.approved_at,
        row.done_at,
        json.loads(row.protocol),
        row.version,
    )


def items_of(
    session: Session, run_id: int, most: int | None = None, outcomes: Sequence[str] = ()
) -> list[KnownItem]:
    """The objects on a run's list in its order. outcomes: only with one of these."""
    chosen = select(RetentionItem).where(RetentionItem.retention_run_id == run_id).order_by(RetentionItem.id)
    if outcomes:
        chosen = chosen.where(RetentionItem.outcome.in_(outcomes))
    return [
        KnownItem(
            row.id,
            row.retention_rule_id,
            RecordClass(row.record),
            row.object_id,
            from_day_number(row.due_on),
            row.outcome,
        )
        for row in session.scalars(chosen.limit(most))
    ]


def counts_of(session: Session, run_id: int) -> dict[tuple[int, str], int]:
    """How many objects by rule and outcome."""
    grouped = (
        select(RetentionItem.retention_rule_id, RetentionItem.outcome, func.count())
        .where(RetentionItem.retention_run_id == run_id)
        .group_by(RetentionItem.retention_rule_id, RetentionItem.outcome)
    )
    return {(rule, outcome): count for rule, outcome, count in session.execute(grouped)}
