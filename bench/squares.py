"""The count map beside datashader's count pass over the same squares."""

from __future__ import annotations

from typing import Any

import datashader
import numpy as np
import pandas
from numpy.typing import NDArray

from bench.surface import measured, reports, row
from geodata.analysis.squares import SquareCounts, count_squares

SIDES_M = (250, 100)


def rows(n: int) -> list[dict[str, Any]]:
    points, weights = reports(n), np.random.default_rng(5).random(n)
    east, north = points[:, 0].copy(), points[:, 1].copy()
    frame = pandas.DataFrame({"east": east, "north": north, "weight": weights})
    return [_row(side_m, n, (east, north, weights), frame) for side_m in SIDES_M]


def _row(
    side_m: int, n: int, columns: tuple[NDArray[np.float64], ...], frame: pandas.DataFrame
) -> dict[str, Any]:
    counts = count_squares(*columns, side_m)
    canvas = _canvas(counts)
    both = datashader.summary(n=datashader.sum("weight"), reports=datashader.count())
    drawn = canvas.points(frame, "east", "north", both)  # compiled at the first call
    assert np.isclose(float(np.nansum(drawn["n"].to_numpy())), counts.n.sum())
    ours = measured(lambda: count_squares(*columns, side_m))
    peer = measured(lambda: canvas.points(frame, "east", "north", both))
    return row(f"count map {side_m} m", n, ours, peer, "datashader, count and sum in the same squares")


def _canvas(counts: SquareCounts) -> datashader.Canvas:
    around = counts.covered()
    assert around is not None
    return datashader.Canvas(
        plot_width=round((around.east_m - around.west_m) / counts.side_m),
        plot_height=round((around.north_m - around.south_m) / counts.side_m),
        x_range=(around.west_m, around.east_m),
        y_range=(around.south_m, around.north_m),
    )
