"""How many reports each choice of a filter would leave, the other choices kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from geodata.queries.selection import Selection
from geodata.queries.window import Window
from geodata.vocabulary import CATEGORIES, Kind, Polarity, bits

_BYTES_OF_CATEGORIES = -(-len(CATEGORIES) // 8)
_AT_ONCE = 65_536

Mask = NDArray[np.bool_]
T = TypeVar("T", bound=np.generic)


@dataclass(frozen=True)
class Facets:
    """Sums of shares by code, and how many of the chosen reports have no position."""

    kinds: dict[str, float]
    polarity: dict[str, float]
    categories: dict[str, float]
    without_position: int


def open_to_facets(window: Window) -> Window:
    """The window before a kind, a polarity or a category is chosen."""
    return replace(window, kinds=frozenset(), polarity=frozenset(), categories=frozenset())


class Choices:
    """A selection by `open_to_facets(window)` seen through the choices of the window itself.

    Kind and polarity are read as one small number per report, so that each column is gone through once.
    """

    def __init__(self, every: Selection, window: Window) -> None:
        self._every, self._window = every, window
        columns = every.columns
        self._pair = every.of(columns.kind) * np.uint8(len(Polarity)) + every.of(columns.polarity)
        self._passing = np.logical_and.outer(
            _passing(Kind, window.kinds), _passing(Polarity, window.polarity)
        )

    @cached_property
    def chosen(self) -> Selection:
        """The reports that the window lets through and that have a position."""
        every, held = self._every, _both(self._through, self._placed)
        return Selection(every.columns, _of(every.rows, held), _of(every.share, held))

    def facets(self) -> Facets:
        """Counts for every kind, polarity and category; of reports without position only how many."""
        known = _both(self._placed, self._in_categories)
        sums = _weighed(_of(self._pair, known), _of(self._every.share, known), len(Kind) * len(Polarity))
        by_pair = sums.reshape(len(Kind), len(Polarity))
        of_kind, of_polarity = _passing(Kind, self._window.kinds), _passing(Polarity, self._window.polarity)
        seen = _both(self._in_pairs, self._placed)
        return Facets(
            _by_word(Kind, by_pair[:, of_polarity].sum(axis=1)),
            _by_word(Polarity, by_pair[of_kind].sum(axis=0)),
            _by_category(_of(self._categories, seen), _of(self._every.share, seen)),
            self._reports - self.chosen.reports,
        )

    @cached_property
    def _categories(self) -> NDArray[np.int64]:
        return self._every.of(self._every.columns.categories)

    @property
    def _reports(self) -> int:
        return len(self._every.rows) if self._through is None else int(np.count_nonzero(self._through))

    @cached_property
    def _placed(self) -> Mask | None:
        return _unless_all(np.isfinite(self._every.of(self._every.columns.east)))

    @cached_property
    def _in_pairs(self) -> Mask | None:
        return None if self._passing.all() else _unless_all(self._passing.ravel()[self._pair])

    @cached_property
    def _in_categories(self) -> Mask | None:
        asked = self._window.categories
        return _unless_all((self._categories & bits(asked)) != 0) if asked else None

    @cached_property
    def _through(self) -> Mask | None:
        return _both(self._in_pairs, self._in_categories)


# No mask says that all pass: a million reports are then not copied to be all there.
def _unless_all(mask: Mask) -> Mask | None:
    return None if mask.all() else mask


def _both(one: Mask | None, other: Mask | None) -> Mask | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _of(column: NDArray[T], mask: Mask | None) -> NDArray[T]:
    return column if mask is None else column[mask]


def _passing(family: type[StrEnum], chosen: Iterable[StrEnum]) -> Mask:
    """(members,) which words of a vocabulary pass; all where none is chosen."""
    picked = set(chosen)
    return np.array([not picked or member in picked for member in family])


def _by_word(family: type[StrEnum], sums: NDArray[np.float64]) -> dict[str, float]:
    return {member.value: float(sums[place]) for place, member in enumerate(family)}


def _weighed(column: NDArray[np.uint8], share: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Sums of shares by value; plain counting, which is quicker, where every share is whole."""
    if len(share) and share.min() != 1.0:
        return np.bincount(column, share, minlength=length).astype(np.float64)
    # A part at a time: counting makes eight bytes of each, which then stay in the processor's own memory.
    counts = np.zeros(length)
    for start in range(0, len(column), _AT_ONCE):
        counts += np.bincount(column[start : start + _AT_ONCE], minlength=length)
    return counts


def _by_category(held: NDArray[np.int64], share: NDArray[np.float64]) -> dict[str, float]:
    """Sums by byte value first: at most four passes over the reports instead of one for each category."""
    parts = held.astype("<i8", copy=False).view(np.uint8).reshape(-1, 8)
    named = int(np.bitwise_or.reduce(held))
    sums = [
        _weighed(parts[:, byte], share, 256) if named >> 8 * byte & 255 else np.zeros(256)
        for byte in range(_BYTES_OF_CATEGORIES)
    ]
    values = np.arange(256)
    return {
        known.code: float(sums[known.bit // 8][values >> known.bit % 8 & 1 == 1].sum())
        for known in CATEGORIES
    }
