"""Reads about one report under review: itself, what was done to it, and what lies near it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from geodata.errors import NotFound
from geodata.hours import from_day_number, to_day_number
from geodata.hours.week import Words as HourWords
from geodata.queries.duplicates import root_of
from geodata.queries.review_queue import in_order, name_of
from geodata.tables.municipalities import Municipality
from geodata.tables.receipts import Confirmation, Contact
from geodata.tables.reports import Report
from geodata.tables.reviews import Claim
from geodata.tables.users import User
from geodata.vocabulary import Kind, Origin, Owner, Polarity, State, Verdict

_MOST_NEAR = 400


@dataclass(frozen=True)
class ReviewedReport:
    """A report as its reviewer sees it. place: EPSG:3006.

    kept: what it is a duplicate of, at the end of the chain, or None. duplicates: how many repeat it.
    confirmed: how many say that it is still so, or better now. has_contact: an answer is wanted.
    """

    id: int
    uid: UUID
    municipality: str
    version: int
    kind: Kind
    state: State
    polarity: Polarity
    severity: int | None
    categories: tuple[str, ...]
    hours: HourWords
    day: date | None
    place: BaseGeometry | None
    east: float | None
    north: float | None
    accuracy_m: float | None
    place_text: str
    private_text: str
    public_text: str | None
    origin: Origin
    source: str
    created_at: datetime
    kept: UUID | None
    duplicates: int
    confirmed: dict[Verdict, int]
    has_contact: bool


def reviewed_report(session: Session, uid: UUID) -> ReviewedReport:
    """The municipality's own report with this id. Raises NotFound `report.unknown`."""
    found = select(Report, Municipality.code).join(Municipality, Municipality.id == Report.municipality_id)
    own = found.where(Report.uid == uid, Report.owner == Owner.MUNICIPALITY)
    row = session.execute(own).one_or_none()
    if row is None:
        raise NotFound("report.unknown", "uid")
    report, code = row
    root = root_of(session, report.id)
    kept = session.scalar(select(Report.uid).where(Report.id == root)) if root != report.id else None
    verdicts = (
        select(Confirmation.verdict, func.count())
        .where(Confirmation.report_id == report.id)
        .group_by(Confirmation.verdict)
    )
    return ReviewedReport(
        municipality=code,
        kept=kept,
        duplicates=session.scalar(select(func.count()).where(Report.duplicate_of == report.id)) or 0,
        confirmed={verdict: count for verdict, count in session.execute(verdicts)},
        has_contact=session.get(Contact, report.id) is not None,
        **_said(report),
    )


_SAME = (
    "id",
    "uid",
    "version",
    "kind",
    "state",
    "polarity",
    "severity",
    "east",
    "north",
    "accuracy_m",
    "place_text",
    "private_text",
    "public_text",
    "origin",
    "source",
    "created_at",
)


def _said(report: Report) -> dict[str, Any]:
    return {name: getattr(report, name) for name in _SAME} | {
        "categories": in_order(report.categories),
        "hours": (report.week_a, report.week_b, report.week_c),
        "day": None if report.day is None else from_day_number(report.day),
        "place": report.geometry,
    }


@dataclass(frozen=True)
class NearReport:
    """Another report near by, as something to compare with or a mark on a map."""

    uid: UUID
    east: float
    north: float
    distance_m: float
    state: State
    polarity: Polarity
    categories: tuple[str, ...]
    hours: HourWords
    day: date | None
    created_at: datetime
    text: str
    place_text: str

    @property
    def told_on(self) -> date:
        """The day it is of, else the day it came."""
        return self.day or self.created_at.date()


def near_reports(
    session: Session, seen: ReviewedReport, within_m: float, since: date, states: tuple[State, ...]
) -> list[NearReport]:
    """The municipality's own reports of the same place, the nearest first, at most 400.

    since: of a day, or come, on or after it. Those of the police are left out: they are of other things.
    """
    if seen.place is None or seen.east is None or seen.north is None:
        return []
    aside = func.abs(Report.east - seen.east) + func.abs(Report.north - seen.north)
    box = (seen.east - within_m, seen.north - within_m, seen.east + within_m, seen.north + within_m)
    asked = (
        select(*_NEAR)
        .join(Municipality, Municipality.id == Report.municipality_id)
        .where(Municipality.code == seen.municipality, Report.id != seen.id)
        .where(Report.owner == Owner.MUNICIPALITY, Report.state.in_(states))
        .where(Report.geometry.in_box(box), or_(Report.day >= to_day_number(since), Report.day.is_(None)))
        .order_by(aside)
        .limit(_MOST_NEAR)
    )
    found = [_near(row, (seen.east, seen.north)) for row in session.execute(asked)]
    return [each for each in found if each.told_on >= since and each.distance_m <= within_m]


# Without the geometry: the point that stands for it is enough, and quicker to read.
_NEAR = (
    Report.uid,
    Report.state,
    Report.polarity,
    Report.created_at,
    Report.place_text,
    Report.east,
    Report.north,
    Report.categories,
    Report.day,
    Report.week_a,
    Report.week_b,
    Report.week_c,
    func.coalesce(Report.public_text, Report.private_text),
)


def _near(row: Any, middle: tuple[float, float]) -> NearReport:
    uid, state, polarity, created_at, place_text, east, north, bit_set, day, *week, text = row
    return NearReport(
        uid=uid,
        east=east,
        north=north,
        distance_m=((east - middle[0]) ** 2 + (north - middle[1]) ** 2) ** 0.5,
        state=state,
        polarity=polarity,
        categories=in_order(bit_set),
        hours=(week[0], week[1], week[2]),
        day=None if day is None else from_day_number(day),
        created_at=created_at,
        text=text,
        place_text=place_text,
    )


def holder_of(session: Session, report_id: int, now: datetime) -> tuple[int, str, datetime] | None:
    """Who reviews the report now: account, name, and until when."""
    asked = (
        select(Claim.user_account_id, name_of(User), Claim.until)
        .join(User, User.id == Claim.user_account_id)
        .where(Claim.report_id == report_id, Claim.until > now)
    )
    found = session.execute(asked).one_or_none()
    return (found[0], found[1], found[2]) if found else None
