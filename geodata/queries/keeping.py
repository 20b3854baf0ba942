"""What has been kept long enough: the objects whose time is out, class by class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, exists, func, null, or_, select
from sqlalchemy.orm import Session, aliased

from geodata.hours import ZONE, local
from geodata.tables.columns import Uid
from geodata.tables.disclosures import Disclosure
from geodata.tables.findings import Quarantine
from geodata.tables.imports import ImportBatch
from geodata.tables.measures import Measure
from geodata.tables.occasions import Occasion
from geodata.tables.photos import Photo
from geodata.tables.receipts import Confirmation, OutgoingMail, Reply
from geodata.tables.reports import Report
from geodata.tables.reviews import ReviewAct
from geodata.tables.walks import Walk, WalkDevice, WalkMark
from geodata.vocabulary import MeasureState, Owner, RecordClass, Stage, State, Trigger, WalkState
from geodata.vocabulary.keeping import due_day, last_day_due

EMPTY = "{}"
"""What an act of review says once the originals it held are destroyed."""
_KEPT_STATES = (State.NEW, State.ACCEPTED, State.DUPLICATE)
_ENDED = (Stage.DONE, Stage.CLOSED)
_COMING_WALKS = (WalkState.PLANNED, WalkState.OPEN)


@dataclass(frozen=True)
class Term:
    """How long a class is kept, as a rule says it."""

    record: RecordClass
    after: Trigger
    years: int
    days: int


@dataclass(frozen=True)
class DueObject:
    """An object whose time is out. key: in its table. report: uid of the report it is part of, or ""."""

    key: int
    object_id: str
    due_on: date
    report: str = ""


def due_objects(
    session: Session, municipality_id: int, term: Term, today: date, only: list[str] | None = None
) -> list[DueObject]:
    """The objects of a class whose time is out, the longest ago first. only: of these ids alone."""
    last = last_day_due(today, term.after, term.years, term.days)
    if last is None:
        return []
    first_not_due = datetime.combine(last + timedelta(days=1), datetime.min.time(), ZONE)
    found = _SOURCES[term.record](municipality_id, term.after).subquery()
    chosen = select(found).where(found.c.at < first_not_due).order_by(found.c.at, found.c.key)
    if only is not None:
        is_uid = isinstance(found.c.object_id.type, Uid)
        chosen = chosen.where(found.c.object_id.in_([UUID(each) for each in only] if is_uid else only))
    rows = [(row.key, _said(row.object_id), row.at, _said(row.report)) for row in session.execute(chosen)]
    return [DueObject(key, said, _due(at, term), report) for key, said, at, report in rows]


def _said(given: Any) -> str:
    return "" if given is None else str(given)


def _due(at: datetime, term: Term) -> date:
    return due_day(local(at).date(), term.after, term.years, term.days)


def _of(municipality_id: int) -> tuple[Any, Any]:
    """The municipality's own reports: those of the police are another authority's to keep or destroy."""
    return Report.municipality_id == municipality_id, Report.owner == Owner.MUNICIPALITY


def _reports(at: Any, *which: Any) -> Any:
    return select(
        Report.id.label("key"), Report.uid.label("object_id"), at.label("at"), Report.uid.label("report")
    ).where(*which)


def _kept_reports(municipality_id: int, after: Trigger) -> Any:
    which = (*_of(municipality_id), Report.state.in_(_KEPT_STATES))
    if after != Trigger.CLOSED:
        return _reports(Report.created_at, *which)
    last = _last_replies().subquery()
    closed = _reports(last.c.at, *which, Report.state != State.DUPLICATE).join(
        last, last.c.report_id == Report.id
    )
    merged = _acted(municipality_id, State.DUPLICATE, "duplicate")
    return closed.union_all(merged)


def _last_replies() -> Any:
    """The last answer of each report, where that one closed it."""
    later = aliased(Reply)
    is_followed = exists().where(later.report_id == Reply.report_id, later.id > Reply.id)
    return select(Reply.report_id, Reply.at).where(Reply.stage.in_(_ENDED), ~is_followed)


def _acted(municipality_id: int, state: State, action: str) -> Any:
    """Reports in a state, from the last act that brought them there."""
    acts = (
        select(ReviewAct.report_id, func.max(ReviewAct.at).label("at"))
        .where(ReviewAct.action == action, ReviewAct.undone_at.is_(None))
        .group_by(ReviewAct.report_id)
        .subquery()
    )
    which = (*_of(municipality_id), Report.state == state)
    return _reports(acts.c.at, *which).join(acts, acts.c.report_id == Report.id)


def _parts(table: Any, object_id: Any, at: Any) -> Callable[[int, Trigger], Any]:
    """Parts of reports: photos, answers …"""

    def source(municipality_id: int, after: Trigger) -> Any:
        return (
            select(
                table.id.label("key"),
                object_id.label("object_id"),
                at.label("at"),
                Report.uid.label("report"),
            )
            .join(Report, Report.id == table.report_id)
            .where(*_of(municipality_id), at.is_not(None))
        )

    return source


def _originals(municipality_id: int, after: Trigger) -> Any:
    acts = _parts(ReviewAct, cast(ReviewAct.id, Text), ReviewAct.at)(municipality_id, after)
    return acts.where(or_(ReviewAct.before != EMPTY, ReviewAct.after != EMPTY))


def _own(table: Any, object_id: Any, at: Any, *which: Any) -> Callable[[int, Trigger], Any]:
    """What is no part of a report."""

    def source(municipality_id: int, after: Trigger) -> Any:
        no_report = null().label("report")
        return select(table.id.label("key"), object_id.label("object_id"), at.label("at"), no_report).where(
            table.municipality_id == municipality_id, *which
        )

    return source


def _of_walks(table: Any, object_id: Any) -> Callable[[int, Trigger], Any]:
    """What belongs to walks that are over: from their end, or the planning of one that was called off."""
    at = func.coalesce(Walk.ended_at, Walk.created_at, type_=Walk.created_at.type)

    def source(municipality_id: int, after: Trigger) -> Any:
        said = (table.id.label("key"), object_id.label("object_id"), at.label("at"), null().label("report"))
        is_own = (Walk.municipality_id == municipality_id, Walk.state.not_in(_COMING_WALKS))
        return select(*said).join(Walk, Walk.id == table.walk_id).where(*is_own)

    return source


_IS_EMPTY = ~exists().where(Report.import_id == ImportBatch.id)
_HAS_ENDED = Measure.state.in_((MeasureState.DONE, MeasureState.NOT_POSSIBLE))
_SENT = func.coalesce(OutgoingMail.sent_at, OutgoingMail.given_up_at, type_=OutgoingMail.sent_at.type)
_MADE = func.coalesce(Disclosure.made_at, Disclosure.created_at, type_=Disclosure.created_at.type)

_SOURCES: dict[RecordClass, Callable[[int, Trigger], Any]] = {
    RecordClass.REPORT: _kept_reports,
    RecordClass.REJECTED_REPORT: lambda home, _: _acted(home, State.REJECTED, "reject"),
    RecordClass.WITHDRAWN_REPORT: lambda home, _: _acted(home, State.WITHDRAWN, "withdraw"),
    RecordClass.PHOTO: _parts(Photo, Photo.uid, Photo.created_at),
    RecordClass.REVIEW_ACT: _originals,
    RecordClass.REPLY: _parts(Reply, Reply.uid, Reply.at),
    RecordClass.CONFIRMATION: _parts(Confirmation, Confirmation.uid, Confirmation.at),
    RecordClass.OUTGOING_MAIL: _parts(OutgoingMail, cast(OutgoingMail.id, Text), _SENT),
    RecordClass.OCCASION: _own(Occasion, Occasion.uid, Occasion.created_at),
    RecordClass.IMPORT_BATCH: _own(ImportBatch, cast(ImportBatch.id, Text), ImportBatch.at, _IS_EMPTY),
    RecordClass.MEASURE: _own(Measure, Measure.uid, Measure.created_at, _HAS_ENDED),
    RecordClass.DISCLOSURE: _own(Disclosure, Disclosure.uid, _MADE, Disclosure.state != "open"),
    RecordClass.WALK_MARK: _of_walks(WalkMark, WalkMark.uid),
    RecordClass.WALK_PHONE: _of_walks(WalkDevice, WalkDevice.uid),
    RecordClass.WALK_ASIDE: _of_walks(Quarantine, cast(Quarantine.id, Text)),
}
