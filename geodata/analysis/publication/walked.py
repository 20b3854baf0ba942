"""Where published walks went, as squares: told by routes and stops alone, whatever was reported there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.analysis.publication.edition import EffortSquare

SEEN_M = 50.0
"""So far from the route a walk has looked."""
AT_STOP_M = 100.0
"""So far from where it stopped."""


def squares_seen(
    routes: Sequence[BaseGeometry], stops: Sequence[BaseGeometry], side_m: int
) -> list[EffortSquare]:
    """Squares that a route comes within 50 m of or a stop within 100 m, west to east, south to north.

    routes: lines, stops: points, in EPSG:3006.
    """
    found: set[tuple[int, int]] = set()
    for place, reach_m in (*((each, SEEN_M) for each in routes), *((each, AT_STOP_M) for each in stops)):
        west, south, east, north = (value / side_m for value in shapely.buffer(place, reach_m).bounds)
        columns, rows = np.meshgrid(np.arange(west // 1, east), np.arange(south // 1, north))
        corners = np.column_stack((columns.ravel(), rows.ravel())) * side_m
        squares = shapely.box(corners[:, 0], corners[:, 1], corners[:, 0] + side_m, corners[:, 1] + side_m)
        is_seen = shapely.dwithin(squares, place, reach_m)
        found.update((int(x), int(y)) for x, y in corners[is_seen])
    return [EffortSquare(x, y, side_m) for x, y in sorted(found)]
