"""The surface beside KDEpy and beside the plain exact sum.

Reports are invented: towns of different size over a municipality, at least one in three places used twice.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from KDEpy import FFTKDE
from numpy.typing import NDArray

from geodata.analysis.density import Field
from geodata.analysis.exact import exact_density
from geodata.analysis.grid import Grid
from geodata.analysis.kernels import M2_PER_KM2, Kernel
from geodata.analysis.layout import Layout

KERNEL = Kernel("quartic", 300.0)
REPEATS = 5
SAMPLE_CELLS = 200
_CENTRE_M = (378_000.0, 6_460_000.0)


def rows(n: int) -> list[dict[str, Any]]:
    points, weights = reports(n), np.random.default_rng(5).random(n)
    layout = Layout(points[:, 0], points[:, 1])
    whole(layout, weights)  # what a process does once: the kernel's own transform and the first import
    cold = measured(lambda: whole(Layout(points[:, 0], points[:, 1]), weights))
    changed = measured(lambda: whole(layout, weights))
    field = whole(layout, weights)
    grid = field.covering_grid()
    assert grid is not None
    cells = measured(lambda: kdepy(points, weights, grid))
    nodes = measured(lambda: kdepy(points, weights, nodes_of(field, grid)))
    exact = exact_seconds(points, weights, grid)
    return [
        row("surface cold", n, cold, nodes, "KDEpy FFTKDE, same nodes"),
        row("surface changed filter", n, changed, nodes, "KDEpy FFTKDE, same nodes"),
        row("surface beside coarse", n, changed, cells, "KDEpy FFTKDE, 50 m cells, not within 1 %"),
        row("surface beside exact", n, changed, exact, f"exact sum, from {SAMPLE_CELLS} cells"),
    ]


def nodes_of(field: Field, grid: Grid) -> Grid:
    """The grid in as fine cells as the surface is computed on, which the 1 % asks for."""
    finer = round(grid.cell_m / field.step_m)
    return replace(grid, cell_m=field.step_m, rows=grid.rows * finer, columns=grid.columns * finer)


def reports(n: int) -> NDArray[np.float64]:
    """(n, 2) metres around ten towns within 12 km of the middle of Vara."""
    random = np.random.default_rng(4)
    towns = np.array(_CENTRE_M) + random.uniform(-12_000, 12_000, (10, 2))
    spread_m = random.uniform(300, 1500, 10)
    town = random.choice(10, n, p=np.arange(10, 0, -1) / 55)
    points = towns[town] + random.normal(0, 1, (n, 2)) * spread_m[town, None]
    again = random.integers(0, n, n // 3)
    points[: len(again)] = points[again]
    return points


def whole(layout: Layout, weights: NDArray[np.float64]) -> Field:
    field = Field(layout, weights, KERNEL)
    field.compute_all()
    return field


def kdepy(points: NDArray[np.float64], weights: NDArray[np.float64], grid: Grid) -> NDArray[np.float64]:
    """The same surface on the same cells; KDEpy's bandwidth is a standard deviation."""
    margin = np.array([[grid.east_m, grid.north_m]])
    size = np.array([[grid.columns, grid.rows]]) * grid.cell_m
    axes = grid.east_centres_m, grid.north_centres_m
    nodes = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)
    kept = ((points > margin + grid.cell_m) & (points < margin + size - grid.cell_m)).all(axis=1)
    fitted = FFTKDE(kernel="biweight", bw=KERNEL.bandwidth_m / math.sqrt(7)).fit(points[kept], weights[kept])
    return fitted.evaluate(nodes) * weights.sum() * M2_PER_KM2


def exact_seconds(points: NDArray[np.float64], weights: NDArray[np.float64], grid: Grid) -> list[float]:
    """Seconds for every cell, from some of them: the sum's time is the number of cells times that of one."""
    random = np.random.default_rng(6)
    places = np.column_stack(
        (random.choice(grid.east_centres_m, SAMPLE_CELLS), random.choice(grid.north_centres_m, SAMPLE_CELLS))
    )
    scale = grid.rows * grid.columns / SAMPLE_CELLS
    once = measured(lambda: exact_density(points, weights, places, KERNEL), repeats=1)
    return [seconds * scale for seconds in once]


def measured(act: Callable[[], object], repeats: int = REPEATS) -> list[float]:
    """Seconds of each repeat."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - start)
    return seconds


def row(name: str, n: int, ours: list[float], peer: list[float], peer_name: str) -> dict[str, Any]:
    """Medians in seconds; spread is the widest of our own repeats over their median."""
    own, other = statistics.median(ours), statistics.median(peer)
    return {
        "name": name,
        "n": n,
        "ours": own,
        "peer": other,
        "peer_name": peer_name,
        "ratio": own / other,
        "unit": "s",
        "spread": (max(ours) - min(ours)) / own,
    }
