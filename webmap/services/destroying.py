"""Destroying objects, class by class: rows with all that hangs on them, and what lies outside the rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, literal, select, update
from sqlalchemy.orm import Session

from geodata.queries.keeping import EMPTY
from geodata.tables.disclosures import Disclosure, SecrecyMark
from geodata.tables.findings import ExpectedPhoto, FindingRevision, Quarantine, WalkEntry
from geodata.tables.imports import ImportBatch
from geodata.tables.jobs import Job
from geodata.tables.measures import Measure
from geodata.tables.occasions import Occasion
from geodata.tables.photos import Photo
from geodata.tables.receipts import Confirmation, OutgoingMail, Reply
from geodata.tables.reports import Removed, Report
from geodata.tables.reviews import ReviewAct
from geodata.tables.walks import WalkDevice, WalkMark
from geodata.vocabulary import RecordClass
from webmap.services.walk_tombs import bury


@dataclass(frozen=True)
class Leavings:
    """What is left to take away once the rows are gone for good.

    photos: their addresses. jobs: whose folder may be there.
    """

    photos: tuple[str, ...] = ()
    jobs: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Doomed:
    """Objects of one class, by their keys in its table. change: what readers of columns see it by."""

    municipality_id: int
    change: int
    keys: Sequence[int]


def destroy(session: Session, record: RecordClass, doomed: Doomed) -> Leavings:
    """Destroy objects in the session's transaction; once it is committed, take away what they leave."""
    return _WAYS[record](session, doomed)


def _reports(session: Session, doomed: Doomed) -> Leavings:
    own = Report.id.in_(doomed.keys)
    uids = tuple(session.scalars(select(Report.uid).where(own)))
    photos = session.execute(select(Photo.uid, Photo.address).where(Photo.report_id.in_(doomed.keys))).all()
    jobs = select(Job.uid).join(Report, Report.import_id == Job.import_id).where(own).distinct()
    leavings = Leavings(tuple(address for _, address in photos), tuple(session.scalars(jobs)))
    told = select(Report.id, Report.uid, literal(doomed.municipality_id), literal(doomed.change)).where(own)
    session.execute(insert(Removed).from_select(["report_id", "uid", "municipality_id", "change_seq"], told))
    _unmark(session, [*uids, *(uid for uid, _ in photos)])
    bury(session, doomed.keys, uids)
    _delete(session, Report, doomed.keys)
    return leavings


def _photos(session: Session, doomed: Doomed) -> Leavings:
    gone = session.execute(
        select(Photo.uid, Photo.address, Photo.report_id).where(Photo.id.in_(doomed.keys))
    ).all()
    _touch(session, [report_id for _, _, report_id in gone if report_id], doomed.change)
    uids = [uid for uid, _, _ in gone]
    _unmark(session, uids)
    expected = delete(ExpectedPhoto).where(ExpectedPhoto.photo_uid.in_(uids))
    session.execute(expected.execution_options(synchronize_session=False))
    _delete(session, Photo, doomed.keys)
    return Leavings(tuple(address for _, address, _ in gone))


def _originals(session: Session, doomed: Doomed) -> Leavings:
    """That it was done, when, by whom and why stays; what was there before and after does not."""
    emptied = update(ReviewAct).where(ReviewAct.id.in_(doomed.keys)).values(before=EMPTY, after=EMPTY)
    session.execute(emptied.execution_options(synchronize_session=False))
    return Leavings()


def _imports(session: Session, doomed: Doomed) -> Leavings:
    own = Job.import_id.in_(doomed.keys)
    jobs = tuple(session.scalars(select(Job.uid).where(own)))
    session.execute(delete(Job).where(own).execution_options(synchronize_session=False))
    _delete(session, ImportBatch, doomed.keys)
    return Leavings(jobs=jobs)


def _phones(session: Session, doomed: Doomed) -> Leavings:
    """What they sent stays, and no longer says from which of them it came."""
    for table in (WalkEntry, FindingRevision, Quarantine):
        own = update(table).where(table.walk_device_id.in_(doomed.keys)).values(walk_device_id=None)
        session.execute(own.execution_options(synchronize_session=False))
    _delete(session, WalkDevice, doomed.keys)
    return Leavings()


def _plainly(table: Any) -> Callable[[Session, Doomed], Leavings]:
    def way(session: Session, doomed: Doomed) -> Leavings:
        if hasattr(table, "uid"):
            _unmark(session, session.scalars(select(table.uid).where(table.id.in_(doomed.keys))).all())
        _delete(session, table, doomed.keys)
        return Leavings()

    return way


def _delete(session: Session, table: Any, keys: Sequence[int]) -> None:
    gone = delete(table).where(table.id.in_(keys))
    session.execute(gone.execution_options(synchronize_session=False))


def _touch(session: Session, report_ids: Sequence[int], change: int) -> None:
    touched = update(Report).where(Report.id.in_(report_ids)).values(change_seq=change)
    session.execute(touched.execution_options(synchronize_session=False))


def _unmark(session: Session, uids: Sequence[UUID]) -> None:
    """Marks of secrecy go with what they are on: their reason may tell of it."""
    gone = delete(SecrecyMark).where(SecrecyMark.object_id.in_([str(uid) for uid in uids]))
    session.execute(gone.execution_options(synchronize_session=False))


_WAYS: dict[RecordClass, Callable[[Session, Doomed], Leavings]] = {
    RecordClass.REPORT: _reports,
    RecordClass.REJECTED_REPORT: _reports,
    RecordClass.WITHDRAWN_REPORT: _reports,
    RecordClass.PHOTO: _photos,
    RecordClass.REVIEW_ACT: _originals,
    RecordClass.IMPORT_BATCH: _imports,
    RecordClass.WALK_PHONE: _phones,
    **{
        record: _plainly(table)
        for record, table in (
            (RecordClass.REPLY, Reply),
            (RecordClass.CONFIRMATION, Confirmation),
            (RecordClass.OUTGOING_MAIL, OutgoingMail),
            (RecordClass.OCCASION, Occasion),
            (RecordClass.MEASURE, Measure),
            (RecordClass.DISCLOSURE, Disclosure),
            (RecordClass.WALK_MARK, WalkMark),
            (RecordClass.WALK_ASIDE, Quarantine),
        )
    },
}
