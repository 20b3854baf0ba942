"""The surface of a window: computed where looked at, kept, and read by tile, value, legend and file alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np

from geodata import crs
from geodata.analysis.crowding import MOST_JUDGED, crowded_share
from geodata.analysis.density import Field
from geodata.analysis.grid import BLOCK_M, DEFAULT_CELL_M, checked_cell
from geodata.analysis.interval import poisson_interval
from geodata.analysis.kernels import BANDWIDTHS_M, Kernel, stepped_kernel
from geodata.analysis.scale import LEAST_REPORTS, Limits, classify
from geodata.errors import InvalidValue
from geodata.queries.facets import Choices, Facets
from geodata.queries.municipalities import Home
from geodata.queries.selection import (
    Period,
    Selection,
)
from geodata.queries.window import Window
from geodata.vocabulary import Kind

FEWEST_FOR_A_SURFACE = 30
_ENOUGH_CLASSED = 1 / 3
_LOOKED_THROUGH = 5_000
"""Reports that are enough to tell the busiest place by."""
_OPENING_M = (1_600.0, 1_100.0)
"""Half the width and height of the ground a map opens on, where there is a busiest place."""
DEFAULT_BANDWIDTH_M = 300
HOURS_OF_WEEK = 168


@dataclass(frozen=True)
class Look:
    """How a surface is made: kernel with its bandwidth, and the size of a cell in metres."""

    kernel: Kernel = Kernel("quartic", DEFAULT_BANDWIDTH_M)
    cell_m: int = DEFAULT_CELL_M

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> Look:
        """From `bandwidth`, `kernel` and `cell`. Raises InvalidValue."""
        bandwidth = _number(given, "bandwidth", DEFAULT_BANDWIDTH_M)
        kernel = stepped_kernel(given.get("kernel", "") or "quartic", bandwidth)
        return cls(kernel, checked_cell(_number(given, "cell", DEFAULT_CELL_M)))

    def no_finer_than(self, side_m: int) -> Look:
        """The same, or the next that shows nothing smaller than squares of this side. It divides a block."""
        bandwidth = self.kernel.bandwidth_m
        if bandwidth < side_m:
            bandwidth = next((step for step in BANDWIDTHS_M if step >= side_m), BANDWIDTHS_M[-1])
        cell_m = self.cell_m if self.cell_m >= side_m else min(side_m, BLOCK_M)
        if (bandwidth, cell_m) == (self.kernel.bandwidth_m, self.cell_m):
            return self
        return Look(stepped_kernel(self.kernel.name, bandwidth), checked_cell(cell_m))

    def as_words(self) -> dict[str, str]:
        """The same as words, only what differs from the default."""
        said = {
            "bandwidth": f"{self.kernel.bandwidth_m:g}",
            "kernel": self.kernel.name,
            "cell": f"{self.cell_m}",
        }
        usual = {"bandwidth": f"{DEFAULT_BANDWIDTH_M}", "kernel": "quartic", "cell": f"{DEFAULT_CELL_M}"}
        return {name: value for name, value in said.items() if value != usual[name]}


def _number(given: Mapping[str, str], name: str, default: float) -> float:
    text = given.get(name, "").strip()
    try:
        return float(text) if text else default
    except ValueError as fault:
        raise InvalidValue("option.bad", name, option=name, given=text[:40]) from fault


@dataclass(frozen=True)
class ScaleInForce:
    """The limits classes are told by. name: `whole` or `part`; made_at, n: when, and from how many.

    top: the density they rise towards, per km² and year. years: of the full period then.
    """

    name: str
    limits: Limits
    made_at: datetime
    n: float
    top: float
    years: float


@dataclass(frozen=True)
class Heat:
    """One surface with everything that is said of it. unit is per year unless the period is shorter.

    usual_scale: the scale of the usual look, which squares are classed by, whatever the look is.
    occasions: marks of voices that are a whole evening's, in the municipality, with their head counts.
    precision_m: side of the squares that reports were moved to the middle of, 0 where they are exact.
    """

    home: Home
    kind: Kind
    window: Window
    look: Look
    period: Period
    full: Period
    field: Field
    choices: Choices
    selection: Selection
    scale: ScaleInForce | None
    usual_scale: ScaleInForce | None
    hours_running: float
    token: str
    occasions: Mapping[int, int | None]
    precision_m: int = 0

    @cached_property
    def facets(self) -> Facets:
        """What each choice of kind, polarity and category would leave."""
        return self.choices.facets()

    @property
    def is_per_year(self) -> bool:
        """Whether densities are per year; a shorter period's are per km² over the period."""
        return self.period.is_a_year

    @property
    def unit(self) -> str:
        """The unit of the values."""
        return "reports/km2/year" if self.is_per_year else "reports/km2"

    @property
    def limits(self) -> Limits | None:
        """Lower limits of the five classes, or None before a scale is made."""
        return self.scale.limits if self.scale else None

    @property
    def rate_factor(self) -> float:
        """What a density is multiplied by to say how it is while the chosen hours run."""
        return HOURS_OF_WEEK / self.hours_running if self.hours_running else 0.0

    @property
    def is_sparse(self) -> bool:
        """Whether there are too few reports to make much of a surface."""
        return self.selection.n < FEWEST_FOR_A_SURFACE

    @cached_property
    def next_bandwidth(self) -> int | None:
        """The next larger step, where under a third of the reports lie in a class and there is one."""
        larger = [step for step in BANDWIDTHS_M if step > self.look.kernel.bandwidth_m]
        chosen = self.selection
        if not larger or not 0 < chosen.reports <= MOST_JUDGED:
            return None
        xy = np.column_stack((chosen.columns.east[chosen.rows], chosen.columns.north[chosen.rows]))
        classed = crowded_share(xy, chosen.share, self.look.kernel.bandwidth_m, LEAST_REPORTS)
        return larger[0] if classed is not None and classed < _ENOUGH_CLASSED else None

    def needs_new_scale(self) -> bool:
        """Whether the reports have become four times as many as the scale was made from."""
        chosen = self.facets.kinds.get(self.kind, 0.0)
        return self.scale is not None and self.window.is_whole_week and chosen >= 4 * self.scale.n


@dataclass(frozen=True)
class Value:
    """What the surface says at a place.

    density: in the heat's unit. rate: the same while the chosen hours run. class_: 1–5 or None. n: the
    filter's sum of shares; n_near: within the bandwidth, and its 95 % Poisson interval.
    """

    density: float
    rate: float
    class_: int | None
    n: float
    n_near: float
    interval: tuple[float, float]
    voices: int | None


def value_at(heat: Heat, east: float, north: float, among: Selection | None = None) -> Value:
    """The value at a place in EPSG:3006, read from the same nodes as the tiles.

    among: a part of the heat's selection that holds all that lie near, to be quicker.
    """
    read = heat.field.at([east], [north])
    density = float(read.density[0])
    found = int(classify(read.density, read.near, heat.limits)[0]) if heat.limits else 0
    near = within(among or heat.selection, east, north, heat.look.kernel.bandwidth_m)
    return Value(
        density,
        density * heat.rate_factor,
        found if 1 <= found <= 5 else None,
        heat.selection.n,
        near.n,
        poisson_interval(near.n),
        near.voices,
    )


def opening_view(heat: Heat) -> tuple[float, float, float, float] | None:
    """West, south, east, north in degrees of where a map best opens: around the busiest named place.

    None where there are no reports or no named places: then the whole municipality is shown.
    """
    spots = [place.geometry.centroid for place in heat.home.places]
    chosen = heat.selection
    if not spots or not chosen.reports:
        return None
    some = slice(None, None, 1 + chosen.reports // _LOOKED_THROUGH)
    sample = Selection(chosen.columns, chosen.rows[some], chosen.share[some])
    busiest = max(spots, key=lambda spot: within(sample, spot.x, spot.y, _OPENING_M[0]).n)
    across, along = _OPENING_M
    west, south = crs.to_degrees_xy([busiest.x - across], [busiest.y - along])
    east, north = crs.to_degrees_xy([busiest.x + across], [busiest.y + along])
    return float(west[0]), float(south[0]), float(east[0]), float(north[0])


def within(chosen: Selection, east: float, north: float, radius_m: float) -> Selection:
    """Those that lie within a radius of a place in EPSG:3006, the edge included."""
    columns = chosen.columns
    apart = np.hypot(columns.east[chosen.rows] - east, columns.north[chosen.rows] - north)
    near = apart <= radius_m
    return Selection(columns, chosen.rows[near], chosen.share[near])
