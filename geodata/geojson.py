"""A GeoJSON geometry by the letter of RFC 7946: exact words, right nesting, closed rings, numbers.

Whether it lies anywhere, and here, the door in `geometry` says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from shapely import Point
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geodata.errors import InvalidGeometry

_POSITION, _LINE, _AREA = 0, 1, 2
_DEPTHS = {
    "Point": _POSITION,
    "MultiPoint": _LINE,
    "LineString": _LINE,
    "MultiLineString": _AREA,
    "Polygon": _AREA,
    "MultiPolygon": _AREA + 1,
}
"""How many lists lie around the positions."""
_AREAS = ("Polygon", "MultiPolygon")
_FEWEST_IN_RING = 4


def from_geojson(document: Mapping[str, Any], field: str = "geometry") -> BaseGeometry:
    """A GeoJSON geometry as it stands, not yet through the door.

    Raises InvalidGeometry: `geometry.not_geojson`, `geometry.type_unknown`, `geometry.badly_nested`,
    `geometry.ring_open`, `geometry.not_finite`.
    """
    if not isinstance(document, Mapping):
        raise InvalidGeometry("geometry.not_geojson", field)
    name = document.get("type")
    if not isinstance(name, str) or name not in _DEPTHS:
        raise InvalidGeometry("geometry.type_unknown", field)
    coordinates = document.get("coordinates")
    if not isinstance(coordinates, list | tuple):
        raise InvalidGeometry("geometry.not_geojson", field)
    if coordinates:
        _check(coordinates, _DEPTHS[name], name in _AREAS, field)
    return _made(name, coordinates, field)


def _check(given: Any, depth: int, is_area: bool, field: str) -> None:
    """Lists in lists, positions innermost; the lists of positions of an area are its rings."""
    if depth == _POSITION:
        _check_position(given, field)
        return
    if not isinstance(given, list | tuple) or not given:
        raise InvalidGeometry("geometry.badly_nested", field)
    for inner in given:
        _check(inner, depth - 1, is_area, field)
    if is_area and depth == _LINE and not _is_ring(given):
        raise InvalidGeometry("geometry.ring_open", field)


def _is_ring(positions: Sequence[Sequence[float]]) -> bool:
    ends = zip(positions[0], positions[-1], strict=False)
    # What is no number is not even itself, and is refused by name later.
    return len(positions) >= _FEWEST_IN_RING and all(a == b or a != a for a, b in ends)


def _check_position(given: Any, field: str) -> None:
    if not isinstance(given, list | tuple) or not 2 <= len(given) <= 3:
        raise InvalidGeometry("geometry.badly_nested", field)
    for number in given:
        if type(number) not in (int, float):  # a truth is a number to Python, and none to us
            raise InvalidGeometry("geometry.badly_nested", field)
        try:
            float(number)
        except OverflowError as fault:
            raise InvalidGeometry("geometry.not_finite", field) from fault


def _made(name: str, coordinates: Sequence[Any], field: str) -> BaseGeometry:
    try:
        with np.errstate(invalid="ignore"):  # numbers that are none are refused at the door, by name
            if name == "Point":  # by far the most common, and there are many in a file
                return Point(coordinates)
            return shape({"type": name, "coordinates": coordinates})
    except (ShapelyError, TypeError, ValueError, IndexError) as fault:
        raise InvalidGeometry("geometry.not_geojson", field) from fault
