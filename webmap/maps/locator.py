"""A small picture of the municipality with its localities, as numbers for an inline drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

WIDTH = 480.0
MARGIN = 12.0
_TOLERANCE_M = 60.0


@dataclass(frozen=True)
class LocatorPlace:
    """A dot with a name. x, y: in the drawing, from its upper left corner."""

    x: float
    y: float
    name: str
    is_town: bool


@dataclass(frozen=True)
class Locator:
    """width, height: of the drawing. boundary_path: as an SVG path's `d`."""

    width: float
    height: float
    boundary_path: str
    places: list[LocatorPlace]


def locate(boundary: BaseGeometry, places: Sequence[tuple[str, BaseGeometry]], town: str) -> Locator:
    """The locator of a boundary and named places in EPSG:3006; `town` is the place drawn as the main one."""
    west, south, east, north = boundary.bounds
    scale = (WIDTH - 2 * MARGIN) / (east - west)

    def drawn(x: float, y: float) -> tuple[float, float]:
        return round(MARGIN + (x - west) * scale, 1), round(MARGIN + (north - y) * scale, 1)

    rings = [part.exterior for part in shapely.get_parts(boundary.simplify(_TOLERANCE_M))]
    path = "".join(
        "M" + "L".join(f"{x} {y}" for x, y in (drawn(*vertex[:2]) for vertex in ring.coords)) + "Z"
        for ring in rings
    )
    named = [
        LocatorPlace(*drawn(place.centroid.x, place.centroid.y), name, name == town) for name, place in places
    ]
    return Locator(WIDTH, round((north - south) * scale + 2 * MARGIN, 1), path, named)
