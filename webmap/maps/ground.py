"""What lies under every map: the border, what is outside it, and the kilometre squares, as plain numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geodata import crs

GRID_M = 1_000
GRID_WIDE_M = 5_000
WIDE_FROM_M = 80_000
"""From this side on only every fifth kilometre line is drawn: hundreds of lines are a heavy file."""

OUTLINE_TOLERANCE_M = 5.0
VERTEX_EVERY_M = 5_000
"""A straight kilometre line bends on the map; at this spacing it is less than a metre wrong."""

SURROUNDINGS_DEG = (-40.0, 35.0, 80.0, 85.0)
"""West, south, east, north of what is painted as outside: more than a screen holds when zoomed out."""

DECIMALS = 5

Path = tuple[tuple[float, float], ...]
"""Longitude and latitude in degrees, in order."""


@dataclass(frozen=True)
class Grid:
    """Lines of whole kilometres in SWEREF 99 TM.

    labels_km: which kilometre each line is; those east are under 1,000, those north over.
    """

    labels_km: tuple[int, ...]
    lines: tuple[Path, ...]


@dataclass(frozen=True)
class Ground:
    """One municipality to draw upon. All paths are longitude, latitude in degrees (WGS 84).

    border: every ring of the boundary. outside: polygons, each its outer ring and then its holes.
    fine: kilometre lines; coarse: every fifth. bounds: west, south, east, north.
    """

    border: tuple[Path, ...]
    outside: tuple[tuple[Path, ...], ...]
    fine: Grid
    coarse: Grid
    bounds: tuple[float, float, float, float]

    @property
    def center(self) -> tuple[float, float]:
        """Longitude and latitude of the middle of the bounds."""
        west, south, east, north = self.bounds
        return (west + east) / 2, (south + north) / 2


def lay(boundary: BaseGeometry) -> Ground:
    """The ground of a municipality.

    boundary: Polygon or MultiPolygon in EPSG:3006, valid and not empty; drawn within 5 m of itself.
    """
    drawn = boundary.simplify(OUTLINE_TOLERANCE_M)
    shown = crs.to_degrees(drawn)
    surroundings = shapely.box(*SURROUNDINGS_DEG).difference(shown)
    fine, coarse = _kilometre_lines(boundary.bounds)
    west, south, east, north = (round(value, DECIMALS) for value in shown.bounds)
    return Ground(
        border=tuple(ring for polygon in _polygons(shown) for ring in _rings(polygon)),
        outside=tuple(_rings(polygon) for polygon in _polygons(surroundings)),
        fine=fine,
        coarse=coarse,
        bounds=(west, south, east, north),
    )


def _polygons(place: BaseGeometry) -> list[Polygon]:
    if isinstance(place, Polygon):
        return [place]
    return list(place.geoms) if isinstance(place, MultiPolygon) else []


def _rings(polygon: Polygon) -> tuple[Path, ...]:
    return tuple(_path(ring) for ring in (polygon.exterior, *polygon.interiors))


def _path(line: BaseGeometry) -> Path:
    return tuple((round(lon, DECIMALS), round(lat, DECIMALS)) for lon, lat in line.coords)


def _kilometre_lines(bounds_m: tuple[float, float, float, float]) -> tuple[Grid, Grid]:
    west, south, east, north = _whole_squares(bounds_m)
    is_wide = max(east - west, north - south) > WIDE_FROM_M
    lines = {x // GRID_M: ((x, south), (x, north)) for x in range(west, east + 1, GRID_M)}
    lines |= {y // GRID_M: ((west, y), (east, y)) for y in range(south, north + 1, GRID_M)}
    coarse = {km: line for km, line in lines.items() if km * GRID_M % GRID_WIDE_M == 0}
    fine = {} if is_wide else {km: line for km, line in lines.items() if km not in coarse}
    return _grid(fine), _grid(coarse)


def _whole_squares(bounds_m: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    """West, south, east, north in metres, outwards to the next coarse line."""
    low = [math.floor(value / GRID_WIDE_M) * GRID_WIDE_M for value in bounds_m[:2]]
    high = [math.ceil(value / GRID_WIDE_M) * GRID_WIDE_M for value in bounds_m[2:]]
    return low[0], low[1], high[0], high[1]


def _grid(ends_m: dict[int, tuple[tuple[int, int], tuple[int, int]]]) -> Grid:
    lines = [shapely.segmentize(shapely.LineString(ends), VERTEX_EVERY_M) for ends in ends_m.values()]
    return Grid(tuple(ends_m), tuple(_path(crs.to_degrees(line)) for line in lines))
