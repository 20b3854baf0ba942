"""What places of a municipality are called: schools, parks, stops and streets, with what stands for each."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata import crs
from geodata.geometry import MOST_VERTICES
from geodata.tables.areas import Area
from geodata.vocabulary import AreaKind

NAMED = (AreaKind.PLACE, AreaKind.SCHOOL, AreaKind.GREEN, AreaKind.STREET)
"""Kinds whose names people say when they mean a spot. A locality is no spot."""
SMALL_M = 300.0
"""So far across at most, one point stands for the whole."""
_WIDEST_M = 500.0
_NEAR_LOCALITY_M = 3_000.0
_DECIMALS = 6
_Group = tuple[AreaKind, str, str]


@dataclass(frozen=True)
class KnownPlace:
    """A named place.

    key: the same as long as kind, name and locality are. locality: the one it lies in or close to, or "".
    place: a point, or the street or park itself where that is larger, EPSG:3006; None where no single
    simple shape tells it. radius_m: the point stands for so much around it.
    """

    key: str
    name: str
    kind: AreaKind
    locality: str
    place: BaseGeometry | None
    radius_m: float = 0.0

    @property
    def position(self) -> tuple[float, float] | None:
        """Longitude and latitude, where the place is a point."""
        if self.place is None or self.place.geom_type != "Point":
            return None
        lon, lat = crs.to_degrees_xy(*shapely.get_coordinates(self.place).T)
        return round(float(lon[0]), _DECIMALS), round(float(lat[0]), _DECIMALS)

    @property
    def geojson(self) -> Mapping[str, Any] | None:
        """The place as GeoJSON in WGS 84."""
        if self.place is None:
            return None
        drawn: Mapping[str, Any] = mapping(crs.to_degrees(self.place))
        return drawn


@dataclass(frozen=True)
class _Part:
    shape: BaseGeometry
    radius_m: float


def known_places(session: Session, municipality_id: int) -> list[KnownPlace]:
    """Every named place of a municipality, by kind, name and locality; parts of one name are one place."""
    rows = session.execute(
        select(Area.kind, Area.name, Area.geometry, Area.radius_m)
        .where(Area.municipality_id == municipality_id, Area.kind.in_(NAMED), Area.name != "")
        .order_by(Area.id)
    ).all()
    found: dict[_Group, list[_Part]] = defaultdict(list)
    localities = _localities_of(session, municipality_id, [shape for _, _, shape, _ in rows])
    for (kind, name, shape, radius_m), locality in zip(rows, localities, strict=True):
        found[AreaKind(kind), " ".join(name.split()), locality].append(_Part(shape, radius_m or 0.0))
    order = {kind: number for number, kind in enumerate(NAMED)}
    groups = sorted(found, key=lambda group: (order[group[0]], group[1:]))
    return [_known(group, found[group]) for group in groups]


def _known(group: _Group, parts: list[_Part]) -> KnownPlace:
    kind, name, locality = group
    place, radius_m = _stand_in(parts)
    key = hashlib.sha256("\n".join(group).encode()).hexdigest()[:16]
    return KnownPlace(key, name, kind, locality, place, min(radius_m, _WIDEST_M))


def _stand_in(parts: list[_Part]) -> tuple[BaseGeometry | None, float]:
    """What stands for the parts of one name, and the radius of a point."""
    if len(parts) == 1 and parts[0].shape.geom_type == "Point":
        return parts[0].shape, parts[0].radius_m
    shapes = [each for part in parts for each in shapely.get_parts(part.shape)]
    whole = shapely.geometrycollections(shapes)
    west, south, east, north = whole.bounds
    across_m = float(np.hypot(east - west, north - south))
    if across_m <= SMALL_M:
        is_ground = any(shape.geom_type == "Polygon" for shape in shapes)
        own_m = max(part.radius_m for part in parts)
        return _middle(shapes, whole), max(own_m, across_m / 2 if is_ground else 0.0)
    return _simple(shapes), 0.0


def _middle(shapes: list[BaseGeometry], whole: BaseGeometry) -> BaseGeometry:
    """The spot on them that is nearest the middle of all."""
    centre = shapely.centroid(whole)
    nearest = shapely.shortest_line(np.array(shapes, dtype=object), centre)
    return shapely.get_point(nearest[np.argmin(shapely.length(nearest))], 0)


def _simple(shapes: list[BaseGeometry]) -> BaseGeometry | None:
    """The one line or polygon that the parts make up, where it could be stored as a place."""
    one: Any = shapes[0] if len(shapes) == 1 else None
    if all(shape.geom_type == "LineString" for shape in shapes):
        one = shapely.line_merge(shapely.multilinestrings(shapes))
    if one is None or one.geom_type not in ("LineString", "Polygon") or not one.is_valid:
        return None
    return shapely.force_2d(one) if shapely.get_num_coordinates(one) <= MOST_VERTICES else None


def _localities_of(session: Session, municipality_id: int, shapes: Sequence[BaseGeometry]) -> list[str]:
    """For each shape the locality it lies in, else one close by, else ""."""
    asked = select(Area.name, Area.geometry, Area.radius_m).where(
        Area.municipality_id == municipality_id, Area.kind == AreaKind.LOCALITY.value
    )
    rows = session.execute(asked.order_by(Area.id)).all()
    if not rows or not shapes:
        return [""] * len(shapes)
    grounds = np.array([shape.buffer(radius_m) if radius_m else shape for _, shape, radius_m in rows])
    middles = shapely.centroid(grounds)
    spots = shapely.centroid(np.array(shapes, dtype=object))
    spot, near = shapely.STRtree(grounds).query_nearest(spots, max_distance=_NEAR_LOCALITY_M)
    apart = shapely.distance(spots[spot], middles[near])
    chosen = [""] * len(shapes)
    for number in np.argsort(-apart, kind="stable"):  # the nearest is written last
        chosen[spot[number]] = rows[near[number]][0]
    return chosen
