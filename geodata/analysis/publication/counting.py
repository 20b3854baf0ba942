"""Reports and distinct voices, counted by square and view."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.analysis.publication.material import MOST_VOICES_A_DAY, NO_DAY, NO_VOICE, Grain, Material

Ints = NDArray[np.int64]
_HALF = 1 << 31


@dataclass(frozen=True)
class Tally:
    """Of each group: how many reports, and how many distinct voices among them."""

    reports: Ints
    voices: Ints


def packed(east: NDArray[np.float64], north: NDArray[np.float64], side_m: int) -> Ints:
    """The square each place lies in as one number: row, then column. 0 where there is no place."""
    there = np.isfinite(east) & np.isfinite(north)
    key = np.zeros(len(east), dtype=np.int64)
    column, row = (np.floor(each[there] / side_m).astype(np.int64) for each in (east, north))
    key[there] = packed_key(column, row)
    return key


def packed_key(column: Ints, row: Ints) -> Ints:
    """Squares of one side as one number each."""
    return (row << 32) + column + _HALF


def unpacked(key: Ints) -> tuple[Ints, Ints]:
    """Column and row of packed squares."""
    return (key & ((1 << 32) - 1)) - _HALF, key >> 32


def counted_voices(material: Material, grain: Grain, localities: BaseGeometry | None = None) -> Ints:
    """(n,) whose voice each report counts as, dense from 1; 0 for none.

    What came from the public itself counts as at most MOST_VOICES_A_DAY voices a day in the least square that
    may be shown there: a fine one wholly inside a locality, else a coarse one.
    """
    known, voice = np.unique(material.voice, return_inverse=True)
    voice = voice.astype(np.int64) + (0 if len(known) and known[0] == NO_VOICE else 1)
    capped = np.flatnonzero((material.day != NO_DAY) & (voice > 0))
    if len(capped):
        place = _least_square((material.east[capped], material.north[capped]), grain, localities)
        over = _over_the_cap(place, material.day[capped].astype(np.int64), voice[capped])
        voice[capped[over]] = 0
    return voice


def _least_square(
    at: tuple[NDArray[np.float64], NDArray[np.float64]], grain: Grain, localities: BaseGeometry | None
) -> Ints:
    """The least square that may be shown at each place, as one number; fine and coarse ones never alike."""
    fine, coarse = (packed(*at, side_m) for side_m in (grain.fine_m, grain.coarse_m))
    keys, of_place = np.unique(fine, return_inverse=True)
    is_inside = may_show(unpacked(keys), grain.fine_m, grain, localities)[of_place]
    return np.where(is_inside, 2 * fine, 2 * coarse + 1)


def may_show(
    corner: tuple[Ints, Ints], side_m: int, grain: Grain, localities: BaseGeometry | None
) -> NDArray[np.bool_]:
    """Squares under the coarse side must lie wholly inside a locality."""
    if side_m >= grain.coarse_m:
        return np.ones(len(corner[0]), dtype=bool)
    if localities is None:
        return np.zeros(len(corner[0]), dtype=bool)
    west, south = corner[0] * side_m, corner[1] * side_m
    shapely.prepare(localities)
    return shapely.covers(localities, shapely.box(west, south, west + side_m, south + side_m))


def _over_the_cap(place: Ints, day: Ints, voice: Ints) -> NDArray[np.bool_]:
    """Which rows are of a voice beyond those that count, of their place and day."""
    order = np.lexsort((voice, day, place))
    place, day, voice = place[order], day[order], voice[order]
    begins = np.ones(len(order), dtype=bool)
    begins[1:] = (place[1:] != place[:-1]) | (day[1:] != day[:-1])
    is_new = begins.copy()
    is_new[1:] |= voice[1:] != voice[:-1]
    rank = np.cumsum(is_new)
    rank -= np.maximum.accumulate(np.where(begins, rank, 0)) - 1
    over = np.zeros(len(order), dtype=bool)
    over[order] = rank > MOST_VOICES_A_DAY
    return over


def tally(group: Ints, voice: Ints, count: int) -> Tally:
    """Counted by group 0 … count-1; rows of group -1 are left out. voice: as of `counted_voices`."""
    inside = group >= 0
    group, voice = group[inside], voice[inside]
    reports = np.bincount(group, minlength=count)
    heard = voice > 0
    width = int(voice.max(initial=0)) + 1
    pairs = np.unique(group[heard] * width + voice[heard])
    return Tally(reports, np.bincount(pairs // width, minlength=count))
