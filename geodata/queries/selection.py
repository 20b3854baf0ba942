"""Which reports a window lets through, and with what share each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata import crs
from geodata.errors import MixedKinds
from geodata.hours import expected_shares, from_day_number, shares, to_day_number
from geodata.hours.darkness import dark_words, mean_dark_share
from geodata.hours.filters import HourFilter
from geodata.queries.columns import NO_DAY, NO_VOICE, Columns, ordinals
from geodata.queries.window import Box, Window
from geodata.vocabulary import Kind, Light, Origin, Polarity, State, bits

T = TypeVar("T", bound=np.generic)

DAYS_IN_YEAR = 365.25
NO_LIGHT = 255
_MEAN_YEAR = 2025
"""Any full year serves for a mean; a fixed one keeps the same input giving the same answer."""


@dataclass(frozen=True)
class Ground:
    """Where a selection is made: a longitude and latitude for the sun, and the area's shape in EPSG:3006."""

    longitude: float
    latitude: float
    area: BaseGeometry | None = None


@dataclass(frozen=True)
class Selection:
    """The rows of some columns that a window lets through.

    rows: (k,) indices. share: (k,) > 0 and ≤ 1, the part of each in the window's hours and light.
    """

    columns: Columns
    rows: NDArray[np.intp]
    share: NDArray[np.float64]

    @cached_property
    def n(self) -> float:
        """Sum of shares."""
        return float(self.share.sum())

    @property
    def reports(self) -> int:
        """Number of reports touched."""
        return len(self.rows)

    @property
    def _has_every_row(self) -> bool:
        """Whether all are chosen, in the columns' own order."""
        return len(self.rows) == len(self.columns) and self.rows is self.columns.every_row

    def of(self, column: NDArray[T]) -> NDArray[T]:
        """A column at the chosen rows; where every row is chosen the column itself, without a copy."""
        return column if self._has_every_row else column[self.rows]

    @cached_property
    def voices(self) -> int | None:
        """Distinct voices among those who left a mark; None where nobody did."""
        marks = self.of(self.columns.voice)
        if not marks.any():
            return None
        marked = marks[marks != NO_VOICE]
        return len(np.unique(marked)) if len(marked) else None

    def marks_among(self, marks: Iterable[int]) -> list[int]:
        """Those of some voices' marks that are heard in it."""
        wanted = np.fromiter(marks, dtype=np.int64)
        return wanted[np.isin(wanted, self.columns.voice[self.rows])].tolist()

    @cached_property
    def has_unmarked_voices(self) -> bool:
        """Whether some of the reports say nothing of who spoke, so that voices are a lower bound."""
        return bool((self.columns.voice[self.rows] == NO_VOICE).any())

    @property
    def placed(self) -> Selection:
        """Those that have a position: only they are drawn and counted on a map."""
        there = np.isfinite(self.columns.east[self.rows])
        return Selection(self.columns, self.rows[there], self.share[there])

    def weights(self) -> NDArray[np.float64]:
        """(n,) the share of every row of the columns, 0 for those not chosen."""
        if self._has_every_row:
            return self.share
        every = np.zeros(len(self.columns))
        every[self.rows] = self.share
        return every


def one_of(family: type[StrEnum], chosen: Iterable[StrEnum], column: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which rows of a column of ordinals hold one of the chosen words."""
    numbers = ordinals(family)
    wanted = [numbers[word] for word in chosen]
    if len(wanted) == 1:
        return column == wanted[0]  # far quicker than a look into the table for every report
    table = np.zeros(256, dtype=bool)
    table[wanted] = True
    return table[column]


def _in_box(box: Box, east: NDArray[np.float64], north: NDArray[np.float64]) -> NDArray[np.bool_]:
    longitude, latitude = crs.to_degrees_xy(east, north)
    west, south, far_east, far_north = box
    return (longitude >= west) & (longitude <= far_east) & (latitude >= south) & (latitude <= far_north)


def _on_days(day: NDArray[np.int32], window: Window) -> NDArray[np.bool_]:
    first = to_day_number(window.since) if window.since else NO_DAY + 1
    last = to_day_number(window.until) if window.until else np.iinfo(np.int32).max
    return (day >= first) & (day <= last)


def _admitted(columns: Columns, window: Window, area: BaseGeometry | None) -> NDArray[np.bool_]:
    """Which rows pass everything but the hours and the light."""
    passed = np.ones(len(columns), dtype=bool)
    for family, chosen, column in (
        (Kind, window.kinds, columns.kind),
        (Origin, window.origins, columns.origin),
        (Polarity, window.polarity, columns.polarity),
        (State, window.states, columns.state),
    ):
        if chosen:
            passed &= one_of(family, chosen, column)
    if window.categories:
        passed &= (columns.categories & bits(window.categories)) != 0
    if window.has_dates:
        passed &= _on_days(columns.day, window)
    if window.bbox:
        passed &= _in_box(window.bbox, columns.east, columns.north)
    if area is not None:
        passed &= shapely.intersects_xy(area, columns.east, columns.north)
    return passed


def select(columns: Columns, window: Window, ground: Ground) -> Selection:
    """The reports in the window with the share of each in its hours; those with no share are left out.

    Shares are aoristic (decided on wall-clock hours). A bbox or an area leaves out reports without position.
    """
    passed = _admitted(columns, window, ground.area)
    rows = columns.every_row if passed.all() else np.flatnonzero(passed)
    if window.is_whole_week:
        return Selection(columns, rows, np.broadcast_to(1.0, len(rows)))  # one number, however many
    share = _shares(columns if len(rows) == len(columns) else columns.take(rows), window, ground)
    there = share > 0
    return Selection(columns, rows[there], share[there])


def _shares(columns: Columns, window: Window, ground: Ground) -> NDArray[np.float64]:
    asked = np.array(window.hours.words, dtype=np.uint64).reshape(3, 1)
    if window.light is None:
        return shares(columns.hours, asked)
    share = np.empty(len(columns))
    dated = columns.day != NO_DAY
    on_a_day = columns.take(dated)
    dark = dark_words(ground.longitude, ground.latitude, on_a_day.day)
    share[dated] = shares(on_a_day.hours, asked & (dark if window.light == Light.DARK else ~dark))
    share[~dated] = _habit_shares(columns.take(~dated), window, asked, ground)
    return share


def _habit_shares(
    columns: Columns, window: Window, asked: NDArray[np.uint64], ground: Ground
) -> NDArray[np.float64]:
    """A habit that names its light is wholly in it or not; others take the year's mean of each hour."""
    in_light = worth_in_light(window.light or Light.DARK, ground)
    expected = expected_shares(columns.hours, asked, in_light)
    own = ordinals(Light)[window.light or Light.DARK]
    return np.where(
        columns.light == NO_LIGHT, expected, shares(columns.hours, asked) * (columns.light == own)
    )


def worth_in_light(light: Light, ground: Ground) -> NDArray[np.float64]:
    """(168,) the part of the year's days on which each hour of the week is in this light."""
    dark = mean_dark_share(ground.longitude, ground.latitude, _MEAN_YEAR)
    return dark if light == Light.DARK else 1 - dark


@dataclass(frozen=True)
class Period:
    """Inclusive local dates, and how many years densities are divided by (at least one)."""

    since: date
    until: date

    @property
    def length_years(self) -> float:
        """Its own length."""
        return ((self.until - self.since).days + 1) / DAYS_IN_YEAR

    @property
    def years(self) -> float:
        """What densities are divided by: a shorter period than a year is not stretched to one."""
        return max(1.0, self.length_years)

    @property
    def is_a_year(self) -> bool:
        """Whether it is at least a year, leap or not."""
        return (self.until - self.since).days + 1 >= 365


def full_period(columns: Columns, kind: Kind, today: date) -> Period:
    """From the first to the last day of the accepted reports of this kind; today where none has a day."""
    chosen = one_of(Kind, {kind}, columns.kind) & one_of(State, {State.ACCEPTED}, columns.state)
    days = columns.day[chosen & (columns.day != NO_DAY)]
    if not len(days):
        return Period(today, today)
    return Period(from_day_number(int(days.min())), from_day_number(int(days.max())))


def period_of(window: Window, full: Period) -> Period:
    """The period asked for; its open ends are those of the full period, never of the filter."""
    since, until = window.since or full.since, window.until or full.until
    return Period(min(since, until), max(since, until))


def kinds_present(columns: Columns) -> frozenset[Kind]:
    """The kinds that have reports."""
    present = set(np.unique(columns.kind).tolist())
    return frozenset(kind for place, kind in enumerate(Kind) if place in present)


def single_kind(columns: Columns, window: Window, fallback: Kind | None = None) -> Kind:
    """The one kind of a surface: the one named, else the fallback, else the only one present.

    Raises MixedKinds where that leaves several: kinds are never summed.
    """
    candidates = window.kinds or (frozenset({fallback}) if fallback else kinds_present(columns))
    if len(candidates) > 1:
        raise MixedKinds("kinds.several", "kinds", kinds=", ".join(sorted(candidates)))
    return next(iter(candidates), Kind.PERCEPTION)


SIX_HOUR_WINDOWS: tuple[HourFilter, ...] = tuple(
    HourFilter((day,), (start, (start + 6) % 24))
    for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    for start in (0, 6, 12, 18)
)
"""The 28 fixed windows of the week by which the scale for parts of it is made."""
