"""Tiles of a surface: 256 px palette PNG, each pixel's class read at its own centre, at every zoom."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from geodata import crs
from geodata.analysis.classing import classes_at
from geodata.analysis.density import Field
from geodata.analysis.grid import Bounds
from geodata.analysis.scale import Limits
from geodata.errors import InvalidValue
from webmap.maps.classes import THEMES, Theme, indices, picture_of

TILE_PX = 256
SIDES_PX = (256, 512)
"""A tile of 512 px shows the ground of one of 256: a screen takes a third of the requests."""
DEEPEST_ZOOM = 22

_ROWS_AT_ONCE = 172
"""Of pixels: a thread is given memory for a third of a tile, and uses it three times."""

_EVERY = slice(None)
_HALF_WORLD_M = math.pi * 6_378_137.0
_CONTROL_CELLS = 16
_CONTROL_ZOOM = 9
"""From this zoom on, 16 control cells along a tile keep every pixel within half a metre."""


@dataclass(frozen=True)
class Tile:
    """A tile of the web's common scheme, y from the north. Raises InvalidValue where there is none."""

    z: int
    x: int
    y: int
    side_px: int = TILE_PX

    def __post_init__(self) -> None:
        side = 2 ** min(max(self.z, 0), DEEPEST_ZOOM)
        if self.side_px not in SIDES_PX:
            raise InvalidValue("option.bad", "size", option="size", given=self.side_px)
        if not (0 <= self.z <= DEEPEST_ZOOM and 0 <= self.x < side and 0 <= self.y < side):
            raise InvalidValue("tile.unknown", "tile", z=self.z, x=self.x, y=self.y)


@dataclass(frozen=True)
class PixelCentres:
    """Pixel centres in EPSG:3006, (side + 2, side + 2): one more on every side, row 0 northernmost."""

    east: NDArray[np.float64]
    north: NDArray[np.float64]


def paint(field: Field, limits: Limits | None, tile: Tile, theme: str) -> bytes:
    """The tile as PNG, transparent where there is nothing; the same question, the same bytes.

    limits: lower limits of the classes, or None before a scale is made: everything is then hatched.
    theme: `light` or `dark`. Raises InvalidValue for another.
    """
    colours = theme_named(theme)
    classes = np.zeros((tile.side_px + 2, tile.side_px + 2), dtype=np.uint8)
    for rows, centres in _strips(tile):
        if is_touched(field.covered(), centres):
            classes[rows] = classes_at(field, centres.east, centres.north, limits)
    return encoded(indices(classes), colours) if classes[1:-1, 1:-1].any() else empty_tile(tile.side_px)


def theme_named(name: str) -> Theme:
    """The theme of this name. Raises InvalidValue."""
    if name not in THEMES:
        raise InvalidValue("theme.unknown", "theme", given=name[:40], accepted=", ".join(THEMES))
    return THEMES[name]


def pixel_centres(tile: Tile) -> PixelCentres:
    """Where the centres of the tile's pixels lie; exact on a control grid, bilinear between, < 0.5 m off.

    Below zoom 9 the control grid is finer in proportion, until it is the pixels themselves.
    """
    return PixelCentres(*(_between(line, tile.side_px) for line in _meridians(tile)))


def _strips(tile: Tile) -> Iterator[tuple[slice, PixelCentres]]:
    """The same centres, some rows at a time."""
    lines = _meridians(tile)
    for start in range(0, tile.side_px + 2, _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        yield rows, PixelCentres(*(_between(line, tile.side_px, rows) for line in lines))


def _meridians(tile: Tile) -> list[NDArray[np.float64]]:
    """East and north where the columns of pixel centres cross the control grid's rows."""
    cells = min(tile.side_px, _CONTROL_CELLS << max(0, _CONTROL_ZOOM - tile.z))
    along = np.arange(cells + 1) / cells
    across_m = 2 * _HALF_WORLD_M / 2**tile.z
    x = (tile.x + along) * across_m - _HALF_WORLD_M
    y = _HALF_WORLD_M - (tile.y + along) * across_m
    mesh_x, mesh_y = np.meshgrid(x, y)
    control = crs.transform_xy(mesh_x, mesh_y, crs.WEB_MERCATOR, crs.METRES)
    return [_between(each.T, tile.side_px).T for each in control]


def _between(control: NDArray[np.float64], side_px: int, rows: slice = _EVERY) -> NDArray[np.float64]:
    """Values at these of the pixel centres along each column of control points, (side + 2, columns)."""
    cells = len(control) - 1
    position = (np.arange(-1, side_px + 1)[rows] + 0.5) / side_px * cells
    first = np.clip(np.floor(position).astype(int), 0, cells - 1)
    share = (position - first)[:, None]
    # Not a matrix product: its threads wait for each other when many tiles are painted at once.
    return control[first] * (1.0 - share) + control[first + 1] * share


def is_touched(covered: Bounds | None, centres: PixelCentres) -> bool:
    """Whether any of the pixels may lie in the box that everything is in."""
    if covered is None:
        return False
    east, north = centres.east, centres.north
    is_beside = east.max() < covered.west_m or east.min() > covered.east_m
    # Not a number compares false: a tile at the edge of the world is simply read.
    return not (is_beside or north.max() < covered.south_m or north.min() > covered.north_m)


def encoded(painted: NDArray[np.uint8], theme: Theme) -> bytes:
    """Palette indices as PNG."""
    picture, alphas = picture_of(painted, theme)
    written = io.BytesIO()
    picture.save(written, "PNG", transparency=alphas, bits=4)
    return written.getvalue()


@lru_cache(maxsize=len(SIDES_PX))
def empty_tile(side_px: int) -> bytes:
    """The tile where nothing is."""
    return encoded(np.zeros((side_px, side_px), dtype=np.uint8), THEMES["light"])


EMPTY = empty_tile(TILE_PX)
"""The tile where nothing is."""
