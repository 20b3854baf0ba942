"""Two periods of one filter on the same classes: where it became more, where less, where nobody can tell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.analysis.difference import clearly_apart, is_sure
from geodata.errors import InvalidValue
from geodata.queries.selection import Period
from webmap.services.heat import Heat, Value, value_at
from webmap.services.heat_room import HeatRoom

_MOST_APART = 0.1
"""Periods may differ this much in length: leap years, and autumns that end on a Sunday."""


@dataclass(frozen=True)
class Comparison:
    """A surface and the same filter's surface of another period, whose values are made as long as now's."""

    now: Heat
    before: Heat

    @property
    def part_now(self) -> float:
        """The part of both periods' days that is now's."""
        days, earlier = _days(self.now.period), _days(self.before.period)
        return days / (days + earlier)

    @property
    def token(self) -> str:
        """The same token, the same bytes."""
        return f"{self.now.token}-{self.before.token}"

    @property
    def is_sure(self) -> bool:
        """Whether the whole filter's counts differ beyond chance."""
        return bool(is_sure(self.now.selection.n, self.before.selection.n, self.part_now))

    def difference(self, now: ArrayLike, before: ArrayLike) -> NDArray[np.float64]:
        """Densities of now less those of before, in now's unit."""
        longer = _days(self.now.period) / _days(self.before.period)
        factor = longer * self.before.field.years / self.now.field.years
        return np.asarray(now, dtype=np.float64) - np.asarray(before, dtype=np.float64) * factor

    def codes_at(self, east: ArrayLike, north: ArrayLike) -> NDArray[np.uint8]:
        """What is said of places in EPSG:3006: codes of `analysis.difference`."""
        now, before = self.now.field.at(east, north), self.before.field.at(east, north)
        apart = self.difference(now.density, before.density)
        return clearly_apart(apart, now.near, before.near, self.now.limits, self.part_now)


@dataclass(frozen=True)
class ComparedValue:
    """Both periods at a place. code: of `analysis.difference`, from the same surfaces as the tiles."""

    now: Value
    before: Value
    difference: float
    code: int


def compared(room: HeatRoom, now: Heat, earlier: tuple[date, date]) -> Comparison:
    """A surface beside the same filter in another period.

    earlier: inclusive dates. Raises InvalidValue where the periods are not equally long.
    """
    since, until = earlier
    window = replace(now.window, since=since, until=until)
    before = room.heat(now.home.code, window, now.look, now.kind)
    days, others = _days(now.period), (until - since).days + 1
    if abs(days - others) > _MOST_APART * days:
        raise InvalidValue("compare.lengths", "compare_until", days=days, others=others)
    return Comparison(now, before)


def compared_at(comparison: Comparison, east: float, north: float) -> ComparedValue:
    """Both periods at a place in EPSG:3006."""
    now, before = (value_at(heat, east, north) for heat in (comparison.now, comparison.before))
    apart = float(comparison.difference(now.density, before.density))
    return ComparedValue(now, before, apart, int(comparison.codes_at([east], [north])[0]))


def same_days_last_year(period: Period) -> tuple[date, date] | None:
    """The same dates a year before; None for a period that would overlap itself."""
    if _days(period) > 366:
        return None
    return _a_year_before(period.since), _a_year_before(period.until)


def days_before(period: Period) -> tuple[date, date]:
    """The equally long period that ends the day before."""
    last = period.since - timedelta(days=1)
    return last - timedelta(days=_days(period) - 1), last


def _days(period: Period) -> int:
    return (period.until - period.since).days + 1


def _a_year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)
