"""The one door for a place: what comes out is valid, finite, 2-D, of a known type, in EPSG:3006, and here.

A form, a phone, an API call and a file all pass through it, and nothing later checks again. Nothing is
repaired here: a polygon that crosses itself is refused with the spot (`make_valid` on what a stranger sends
can take minutes).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from geodata import crs
from geodata.errors import Fault, InvalidGeometry, OutsideArea
from geodata.geojson import from_geojson

Place = BaseGeometry
"""Any geometry, for those above who only hand it on."""

MOST_VERTICES = 2_000
TYPES = ("Point", "LineString", "Polygon")
_VERTEX_FAULTS = (
    "",
    "geometry.not_finite",
    "geometry.axes_swapped",
    "geometry.degrees_in_metres",
    "geometry.metres_in_degrees",
    "geometry.outside",
    "geometry.not_on_earth",
)
_NO_DEGREES = 1_000.0
"""Numbers larger than this were never meant as degrees."""
_SPOT = re.compile(r"\[\s*(-?[\d.]+(?:e[+-]?\d+)?)\s+(-?[\d.]+(?:e[+-]?\d+)?)")


@dataclass(frozen=True)
class ServedArea:
    """A municipality as the door sees it.

    boundary: EPSG:3006. tolerance_m: how far outside it still counts as inside.
    """

    name: str
    boundary: BaseGeometry
    tolerance_m: float = 0.0

    @cached_property
    def _reach(self) -> BaseGeometry:
        reach = self.boundary.buffer(self.tolerance_m) if self.tolerance_m else self.boundary
        shapely.prepare(reach)
        return reach

    def holds(self, east: NDArray[np.float64], north: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which of the positions (EPSG:3006) lie inside; what is not finite never does."""
        finite = np.isfinite(east) & np.isfinite(north)
        inside = np.zeros(len(east), dtype=bool)
        inside[finite] = shapely.intersects_xy(self._reach, east[finite], north[finite])
        return inside


@dataclass(frozen=True)
class Positions:
    """n positions after the door: metres in EPSG:3006, and for each a fault code, "" where it is good."""

    east: NDArray[np.float64]
    north: NDArray[np.float64]
    codes: NDArray[np.str_]

    def fault(self, row: int, area: ServedArea, field: str) -> Fault | None:
        """What is wrong with one of them."""
        code = str(self.codes[row])
        if not code:
            return None
        family = OutsideArea if code == "geometry.outside" else InvalidGeometry
        return family(code, field, municipality=area.name)


def positions(x: ArrayLike, y: ArrayLike, system: str, area: ServedArea) -> Positions:
    """Many positions through the door at once; x is east or longitude. Both in `system`."""
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    east, north = crs.transform_xy(x, y, system, crs.METRES)
    inside = area.holds(east, north) & _on_earth(x, y, system)
    finite = np.isfinite(x) & np.isfinite(y)
    wrong = np.where(finite, np.where(inside, 0, 5), 1)
    astray = np.flatnonzero(wrong == 5)
    if len(astray):
        wrong[astray] = _why_astray(x[astray], y[astray], system, area)
    return Positions(east, north, np.array(_VERTEX_FAULTS)[wrong])


def _on_earth(x: NDArray[np.float64], y: NDArray[np.float64], system: str) -> NDArray[np.bool_]:
    """Whether degrees are any; PROJ goes round the earth again with those that are too many."""
    if not crs.is_degrees(system):
        return np.ones(len(x), dtype=bool)
    return (np.abs(x) <= 180) & (np.abs(y) <= 90)


def _why_astray(
    x: NDArray[np.float64], y: NDArray[np.float64], system: str, area: ServedArea
) -> NDArray[np.int64]:
    """Tell swapped axes and the wrong unit from a place that simply lies elsewhere."""
    swapped = area.holds(*crs.transform_xy(y, x, system, crs.METRES))
    if crs.is_degrees(system):
        like_metres = np.maximum(np.abs(x), np.abs(y)) > _NO_DEGREES
        reasons = [(like_metres, 4), (~_on_earth(x, y, system), 6), (swapped, 2)]
    else:
        reasons = [((np.abs(x) <= 180) & (np.abs(y) <= 180), 3), (swapped, 2)]
    return np.select([known for known, _ in reasons], [code for _, code in reasons], 5)


def admit(place: BaseGeometry, system: str, area: ServedArea, field: str = "geometry") -> BaseGeometry:
    """One geometry in `system` through the door, returned in EPSG:3006.

    Raises InvalidGeometry (wrong type, empty, Z, not finite, too many vertices, self-crossing, swapped axes,
    wrong unit) and OutsideArea.
    """
    _refuse_form(place, field)
    vertices = shapely.get_coordinates(place)
    checked = positions(vertices[:, 0], vertices[:, 1], system, area)
    for row in np.flatnonzero(checked.codes != "")[:1]:
        raise checked.fault(int(row), area, field) or InvalidGeometry("geometry.invalid", field)
    if not place.is_valid:
        raise crossing(place, field)
    return shapely.set_coordinates(shapely.force_2d(place), np.column_stack((checked.east, checked.north)))


def _refuse_form(place: BaseGeometry, field: str) -> None:
    if place.geom_type not in TYPES:
        raise InvalidGeometry("geometry.wrong_type", field, given=place.geom_type)
    if place.is_empty:
        raise InvalidGeometry("geometry.empty", field)
    if place.has_z or getattr(place, "has_m", False):
        raise InvalidGeometry("geometry.has_height", field)
    count = shapely.get_num_coordinates(place)
    if count > MOST_VERTICES:
        raise InvalidGeometry("geometry.too_many_vertices", field, count=int(count), most=MOST_VERTICES)


def crossing(place: BaseGeometry, field: str) -> InvalidGeometry:
    """Why a shape is not valid, with the spot where it can be named."""
    reason = shapely.is_valid_reason(place)
    spot = _SPOT.search(reason)
    if spot is None or "intersection" not in reason.lower():
        return InvalidGeometry("geometry.invalid", field)
    return InvalidGeometry("geometry.crosses_itself", field, x=spot[1], y=spot[2])


def parse_geojson(
    document: Mapping[str, Any], area: ServedArea, field: str = "geometry", system: str = crs.DEGREES
) -> BaseGeometry:
    """A GeoJSON geometry through the door, returned in EPSG:3006. Raises as `admit` does."""
    return admit(from_geojson(document, field), system, area, field)


def as_geojson(place: BaseGeometry) -> dict[str, Any]:
    """A geometry as GeoJSON, in the system it is in; `from_geojson` gives the same back, bit for bit."""
    return dict(mapping(place))


def without_height(place: BaseGeometry) -> tuple[BaseGeometry, bool]:
    """For files: the geometry in two dimensions, and whether there was a third."""
    had_height = bool(place.has_z or getattr(place, "has_m", False))
    return (shapely.force_2d(place), True) if had_height else (place, False)


def point_at(east: float, north: float) -> BaseGeometry:
    """A point in EPSG:3006."""
    return shapely.Point(east, north)


def disc(middle: BaseGeometry, radius_m: float, area: ServedArea, field: str = "geometry") -> BaseGeometry:
    """What lies within a radius of a point in EPSG:3006, as a polygon of 32 corners.

    Raises InvalidGeometry for what is not a point, and OutsideArea where it reaches over the border.
    """
    if middle.geom_type != "Point":
        raise InvalidGeometry("geometry.wrong_type", field, given=middle.geom_type)
    return admit(middle.buffer(radius_m, quad_segs=8), crs.METRES, area, field)


def single(place: BaseGeometry) -> BaseGeometry:
    """For files: the only part of a multi-geometry; several parts are left as they are, to be refused."""
    parts = shapely.get_parts(place)
    return parts[0] if place.geom_type.startswith("Multi") and len(parts) == 1 else place


def representative_xy(places: NDArray[np.object_]) -> NDArray[np.float64]:
    """(n, 2) east, north of one point for each geometry in EPSG:3006, inside it; NaN for None."""
    return np.asarray(
        shapely.get_coordinates(shapely.point_on_surface(places))
        if not shapely.is_missing(places).any()
        else _with_missing(places)
    )


def _with_missing(places: NDArray[np.object_]) -> NDArray[np.float64]:
    found = np.full((len(places), 2), np.nan)
    there = ~shapely.is_missing(places)
    found[there] = shapely.get_coordinates(shapely.point_on_surface(places[there]))
    return found
