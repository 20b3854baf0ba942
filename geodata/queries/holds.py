"""What may not be destroyed for now, whatever its rule says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session

from geodata.queries.keeping import DueObject
from geodata.tables.columns import Uid
from geodata.tables.disclosures import Disclosure, DisclosureItem
from geodata.tables.findings import Quarantine
from geodata.tables.imports import ImportBatch
from geodata.tables.measures import Measure
from geodata.tables.occasions import Occasion
from geodata.tables.photos import Photo
from geodata.tables.receipts import Confirmation, Contact, OutgoingMail, Reply
from geodata.tables.reports import Report
from geodata.tables.retention import Hold
from geodata.tables.reviews import ReviewAct
from geodata.tables.walks import Walk, WalkDevice, WalkMark
from geodata.vocabulary import RecordClass
from geodata.vocabulary.keeping import PARTS_OF_REPORTS, WHOLE_REPORTS

OPEN = "open"
"""The state of a disclosure whose masks are not all decided."""
_PARTS: dict[RecordClass, tuple[Any, Any]] = {
    RecordClass.PHOTO: (Photo, Photo.uid),
    RecordClass.REVIEW_ACT: (ReviewAct, ReviewAct.id),
    RecordClass.REPLY: (Reply, Reply.uid),
    RecordClass.CONFIRMATION: (Confirmation, Confirmation.uid),
    RecordClass.OUTGOING_MAIL: (OutgoingMail, OutgoingMail.id),
    RecordClass.CONTACT: (Contact, Contact.report_id),
}
_OTHERS: dict[RecordClass, tuple[Any, Any]] = {
    RecordClass.OCCASION: (Occasion, Occasion.uid),
    RecordClass.IMPORT_BATCH: (ImportBatch, ImportBatch.id),
    RecordClass.MEASURE: (Measure, Measure.uid),
    RecordClass.DISCLOSURE: (Disclosure, Disclosure.uid),
}


_OF_WALKS: dict[RecordClass, tuple[Any, Any]] = {
    RecordClass.WALK_MARK: (WalkMark, WalkMark.uid),
    RecordClass.WALK_PHONE: (WalkDevice, WalkDevice.uid),
    RecordClass.WALK_ASIDE: (Quarantine, Quarantine.id),
}


@dataclass(frozen=True)
class KnownHold:
    """A hold as lists show it. object_id: "" for a whole class."""

    uid: UUID
    record: RecordClass
    object_id: str
    reason: str
    by: int | None
    set_at: datetime
    lifted_at: datetime | None


@dataclass(frozen=True)
class Held:
    """All that is held in a municipality. objects: ids of whatever class. classes: held as a whole.

    owners: uids of reports that own something held, and so have to stay.
    """

    objects: frozenset[str]
    classes: frozenset[RecordClass]
    owners: frozenset[str]

    def holds(self, record: RecordClass, each: DueObject) -> bool:
        """Whether an object is held: by itself, with its class, with its report, or for one of its parts."""
        if record in self.classes or not self.objects.isdisjoint({each.object_id, each.report} - {""}):
            return True
        if record in PARTS_OF_REPORTS:
            return bool(self.classes & WHOLE_REPORTS)
        return record in WHOLE_REPORTS and each.report in self.owners


def known_holds(session: Session, municipality_id: int) -> list[KnownHold]:
    """Holds that are set or have been, the newest first."""
    own = select(Hold).where(Hold.municipality_id == municipality_id).order_by(Hold.id.desc())
    return [
        KnownHold(
            each.uid,
            RecordClass(each.record),
            each.object_id,
            each.reason,
            each.user_account_id,
            each.set_at,
            each.lifted_at,
        )
        for each in session.scalars(own)
    ]


def held_in(session: Session, municipality_id: int) -> Held:
    """What is held now: by somebody, and by every disclosure that is open."""
    holds = [each for each in known_holds(session, municipality_id) if each.lifted_at is None]
    classes = frozenset(each.record for each in holds if not each.object_id)
    objects = {each.object_id for each in holds if each.object_id}
    asked_for = (
        select(DisclosureItem.report_uid)
        .join(Disclosure, Disclosure.id == DisclosureItem.disclosure_id)
        .where(Disclosure.municipality_id == municipality_id, Disclosure.state == OPEN)
    )
    objects |= {str(uid) for uid in session.scalars(asked_for)}
    return Held(frozenset(objects), classes, frozenset(_owners(session, municipality_id, holds)))


def _owners(session: Session, municipality_id: int, holds: Iterable[KnownHold]) -> set[str]:
    found: set[str] = set()
    for hold in holds:
        if hold.record not in _PARTS:
            continue
        table, object_id = _PARTS[hold.record]
        owning = select(Report.uid).join(table, table.report_id == Report.id)
        chosen = owning.where(Report.municipality_id == municipality_id)
        if hold.object_id:
            chosen = chosen.where(or_(_is(object_id, hold.object_id), _is(Report.uid, hold.object_id)))
        found |= {str(uid) for uid in session.scalars(chosen.distinct())}
    return found


def is_there(session: Session, municipality_id: int, record: RecordClass, object_id: str) -> bool:
    """Whether the municipality has such an object; for a part of a report, its report will do as well."""
    if record in _OF_WALKS:
        table, own_id = _OF_WALKS[record]
        its = select(table.id).join(Walk, Walk.id == table.walk_id)
        chosen = its.where(Walk.municipality_id == municipality_id, _is(own_id, object_id))
        return session.scalar(chosen.limit(1)) is not None
    if record in _OTHERS:
        table, own_id = _OTHERS[record]
        asked = select(table.id).where(table.municipality_id == municipality_id, _is(own_id, object_id))
        return session.scalar(asked.limit(1)) is not None
    chosen = select(Report.id).where(Report.municipality_id == municipality_id)
    by_report = chosen.where(_is(Report.uid, object_id)).limit(1)
    if session.scalar(by_report) is not None or record not in _PARTS:
        return session.scalar(by_report) is not None
    table, own_id = _PARTS[record]
    by_part = chosen.join(table, table.report_id == Report.id).where(_is(own_id, object_id))
    return session.scalar(by_part.limit(1)) is not None


def _is(own_id: Any, said: str) -> ColumnElement[bool]:
    """Whether an id is what was said; a number is never the uid that somebody pasted, nor the other way."""
    if said.isdigit() == isinstance(own_id.type, Uid):
        return false()
    found: ColumnElement[bool] = own_id == (int(said) if said.isdigit() else UUID(said))
    return found
