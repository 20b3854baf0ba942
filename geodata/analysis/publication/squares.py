"""Adaptive squares: fine where many have spoken, merged where few have, left out where too few have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.analysis.publication.counting import Ints, may_show, packed, packed_key, tally, unpacked
from geodata.analysis.publication.material import Grain

_MOST_LOST = 3
"""Squares are split only where at most one in so many of their reports would be left out by it."""


@dataclass(frozen=True)
class Partition:
    """Squares that do not overlap, by side, west and south."""

    side_m: Ints
    west_m: Ints
    south_m: Ints

    def __len__(self) -> int:
        return len(self.side_m)

    def at(self, east: NDArray[np.float64], north: NDArray[np.float64]) -> Ints:
        """(n,) which square holds each place; -1 for none."""
        found = np.full(len(east), -1)
        placed = np.flatnonzero(np.isfinite(east) & np.isfinite(north))
        for side_m in np.unique(self.side_m).tolist():
            slots = np.flatnonzero(self.side_m == side_m)
            known = packed_key(self.west_m[slots] // side_m, self.south_m[slots] // side_m)
            order = np.argsort(known)
            sought = packed(east[placed], north[placed], side_m)
            near = order[np.minimum(np.searchsorted(known, sought, sorter=order), len(order) - 1)]
            is_there = known[near] == sought
            found[placed[is_there]] = slots[near[is_there]]
        return found


@dataclass
class _Level:
    """Squares of one side. of_base: which holds each base square. lost: reports left out in each."""

    of_base: Ints
    lost: Ints
    has_shown: NDArray[np.bool_]


def partition(
    place: tuple[NDArray[np.float64], NDArray[np.float64]],
    voice: Ints,
    grain: Grain,
    localities: BaseGeometry | None,
) -> Partition:
    """The squares of some reports. place: finite metres east and north. localities: where it may be fine."""
    key, base_of = np.unique(packed(*place, grain.fine_m), return_inverse=True)
    reports = np.bincount(base_of, minlength=len(key))
    width = int(voice.max(initial=0)) + 1
    pairs = np.unique(base_of[voice > 0] * width + voice[voice > 0])
    heard = (pairs // width, pairs % width)
    column, row = unpacked(key)
    below = _Level(np.arange(len(key)), reports, np.zeros(len(key), dtype=bool))
    level_of = np.full(len(key), -1)
    for level, side_m in enumerate(grain.sides):
        own = packed_key(column >> level, row >> level)
        squares, of_base = np.unique(own, return_inverse=True)
        total = np.bincount(of_base, reports, len(squares)).astype(np.int64)
        voices = tally(of_base[heard[0]], heard[1], len(squares)).voices
        is_enough = (total >= grain.k) & (voices >= grain.k)
        is_enough &= may_show(unpacked(squares), side_m, grain, localities)
        below, shown = _joined(below, of_base, total, is_enough)
        level_of[shown[of_base]] = level
    return _gathered(grain, (column, row), level_of)


def _joined(
    below: _Level, of_base: Ints, total: Ints, is_enough: NDArray[np.bool_]
) -> tuple[_Level, NDArray[np.bool_]]:
    """One level up: which squares take the place of all in them, and what is left out without."""
    up = np.zeros(len(below.lost), dtype=np.int64)
    up[below.of_base] = of_base
    lost = np.bincount(up, below.lost, len(total)).astype(np.int64)
    has_shown = np.bincount(up, below.has_shown, len(total)) > 0
    stays_split = has_shown & (lost * _MOST_LOST <= total)
    shown = is_enough & ~stays_split
    return _Level(of_base, np.where(shown, 0, lost), has_shown | shown), shown


def _gathered(grain: Grain, base: tuple[Ints, Ints], level_of: Ints) -> Partition:
    kept = np.flatnonzero(level_of >= 0)
    levels = level_of[kept]
    side = np.array(grain.sides)[levels]
    west, south = ((each[kept] >> levels) * side for each in base)
    squares = np.unique(np.column_stack((side, west, south)), axis=0)
    return Partition(*squares.reshape(-1, 3).T)
