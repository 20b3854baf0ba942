"""Reports counted in squares of EPSG:3006, whose edges lie on whole multiples of their side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.analysis.grid import Bounds

_MOST_DENSE = 4_000_000
"""Squares over the ground; more are sorted instead, so that a few far-off reports cost no memory."""


@dataclass(frozen=True)
class SquareCounts:
    """The squares with anything in them, by row from the south, then by column from the west.

    column, row: (k,) whole sides east and north of the origin of EPSG:3006. n: (k,) sum of shares.
    reports: (k,) how many there are.
    """

    side_m: int
    column: NDArray[np.int64]
    row: NDArray[np.int64]
    n: NDArray[np.float64]
    reports: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.n)

    def at(self, east: ArrayLike, north: ArrayLike) -> NDArray[np.intp]:
        """Which square holds each place, in any shape; -1 where it is empty or the place is not finite."""
        x, y = np.asarray(east, dtype=np.float64), np.asarray(north, dtype=np.float64)
        found = np.full(x.shape, -1, dtype=np.intp)
        if not len(self):
            return found
        west, south, width, height = self._frame
        there = np.isfinite(x) & np.isfinite(y)
        column, row = squares_holding(x[there], y[there], self.side_m)
        across, along = column - west, row - south
        is_inside = (across >= 0) & (across < width) & (along >= 0) & (along < height)
        key = along[is_inside] * width + across[is_inside]
        known = (self.row - south) * width + (self.column - west)
        at = np.minimum(np.searchsorted(known, key), len(known) - 1)
        held = np.full(len(column), -1, dtype=np.intp)
        held[is_inside] = np.where(known[at] == key, at, -1)
        found[there] = held
        return found

    def covered(self) -> Bounds | None:
        """The box around all squares, or None."""
        if not len(self):
            return None
        west, south, width, height = self._frame
        side_m = self.side_m
        return Bounds(west * side_m, south * side_m, (west + width) * side_m, (south + height) * side_m)

    def bounds(self, index: int) -> Bounds:
        """The ground of one square."""
        return square_bounds(int(self.column[index]), int(self.row[index]), self.side_m)

    @property
    def _frame(self) -> tuple[int, int, int, int]:
        """First column and row, and how many of each, around all squares."""
        return _frame(self.column, self.row)


def squares_holding(
    east: NDArray[np.float64], north: NDArray[np.float64], side_m: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Column and row of the square that each finite place lies in; its south and west edges are its own."""
    return np.floor(east / side_m).astype(np.int64), np.floor(north / side_m).astype(np.int64)


def square_bounds(column: int, row: int, side_m: int) -> Bounds:
    """The ground of the square in this column and row."""
    return Bounds(column * side_m, row * side_m, (column + 1) * side_m, (row + 1) * side_m)


def count_squares(
    east: NDArray[np.float64], north: NDArray[np.float64], weights: NDArray[np.float64], side_m: int
) -> SquareCounts:
    """The places, finite metres in EPSG:3006, counted and weighed by square."""
    if not len(east):
        none = np.zeros(0, dtype=np.int64)
        return SquareCounts(side_m, none, none, np.zeros(0), none)
    column, row = squares_holding(east, north, side_m)
    west, south, width, height = _frame(column, row)
    # In place: at a million reports each new array costs as much as the arithmetic.
    row -= south
    row *= width
    column -= west
    row += column
    filled, reports, n = _summed(row, weights, width * height)
    return SquareCounts(side_m, filled % width + west, filled // width + south, n, reports)


def _frame(column: NDArray[np.int64], row: NDArray[np.int64]) -> tuple[int, int, int, int]:
    west, south = int(column.min()), int(row.min())
    return west, south, int(column.max()) - west + 1, int(row.max()) - south + 1


def _summed(
    key: NDArray[np.int64], weights: NDArray[np.float64], size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Each key there is, rising, with how often it is there and the sum of its weights."""
    if size > _MOST_DENSE:
        filled, place = np.unique(key, return_inverse=True)
        reports, n = _binned(place, weights, len(filled))
        return filled, reports, n
    reports, n = _binned(key, weights, size)
    kept = np.flatnonzero(reports).astype(np.int64)
    return kept, reports[kept], n[kept]


def _binned(
    place: NDArray[np.integer], weights: NDArray[np.float64], length: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """How many are at each place, and the sum of their weights; counted once where all weights are whole."""
    reports = np.bincount(place, minlength=length).astype(np.int64, copy=False)
    if weights.min() == weights.max() == 1.0:
        return reports, reports.astype(np.float64)
    return reports, np.bincount(place, weights, length).astype(np.float64, copy=False)
