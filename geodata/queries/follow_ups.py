"""Reads across the walks of a municipality: who answers for findings, what is late, what is not looked at."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geodata.hours import to_day_number
from geodata.queries.findings import ENDED
from geodata.tables.findings import FollowUp, WalkEntry
from geodata.tables.reports import Report
from geodata.tables.walks import Walk
from geodata.vocabulary import State


def units_of(session: Session, municipality_id: int) -> list[str]:
    """The units that have answered for findings of a municipality, the most used first."""
    asked = (
        select(FollowUp.unit)
        .join(WalkEntry, WalkEntry.id == FollowUp.walk_entry_id)
        .join(Walk, Walk.id == WalkEntry.walk_id)
        .where(Walk.municipality_id == municipality_id, FollowUp.unit != "")
        .group_by(FollowUp.unit)
        .order_by(func.count().desc(), FollowUp.unit)
    )
    return list(session.scalars(asked))


def late_findings(session: Session, municipality_id: int, today: date) -> dict[int, int]:
    """How many findings of each walk are past their day and still owed, by the walk's key; no zeros."""
    asked = (
        select(WalkEntry.walk_id, func.count())
        .select_from(FollowUp)
        .join(WalkEntry, WalkEntry.id == FollowUp.walk_entry_id)
        .join(Walk, Walk.id == WalkEntry.walk_id)
        .join(Report, Report.id == WalkEntry.report_id)
        .where(Walk.municipality_id == municipality_id)
        .where(WalkEntry.deleted_at.is_(None), Report.state == State.ACCEPTED)
        .where(FollowUp.due_day < to_day_number(today), FollowUp.state.not_in(ENDED))
        .group_by(WalkEntry.walk_id)
    )
    return {walk_id: count for walk_id, count in session.execute(asked)}


def waiting_findings(session: Session, municipality_id: int) -> int:
    """How many findings of a municipality's walks nobody has reviewed yet."""
    asked = (
        select(func.count())
        .select_from(WalkEntry)
        .join(Walk, Walk.id == WalkEntry.walk_id)
        .join(Report, Report.id == WalkEntry.report_id)
        .where(Walk.municipality_id == municipality_id, WalkEntry.deleted_at.is_(None))
        .where(Report.state == State.NEW)
    )
    return int(session.scalar(asked) or 0)
