"""The geometries of a Shapefile, read by the letter of Esri's description of 1998, without GDAL.

GDAL would look for a dozen files beside this one and can be led to others; here there is only this one.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from geodata.errors import FileFault
from geodata.exchange.reading import capped

Place = BaseGeometry | str | None
_MAGIC = 9994
_HEAD_BYTES = 100
_NULL, _POINT, _LINE, _AREA, _POINTS = 0, 1, 3, 5, 8
_WITH_HEIGHT = 10
"""Added to a plain type; 20 where there is only a measure, which is left out."""
_UNREADABLE = "geometry.not_readable"
_MOST_PARTS = 1_000
_BOX = 4 + 32
"""Where the counts stand, after the type and the box."""


def read_shapes(data: bytes) -> list[Place]:
    """One geometry per record, None where empty, a fault code where it makes no sense. Raises FileFault."""
    if len(data) < _HEAD_BYTES or struct.unpack_from(">i", data)[0] != _MAGIC:
        raise FileFault("shp.broken", "file", part=".shp")
    return [_place(content) for content in capped(_records(data))]


def _records(data: bytes) -> Iterator[bytes]:
    at = _HEAD_BYTES
    while at < len(data):
        if at + 12 > len(data):
            raise FileFault("shp.broken", "file", part=".shp")
        words = struct.unpack_from(">i", data, at + 4)[0]
        end = at + 8 + 2 * words
        if words < 2 or end > len(data):
            raise FileFault("shp.broken", "file", part=".shp")
        yield data[at + 8 : end]
        at = end


def _place(content: bytes) -> Place:
    (said,) = struct.unpack_from("<i", content)
    kind, family = said % _WITH_HEIGHT, said // _WITH_HEIGHT
    if said == _NULL:
        return None
    try:
        with np.errstate(invalid="ignore", over="ignore"):  # such numbers are refused at the door, by name
            return _made(content, kind, family == 1) if family <= 2 else _UNREADABLE
    except (struct.error, ShapelyError, ValueError, IndexError):
        return _UNREADABLE


def _made(content: bytes, kind: int, has_height: bool) -> Place:
    if kind == _POINT:
        return shapely.Point(struct.unpack_from("<3d" if has_height else "<2d", content, 4))
    if kind == _POINTS:
        (count,) = struct.unpack_from("<i", content, _BOX)
        return shapely.MultiPoint(_vertices(content, _BOX + 4, count, has_height))
    if kind not in (_LINE, _AREA):
        return _UNREADABLE
    part_count, count = struct.unpack_from("<2i", content, _BOX)
    if not 1 <= part_count <= _MOST_PARTS:
        return _UNREADABLE
    starts = struct.unpack_from(f"<{part_count}i", content, _BOX + 8)
    if starts[0] != 0 or list(starts) != sorted(starts):
        return _UNREADABLE
    vertices = _vertices(content, _BOX + 8 + 4 * part_count, count, has_height)
    parts = np.split(vertices, starts[1:])
    return _line(parts) if kind == _LINE else _area(parts)


def _vertices(content: bytes, at: int, count: int, has_height: bool) -> NDArray[np.float64]:
    """(count, 2 or 3); the heights of all vertices stand together, after the lowest and the highest."""
    if count < 1:
        raise ValueError(count)
    flat = np.frombuffer(content, "<f8", 2 * count, at).reshape(-1, 2)
    if not has_height:
        return flat
    return np.column_stack((flat, np.frombuffer(content, "<f8", count, at + 16 * count + 16)))


def _line(parts: list[NDArray[np.float64]]) -> BaseGeometry:
    return shapely.LineString(parts[0]) if len(parts) == 1 else shapely.MultiLineString(parts)


def _area(rings: list[NDArray[np.float64]]) -> BaseGeometry:
    """Outer rings run clockwise, holes the other way; several outer rings are several areas."""
    outer = [ring for ring in rings if not shapely.is_ccw(shapely.linearrings(ring[:, :2]))]
    if len(outer) > 1:
        return shapely.MultiPolygon([shapely.Polygon(ring) for ring in outer])
    shell = outer[0] if outer else rings[0]
    return shapely.Polygon(shell, [ring for ring in rings if ring is not shell])
