"""Where tests take place: near the middle of Vara, in SWEREF 99 TM."""

from __future__ import annotations

from shapely.geometry import Point, box

from geodata.geometry import ServedArea

EAST, NORTH = 380_000.0, 6_460_000.0
SIDE_M = 20_000.0
LONGITUDE, LATITUDE = 12.95, 58.26
SQUARE = box(EAST - SIDE_M / 2, NORTH - SIDE_M / 2, EAST + SIDE_M / 2, NORTH + SIDE_M / 2)
VARA = ServedArea("Vara", SQUARE)


def place_at(east_m: float, north_m: float) -> Point:
    """A point so far east and north of the middle."""
    return Point(EAST + east_m, NORTH + north_m)
