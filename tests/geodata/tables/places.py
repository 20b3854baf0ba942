"""A municipality and drafts to store in it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from shapely.geometry import Point, box
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from geodata.drafts import ReportDraft
from geodata.hours import ANY_HOUR
from geodata.tables import Municipality
from geodata.tables.changes import next_change
from geodata.tables.report_rows import Stamp, insert_reports
from geodata.vocabulary import Kind, Origin, Polarity

NOW = datetime(2026, 11, 21, 22, 48, 45, 905_000, tzinfo=UTC)
EAST, NORTH = 380_000.0, 6_460_000.0


def place_at(east_m: float, north_m: float) -> Point:
    """A point so far east and north of the middle of the test municipality."""
    return Point(EAST + east_m, NORTH + north_m)


def served(session: Session, code: str = "1470") -> Municipality:
    """A square municipality, 20 km wide."""
    boundary = box(EAST - 10_000, NORTH - 10_000, EAST + 10_000, NORTH + 10_000)
    made = Municipality(code=code, name="Vara", boundary=boundary, is_exact=True, tolerance_m=0.0)
    session.add(made)
    session.flush()
    return made


def draft(place: BaseGeometry | None = None, uid: UUID | None = None, **said: Any) -> ReportDraft:
    """A perception, any hour of a day."""
    values: dict[str, Any] = {
        "kind": Kind.PERCEPTION,
        "origin": Origin.PUBLIC,
        "polarity": Polarity.UNSAFE,
        "categories": frozenset({"lighting"}),
        "hours": ANY_HOUR,
        "day": date(2026, 11, 20),
        "text": "Mörkt vid bron",
    }
    return ReportDraft(uid or uuid4(), "1470", place, **(values | said))


def stored(session: Session, *drafts: ReportDraft, municipality: Municipality | None = None) -> Municipality:
    """Drafts as reports of a municipality, new unless given."""
    home = municipality or served(session)
    insert_reports(session, drafts, Stamp(home.id, next_change(session, home.id), NOW))
    return home
