"""Tiles of the public map: each pixel has the class of the edition's square that its centre lies in."""

from __future__ import annotations

import numpy as np

from geodata.analysis.grid import Bounds
from geodata.analysis.publication.edition import Edition
from geodata.analysis.publication.squares import Partition
from geodata.analysis.scale import NOTHING
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


def paint_edition(edition: Edition, view: str, tile: Tile, theme: str) -> bytes:
    """The tile as PNG, transparent where there is nothing; the same question, the same bytes.

    theme: `light` or `dark`. Raises InvalidValue for another.
    """
    colours, centres = theme_named(theme), pixel_centres(tile)
    shown = [square for square in edition.squares if view in square.classes]
    corners = [(square.size_m, square.west_m, square.south_m) for square in shown]
    squares = Partition(*np.array(corners, dtype=np.int64).reshape(-1, 3).T)
    if not is_touched(_covered(squares), centres):
        return empty_tile(tile.side_px)
    at = squares.at(centres.east.ravel(), centres.north.ravel()).reshape(centres.east.shape)
    classes = np.array([*(square.classes[view] for square in shown), NOTHING], dtype=np.uint8)[at]
    sides = np.append(squares.side_m, 0)[at]
    ends = np.zeros(at.shape, dtype=bool)
    ends[:, :-1] |= at[:, :-1] != at[:, 1:]
    ends[:-1] |= at[:-1] != at[1:]
    classes[ends & (sides >= _APART_FROM_PX * _pixel_m(centres))] = NOTHING
    inner = classes[1:-1, 1:-1]
    if not inner.any():
        return empty_tile(tile.side_px)
    return encoded(plain_indices(inner, np.zeros(inner.shape, dtype=bool)), colours)


def _covered(squares: Partition) -> Bounds | None:
    if not len(squares):
        return None
    west, south, side = squares.west_m, squares.south_m, squares.side_m
    return Bounds(int(west.min()), int(south.min()), int((west + side).max()), int((south + side).max()))


def _pixel_m(centres: PixelCentres) -> float:
    middle = centres.east.shape[0] // 2
    found = abs(float(centres.east[middle, middle + 1] - centres.east[middle, middle]))
    return found if np.isfinite(found) else np.inf
