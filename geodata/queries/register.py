"""Reads of the register of public records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Text, bindparam, cast, select
from sqlalchemy.orm import Session

from geodata.tables.disclosures import Disclosure
from geodata.tables.editions import Edition
from geodata.tables.engine import run
from geodata.tables.findings import WalkEntry
from geodata.tables.imports import ImportBatch
from geodata.tables.measures import Measure
from geodata.tables.occasions import Occasion
from geodata.tables.registry import Registration
from geodata.tables.reports import Report
from geodata.tables.retention import RetentionRun
from geodata.tables.sharing import Sharing
from geodata.tables.walks import Walk
from geodata.vocabulary import RecordType

MOST_ROWS = 50_000


@dataclass(frozen=True)
class RegisterFilter:
    """Which records. number: the running number alone; 0 for any."""

    year: int = 0
    object_type: str = ""
    number: int = 0


@dataclass(frozen=True)
class RegisteredRecord:
    """One row of the register. object_type, direction, counterpart: words of the vocabulary."""

    year: int
    number: int
    object_type: str
    object_id: str
    direction: str
    counterpart: str
    subject: str
    at: datetime

    @property
    def name(self) -> str:
        """TK 2026-000123."""
        return number_name(self.year, self.number)


@dataclass(frozen=True)
class Unregistered:
    """A record without a number. hint: what tells who it is from and of what, as its kind has it."""

    object_id: str
    at: datetime
    hint: tuple[str, ...] = ()


def number_name(year: int, number: int) -> str:
    """TK 2026-000123."""
    return f"TK {year}-{number:06d}"


_COLUMNS = (
    Registration.year,
    Registration.number,
    Registration.object_type,
    Registration.object_id,
    Registration.direction,
    Registration.counterpart,
    Registration.subject,
    Registration.at,
)


def registered(
    session: Session, municipality_id: int, chosen: RegisterFilter, most: int = MOST_ROWS, skip: int = 0
) -> list[RegisteredRecord]:
    """Records of a municipality, the last first."""
    asked = select(*_COLUMNS).where(Registration.municipality_id == municipality_id)
    if chosen.year:
        asked = asked.where(Registration.year == chosen.year)
    if chosen.object_type:
        asked = asked.where(Registration.object_type == chosen.object_type)
    if chosen.number:
        asked = asked.where(Registration.number == chosen.number)
    newest = asked.order_by(Registration.year.desc(), Registration.number.desc()).limit(most).offset(skip)
    return [RegisteredRecord(*row) for row in session.execute(newest)]


def years_in(session: Session, municipality_id: int) -> list[int]:
    """The years with a record, the last first."""
    asked = select(Registration.year).where(Registration.municipality_id == municipality_id).distinct()
    return sorted(session.scalars(asked), reverse=True)


def numbers_of(session: Session, object_type: str, object_ids: Iterable[str]) -> dict[str, str]:
    """The numbers of some objects, as they are shown."""
    wanted = list(object_ids)
    asked = select(Registration.object_id, Registration.year, Registration.number).where(
        Registration.object_type == object_type
    )
    found: dict[str, str] = {}
    for first in range(0, len(wanted), 500):
        part = asked.where(Registration.object_id.in_(wanted[first : first + 500]))
        found |= {key: number_name(year, number) for key, year, number in session.execute(part)}
    return found


_ROWS = Registration.__table__.c
_NUMBER_OF = select(_ROWS.year, _ROWS.number).where(
    _ROWS.object_type == bindparam("of_type"), _ROWS.object_id == bindparam("of_id")
)


def number_of(session: Session, object_type: str, object_id: str) -> str | None:
    """The number of one object, as it is shown; None where it has none."""
    row = run(session, _NUMBER_OF, {"of_type": object_type, "of_id": object_id}).one_or_none()
    return None if row is None else number_name(*row)


_SOURCES: dict[RecordType, tuple[type[Any], Any, Any, tuple[Any, ...]]] = {
    RecordType.REPORT: (Report, Report.uid, Report.created_at, (Report.source, Report.polarity)),
    RecordType.IMPORT: (ImportBatch, ImportBatch.id, ImportBatch.at, ()),
    RecordType.OCCASION: (Occasion, Occasion.uid, Occasion.created_at, ()),
    RecordType.MEASURE: (Measure, Measure.uid, Measure.created_at, ()),
    RecordType.SHARING: (Sharing, Sharing.uid, Sharing.begun_at, (Sharing.owner,)),
    RecordType.EDITION: (Edition, Edition.uid, Edition.made_at, ()),
    RecordType.DISCLOSURE: (Disclosure, Disclosure.uid, Disclosure.created_at, ()),
    RecordType.RETENTION_RUN: (RetentionRun, RetentionRun.uid, RetentionRun.proposed_at, ()),
    RecordType.WALK: (Walk, Walk.uid, Walk.created_at, ()),
    RecordType.FINDING: (Report, Report.uid, Report.created_at, ()),
    RecordType.MINUTES: (Walk, Walk.uid, Walk.published_at, ()),
}
"""Where records of each kind are kept: the table, its id, when it came, and what tells of it."""
_FROM_A_WALK = select(WalkEntry.id).where(WalkEntry.report_id == Report.id).exists()
_ONLY: dict[RecordType, tuple[Any, ...]] = {
    RecordType.REPORT: (Report.import_id.is_(None), ~_FROM_A_WALK),
    RecordType.FINDING: (_FROM_A_WALK,),
    RecordType.MINUTES: (Walk.published_at.is_not(None),),
}
"""Which rows of the table are records of the kind, where not all are."""


def unregistered(session: Session, municipality_id: int, record: RecordType) -> list[Unregistered]:
    """Records of a kind that have no number yet, the oldest first. Imported reports share their import's."""
    table, key, at, hints = _SOURCES[record]
    of_it = (Registration.object_type == record.value, Registration.object_id == cast(key, Text))
    asked = (
        select(key, at, *hints)
        .where(table.municipality_id == municipality_id, *_ONLY.get(record, ()))
        .where(~select(Registration.id).where(*of_it).exists())
        .order_by(at, table.id)
    )
    return [
        Unregistered(str(found[0]), found[1], tuple(str(hint) for hint in found[2:]))
        for found in session.execute(asked)
    ]
