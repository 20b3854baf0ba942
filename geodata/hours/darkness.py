"""When it is dark: the sun more than 6° below the horizon, by date and hour at a place."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache

import numpy as np
from astral import Observer
from astral.sun import elevation
from numpy.typing import NDArray

from geodata.hours.wall import ZONE, from_day_number, to_day_number
from geodata.hours.week import HOURS

DARK_BELOW_DEGREES = -6.0
"""Civil twilight: below it, street lights are what one sees by."""


@lru_cache(maxsize=64)
def _dark_year(longitude: float, latitude: float, year: int) -> NDArray[np.bool_]:
    """(days, 24): the wall-clock hours of every date in a year, each judged at its middle."""
    observer = Observer(latitude=latitude, longitude=longitude)
    first, end = to_day_number(date(year, 1, 1)), to_day_number(date(year + 1, 1, 1))
    heights = [
        elevation(observer, datetime(day.year, day.month, day.day, hour, 30, tzinfo=ZONE).astimezone(UTC))
        for day in map(from_day_number, range(first, end))
        for hour in range(24)
    ]
    return np.array(heights).reshape(-1, 24) < DARK_BELOW_DEGREES


@lru_cache(maxsize=50_000)
def _week_from(longitude: float, latitude: float, day_number: int) -> tuple[int, int, int]:
    words = [0, 0, 0]
    for ahead in range(7):
        day = from_day_number(day_number + ahead)
        clock = _dark_year(longitude, latitude, day.year)[day.timetuple().tm_yday - 1]
        for hour in np.flatnonzero(clock):
            at = day.weekday() * 24 + int(hour)
            words[at // 56] |= 1 << at % 56
    return words[0], words[1], words[2]


def dark_words(longitude: float, latitude: float, days: NDArray[np.int32]) -> NDArray[np.uint64]:
    """Words (3, n): the dark hours of the week that begins at each day number, at the place."""
    first = int(days.min()) if len(days) else 0
    after_first = days - first
    distinct = np.flatnonzero(np.bincount(after_first))  # sorting a million days takes ten times as long
    weeks = np.zeros((3, int(after_first.max(initial=0)) + 1), dtype=np.uint64)
    for day in distinct:
        weeks[:, day] = _week_from(longitude, latitude, first + int(day))
    return np.take(weeks, after_first, axis=1)


def mean_dark_share(longitude: float, latitude: float, year: int) -> NDArray[np.float64]:
    """For each of the week's 168 hours, the part of the year's days on which it is dark."""
    return np.tile(_dark_year(longitude, latitude, year).mean(axis=0), HOURS // 24)
