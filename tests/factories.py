"""One factory for each noun: what a test does not say is something ordinary."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Engine, delete, update
from sqlalchemy.orm import Session

from geodata.drafts import ReportDraft
from geodata.hours import exact
from geodata.queries.municipalities import Home, home
from geodata.queries.people import user_by_email
from geodata.tables.areas import Area
from geodata.tables.changes import next_change
from geodata.tables.engine import make_engine, reading, writing
from geodata.tables.municipalities import Municipality
from geodata.tables.report_rows import Stamp, insert_reports
from geodata.tables.reports import Removed, Report
from geodata.tables.sharing import Sharing
from geodata.tables.users import UserSession
from geodata.vocabulary import Kind, Origin, Owner, Polarity, State
from tests.places import SQUARE, place_at
from webmap.access import Role
from webmap.services import accounts
from webmap.services.accounts import NewAccount

NOW = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)
FRIDAY_NIGHT = datetime(2026, 11, 20, 22, 15)
PASSWORD = "en mening som ingen gissar"
_numbers = count(1)


def municipality(session: Session, code: str = "1470", name: str = "Vara") -> Home:
    """A square municipality, exact to the millimetre."""
    session.add(Municipality(code=code, name=name, boundary=SQUARE, is_exact=True, tolerance_m=0.0))
    session.flush()
    return home(session, code)


def locality(session: Session, there: Home, name: str, place: BaseGeometry, radius_m: float | None) -> None:
    """A named place of a municipality."""
    values = {"kind": "locality", "name": name, "geometry": place, "radius_m": radius_m, "source": "test"}
    session.add(Area(municipality_id=there.id, **values))
    session.flush()


def draft(place: BaseGeometry | None = None, **said: Any) -> ReportDraft:
    """An accepted perception of a Friday night, at the middle of the municipality unless told."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "municipality": "1470",
        "place": place_at(0, 0) if place is None else place,
        "kind": Kind.PERCEPTION,
        "origin": Origin.PUBLIC,
        "polarity": Polarity.UNSAFE,
        "categories": frozenset({"lighting"}),
        "hours": exact(FRIDAY_NIGHT),
        "day": FRIDAY_NIGHT.date(),
        "source": "test",
        "source_id": str(number),
    }
    return ReportDraft(UUID(int=number), **(values | said))


def without_position(**said: Any) -> ReportDraft:
    """The same, but nobody knows where."""
    return replace(draft(**said), place=None)


def store(session: Session, there: Home, drafts: Sequence[ReportDraft]) -> int:
    """Drafts as reports, in one change; its number."""
    change = next_change(session, there.id)
    insert_reports(session, drafts, Stamp(there.id, change, NOW))
    return change


def spread(count_: int, seed: int = 1, **said: Any) -> list[ReportDraft]:
    """So many drafts around the middle, in three years, the same every time."""
    chance = np.random.default_rng(seed)
    offsets = chance.normal(0, 400, (count_, 2))
    days = chance.integers(0, 3 * 365, count_)
    return [
        draft(
            place_at(*offset), **({"day": date.fromordinal(date(2023, 11, 1).toordinal() + int(day))} | said)
        )
        for offset, day in zip(offsets, days, strict=True)
    ]


def share(session: Session, there: Home, owner: Owner, precision_m: int = 0, kinds: str = "") -> UUID:
    """Let the other authority see what `owner` has; the uid of the sharing."""
    next_change(session, there.id)
    uid = UUID(int=next(_numbers))
    values = {"precision_m": precision_m, "kinds": kinds, "ground": "test", "begun_at": NOW}
    session.add(Sharing(uid=uid, municipality_id=there.id, owner=owner, **values))
    session.flush()
    return uid


def remove(session: Session, there: Home, report_id: int) -> None:
    """Take a report away, as undoing an import does."""
    change = next_change(session, there.id)
    uid = session.get_one(Report, report_id).uid
    session.execute(delete(Report).where(Report.id == report_id))
    session.add(Removed(report_id=report_id, uid=uid, municipality_id=there.id, change_seq=change))


def put_noise(session: Session, there: Home) -> None:
    """Rows that no count of accepted, placed perceptions may hold."""
    elsewhere = municipality(session, "1446", "Karlsborg")
    store(session, elsewhere, [draft(municipality="1446") for _ in range(5)])
    store(session, there, [draft(state=state) for state in State if state != State.ACCEPTED])
    store(session, there, [without_position(), draft(kind=Kind.CRIME_REPORT, origin=Origin.STATISTICS)])


def user(engine: Engine, email: str, role: str = Role.COORDINATOR, code: str = "1470") -> int:
    """An account with the tests' password; its id."""
    with writing(engine) as session:
        return accounts.add(session, NewAccount(email, PASSWORD, role, code)).id


def session_of(engine: Engine, email: str) -> str:
    """The token of a session just begun, without the seconds that checking a password takes."""
    token, now = f"token {next(_numbers)}", datetime.now(UTC)
    digest = hashlib.sha256(token.encode()).hexdigest()
    with writing(engine) as session:
        known = user_by_email(session, email)
        assert known is not None
        begun = UserSession(token_digest=digest, user_account_id=known.id, created_at=now, last_seen_at=now)
        begun.expires_at = now + accounts.ABSOLUTE
        session.add(begun)
    return token


def rows(engine: Engine, *tables: type[Any]) -> dict[str, int]:
    """How many rows some tables have."""
    with reading(engine) as session:
        return {table.__tablename__: session.query(table).count() for table in tables}


def engine_of(path: Path) -> Engine:
    """An engine on a SQLite file."""
    return make_engine(f"sqlite:///{path}")


def home_of(engine: Engine, code: str = "1470") -> Home:
    """The municipality as it is now."""
    with reading(engine) as session:
        return home(session, code)


def widen(engine: Engine, name: str, radius_m: float) -> None:
    """Let a named place stand for more of its surroundings."""
    with writing(engine) as session:
        changed = update(Area).where(Area.name == name).values(radius_m=radius_m)
        there = session.scalar(changed.returning(Area.municipality_id))
        next_change(session, there)


def home_in(session: Session, code: str = "1470") -> Home:
    """The municipality, within a transaction."""
    return home(session, code)
