"""Cutting a selection to a box of degrees, quickly: what a screen shows of a million reports."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geodata import crs
from geodata.queries.selection import Selection
from geodata.queries.window import Box

_WIDEST_DEGREES = 20.0
"""A wider box is not looked at in metres first: far from Sweden they mean nothing."""
_STEPS = 32
"""Along each side of a box, whose sides are bent in metres."""
_BEND_PER_M2 = 4.0 / (8 * 6_371_000.0)
"""How far a side lies at most from its chord, per square metre of the chord, up to latitude 75."""
_LEAST_MARGIN_M = 1.0

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Frame = tuple[float, float, float, float]
"""West, south, east, north in metres, EPSG:3006."""


def in_box(chosen: Selection, box: Box) -> Selection:
    """Those of the placed reports whose longitude and latitude lie in the box, its edges included.

    In metres it is clear at once of nearly all; only those close to an edge are moved to degrees.
    """
    columns, rows = chosen.columns, chosen.rows
    east, north = columns.east[rows], columns.north[rows]
    sides = _sides(box)
    if sides is None:
        here = _in_degrees(east, north, box)
    else:
        here = _in_frame(east, north, _frame(sides, is_outer=True))
        unsure = np.flatnonzero(here & ~_in_frame(east, north, _frame(sides, is_outer=False)))
        depth_m = _depth(east[unsure], north[unsure], sides)
        here[unsure] = depth_m > 0
        close = unsure[np.abs(depth_m) <= _margin(sides[:, :, [0, -1]])]
        here[close] = _in_degrees(east[close], north[close], box)
    kept = np.flatnonzero(here)
    return Selection(columns, rows[kept], chosen.share[kept])


def _in_degrees(east: Floats, north: Floats, box: Box) -> Mask:
    longitude, latitude = crs.to_degrees_xy(east, north)
    west, south, far_east, far_north = box
    return (longitude >= west) & (longitude <= far_east) & (latitude >= south) & (latitude <= far_north)


def _in_frame(east: Floats, north: Floats, frame: Frame) -> Mask:
    west, south, far_east, far_north = frame
    return (east >= west) & (east <= far_east) & (north >= south) & (north <= far_north)


def _sides(box: Box) -> Floats | None:
    """(2, 4, steps + 1) east and north along the west, south, east and north sides, anticlockwise.

    None where the box is too wide to have sides in metres.
    """
    west, south, far_east, far_north = box
    if far_east - west > _WIDEST_DEGREES or far_north - south > _WIDEST_DEGREES:
        return None
    across, along = np.linspace(west, far_east, _STEPS + 1), np.linspace(south, far_north, _STEPS + 1)
    longitude = np.stack((np.full_like(along, west), across, np.full_like(along, far_east), across[::-1]))
    latitude = np.stack((along[::-1], np.full_like(across, south), along, np.full_like(across, far_north)))
    sides = np.stack(crs.to_metres_xy(longitude, latitude))
    return sides if np.isfinite(sides).all() else None


def _margin(lines: Floats) -> float:
    """How far what is drawn straight between the points of these lines may lie from where it should."""
    east, north = np.diff(lines, axis=-1)
    return _LEAST_MARGIN_M + _BEND_PER_M2 * float((east**2 + north**2).max())


def _frame(sides: Floats, is_outer: bool) -> Frame:
    """A frame that surely holds all of the box, or one that surely lies within it."""
    edges = np.array((sides[0, 0], sides[1, 1], sides[0, 2], sides[1, 3]))
    outwards = np.array((-1, -1, 1, 1)) * (1 if is_outer else -1)
    farthest = np.where(outwards > 0, edges.max(axis=1), edges.min(axis=1))
    west, south, east, north = (farthest + outwards * _margin(sides)).tolist()
    return west, south, east, north


def _depth(east: Floats, north: Floats, sides: Floats) -> Floats:
    """Metres to the nearest of the straight lines between the box's corners; negative outside."""
    depth = np.full(len(east), np.inf)
    for side in range(4):
        (east_m, north_m), (end_east_m, end_north_m) = sides[:, side, 0], sides[:, side, -1]
        length_m = np.hypot(end_east_m - east_m, end_north_m - north_m)
        across, along = (end_east_m - east_m) / length_m, (end_north_m - north_m) / length_m
        depth = np.minimum(depth, across * (north - north_m) - along * (east - east_m))
    return depth
