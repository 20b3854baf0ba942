"""The count map: the same reports as the surface, counted in squares of SWEREF 99 TM.

Counts hold as often as a kernel surface does on held-out months, so they stand beside it as its equal. Their
classes must stay where they are when the filter moves, like the surface's, but need no stored scale of their
own: the lowest limit is three reports in a square over the full period, which depends on nothing but the
square's side, and the top is that of the stored surface scale of the usual look (quartic, 300 m), whole or
part by the same rule. A square is smaller than what the surface smooths over, so its highest counts go beyond
that top: the last class is open, and the top is never under eight times the lowest limit, which keeps five
classes apart in small squares too. Another radius on the page moves no limit of a square.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geodata import crs
from geodata.analysis.grid import Bounds
from geodata.analysis.interval import poisson_interval
from geodata.analysis.kernels import M2_PER_KM2
from geodata.analysis.scale import CLASSES, LEAST_REPORTS, Limits, classify, limits
from geodata.analysis.squares import SquareCounts, count_squares, square_bounds, squares_holding
from geodata.queries.columns import NO_VOICE
from geodata.queries.selection import Selection
from webmap.services.display import SQUARES_M
from webmap.services.heat import Heat, ScaleInForce
from webmap.services.heat_room import HeatRoom

_ENOUGH_CLASSED = 1 / 3


@dataclass(frozen=True)
class Squares:
    """A filter's reports by square.

    limits: lower limits of the classes in the heat's unit; None before there is a scale. classes: (k,) 1–5,
    or 6 for too little, of each square of `counts`. token: the same token, the same bytes.
    """

    heat: Heat
    counts: SquareCounts
    limits: Limits | None
    classes: NDArray[np.uint8]
    token: str

    @property
    def side_m(self) -> int:
        """Side of a square."""
        return self.counts.side_m

    @property
    def scale(self) -> ScaleInForce | None:
        """The stored scale that the limits are made from."""
        return self.heat.usual_scale

    @property
    def limits_n(self) -> tuple[float, ...] | None:
        """The limits as reports in one square over the period; none is under what it takes to be classed."""
        if self.limits is None:
            return None
        reports_per_density = _area_km2(self.side_m) * self.heat.period.years
        rest = (max(LEAST_REPORTS, limit * reports_per_density) for limit in self.limits[1:])
        return LEAST_REPORTS, *rest

    @cached_property
    def voices(self) -> NDArray[np.int64]:
        """(k,) distinct voices in each square among those that left a mark; 0 where nobody did."""
        chosen = self.heat.selection
        rows = chosen.rows[chosen.columns.voice[chosen.rows] != NO_VOICE]
        slots = self.counts.at(chosen.columns.east[rows], chosen.columns.north[rows])
        pairs = np.unique(np.stack((slots, chosen.columns.voice[rows])), axis=1)
        return np.bincount(pairs[0], minlength=len(self.counts))

    @cached_property
    def next_side(self) -> int | None:
        """The next larger side, where under a third of the reports lie in a class and there is one."""
        larger = [side for side in SQUARES_M if side > self.side_m]
        if not larger or self.limits is None or not len(self.counts):
            return None
        classed = float(self.counts.n[self.classes <= CLASSES].sum())
        return larger[0] if classed < _ENOUGH_CLASSED * self.heat.selection.n else None


@dataclass(frozen=True)
class SquareValue:
    """What the count map says of one square.

    n: sum of shares in it, with its 95 % Poisson interval. density: in the heat's unit; rate: the same while
    the chosen hours run. class_: 1–5 or None. voices: None where nobody left a mark.
    """

    bounds: Bounds
    n: float
    reports: int
    voices: int | None
    has_unmarked_voices: bool
    class_: int | None
    density: float
    rate: float
    interval: tuple[float, float]

    @property
    def ring(self) -> list[list[float]]:
        """The corners as [longitude, latitude] from the south-west and round to it again."""
        box = self.bounds
        east = [box.west_m, box.east_m, box.east_m, box.west_m, box.west_m]
        north = [box.south_m, box.south_m, box.north_m, box.north_m, box.south_m]
        return np.column_stack(crs.to_degrees_xy(east, north)).round(7).tolist()


def squares_of(room: HeatRoom, heat: Heat, side_m: int) -> Squares:
    """The count map of a filter's placed reports, counted once; their sum is the filter's n."""
    side_m = max(side_m, heat.precision_m)
    token = f"{heat.token}/squares-{side_m}"
    counts = room.finding((token,), lambda: _counts(heat.selection, side_m))
    lower = _limits(heat.usual_scale, side_m)
    density = counts.n / (_area_km2(side_m) * heat.period.years)
    return Squares(heat, counts, lower, classify(density, counts.n, lower), token)


def square_at(squares: Squares, east: float, north: float) -> SquareValue:
    """The square that holds a place in EPSG:3006."""
    heat, side_m = squares.heat, squares.side_m
    column, row = squares_holding(np.array([east]), np.array([north]), side_m)
    bounds = square_bounds(int(column[0]), int(row[0]), side_m)
    slot = int(squares.counts.at([east], [north])[0])
    here = _within(heat.selection, int(column[0]), int(row[0]), side_m)
    n = float(squares.counts.n[slot]) if slot >= 0 else 0.0
    class_ = int(squares.classes[slot]) if slot >= 0 else 0
    density = n / (_area_km2(side_m) * heat.period.years)
    return SquareValue(
        bounds,
        n,
        here.reports,
        here.voices,
        here.has_unmarked_voices,
        class_ if 1 <= class_ <= CLASSES else None,
        density,
        density * heat.rate_factor,
        poisson_interval(n),
    )


def _counts(chosen: Selection, side_m: int) -> SquareCounts:
    columns, rows = chosen.columns, chosen.rows
    return count_squares(columns.east[rows], columns.north[rows], chosen.share, side_m)


def _within(chosen: Selection, column: int, row: int, side_m: int) -> Selection:
    columns = chosen.columns
    across, along = squares_holding(columns.east[chosen.rows], columns.north[chosen.rows], side_m)
    here = (across == column) & (along == row)
    return Selection(columns, chosen.rows[here], chosen.share[here])


def _area_km2(side_m: int) -> float:
    return side_m**2 / M2_PER_KM2


def _limits(scale: ScaleInForce | None, side_m: int) -> Limits | None:
    if scale is None:
        return None
    return limits(LEAST_REPORTS / _area_km2(side_m) / scale.years, scale.top)
