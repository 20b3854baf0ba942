"""Where published walks went, as squares: told by their routes alone, whatever was reported there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.analysis.publication.edition import EffortSquare

SEEN_M = 50.0
"""So far from the route a walk has looked."""


def squares_along(routes: Sequence[BaseGeometry], side_m: int) -> list[EffortSquare]:
    """Squares that a route comes within 50 m of, west to east, south to north. routes: lines in EPSG:3006."""
    found: set[tuple[int, int]] = set()
    for route in routes:
        west, south, east, north = (value / side_m for value in shapely.buffer(route, SEEN_M).bounds)
        columns, rows = np.meshgrid(np.arange(west // 1, east), np.arange(south // 1, north))
        corners = np.column_stack((columns.ravel(), rows.ravel())) * side_m
        squares = shapely.box(corners[:, 0], corners[:, 1], corners[:, 0] + side_m, corners[:, 1] + side_m)
        is_seen = shapely.dwithin(squares, route, SEEN_M)
        found.update((int(x), int(y)) for x, y in corners[is_seen])
    return [EffortSquare(x, y, side_m) for x, y in sorted(found)]
