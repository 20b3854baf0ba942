"""Which of the public map's fixed views each report belongs to, as bit sets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.analysis.publication.edition import ALL, BLOCK_VIEWS, FOCUS_VIEWS, SAFE, VIEWS
from geodata.hours import HourColumns, shares
from geodata.hours.filters import HourFilter
from geodata.vocabulary import CATEGORIES, Focus

BIT = {view: 1 << place for place, view in enumerate(VIEWS)}
NO_BLOCK = -1
_BLOCK_HOURS = 6
_EVEN = 1e-9
_FOCUS_OF = dict(zip(FOCUS_VIEWS, (Focus.ENVIRONMENT, Focus.TRAFFIC, Focus.DRUGS), strict=True))
_PERSONAL = sum(1 << each.bit for each in CATEGORIES if each.is_personal)
CELL_VIEWS = tuple(
    view
    for view in VIEWS
    if view not in _FOCUS_OF
    or any(each.focus == _FOCUS_OF[view] and not each.is_personal for each in CATEGORIES)
)
"""Those that squares may have: a focus area with nothing but persons in it is told of the whole only."""

Bits = NDArray[np.uint16]


@dataclass(frozen=True)
class Saying:
    """What n reports say. categories: bit sets. is_unsafe, is_safe: (n,). block: 0–3, or NO_BLOCK."""

    categories: NDArray[np.int64]
    is_unsafe: NDArray[np.bool_]
    is_safe: NDArray[np.bool_]
    block: NDArray[np.int8]


def blocks_of(hours: HourColumns) -> NDArray[np.int8]:
    """(n,) the six-hour block with most of each report's hours; NO_BLOCK where all have as much.

    Of two with as much, the one that comes first from where the hours begin.
    """
    held = np.array(
        [
            shares(hours, HourFilter((), (start, (start + _BLOCK_HOURS) % 24)).words)
            for start in (0, 6, 12, 18)
        ]
    ).round(9)
    count = len(hours)
    begins = hours.first_hour.astype(np.int64) % 24 // _BLOCK_HOURS
    turned = held[(begins + np.arange(4)[:, None]) % 4, np.arange(count)]
    chosen = ((begins + turned.argmax(axis=0)) % 4).astype(np.int8)
    chosen[held.max(axis=0, initial=0) - held.min(axis=0, initial=1) < _EVEN] = NO_BLOCK
    return chosen


def whole_views(said: Saying) -> Bits:
    """(n,) the views in which each report counts for the municipality as a whole."""
    return _views(said, said.categories)


def cell_views(said: Saying) -> Bits:
    """(n,) the views in which each counts in a square: by what it says of the place, never of persons.

    One that speaks of persons only counts in no square.
    """
    of_places = said.categories & ~_PERSONAL
    views = _views(said, of_places)
    views[(of_places == 0) & (said.categories != 0)] = 0
    return views


def _views(said: Saying, categories: NDArray[np.int64]) -> Bits:
    views = np.where(said.is_safe, BIT[SAFE], 0).astype(np.uint16)
    views[said.is_unsafe] |= np.uint16(BIT[ALL])
    for view, focus in _FOCUS_OF.items():
        wanted = sum(1 << each.bit for each in CATEGORIES if each.focus == focus)
        views[said.is_unsafe & ((categories & wanted) != 0)] |= np.uint16(BIT[view])
    for block, view in enumerate(BLOCK_VIEWS):
        views[said.is_unsafe & (said.block == block)] |= np.uint16(BIT[view])
    return views
