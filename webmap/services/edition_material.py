"""From reviewed reports to what an edition is made from, and the whole months it covers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.analysis.publication.material import Material
from geodata.analysis.publication.views import Saying, blocks_of, cell_views, whole_views
from geodata.hours import from_day_number, to_day_number
from geodata.queries.publication import ReviewedRows

MOST_MONTHS = 36


@dataclass(frozen=True)
class Dated:
    """Reports with the day each belongs to."""

    material: Material
    day: NDArray[np.int32]

    @classmethod
    def of(cls, parts: Iterable[ReviewedRows]) -> Dated:
        """All the rows together."""
        made = [_dated(part) for part in parts]
        if not made:
            none = np.zeros(0, dtype=np.int64)
            views, days = none.astype(np.uint16), none.astype(np.int32)
            floats = none.astype(np.float64)
            return cls(Material(floats, floats, none, days, views, views, none.astype(bool)), days)
        columns = {
            column.name: np.concatenate([getattr(each.material, column.name) for each in made])
            for column in fields(Material)
        }
        return cls(Material(**columns), np.concatenate([each.day for each in made]))

    def within(self, period: tuple[date, date]) -> Material:
        """Those of a period, both days included."""
        first, last = map(to_day_number, period)
        return taken(self.material, (self.day >= first) & (self.day <= last))


def taken(material: Material, rows: NDArray[Any]) -> Material:
    """Some of the reports."""
    return Material(*(getattr(material, column.name)[rows] for column in fields(Material)))


def _dated(rows: ReviewedRows) -> Dated:
    said = Saying(rows.categories, rows.is_unsafe, rows.is_safe, blocks_of(rows.hours))
    material = Material(
        rows.east,
        rows.north,
        rows.voice,
        rows.capped,
        cell_views(said),
        whole_views(said),
        rows.is_effort,
    )
    return Dated(material, rows.belongs)


def whole_months(today: date, months: int = MOST_MONTHS) -> tuple[date, date]:
    """So many whole months, the last of which is over."""
    end = today.replace(day=1)
    first = end.year * 12 + end.month - 1 - months
    return date(first // 12, first % 12 + 1, 1), from_day_number(to_day_number(end) - 1)


def begun(dated: Dated, period: tuple[date, date], k: int) -> tuple[date, date]:
    """The period from the first month in which k voices were heard, so that its beginning tells of nobody."""
    month = np.array([_month(day) for day in dated.day.tolist()], dtype=np.int64)
    heard = np.unique(np.stack((month, dated.material.voice)), axis=1)
    months, voices = np.unique(heard[0][heard[1] != 0], return_counts=True)
    first, last = (each.year * 12 + each.month - 1 for each in period)
    enough = months[(voices >= k) & (months >= first) & (months <= last)]
    if not len(enough):
        return period
    begins = int(enough[0])
    return date(begins // 12, begins % 12 + 1, 1), period[1]


@lru_cache(maxsize=50_000)
def _month(day_number: int) -> int:
    day = from_day_number(day_number)
    return day.year * 12 + day.month - 1
