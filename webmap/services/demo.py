"""Filling the demo database: deterministic, invented, and marked so."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import numpy as np
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata.drafts import ReportDraft
from geodata.errors import Conflict
from geodata.geometry import Place, ServedArea, point_at
from geodata.hours import ANY_HOUR, HoursOfWeek, exact, habit, interval, today, whole_day
from geodata.queries.municipalities import PLACE, Home, mark, report_count
from geodata.tables.areas import Area
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.tables.marks import DatabaseMark
from geodata.tables.report_rows import Stamp, insert_reports
from geodata.vocabulary import Kind, Origin, Owner, Polarity, PositionSource
from webmap.access import Role
from webmap.services import accounts, demo_order, demo_queue, demo_walks, municipalities, scales
from webmap.services.accounts import NewAccount
from webmap.services.demo_town import ALONG, COUNTS, CRIMES, DAYS, ORIGINS, RHYTHMS, SPOTS, TEXTS, Spot
from webmap.services.reception import DEMO_MARK

VARA = "1470"
_FIRST_DAY = date(2023, 11, 1)
YEARS = 3
LOGINS = (
    ("samordnare@demo.example", Role.COORDINATOR),
    ("planerare@demo.example", Role.POLICE_PLANNER),
    ("polis@demo.example", Role.POLICE_OFFICER),
    ("vandringsledare@demo.example", Role.WALK_LEADER),
    ("rapportor@demo.example", Role.REPORTER),
    ("radet@demo.example", Role.COUNCIL),
    ("admin@demo.example", Role.ADMIN),
)
_ROOM_WEEKS = 2
_SEED = 1470
_SPREAD_M = 2_500.0
_TRIES = 100


def fill(engine: Engine, password: str, secret: str = "") -> bool:
    """Fill an empty database with the demo, and say whether it had to be.

    secret: the server's, so that the demo's own receipts work too. Raises Conflict for a database that holds
    other reports.
    """
    with reading(engine) as session:
        is_filled = mark(session, DEMO_MARK) is not None
        if report_count(session) and not is_filled:
            raise Conflict("demo.not_empty")
    with writing(engine) as session:
        home, _ = municipalities.ensure(session, VARA)
    if not is_filled:
        drafts = invent(home.served)
        with writing(engine) as session:
            _store(session, home, drafts, password)
            demo_queue.store(session, home, secret)
            demo_walks.store(session, home)
    scales.refresh(engine, home)
    demo_order.complete(engine, home)
    return not is_filled


def usual_first_day(day: date) -> date:
    """When the demo's three years begin, for somebody who looks at it on a day: the latest end before it.

    They move by 52 weeks at a time, so that weekdays and seasons stay where they are and most of a year sees
    the same demo to the day.
    """
    ends = _FIRST_DAY + timedelta(weeks=52 * YEARS + _ROOM_WEEKS)
    return _FIRST_DAY + timedelta(weeks=52 * max(0, (day - ends).days // (52 * 7)))


def stored_at(first_day: date) -> datetime:
    """When the demo says its reports came in: at the end of the years."""
    return datetime.combine(first_day + timedelta(days=1_096), time(), UTC)


def _store(session: Session, home: Home, drafts: Sequence[ReportDraft], password: str) -> None:
    session.add(DatabaseMark(key=DEMO_MARK, value="1"))
    for spot in SPOTS:
        place = point_at(spot.east, spot.north)
        session.add(
            Area(
                municipality_id=home.id,
                kind=PLACE,
                name=spot.name,
                geometry=place,
                radius_m=150.0,
                source="demo",
            )
        )
    session.flush()
    change = next_change(session, home.id)
    insert_reports(session, drafts, Stamp(home.id, change, stored_at(usual_first_day(today()))))
    append(session, Entry("command", "demo.fill", "municipality", home.code, home.code))
    for email, role in LOGINS:
        accounts.add(session, NewAccount(email, password, role, home.code))


def invent(area: ServedArea, first_day: date | None = None) -> list[ReportDraft]:
    """All the demo's reports, the same every time. area: the municipality; no place is outside it.

    first_day: of the three years; the usual one where none is said.
    """
    chance = np.random.default_rng(_SEED)
    inventor = _Inventor(chance, area, first_day or usual_first_day(today()))
    return [inventor.report(kind, number) for kind, count in COUNTS.items() for number in range(count)]


@dataclass(frozen=True)
class _When:
    day: date | None
    hours: HoursOfWeek


class _Inventor:
    """Makes up one report after another from a stream of chance."""

    def __init__(self, chance: np.random.Generator, area: ServedArea, first_day: date) -> None:
        self._chance, self._area, self._first_day = chance, area, first_day
        self._spot_odds = _odds([spot.weight for spot in SPOTS])

    def report(self, kind: Kind, number: int) -> ReportDraft:
        spot = SPOTS[int(self._chance.choice(len(SPOTS), p=self._spot_odds))]
        is_between = bool(self._chance.random() < 0.11)
        origin = self._origin(kind)
        category = self._category(kind, spot, is_between)
        when = self._when(spot.rhythm if not is_between else "any", kind)
        return ReportDraft(
            uid=UUID(hashlib.sha256(f"demo/{kind}/{number}".encode()).hexdigest()[:32], version=4),
            municipality=VARA,
            place=self._place(spot, is_between, kind),
            kind=kind,
            origin=origin,
            polarity=self._polarity(category),
            categories=frozenset({category}),
            hours=when.hours,
            day=when.day,
            text=TEXTS.get(category, ""),
            source="demo",
            source_id=f"{kind}-{number}",
            voice=None if kind == Kind.CRIME_REPORT else self._voice(origin, when.day),
            accuracy_m=float(self._chance.integers(4, 60)),
            position_source=PositionSource.FILE if kind == Kind.CRIME_REPORT else PositionSource.MAP,
            owner=Owner.POLICE if kind == Kind.CRIME_REPORT else Owner.MUNICIPALITY,
        )

    def _origin(self, kind: Kind) -> Origin:
        origins, weights = zip(*ORIGINS[kind], strict=True)
        return origins[int(self._chance.choice(len(origins), p=_odds(weights)))]

    def _category(self, kind: Kind, spot: Spot, is_between: bool) -> str:
        drawn = self._chance.random()
        if kind == Kind.CRIME_REPORT:
            return CRIMES[int(drawn**1.6 * len(CRIMES))]
        if drawn > 0.93:
            return "safe_place"
        if drawn > 0.88:
            return "improvement"
        said = ALONG if is_between else spot.categories
        return said[int(self._chance.random() ** 1.4 * len(said))]

    def _polarity(self, category: str) -> Polarity:
        return {"safe_place": Polarity.SAFE, "improvement": Polarity.IMPROVEMENT}.get(
            category, Polarity.UNSAFE
        )

    def _place(self, spot: Spot, is_between: bool, kind: Kind) -> Place | None:
        if self._chance.random() < 0.012:
            return None
        spread = _SPREAD_M if is_between else spot.spread_m * (1.6 if kind == Kind.CRIME_REPORT else 1)
        for _ in range(_TRIES):
            east, north = self._chance.normal((spot.east, spot.north), spread)
            if self._area.holds(np.array([east]), np.array([north]))[0]:
                return point_at(round(float(east), 1), round(float(north), 1))
        return None

    def _voice(self, origin: Origin, day: date | None) -> str:
        if origin in (Origin.WALK, Origin.CITIZEN_DIALOGUE):
            return f"{origin}-{day.isoformat()[:7] if day else 'x'}-{self._chance.integers(0, 12)}"
        return f"{origin}-{self._chance.integers(0, 420)}"

    def _when(self, rhythm: str, kind: Kind) -> _When:
        moment = self._moment(rhythm)
        form = self._chance.random()
        if form < 0.55 or (kind == Kind.WALK_FINDING):
            return _When(moment.date(), exact(moment))
        if form < 0.75:
            return _When(moment.date(), interval(moment, moment + self._length()))
        if form < 0.9 and kind == Kind.PERCEPTION:
            return _When(None, self._habit(moment))
        if form < 0.96:
            return _When(moment.date(), whole_day(moment.date()))
        return _When(None, ANY_HOUR)

    def _moment(self, rhythm: str) -> datetime:
        spans = RHYTHMS[rhythm]
        days, first, end, _ = spans[
            int(self._chance.choice(len(spans), p=_odds([span[3] for span in spans])))
        ]
        weekday = DAYS[days][int(self._chance.integers(len(DAYS[days])))]
        week = int(self._chance.integers(52 * YEARS))
        monday = self._first_day - timedelta(days=self._first_day.weekday()) + timedelta(weeks=week + 1)
        minutes = int(self._chance.integers(first * 60, end * 60))
        return datetime.combine(monday, datetime.min.time()) + timedelta(days=weekday, minutes=minutes)

    def _length(self) -> timedelta:
        return timedelta(minutes=int(self._chance.choice([30, 60, 120, 180, 480])))

    def _habit(self, moment: datetime) -> HoursOfWeek:
        start = moment - timedelta(hours=moment.hour % 2)
        length = int(self._chance.choice([2, 4, 5]))
        weekdays = (4, 5) if start.weekday() in (4, 5) else (start.weekday(),)
        return habit(weekdays, start.hour, (start.hour + length) % 24)


def _odds(weights: Sequence[float]) -> list[float]:
    total = sum(weights)
    return [weight / total for weight in weights]
