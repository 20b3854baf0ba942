"""A filter's week, hour by hour: what the strip under the map shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.queries.week import hours_chosen, week_sums
from webmap.services.heat import Heat


@dataclass(frozen=True)
class Week:
    """sums: (7, 24) of exact shares, Monday first. chosen: (7, 24) the filter's hours. n: of those."""

    sums: NDArray[np.float64]
    chosen: NDArray[np.bool_]
    n: float

    @property
    def n_week(self) -> float:
        """Sum of shares in all hours of the week."""
        return float(self.sums.sum())

    @property
    def is_whole(self) -> bool:
        """Whether every hour of the week is chosen."""
        return bool(self.chosen.all())


def week_of(heat: Heat) -> Week:
    """The week of everything in a surface's filter but its weekdays and hours; its light is kept."""
    sums = week_sums(heat.selection, heat.window, heat.home.ground(heat.window.area))
    return Week(np.maximum(sums, 0.0), hours_chosen(heat.window), heat.selection.n)
