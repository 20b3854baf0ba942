"""Tiles of the count map: each pixel has the class of the square that its centre lies in, at every zoom."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geodata.analysis.scale import NOTHING, TOO_LITTLE
from geodata.analysis.squares import SquareCounts, squares_holding
from webmap.maps.classes import plain_indices
from webmap.maps.tiles import (
    PixelCentres,
    Tile,
    empty_tile,
    encoded,
    is_touched,
    pixel_centres,
    theme_named,
)

_APART_FROM_PX = 8
"""Squares narrower than this lie edge to edge: a gap would take too much of them."""

Mask = NDArray[np.bool_]


def paint_squares(counts: SquareCounts, classes: NDArray[np.uint8], tile: Tile, theme: str) -> bytes:
    """The tile as PNG, transparent where there is nothing; the same question, the same bytes.

    classes: (k,) of each square of `counts`. theme: `light` or `dark`. Raises InvalidValue for another.
    """
    colours, centres = theme_named(theme), pixel_centres(tile)
    if not is_touched(counts.covered(), centres):
        return empty_tile(tile.side_px)
    # Index -1, of a place in no square, is the one added last.
    painted = np.append(classes, np.uint8(NOTHING))[counts.at(centres.east, centres.north)]
    outlined = np.zeros(painted.shape, dtype=bool)
    if _is_wide(centres, counts.side_m):
        painted, outlined = _apart(painted, centres, counts.side_m)
    if not painted[1:-1, 1:-1].any():
        return empty_tile(tile.side_px)
    return encoded(plain_indices(painted[1:-1, 1:-1], outlined[1:-1, 1:-1]), colours)


def _is_wide(centres: PixelCentres, side_m: int) -> bool:
    middle = centres.east.shape[0] // 2
    pixel_m = abs(float(centres.east[middle, middle + 1] - centres.east[middle, middle]))
    # Not a number compares false: at the edge of the world nothing is wide.
    return side_m >= _APART_FROM_PX * pixel_m


def _apart(classes: NDArray[np.uint8], centres: PixelCentres, side_m: int) -> tuple[NDArray[np.uint8], Mask]:
    """Squares with a class lose their last pixels east and south; those of too little get an outline."""
    column, row = squares_holding(centres.east, centres.north, side_m)
    ends_east, ends_south = np.zeros((2, *classes.shape), dtype=bool)
    ends_east[:, :-1] = column[:, :-1] != column[:, 1:]
    ends_south[:-1] = row[:-1] != row[1:]
    hatched = classes == TOO_LITTLE
    begins = np.zeros(classes.shape, dtype=bool)
    begins[:, 1:] |= ends_east[:, :-1]
    begins[1:] |= ends_south[:-1]
    # Between two outlined squares one line is enough: that of the one that begins.
    begins |= ends_east & ~np.roll(hatched, -1, axis=1)
    begins |= ends_south & ~np.roll(hatched, -1, axis=0)
    ends = (ends_east | ends_south) & ~hatched
    return np.where(ends, np.uint8(NOTHING), classes), hatched & begins
