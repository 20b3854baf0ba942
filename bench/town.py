"""A municipality with as many invented reports as asked for, and the application over it.

Positions are those of `assaults.csv` drawn again and moved a little where the reference data is there, else
towns around Vara. Up to 100,000 reports are stored in a real SQLite database; more are handed to the
application as columns, since storing them is not what is measured.
"""

from __future__ import annotations

import atexit
import csv
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import numpy as np
import shapely
from flask import Flask
from flask.testing import FlaskClient
from numpy.typing import NDArray
from sqlalchemy import Engine

from bench.surface import reports as towns
from geodata import crs
from geodata.drafts import ReportDraft
from geodata.hours import HourColumns, exact, to_day_number
from geodata.queries.columns import Columns
from geodata.queries.municipalities import Home
from geodata.tables.changes import next_change
from geodata.tables.engine import writing
from geodata.tables.report_rows import Stamp, insert_reports
from geodata.tables.scales import Scale
from geodata.vocabulary import Kind, Origin, Owner, Polarity, State, bits
from webmap import create_app
from webmap.access import Role
from webmap.database import open_database
from webmap.services import accounts, municipalities
from webmap.services.accounts import NewAccount
from webmap.services.situation import Situation
from webmap.settings import Settings

EMAIL, PASSWORD = "bench@demo.example", "a-password-for-the-bench"
MOST_STORED = 100_000
_YEARS = 3
_FIRST_DAY = date(2023, 11, 1)
_WEEK = [exact(datetime(2026, 1, 5) + timedelta(hours=hour)) for hour in range(168)]
_ASSAULTS = (
    Path(__file__).parents[1] / os.environ.get("TRYGGKARTA_REFERENCE_DIR", "../shared") / "data/assaults.csv"
)
_MOVED_M = 40.0
_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
# Classes do not change what is measured, but there must be some: reports per km² and year.
_TOPS = (2_000.0, 200.0)


@dataclass(frozen=True)
class Reports:
    """n perceptions. points: (n, 2) metres, EPSG:3006. hour: of the week. day: after the first."""

    points: NDArray[np.float64]
    hour: NDArray[np.int64]
    day: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.points)


@dataclass(frozen=True)
class Town:
    """The application over its reports. lat_lon: (n, 2) degrees, as the plain page wants them."""

    app: Flask
    engine: Engine
    home: Home
    lat_lon: NDArray[np.float64]
    how: str


def town(n: int) -> Town:
    folder = Path(tempfile.mkdtemp(prefix="tryggkarta-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    settings = Settings(data_dir=str(folder), rate_limits="off", second_factor="off")
    engine = open_database(settings.database_address())
    with writing(engine) as session:
        home, _ = municipalities.ensure(session, "1470")
        accounts.add(session, NewAccount(EMAIL, PASSWORD, Role.COORDINATOR, home.code))
        for name in ("quartic", "gaussian"):
            session.add(_scale(home, name, n))
    made = _invent(n)
    if n <= MOST_STORED:
        _store(engine, home, made)
    app = create_app(settings, engine)
    room = app.extensions["works"].room
    now = room.situation(home.code)
    if n > MOST_STORED:
        handed_over = Situation(now.home, _columns(made, now.columns.version), now.scales)
        room._situations._kept[home.code] = handed_over
    lon, lat = crs.to_degrees_xy(made.points[:, 0], made.points[:, 1])
    how = "read from SQLite" if n <= MOST_STORED else "columns handed over"
    return Town(app, engine, home, np.column_stack((lat, lon)).round(6), how)


def known_client(made: Town) -> FlaskClient:
    """A client in this process that is logged in."""
    client = made.app.test_client()
    token = _CSRF.search(client.get("/login").text)
    assert token
    form = {"email": EMAIL, "password": PASSWORD, "csrf_token": token[1]}
    assert client.post("/login", data=form).status_code == 303
    return client


def invented_columns(n: int) -> Columns:
    """The columns of as many reports, without a database."""
    return _columns(_invent(n), 1)


def _scale(home: Home, kernel: str, n: int) -> Scale:
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    limits = {"whole_top": _TOPS[0] * n / 10_000, "part_top": _TOPS[1] * n / 10_000}
    what = {"kind": Kind.PERCEPTION, "kernel": kernel, "bandwidth_m": 300, "years": float(_YEARS)}
    return Scale(municipality_id=home.id, n=float(n), made_at=moment, **what, **limits)


def _invent(n: int) -> Reports:
    random = np.random.default_rng(1470)
    points = _drawn(n, random) if _ASSAULTS.exists() else towns(n)
    return Reports(points, random.integers(0, 168, n), random.integers(0, 365 * _YEARS, n))


def _drawn(n: int, random: np.random.Generator) -> NDArray[np.float64]:
    with _ASSAULTS.open(encoding="utf-8-sig", newline="") as file:
        degrees = np.array([(float(row["lon"]), float(row["lat"])) for row in csv.DictReader(file)])
    metres = np.column_stack(crs.to_metres_xy(degrees[:, 0], degrees[:, 1]))
    return metres[random.integers(0, len(metres), n)] + random.normal(0, _MOVED_M, (n, 2))


def _store(engine: Engine, home: Home, made: Reports) -> None:
    drafts = [
        ReportDraft(
            uid=UUID(int=number + 1),
            municipality=home.code,
            place=place,
            kind=Kind.PERCEPTION,
            origin=Origin.PUBLIC,
            polarity=Polarity.UNSAFE,
            categories=frozenset({"lighting"}),
            hours=_WEEK[hour],
            day=_FIRST_DAY + timedelta(days=int(day)),
        )
        for number, (place, hour, day) in enumerate(
            zip(shapely.points(made.points), made.hour, made.day, strict=True)
        )
    ]
    with writing(engine) as session:
        stamp = Stamp(home.id, next_change(session, home.id), datetime(2026, 11, 1, tzinfo=UTC))
        insert_reports(session, drafts, stamp)


def _columns(made: Reports, version: int) -> Columns:
    n = len(made)
    words = np.array([hours.words for hours in _WEEK], np.uint64).T[:, made.hour]
    ends = np.array([(hours.first_hour, hours.last_hour, 0, 0) for hours in _WEEK], np.uint8).T[:, made.hour]

    def all_of(family: type, member: str) -> NDArray[np.uint8]:
        return np.full(n, list(family).index(member), np.uint8)

    return Columns(
        version=version,
        row_id=np.arange(1, n + 1),
        east=made.points[:, 0].copy(),
        north=made.points[:, 1].copy(),
        hours=HourColumns.of(words, ends),
        day=(to_day_number(_FIRST_DAY) + made.day).astype(np.int32),
        categories=np.full(n, bits({"lighting"}), np.int64),
        kind=all_of(Kind, Kind.PERCEPTION),
        origin=all_of(Origin, Origin.PUBLIC),
        polarity=all_of(Polarity, Polarity.UNSAFE),
        state=all_of(State, State.ACCEPTED),
        light=np.full(n, 255, np.uint8),
        owner=all_of(Owner, Owner.MUNICIPALITY),
        voice=np.zeros(n, np.int64),
    )
