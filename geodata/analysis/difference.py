"""Where a period has more or fewer reports than another, and where the difference drowns in chance."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr, bdtrc

from geodata.analysis.scale import LEAST_REPORTS, Limits

SAME = 0
UNSURE = 1
LESS = (2, 3, 4)
MORE = (5, 6, 7)
"""Codes of a difference, each way from slight to great."""

_TAIL = 0.025
_ROUNDING = 1e-5
_STEPS_AT = (2, 4)
"""The limits of the surface's own classes where a difference becomes clear, and great."""


def is_sure(now: ArrayLike, before: ArrayLike, part_now: float = 0.5) -> NDArray[np.bool_]:
    """Whether counts differ beyond chance: exact two-sided binomial test, each tail under 2.5 %.

    now, before: counts or sums of shares, rounded to whole reports. part_now: the part of both periods'
    days that is now's, which is the part of the reports expected there.
    """
    recent = np.rint(np.asarray(now, dtype=np.float64)).astype(np.int64)
    total = recent + np.rint(np.asarray(before, dtype=np.float64)).astype(np.int64)
    fewest, most = _bounds(int(total.max(initial=0)), part_now)
    return (recent < fewest[total]) | (recent > most[total])


def clearly_apart(
    difference: ArrayLike, now: ArrayLike, before: ArrayLike, lower: Limits | None, part_now: float = 0.5
) -> NDArray[np.uint8]:
    """SAME where neither period has reports, UNSURE under the noise, else one of LESS or MORE.

    difference: of densities, now less before, in the unit of `lower`, the surface's own limits. now, before:
    sums of shares within the bandwidth. Fewer than three reports together are never sure.
    """
    values, recent, earlier = np.asarray(difference), np.asarray(now), np.asarray(before)
    codes = np.where(recent + earlier > _ROUNDING, UNSURE, SAME).astype(np.uint8)
    if lower is None:
        return codes
    sure = is_sure(recent, earlier, part_now) & (recent + earlier >= LEAST_REPORTS - _ROUNDING)
    steps = np.searchsorted([lower[step] for step in _STEPS_AT], np.abs(values), side="right")
    # The kernel weighs near reports more: where it says otherwise than the counts, nothing is said.
    is_more = recent * (1 - part_now) > earlier * part_now
    for way, agrees in ((MORE, is_more & (values > 0)), (LESS, ~is_more & (values < 0))):
        chosen = sure & agrees
        codes[chosen] = way[0] + steps[chosen]
    return codes


@lru_cache(maxsize=64)
def _bounds(most: int, part_now: float) -> tuple[NDArray[Any], NDArray[Any]]:
    """For every total up to `most`: the fewest and the most of now's that chance explains."""
    totals = np.arange(most + 1)
    spread = np.sqrt(totals * part_now * (1 - part_now))
    middle = totals * part_now
    return (
        _first(lambda count: bdtr(count, totals, part_now) >= _TAIL, middle - 2 * spread),
        _first(lambda count: bdtrc(count, totals, part_now) <= _TAIL, middle + 2 * spread),
    )


def _first(is_enough: Callable[[NDArray[np.float64]], NDArray[np.bool_]], near: NDArray[np.float64]) -> Any:
    """For every total the least count that is enough, looked for from near where the bell curve has it."""
    count = np.maximum(np.floor(near), 0.0)
    while (lacking := ~is_enough(count)).any():
        count += lacking
    while (spare := (count > 0) & is_enough(np.maximum(count - 1, 0.0))).any():
        count -= spare
    return count
