"""How many reports each choice of a filter would leave, the other choices kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from geodata.queries.selection import Selection, one_of
from geodata.queries.window import Window
from geodata.vocabulary import CATEGORIES, Kind, Polarity, bits

_BYTES_OF_CATEGORIES = -(-len(CATEGORIES) // 8)


@dataclass(frozen=True)
class Facets:
    """Sums of shares by code, and how many of the chosen reports have no position."""

    kinds: dict[str, float]
    polarity: dict[str, float]
    categories: dict[str, float]
    without_position: int


@dataclass(frozen=True)
class _Passing:
    """Which of some rows each of the three choices lets through."""

    kind: NDArray[np.bool_]
    polarity: NDArray[np.bool_]
    categories: NDArray[np.bool_]


def open_to_facets(window: Window) -> Window:
    """The window before a kind, a polarity or a category is chosen."""
    return replace(window, kinds=frozenset(), polarity=frozenset(), categories=frozenset())


def narrowed(every: Selection, window: Window) -> Selection:
    """Of a selection by `open_to_facets(window)`, the reports that the window itself lets through."""
    passing = _passing(every, window)
    chosen = passing.kind & passing.polarity & passing.categories
    return Selection(every.columns, every.rows[chosen], every.share[chosen])


def facets(every: Selection, window: Window) -> Facets:
    """Counts for every kind, polarity and category, of a selection by `open_to_facets(window)`.

    Reports without position are only counted as being without.
    """
    columns, found = every.columns, every.placed
    passing = _passing(found, window)
    kind, polarity = columns.kind[found.rows], columns.polarity[found.rows]
    of_kinds, of_polarity = passing.polarity & passing.categories, passing.kind & passing.categories
    chosen = passing.kind & passing.polarity
    placed = int((chosen & passing.categories).sum())
    return Facets(
        _sums(Kind, kind[of_kinds], found.share[of_kinds]),
        _sums(Polarity, polarity[of_polarity], found.share[of_polarity]),
        _by_category(columns.categories[found.rows][chosen], found.share[chosen]),
        narrowed(every, window).reports - placed,
    )


def _passing(found: Selection, window: Window) -> _Passing:
    columns, rows = found.columns, found.rows
    categories = np.ones(len(rows), dtype=bool)
    if window.categories:
        categories = (columns.categories[rows] & bits(window.categories)) != 0
    return _Passing(
        _chosen(Kind, window.kinds, columns.kind[rows]),
        _chosen(Polarity, window.polarity, columns.polarity[rows]),
        categories,
    )


def _chosen(family: type[StrEnum], chosen: Iterable[StrEnum], column: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return one_of(family, chosen, column) if chosen else np.ones(len(column), dtype=bool)


def _sums(family: type[StrEnum], column: NDArray[np.uint8], share: NDArray[np.float64]) -> dict[str, float]:
    sums = _weighed(column, share, len(family))
    return {member.value: float(sums[place]) for place, member in enumerate(family)}


def _weighed(column: NDArray[np.uint8], share: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Sums of shares by value; plain counting, which is quicker, where every share is whole."""
    is_whole = not len(share) or share.min() == 1.0
    return np.bincount(column, None if is_whole else share, minlength=length).astype(np.float64)


def _by_category(held: NDArray[np.int64], share: NDArray[np.float64]) -> dict[str, float]:
    """Sums by byte value first: four passes over the reports instead of one for each category."""
    parts = held.astype("<u4").view(np.uint8).reshape(-1, 4)
    sums = [_weighed(parts[:, byte], share, 256) for byte in range(_BYTES_OF_CATEGORIES)]
    values = np.arange(256)
    return {
        known.code: float(sums[known.bit // 8][values >> known.bit % 8 & 1 == 1].sum())
        for known in CATEGORIES
    }
