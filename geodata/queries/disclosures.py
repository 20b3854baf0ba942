"""Reads for handing out records: which reports a filter chooses, and what they say."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from shapely import Point
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from geodata.hours import ZONE, from_day_number
from geodata.hours.week import Words as HourWords
from geodata.queries.municipalities import LOCALITY, Home
from geodata.queries.review_queue import in_order
from geodata.tables.disclosures import SecrecyMark
from geodata.tables.photos import Photo
from geodata.tables.receipts import Reply
from geodata.tables.registry import Registration
from geodata.tables.reports import Report
from geodata.vocabulary import (
    TEXT_FIELDS,
    Origin,
    Owner,
    PhotoState,
    Polarity,
    RecordType,
    ReportField,
    State,
    bits,
)

REPLY = "reply:"
_AT_ONCE = 500


@dataclass(frozen=True)
class ReportFilter:
    """Which reports. since, until: days they came in, both included. numbers: (year, number) of the register.

    area: a shape (EPSG:3006) they lie in. states: empty for any.
    """

    since: date | None = None
    until: date | None = None
    area: BaseGeometry | None = None
    category: str = ""
    states: tuple[State, ...] = ()
    numbers: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class WholeReport:
    """All of a report that can be handed out. texts: by field, also `reply:<uid>` for each answer.

    replied: when each answer was given, by its field. photos: addresses of those that may be shown.
    """

    uid: UUID
    version: int
    created_at: datetime
    state: State
    polarity: Polarity
    origin: Origin
    categories: tuple[str, ...]
    day: date | None
    hours: HourWords
    east: float | None
    north: float | None
    texts: dict[str, str]
    replied: dict[str, datetime] = field(default_factory=dict)
    photos: tuple[str, ...] = ()


@dataclass(frozen=True)
class ActiveMark:
    """A mark of secrecy that is not lifted."""

    report: UUID
    field: str
    provision: str


def chosen_reports(
    session: Session, municipality_id: int, chosen: ReportFilter, most: int
) -> list[tuple[UUID, int]]:
    """Uid and version of the municipality's own reports that a filter chooses, as they came in."""
    asked = select(Report.uid, Report.version).where(*_asked(session, municipality_id, chosen))
    found = session.execute(asked.order_by(Report.created_at, Report.id).limit(most))
    return [(uid, version) for uid, version in found]


def count_chosen(session: Session, municipality_id: int, chosen: ReportFilter) -> int:
    """How many reports a filter chooses."""
    asked = select(func.count()).select_from(Report).where(*_asked(session, municipality_id, chosen))
    return session.scalar(asked) or 0


def _asked(session: Session, municipality_id: int, chosen: ReportFilter) -> list[ColumnElement[bool]]:
    asked = [Report.municipality_id == municipality_id, Report.owner == Owner.MUNICIPALITY]
    if chosen.since:
        asked.append(Report.created_at >= datetime.combine(chosen.since, time(), ZONE))
    if chosen.until:
        asked.append(Report.created_at < datetime.combine(chosen.until + timedelta(days=1), time(), ZONE))
    if chosen.category:
        asked.append(Report.categories.op("&")(bits([chosen.category])) != 0)
    if chosen.states:
        asked.append(Report.state.in_(chosen.states))
    if chosen.area is not None:
        asked.append(Report.geometry.intersects(chosen.area))
    if chosen.numbers:
        asked.append(Report.uid.in_(_uids(session, municipality_id, chosen.numbers)))
    return asked


def _uids(session: Session, municipality_id: int, numbers: Sequence[tuple[int, int]]) -> list[UUID]:
    pairs = [and_(Registration.year == year, Registration.number == number) for year, number in numbers]
    asked = select(Registration.object_id).where(
        Registration.municipality_id == municipality_id,
        Registration.object_type == RecordType.REPORT.value,
        or_(*pairs),
    )
    return [UUID(key) for key in session.scalars(asked)]


def whole_reports(session: Session, uids: Collection[UUID], until: datetime) -> dict[UUID, WholeReport]:
    """What reports say, but not who to answer. until: answers given later are left out."""
    found: dict[UUID, WholeReport] = {}
    wanted = list(uids)
    for first in range(0, len(wanted), _AT_ONCE):
        asked = select(Report).where(Report.uid.in_(wanted[first : first + _AT_ONCE]))
        reports = session.scalars(asked).all()
        keys = [report.id for report in reports]
        replies, photos = _replies(session, keys, until), _photos(session, keys)
        for each in reports:
            found[each.uid] = _whole(each, replies.get(each.id, []), photos.get(each.id, []))
    return found


def _replies(session: Session, keys: list[int], until: datetime) -> dict[int, list[Reply]]:
    found: dict[int, list[Reply]] = {}
    asked = select(Reply).where(Reply.report_id.in_(keys), Reply.at <= until).order_by(Reply.id)
    for each in session.scalars(asked):
        found.setdefault(each.report_id, []).append(each)
    return found


def _photos(session: Session, keys: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    accepted = (Photo.report_id.in_(keys), Photo.state == PhotoState.ACCEPTED)
    for key, address in session.execute(
        select(Photo.report_id, Photo.address).where(*accepted).order_by(Photo.id)
    ):
        found.setdefault(key or 0, []).append(address)
    return found


def _whole(report: Report, replies: list[Reply], photos: list[str]) -> WholeReport:
    said = {name.value: getattr(report, name.value) or "" for name in TEXT_FIELDS}
    answers = {f"{REPLY}{each.uid}": each for each in replies}
    return WholeReport(
        uid=report.uid,
        version=report.version,
        created_at=report.created_at,
        state=report.state,
        polarity=report.polarity,
        origin=report.origin,
        categories=in_order(report.categories),
        day=None if report.day is None else from_day_number(report.day),
        hours=(report.week_a, report.week_b, report.week_c),
        east=report.east,
        north=report.north,
        texts={name: text for name, text in said.items() if text}
        | {name: each.text for name, each in answers.items()},
        replied={name: each.at for name, each in answers.items()},
        photos=tuple(photos),
    )


def active_marks(session: Session, municipality_id: int, uids: Collection[UUID]) -> list[ActiveMark]:
    """The marks of secrecy on some reports, lifted ones left out."""
    asked = select(SecrecyMark.object_id, SecrecyMark.field, SecrecyMark.provision).where(
        SecrecyMark.municipality_id == municipality_id,
        SecrecyMark.object_type == RecordType.REPORT.value,
        SecrecyMark.lifted_at.is_(None),
    )
    wanted = set(uids)
    found = [ActiveMark(UUID(key), name, basis) for key, name, basis in session.execute(asked)]
    return [each for each in found if each.report in wanted]


def fields_marked(whole: WholeReport, name: str) -> list[str]:
    """The fields of masks that a marked field stands for; none where there is nothing to take out."""
    if name == ReportField.REPLIES:
        return list(whole.replied)
    if name == ReportField.PHOTOS:
        return [name] if whole.photos else []
    return [name] if name in (ReportField.PLACE, ReportField.TIME) or name in whole.texts else []


def locality_at(home: Home, spot: tuple[float, float]) -> str:
    """The locality a place (EPSG:3006) is in, or "" outside them all."""
    point = Point(spot)
    inside = (each.name for each in home.places if each.kind == LOCALITY and each.shape.covers(point))
    return next(inside, "")
