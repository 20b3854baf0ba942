"""Secondary hiding: which views of a square may be shown together.

What is shown together can be reckoned with: every view is a part of all, and the blocks of the day do not
overlap. Here is what that leaves open, in closed form; `audit` finds the same by linear programming.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import combinations
from math import inf

from geodata.analysis.publication.edition import ALL, BLOCK_VIEWS, FOCUS_VIEWS, SAFE, VIEWS, Band

Interval = tuple[float, float]
KEPT_FIRST = (ALL, SAFE, *FOCUS_VIEWS, *BLOCK_VIEWS)
"""Of two ways to hide as much, the one that keeps what stands first here."""


def intervals(bands: Mapping[str, Band]) -> dict[str, Interval]:
    """View → least and greatest count that what is shown leaves open, of one square on its own."""
    low = {view: float(bands[view].first) if view in bands else 0.0 for view in VIEWS}
    high = {view: _end(bands[view]) if view in bands else inf for view in VIEWS}
    of_blocks = sum(low[view] for view in BLOCK_VIEWS)
    least = max(low[ALL], of_blocks, *(low[view] for view in FOCUS_VIEWS))
    found = {ALL: (least, high[ALL]), SAFE: (low[SAFE], high[SAFE])}
    for view in FOCUS_VIEWS:
        found[view] = low[view], min(high[view], high[ALL])
    for view in BLOCK_VIEWS:
        found[view] = low[view], min(high[view], high[ALL] - (of_blocks - low[view]))
    return found


def _end(band: Band) -> float:
    return inf if band.last is None else float(band.last)


def is_wide(bands: Mapping[str, Band], k: int) -> bool:
    """Whether no count can be told to within less than k."""
    return all(high - low >= k for low, high in intervals(bands).values())


def may_be_shown(bands: Mapping[str, Band], k: int) -> frozenset[str]:
    """The most views that can be shown together, of those that have enough by themselves."""
    return _chosen(tuple(sorted(bands.items())), k)


@lru_cache(maxsize=10_000)
def _chosen(said: tuple[tuple[str, Band], ...], k: int) -> frozenset[str]:
    bands = dict(said)
    for kept in _fewer_and_fewer(tuple(bands)):
        if is_wide({view: bands[view] for view in kept}, k):
            return frozenset(kept)
    return frozenset()


def _fewer_and_fewer(views: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    ordered = [view for view in KEPT_FIRST if view in views]
    for count in range(len(ordered), 0, -1):
        yield from (kept for kept in combinations(ordered, count) if ALL not in views or ALL in kept)
