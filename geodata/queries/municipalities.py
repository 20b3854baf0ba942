"""Reads about municipalities and their named places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geodata import crs
from geodata.errors import InvalidValue, NotFound
from geodata.geometry import ServedArea
from geodata.queries.selection import Ground
from geodata.tables.areas import Area
from geodata.tables.marks import DatabaseMark
from geodata.tables.municipalities import ChangeCounter, Municipality
from geodata.tables.reports import Report

LOCALITY = "locality"
PLACE = "place"


@dataclass(frozen=True)
class NamedPlace:
    """A locality or other named place; geometry in EPSG:3006, a point stands for `radius_m` around it."""

    name: str
    kind: str
    geometry: BaseGeometry
    radius_m: float | None

    @property
    def shape(self) -> BaseGeometry:
        """The ground it takes up."""
        return self.geometry.buffer(self.radius_m) if self.radius_m else self.geometry


@dataclass(frozen=True)
class Home:
    """A municipality with what reads and maps need of it."""

    id: int
    code: str
    name: str
    boundary: BaseGeometry
    is_exact: bool
    tolerance_m: float
    places: tuple[NamedPlace, ...]

    @property
    def served(self) -> ServedArea:
        """The municipality as the door sees it."""
        return ServedArea(self.name, self.boundary, self.tolerance_m)

    @cached_property
    def middle(self) -> tuple[float, float]:
        """Longitude and latitude of a point inside, rounded so that sun tables are shared."""
        inside = self.boundary.representative_point()
        longitude, latitude = crs.to_degrees_xy([inside.x], [inside.y])
        return round(float(longitude[0]), 2), round(float(latitude[0]), 2)

    def ground(self, area: str = "") -> Ground:
        """Where selections are made; raises InvalidValue for an area that has no such name here."""
        if not area:
            return Ground(*self.middle)
        for place in self.places:
            if place.name.casefold() == area.casefold():
                return Ground(*self.middle, place.shape)
        raise InvalidValue("area.unknown", "area", given=area[:80])


_CODE = re.compile(r"\d{4}", re.ASCII)


def _known_form(code: str) -> str:
    """The code, if it looks like one: anything else is never sent to the database."""
    if not _CODE.fullmatch(code):
        raise NotFound("municipality.not_added", "municipality", code=code[:8])
    return code


def standing(session: Session, code: str) -> tuple[int, int]:
    """Key of the municipality with this code, and the last change of anything in it.

    Raises NotFound when it has not been added.
    """
    row = session.execute(
        select(Municipality.id, ChangeCounter.seq)
        .outerjoin(ChangeCounter, ChangeCounter.municipality_id == Municipality.id)
        .where(Municipality.code == _known_form(code))
    ).one_or_none()
    if row is None:
        raise NotFound("municipality.not_added", "municipality", code=code[:8])
    return row[0], row[1] or 0


def home(session: Session, code: str) -> Home:
    """The municipality with this code. Raises NotFound when it has not been added."""
    row = session.scalar(select(Municipality).where(Municipality.code == _known_form(code)))
    if row is None:
        raise NotFound("municipality.not_added", "municipality", code=code[:8])
    return _home(session, row)


def homes(session: Session) -> list[Home]:
    """All municipalities, by name."""
    rows = session.scalars(select(Municipality).order_by(Municipality.name)).all()
    return [_home(session, row) for row in rows]


def _home(session: Session, row: Municipality) -> Home:
    places = session.scalars(
        select(Area).where(Area.municipality_id == row.id, Area.kind.in_((LOCALITY, PLACE))).order_by(Area.id)
    )
    named = tuple(NamedPlace(area.name, area.kind, area.geometry, area.radius_m) for area in places)
    return Home(row.id, row.code, row.name, row.boundary, row.is_exact, row.tolerance_m, named)


def report_count(session: Session, municipality_id: int | None = None) -> int:
    """How many reports are stored, in one municipality or in all."""
    counted = select(func.count()).select_from(Report)
    if municipality_id is not None:
        counted = counted.where(Report.municipality_id == municipality_id)
    return session.scalar(counted) or 0


def mark(session: Session, key: str) -> str | None:
    """A mark on the whole database."""
    found = session.get(DatabaseMark, key)
    return found.value if found else None
