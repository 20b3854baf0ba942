"""How many reports each choice of a filter would leave, the other choices kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from geodata.queries.columns import Columns
from geodata.queries.selection import Ground, Selection, one_of, select
from geodata.queries.window import Window
from geodata.vocabulary import CATEGORIES, Kind, Polarity


@dataclass(frozen=True)
class Facets:
    """Sums of shares by code, and how many of the chosen reports have no position."""

    kinds: dict[str, float]
    polarity: dict[str, float]
    categories: dict[str, float]
    without_position: int


def _sums(family: type[StrEnum], column: NDArray[np.uint8], share: NDArray[np.float64]) -> dict[str, float]:
    sums = np.bincount(column, share, minlength=len(family))
    return {member.value: float(sums[place]) for place, member in enumerate(family)}


def _passing(
    family: type[StrEnum], chosen: Iterable[StrEnum], column: NDArray[np.uint8]
) -> NDArray[np.bool_]:
    return one_of(family, chosen, column) if chosen else np.ones(len(column), dtype=bool)


def facets(columns: Columns, window: Window, ground: Ground) -> Facets:
    """Counts of reports with a position for every kind, polarity and category."""
    open_window = replace(window, kinds=frozenset(), polarity=frozenset(), categories=frozenset())
    every = select(columns, open_window, ground)
    found = every.placed
    kind, polarity = columns.kind[found.rows], columns.polarity[found.rows]
    of_kind = _passing(Kind, window.kinds, kind)
    of_polarity = _passing(Polarity, window.polarity, polarity)
    both = of_kind & of_polarity
    return Facets(
        _sums(Kind, kind[of_polarity], found.share[of_polarity]),
        _sums(Polarity, polarity[of_kind], found.share[of_kind]),
        _by_category(columns, found, both),
        _without_position(columns, every, window),
    )


def _by_category(columns: Columns, found: Selection, rows: NDArray[np.bool_]) -> dict[str, float]:
    held, share = columns.categories[found.rows][rows], found.share[rows]
    return {known.code: float(share[held >> known.bit & 1 == 1].sum()) for known in CATEGORIES}


def _without_position(columns: Columns, every: Selection, window: Window) -> int:
    astray = every.rows[~np.isfinite(columns.east[every.rows])]
    chosen = _passing(Kind, window.kinds, columns.kind[astray])
    chosen &= _passing(Polarity, window.polarity, columns.polarity[astray])
    return int(chosen.sum())
