"""When the chosen reports lie in the week, hour by hour."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geodata.hours import HourFilter, profile
from geodata.hours.darkness import dark_words
from geodata.queries.columns import NO_DAY, ordinals
from geodata.queries.selection import NO_LIGHT, Ground, Selection, select, worth_in_light
from geodata.queries.window import Window
from geodata.vocabulary import Light

_DAYS, _CLOCK = 7, 24


def week_sums(selection: Selection, window: Window, ground: Ground) -> NDArray[np.float64]:
    """(7, 24) sums of exact shares by weekday, Monday first, and hour of the clock.

    Of the window all but its weekdays and hours: what the hours chosen sum up to is the selection's n.
    selection: what the window lets through, as `select` or a map made it; only those placed are counted.
    """
    if not window.is_whole_week:
        whole_week = replace(window, hours=HourFilter(), light=None)
        selection = select(selection.columns, whole_week, ground)
    placed = selection.placed
    columns = placed.columns
    if window.light is not None:
        week = _in_light(placed, window.light, ground)
    else:
        is_every = placed.reports == len(columns)
        week = profile(columns.hours if is_every else columns.hours.take(placed.rows))
    return week.reshape(_DAYS, _CLOCK)


def hours_chosen(window: Window) -> NDArray[np.bool_]:
    """(7, 24) the hours of the week that the window lets through; a night runs into the next day."""
    words = np.array(window.hours.words, dtype=np.uint64)
    bits = words[:, None] >> np.arange(56, dtype=np.uint64) & np.uint64(1)
    return bits.astype(bool).reshape(_DAYS, _CLOCK)


def _in_light(placed: Selection, light: Light, ground: Ground) -> NDArray[np.float64]:
    """Dated reports by the light of their own days, habits by their own light or the year's mean."""
    columns, rows = placed.columns, placed.rows
    dated = columns.day[rows] != NO_DAY
    on_a_day, habits = rows[dated], rows[~dated]
    dark = dark_words(ground.longitude, ground.latitude, columns.day[on_a_day])
    week = profile(columns.hours.take(on_a_day), allowed=dark if light == Light.DARK else ~dark)
    said = columns.light[habits]
    named, other = habits[said == ordinals(Light)[light]], habits[said == NO_LIGHT]
    week += profile(columns.hours.take(named))
    return week + profile(columns.hours.take(other)) * worth_in_light(light, ground)
