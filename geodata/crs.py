"""The only module that names coordinate systems by number.

Everything is stored and measured in SWEREF 99 TM, metres east and north. Degrees, longitude before
latitude, exist at the edges. `always_xy` is said once, here, because EPSG:3006 officially puts north first.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from geodata.errors import InvalidValue

SRID_METRES = 3006
SRID_DEGREES = 4326
METRES = "EPSG:3006"
DEGREES = "EPSG:4326"
WEB_MERCATOR = "EPSG:3857"

ACCEPTED = ("EPSG:4326", "EPSG:3006", "EPSG:3007", "EPSG:3008", "EPSG:3857")
"""What a file may be in: degrees, SWEREF 99 TM, the local zones 12 00 and 13 30, and web maps' own."""

SWEDEN_BOX_M = (200_000.0, 6_100_000.0, 930_000.0, 7_700_000.0)
"""West, south, east, north of a box around Sweden in EPSG:3006: a swapped pair of axes falls outside it."""

_CRS84 = re.compile(
    r"(?:urn:ogc:def:crs:)?OGC:(?:1\.3)?:?CRS84|https?://www\.opengis\.net/def/crs/OGC/(?:0|1\.3)/CRS84|CRS84",
    re.IGNORECASE,
)
"""Longitude and latitude in that order, as GeoJSON has them, by every name it goes by."""
_INIT = re.compile(r"\binit\s*=", re.IGNORECASE)
"""PROJ's old way of naming a system in a file of definitions, which it would open wherever it lies."""

Coordinates = tuple[NDArray[np.float64], NDArray[np.float64]]


@lru_cache(maxsize=32)
def _transformer(source: str, target: str) -> Transformer:
    # Each thread makes its own from this: by name that takes 10 ms of looking things up, by steps 0.2.
    return Transformer.from_pipeline(Transformer.from_crs(source, target, always_xy=True).definition)


def transform_xy(x: ArrayLike, y: ArrayLike, source: str, target: str) -> Coordinates:
    """Coordinates from one system to another, x (east, longitude) first. What cannot be moved becomes inf."""
    east, north = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if source == target:
        return east, north
    moved_x, moved_y = _transformer(source, target).transform(east, north)
    return np.asarray(moved_x), np.asarray(moved_y)


def to_metres_xy(longitude: ArrayLike, latitude: ArrayLike) -> Coordinates:
    """Degrees to metres east and north in EPSG:3006."""
    return transform_xy(longitude, latitude, DEGREES, METRES)


def to_degrees_xy(east: ArrayLike, north: ArrayLike) -> Coordinates:
    """Metres east and north in EPSG:3006 to longitude and latitude."""
    return transform_xy(east, north, METRES, DEGREES)


def move(place: BaseGeometry, source: str, target: str) -> BaseGeometry:
    """A geometry moved from one system to another, vertex by vertex; Z is lost."""

    def moved(vertices: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transform_xy(vertices[:, 0], vertices[:, 1], source, target))

    return shapely.transform(shapely.force_2d(place), moved)


def to_degrees(place: BaseGeometry) -> BaseGeometry:
    """A geometry in EPSG:3006 as longitude and latitude."""
    return move(place, METRES, DEGREES)


def to_metres(place: BaseGeometry) -> BaseGeometry:
    """A geometry in longitude and latitude as EPSG:3006."""
    return move(place, DEGREES, METRES)


def named(text: str, field: str = "crs") -> str:
    """The accepted system that `text` names ("EPSG:3006", "3006", WKT or PROJ). Raises InvalidValue."""
    said = text.strip()
    if _CRS84.fullmatch(said):
        return DEGREES
    if _INIT.search(said):
        raise InvalidValue("crs.unknown", field, given=text[:80])
    try:
        code = CRS.from_user_input(int(said) if said.isdigit() else said).to_epsg(min_confidence=60)
    except CRSError as fault:
        raise InvalidValue("crs.unknown", field, given=text[:80]) from fault
    if f"EPSG:{code}" not in ACCEPTED:
        raise InvalidValue("crs.not_accepted", field, given=text[:80], accepted=", ".join(ACCEPTED))
    return f"EPSG:{code}"


def is_degrees(system: str) -> bool:
    """Whether coordinates in this accepted system are angles."""
    return system == DEGREES
