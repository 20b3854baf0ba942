"""Which ground a drawing shows, and the tiles of the base map that lie under it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata import crs

WIDTH, HEIGHT = 840.0, 787.0
SPANS_M = (200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 51_200, 102_400)
"""How much ground the drawing may be wide."""
USUAL_M = 800
_WORLD_M = 156_543.034
_SEAM = 1.003
"""Tiles are drawn so much too large, so that no hairline shows between them."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Frame:
    """The ground drawn. east, north: its middle, EPSG:3006. span_m: one of SPANS_M, its width."""

    east: float
    north: float
    span_m: int = USUAL_M

    @property
    def scale(self) -> float:
        """Pixels a metre."""
        return WIDTH / self.span_m

    @property
    def box(self) -> Box:
        """West, south, east, north."""
        across, along = self.span_m / 2, self.span_m / 2 * HEIGHT / WIDTH
        return self.east - across, self.north - along, self.east + across, self.north + along

    def drawn(self, east: float, north: float) -> tuple[float, float]:
        """Where a place is in the drawing."""
        west, _, _, top = self.box
        return round((east - west) * self.scale, 1), round((top - north) * self.scale, 1)


def base_tiles(frame: Frame, template: str, zooms: tuple[int, int]) -> list[tuple[str, str]]:
    """The tiles of a base map under the drawing: address, and the matrix that lays a unit square there."""
    west, south, east, north = frame.box
    lon, lat = crs.to_degrees_xy([west, east, west, east], [south, south, north, north])
    wanted = math.log2(_WORLD_M * math.cos(math.radians(float(lat.mean()))) * frame.scale)
    zoom = min(max(math.ceil(wanted - 0.3), zooms[0]), zooms[1])
    columns, rows = _tile_of(lon, lat, zoom)
    return [
        (template.format(z=zoom, x=x, y=y), _matrix(frame, zoom, x, y))
        for x in range(int(columns.min()), int(columns.max()) + 1)
        for y in range(int(rows.min()), int(rows.max()) + 1)
    ]


def _tile_of(
    lon: NDArray[np.float64], lat: NDArray[np.float64], zoom: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    sine = np.sin(np.radians(lat))
    x = (lon / 360 + 0.5) * 2**zoom
    y = (0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)) * 2**zoom
    return np.floor(x), np.floor(y)


def _matrix(frame: Frame, zoom: int, x: int, y: int) -> str:
    """A tile is so small that it is a parallelogram in any map grid."""
    lon = [(column / 2**zoom - 0.5) * 360 for column in (x, x + 1, x)]
    lat = [math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / 2**zoom)))) for row in (y, y, y + 1)]
    east, north = crs.to_metres_xy(lon, lat)
    (left, top), right, below = (frame.drawn(float(east[at]), float(north[at])) for at in range(3))
    along = [(right[0] - left) * _SEAM, (right[1] - top) * _SEAM]
    down = [(below[0] - left) * _SEAM, (below[1] - top) * _SEAM]
    return f"matrix({' '.join(f'{value:.3f}' for value in (*along, *down, left, top))})"
