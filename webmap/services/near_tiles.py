"""Which tiles of the base map a phone takes along on a walk."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from geodata import crs
from webmap.services.basemap import Basemap
from webmap.services.layers import BASE_TILES
from webmap.services.mbtiles import MbtilesFile

MOST_BYTES = 12_000_000
_FIRST_ZOOM, _LAST_ZOOM = 14, 18

Frame = tuple[float, float, float, float]


def tiles_near(base: Basemap | None, frame: Frame) -> dict[str, Any] | None:
    """Template, zooms, credit and the list of tiles [z, x, y] in a frame (EPSG:3006), at most 12 MB.

    None where there is no base map, or none of our own: a foreign server's tiles are not taken in advance.
    """
    if base is None or not isinstance(base.tiles, MbtilesFile):
        return None
    chosen = _chosen(base, frame)
    if not chosen:
        return None
    zooms = [chosen[0][0], chosen[-1][0]]
    return {"url": BASE_TILES, "zooms": zooms, "credit": base.credit.text, "tiles": chosen}


@lru_cache(maxsize=16)
def _chosen(base: Basemap, frame: Frame) -> list[tuple[int, int, int]]:
    chosen: list[tuple[int, int, int]] = []
    left = MOST_BYTES
    first, last = base.zooms
    for zoom in range(max(first, min(_FIRST_ZOOM, last)), min(last, _LAST_ZOOM) + 1):
        here = [(tile, len(base.tile(*tile) or b"")) for tile in _tiles(zoom, frame)]
        left -= sum(size for _, size in here)
        if left < 0:
            break
        chosen += [tile for tile, size in here if size]
    return chosen


def _tiles(zoom: int, frame: Frame) -> Iterator[tuple[int, int, int]]:
    west, south, east, north = frame
    lon, lat = crs.to_degrees_xy([west, east], [south, north])
    first_x, last_x = (_column(zoom, float(each)) for each in lon)
    last_y, first_y = (_row(zoom, float(each)) for each in lat)
    for x in range(first_x, last_x + 1):
        for y in range(first_y, last_y + 1):
            yield zoom, x, y


def _column(zoom: int, longitude: float) -> int:
    return int((longitude + 180) / 360 * 2**zoom)


def _row(zoom: int, latitude: float) -> int:
    return int((1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * 2**zoom)
