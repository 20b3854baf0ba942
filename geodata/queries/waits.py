"""Reads of what waits for somebody to act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from geodata.hours import to_day_number, today
from geodata.queries.measures import promised_on_walks
from geodata.tables.disclosures import Disclosure, SecrecyMark
from geodata.tables.editions import Edition
from geodata.tables.measures import Measure
from geodata.tables.retention import RetentionRun
from geodata.vocabulary import MeasureState

_OPEN = (MeasureState.PLANNED, MeasureState.ONGOING)


@dataclass(frozen=True)
class Waits:
    """What stands in one municipality. late_measures: without those promised on walks, which
    `queries.walk_phones` counts. edition_at: when the newest edition was made, or None.
    """

    late_measures: int
    open_disclosures: int
    marks_to_judge: int
    proposed_runs: int
    approved_runs: int
    edition_at: datetime | None


def waits(session: Session, municipality_id: int) -> Waits:
    """Count it, day by the local calendar."""
    now = to_day_number(today())

    def count(table: type, *where: object) -> int:
        counted = select(func.count()).select_from(table)
        return session.scalar(counted.where(table.municipality_id == municipality_id, *where)) or 0  # type: ignore[attr-defined, arg-type]

    newest = select(func.max(Edition.made_at)).where(Edition.municipality_id == municipality_id)
    return Waits(
        late_measures=count(Measure, *_is_late(now)),
        open_disclosures=count(Disclosure, Disclosure.state == "open"),
        marks_to_judge=count(SecrecyMark, SecrecyMark.review_on <= now, SecrecyMark.lifted_at.is_(None)),
        proposed_runs=count(RetentionRun, RetentionRun.state == "proposed"),
        approved_runs=count(RetentionRun, RetentionRun.state == "approved"),
        edition_at=session.scalar(newest),
    )


def _is_late(now: int) -> tuple[ColumnElement[bool], ...]:
    stands_for_itself = Measure.id.not_in(promised_on_walks())
    return Measure.due_day < now, Measure.state.in_(_OPEN), stands_for_itself
