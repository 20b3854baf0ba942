"""A sheet of the map to print: which ground, what is drawn on it, and what is said under it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from geodata import crs
from geodata.analysis.grid import Bounds
from geodata.analysis.scale import NOTHING, classify
from geodata.geometry import Place
from geodata.queries.municipalities import LOCALITY
from geodata.queries.window import Box
from geodata.vocabulary import AreaKind
from webmap.services.display import Display, View
from webmap.services.heat import Heat, opening_view
from webmap.services.heat_room import HeatRoom
from webmap.services.legend import Legend, legend_of
from webmap.services.ranking import Ranking, ranking_of
from webmap.services.square_words import squares_legend_of
from webmap.services.squares import Squares, squares_of
from webmap.words import Words

MOST_PLACES = 10
MOST_DOTS = 4_000
_GAP = 0.03
"""Of a square's side that is left open on paper, so that neighbours of one class are told apart."""


@dataclass(frozen=True)
class Occasion:
    """When a sheet is printed, and of what ground.

    frame: west, south, east, north in degrees; None for where a map opens. layers: shapes to lay under it.
    """

    day: date
    is_demo: bool = False
    frame: Box | None = None
    layers: Mapping[AreaKind, list[Place]] = field(default_factory=dict)


@dataclass(frozen=True)
class SheetPlan:
    """One sheet. squares: the count map, where that is what is shown. view: what is drawn."""

    heat: Heat
    legend: Legend
    ranking: Ranking
    view: View
    squares: Squares | None
    occasion: Occasion

    @property
    def layers(self) -> Mapping[AreaKind, list[Place]]:
        """Ground to draw below the classes."""
        return self.occasion.layers

    @property
    def bounds(self) -> Bounds:
        """The ground to show, in EPSG:3006."""
        box = self.occasion.frame or self.heat.window.bbox or opening_view(self.heat)
        if box is None:
            return Bounds(*self.heat.home.boundary.bounds)
        west, south, east, north = box
        x, y = crs.to_metres_xy([west, east, east, west], [south, south, north, north])
        return Bounds(float(x.min()), float(y.min()), float(x.max()), float(y.max()))

    @property
    def boundary(self) -> Place:
        """Of the municipality."""
        return self.heat.home.boundary

    @property
    def names(self) -> list[tuple[str, float, float, bool]]:
        """Named places: text, east, north, and whether it is a town."""
        spots = ((place, place.geometry.centroid) for place in self.heat.home.places)
        return [(place.name, spot.x, spot.y, place.kind == LOCALITY) for place, spot in spots]

    @property
    def spots(self) -> list[tuple[int, float, float]]:
        """Rank, east and north of the first ranked places."""
        return [(place.rank, place.east, place.north) for place in self.ranking.places[:MOST_PLACES]]

    @property
    def dots(self) -> NDArray[np.float64]:
        """East and north of each report, where they are shown one by one."""
        chosen = self.heat.selection
        if not self.has_dots:
            return np.empty((0, 2))
        return np.column_stack((chosen.columns.east[chosen.rows], chosen.columns.north[chosen.rows]))

    @property
    def has_dots(self) -> bool:
        """Whether reports are shown one by one: when asked for, or when they are too few for a surface."""
        is_shown = self.view == View.POINTS or (self.view == View.SQUARES and self.heat.is_sparse)
        return is_shown and self.heat.selection.reports <= MOST_DOTS

    @property
    def has_classes(self) -> bool:
        """Whether classes are drawn: not where every report is."""
        return not (self.view == View.POINTS and self.has_dots)

    def classes(self, east: NDArray[np.float64], north: NDArray[np.float64]) -> NDArray[np.uint8]:
        """The class at any places in EPSG:3006, 0 to 6, by the same figures as the map."""
        if not self.has_classes:
            return np.zeros(east.shape, dtype=np.uint8)
        if self.squares is None:
            read = self.heat.field.at(east, north)
            return classify(read.density, read.near, self.heat.limits)
        side_m = self.squares.side_m
        # Index -1, of a place in no square, is the one added last.
        found = np.append(self.squares.classes, np.uint8(NOTHING))[self.squares.counts.at(east, north)]
        at_edge = (east % side_m < _GAP * side_m) | (north % side_m < _GAP * side_m)
        return np.where(at_edge, np.uint8(NOTHING), found)


def plan_sheet(room: HeatRoom, heat: Heat, display: Display, occasion: Occasion, words: Words) -> SheetPlan:
    """The sheet of what the map shows of a filter: fewer than thirty reports are printed as squares."""
    view = display.view or (View.SQUARES if heat.is_sparse else View.SURFACE)
    squares = squares_of(room, heat, display.square_m) if view == View.SQUARES else None
    legend = squares_legend_of(squares, words) if squares else legend_of(heat, words)
    return SheetPlan(heat, legend, ranking_of(room, heat), view, squares, occasion)
