"""Reads about the imported streets and paths that a walk can follow."""

from __future__ import annotations

from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.tables.areas import Area
from geodata.vocabulary import AreaKind

WALKABLE = (AreaKind.STREET, AreaKind.PATH)


def streets_in(
    session: Session, municipality_id: int, bounds_m: tuple[float, float, float, float]
) -> list[BaseGeometry]:
    """Streets and paths whose box meets west, south, east, north (EPSG:3006), in the order they came."""
    asked = select(Area.geometry).where(
        Area.municipality_id == municipality_id, Area.kind.in_(WALKABLE), Area.geometry.in_box(bounds_m)
    )
    return list(session.scalars(asked.order_by(Area.id)))


def street_at(session: Session, municipality_id: int, place: BaseGeometry, within_m: float) -> str:
    """The name of the nearest street within so many metres of a point (EPSG:3006), or ""."""
    asked = select(Area.name, Area.geometry).where(
        Area.municipality_id == municipality_id,
        Area.kind == AreaKind.STREET,
        Area.name != "",
        Area.geometry.within_m(place, within_m),
    )
    found = session.execute(asked).all()
    return min(((street.distance(place), name) for name, street in found), default=(0.0, ""))[1]
