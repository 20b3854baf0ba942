"""The ranked list over a whole municipality, beside the plain way: a dense raster, its maxima and counts."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter

from bench.surface import KERNEL, kdepy, measured, nodes_of, row
from bench.town import Town, town
from geodata.queries.window import Window
from geodata.vocabulary import Kind
from webmap.services.heat import Heat, Look
from webmap.services.ranking import MOST_PLACES, Ranking, ranking_of

_FILTERS = ("20-03", "06-12", "12-18", "18-24", "00-06")
_WARM_REPEATS = 50


def rows(n: int) -> list[dict[str, Any]]:
    made = town(n)
    _list(made, "")  # what a process does once
    cold = [measured(partial(_list, made, hours), 1)[0] for hours in _FILTERS]
    heat = _heat(made, _FILTERS[0])
    chosen = heat.selection
    points = np.column_stack((chosen.columns.east[chosen.rows], chosen.columns.north[chosen.rows]))
    plain = measured(lambda: plain_list(points, chosen.share, heat), 3)
    warm_ms = [1000 * each for each in measured(partial(_list, made, _FILTERS[0]), _WARM_REPEATS)]
    cold_ms = [1000 * each for each in cold]
    return [
        row("list changed filter", n, cold, plain, "KDEpy raster, maximum_filter, a count for each"),
        row("list warm", n, warm_ms, cold_ms, "the same made anew") | {"unit": "ms"},
    ]


def _heat(made: Town, hours: str) -> Heat:
    asked = Window.parse({"hours": hours, "since": "2025-05-01"})
    return made.app.extensions["works"].room.heat(made.home.code, asked, Look(), Kind.PERCEPTION)


def _list(made: Town, hours: str) -> Ranking:
    return ranking_of(made.app.extensions["works"].room, _heat(made, hours))


def plain_list(
    points: NDArray[np.float64], weights: NDArray[np.float64], heat: Heat
) -> list[tuple[float, float, float]]:
    """East, north and count of the highest maxima of the whole raster on the same nodes."""
    coarse = heat.field.covering_grid()
    assert coarse is not None
    grid = nodes_of(heat.field, coarse)
    surface = kdepy(points, weights, grid).reshape(grid.columns, grid.rows)
    across = 2 * round(KERNEL.bandwidth_m / grid.cell_m) + 1
    column, line = np.nonzero((surface == maximum_filter(surface, across)) & (surface > 0))
    best = np.argsort(-surface[column, line])[:MOST_PLACES]
    spots = zip(grid.east_centres_m[column[best]], grid.north_centres_m[line[best]], strict=True)
    return [(east, north, _near(points, weights, east, north)) for east, north in spots]


def _near(points: NDArray[np.float64], weights: NDArray[np.float64], east: float, north: float) -> float:
    return float(weights[np.hypot(points[:, 0] - east, points[:, 1] - north) <= KERNEL.bandwidth_m].sum())
