"""The week of a filter, hour by hour, beside hours exploded into rows and grouped with pandas."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bench.surface import measured, row
from bench.town import invented_columns
from geodata.hours import HOURS, HourColumns, exact, interval
from geodata.queries.selection import Ground, select
from geodata.queries.week import week_sums
from geodata.queries.window import Window

_GROUND = Ground(12.95, 58.26)
_MONDAY = datetime(2026, 1, 5)
_KINDS_OF_SPAN = 5_000
_LONGEST_MINUTES = 600
_LARGE = 1_000_000

Minutes = NDArray[np.int64]


def rows(n: int) -> list[dict[str, Any]]:
    random = np.random.default_rng(168)
    start = random.integers(0, HOURS * 60, _KINDS_OF_SPAN)
    length = np.where(
        random.random(_KINDS_OF_SPAN) < 0.5, 0, random.integers(1, _LONGEST_MINUTES, _KINDS_OF_SPAN)
    )
    which = random.integers(0, _KINDS_OF_SPAN, n)
    columns = replace(invented_columns(n), hours=_hours(start, length).take(which))
    spans = pd.DataFrame({"start": start[which], "end": (start + length)[which]})
    expected = _exploded(spans)
    peer = measured(lambda: _exploded(spans), 1 if n >= _LARGE else 3)
    measurements = []
    for name, words in _FILTERS.items():
        window = Window.parse(words).with_defaults()
        selection = select(columns, window, _GROUND)
        found = week_sums(selection, window, _GROUND)
        assert window.light or np.allclose(found.ravel(), expected, atol=1e-6)
        ours = measured(lambda chosen=selection, asked=window: week_sums(chosen, asked, _GROUND))
        measurements.append(row(name, n, ours, peer, "pandas explode and groupby, no light"))
    return measurements


_FILTERS = {
    "strip": {},
    "strip beside a filter": {"weekdays": "fri", "hours": "20-03"},
    "strip in the dark": {"weekdays": "fri", "hours": "20-03", "light": "dark"},
}


def _hours(start: Minutes, length: Minutes) -> HourColumns:
    moments = [_MONDAY + timedelta(minutes=int(minute)) for minute in start]
    records = [
        interval(moment, moment + timedelta(minutes=int(minutes))) if minutes else exact(moment)
        for moment, minutes in zip(moments, length, strict=True)
    ]
    words = np.array([each.words for each in records], dtype=np.uint64).T
    ends = [
        (each.first_hour, each.last_hour, each.minutes_before_first, each.minutes_after_last)
        for each in records
    ]
    return HourColumns.of(words, np.array(ends, dtype=np.uint8).T)


def _exploded(spans: pd.DataFrame) -> NDArray[np.float64]:
    """A row for each hour that a report touches, and the minutes of each summed by hour of the week."""
    is_exact = spans["end"] == spans["start"]
    start = spans["start"].where(~is_exact, spans["start"] // 60 * 60)
    end = spans["end"].where(~is_exact, start + 60)
    hours = [range(first, last) for first, last in zip(start // 60, -(-end // 60), strict=True)]
    touched = pd.DataFrame({"start": start, "end": end, "hour": hours}).explode("hour")
    hour = touched["hour"].astype("int64")
    overlap = np.minimum(touched["end"], 60 * hour + 60) - np.maximum(touched["start"], 60 * hour)
    share = overlap / (touched["end"] - touched["start"])
    return share.groupby(hour % HOURS).sum().reindex(range(HOURS), fill_value=0.0).to_numpy()
