"""Geometries as GeoPackage writes them in SQLite, and the SQL functions that its triggers call.

Source: OGC GeoPackage 1.3, clause 2.1.3 (binary format) and annex F.3 (R*Tree). The functions are plain
Python ones, registered on every connection, so no loadable extension is needed.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

APPLICATION_ID = 0x47504B47
"""`GPKG`: what makes an SQLite file a GeoPackage."""
USER_VERSION = 10_300
"""GeoPackage 1.3.0."""

Box = tuple[float, float, float, float]
"""West, east, south, north: the order of a GeoPackage envelope."""

_HEAD = struct.Struct("<2sBBi")
_HEAD_WITH_BOX = struct.Struct("<2sBBi4d")
_LITTLE_ENDIAN, _WITH_BOX, _EMPTY = 0b1, 0b10, 0b10000
_BOX_BYTES = (0, 32, 48, 48, 64)
_POINT = 0
"""Shapely's number for points; nothing at all is -1."""
_POINT_WKB = b"\x01\x01\x00\x00\x00"
_POINT_BYTES = 29
_POINT_XY = struct.Struct("<2d")


def written(places: Sequence[BaseGeometry | None], srid: int) -> list[bytes | None]:
    """Geometries as GeoPackage blobs, None as None. A point carries no envelope: it is its own."""
    known = np.asarray(places, dtype=object)
    bodies = shapely.to_wkb(known, byte_order=1)
    boxes = shapely.bounds(known)[:, [0, 2, 1, 3]]
    bare = (shapely.get_type_id(known) == _POINT) & ~shapely.is_empty(known)
    head = _HEAD.pack(b"GP", 0, _LITTLE_ENDIAN, srid)
    return [
        head + body if is_bare else body and _head(box, srid) + body
        for body, is_bare, box in zip(bodies, bare.tolist(), boxes, strict=True)
    ]


def _head(box: NDArray[np.float64], srid: int) -> bytes:
    if np.isnan(box[0]):
        return _HEAD.pack(b"GP", 0, _LITTLE_ENDIAN | _EMPTY, srid)
    return _HEAD_WITH_BOX.pack(b"GP", 0, _LITTLE_ENDIAN | _WITH_BOX, srid, *box)


def _body_start(blob: bytes) -> int:
    return _HEAD.size + _BOX_BYTES[(blob[3] >> 1) & 0b111]


def read(blob: bytes) -> BaseGeometry:
    """The geometry in a GeoPackage blob."""
    return shapely.from_wkb(blob[_body_start(blob) :])


def box(blob: bytes | None) -> Box | None:
    """West, east, south, north of a blob's geometry; None for nothing and for an empty one."""
    if blob is None or blob[3] & _EMPTY:
        return None
    if len(blob) == _POINT_BYTES and blob[8:13] == _POINT_WKB:
        x, y = _POINT_XY.unpack_from(blob, 13)
        return x, x, y, y
    if _body_start(blob) > _HEAD.size:
        west, east, south, north = struct.unpack_from("<4d" if blob[3] & 1 else ">4d", blob, _HEAD.size)
    else:
        west, south, east, north = read(blob).bounds
    return west, east, south, north


@lru_cache(maxsize=16)
def _asked_for(blob: bytes) -> BaseGeometry:
    """A query's own geometry is the same for every row: read and prepared once."""
    place = read(blob)
    shapely.prepare(place)
    return place


def _side(number: int) -> Any:
    def side(blob: bytes | None) -> float | None:
        found = box(blob)
        return None if found is None else found[number]

    return side


def _is_empty(blob: bytes | None) -> int | None:
    return None if blob is None else int(bool(blob[3] & _EMPTY))


def _intersects(stored: bytes | None, asked: bytes | None) -> int | None:
    if stored is None or asked is None:
        return None
    return int(shapely.intersects(_asked_for(asked), read(stored)))


def _is_within_m(stored: bytes | None, asked: bytes | None, distance_m: float) -> int | None:
    if stored is None or asked is None:
        return None
    return int(shapely.dwithin(_asked_for(asked), read(stored), distance_m))


FUNCTIONS: tuple[tuple[str, int, Any], ...] = (
    ("ST_MinX", 1, _side(0)),
    ("ST_MaxX", 1, _side(1)),
    ("ST_MinY", 1, _side(2)),
    ("ST_MaxY", 1, _side(3)),
    ("ST_IsEmpty", 1, _is_empty),
    ("ST_Intersects", 2, _intersects),
    ("ST_DWithin", 3, _is_within_m),
)


def register(connection: Any) -> None:
    """Give an sqlite3 connection the functions: without them it cannot write a spatial table."""
    for name, arguments, function in FUNCTIONS:
        connection.create_function(name, arguments, function, deterministic=True)
