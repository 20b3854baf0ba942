"""The few hours of the week in which most happens."""

from __future__ import annotations

import numpy as np

from geodata.hours.columns import Floats, HourColumns, profile
from geodata.hours.filters import WEEKDAYS, HourFilter
from geodata.hours.week import HOURS

_HALF = 0.5
_NEXT_TO_NOTHING = 0.1
"""Of what the slot holds."""
_ROUNDING = 1e-9


def week_of(hours: HourColumns, weight: Floats) -> Floats:
    """As `profile`, quicker where most records are of a single hour."""
    untrimmed = (hours.minutes_before_first == 0) & (hours.minutes_after_last == 0)
    single = untrimmed & (hours.span_minutes == 60)
    week = np.bincount(hours.first_hour[single], weight[single], HOURS).astype(np.float64)
    rest = np.flatnonzero(~single)
    return week + profile(hours.take(rest), weight[rest]) if len(rest) else week


def busiest_slot(week: Floats, most_hours: int) -> HourFilter | None:
    """The hours on end, at most so many, that hold the most, where that is half of the week or more.

    week: (168,) sums of shares. Of equals the first. Hours at either end that hold next to nothing are left
    out, as long as half remains.
    """
    half = float(week.sum()) * _HALF - _ROUNDING
    around = np.concatenate((week, week[: most_hours - 1]))
    sums = np.convolve(around, np.ones(most_hours), "valid").round(9)
    start = int(np.argmax(sums))
    if half <= 0 or sums[start] < half:
        return None
    start, end = _trimmed(around, start, start + most_hours, half)
    return HourFilter((WEEKDAYS[start // 24 % 7],), (start % 24, end % 24))


def _trimmed(around: Floats, start: int, end: int, least: float) -> tuple[int, int]:
    little = around[start:end].sum() * _NEXT_TO_NOTHING
    while around[start] < little and around[start + 1 : end].sum() >= least:
        start += 1
    while around[end - 1] < little and around[start : end - 1].sum() >= least:
        end -= 1
    return start, end
