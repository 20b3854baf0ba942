"""Where the points of a file fall, over the municipality's border, as numbers for an inline drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

WIDTH = 520.0
_MARGIN = 14.0
_TOLERANCE_M = 60.0
_MOST_SIDES = 3.0
"""How many municipalities wide the drawing may grow to hold points that lie outside."""


@dataclass(frozen=True)
class PreviewMap:
    """width, height: of the drawing. Paths are the `d` of SVG paths; a dot is a line without length.

    inside, outside: how many of the points. far: how many of those outside are beyond the drawing.
    """

    width: float
    height: float
    boundary_path: str
    inside_path: str
    outside_path: str
    inside: int
    outside: int
    far: int


def preview_map(
    boundary: BaseGeometry, xy: Sequence[tuple[float, float]], tolerance_m: float = 0.0
) -> PreviewMap:
    """Points and border, both EPSG:3006, in one drawing; tolerance_m: how far out still is inside."""
    points = np.array(xy, dtype=np.float64).reshape(-1, 2)
    is_inside = shapely.contains_xy(boundary.buffer(tolerance_m), points[:, 0], points[:, 1])
    west, south, east, north, is_near = _frame(boundary, points)
    scale = (WIDTH - 2 * _MARGIN) / (east - west)

    def drawn(places: NDArray[np.float64]) -> NDArray[np.float64]:
        moved = (places - (west, north)) * (scale, -scale) + _MARGIN
        return np.unique(moved.round(), axis=0)

    return PreviewMap(
        width=WIDTH,
        height=round((north - south) * scale + 2 * _MARGIN, 1),
        boundary_path=_rings(boundary, (west, north), scale),
        inside_path="".join(f"M{x:g} {y:g}h0" for x, y in drawn(points[is_inside])),
        outside_path="".join(
            f"M{x - 3:g} {y - 3:g}l6 6m0-6l-6 6" for x, y in drawn(points[~is_inside & is_near])
        ),
        inside=int(is_inside.sum()),
        outside=int((~is_inside).sum()),
        far=int((~is_near).sum()),
    )


def _frame(
    boundary: BaseGeometry, points: NDArray[np.float64]
) -> tuple[float, float, float, float, NDArray[np.bool_]]:
    """West, south, east, north of the drawing, and which points are in it."""
    west, south, east, north = boundary.bounds
    side_m = _MOST_SIDES * max(east - west, north - south) / 2
    middle = np.array([(west + east) / 2, (south + north) / 2])
    is_near = (np.abs(points - middle) <= side_m).all(axis=1)
    held = np.vstack([points[is_near], [[west, south], [east, north]]])
    (west, south), (east, north) = held.min(axis=0), held.max(axis=0)
    return west, south, east, north, is_near


def _rings(boundary: BaseGeometry, corner: tuple[float, float], scale: float) -> str:
    path = ""
    for part in shapely.get_parts(boundary.simplify(_TOLERANCE_M)):
        moved = (np.array(part.exterior.coords)[:, :2] - corner) * (scale, -scale) + _MARGIN
        path += "M" + "L".join(f"{x:g} {y:g}" for x, y in moved.round(1)) + "Z"
    return path
