"""A route: the places in order, and how long it is told to be; and which places a new one goes by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from geodata.analysis.routes.order import Distances, length_of, visiting_order
from geodata.analysis.routes.ways import Leg, Ways

MOST_STOPS = 10
CANDIDATES = 24
"""So many of the most marked places are tried: those after them are seldom let in."""
METRES_PER_MINUTE = 4_000 / 60
"""A group with a pram or a walker goes 4 km/h."""
MINUTES_PER_STOP = 5


@dataclass(frozen=True)
class Route:
    """line: in EPSG:3006, or None of fewer than two places. length_m: as it is told.

    straight_m: what of it is told of stretches that go straight, because no streets connect the places.
    """

    line: BaseGeometry | None
    length_m: float
    straight_m: float

    def minutes(self, stops: int) -> int:
        """How long it takes with so many stops."""
        return round(self.length_m / METRES_PER_MINUTE + stops * MINUTES_PER_STOP)


def route_through(
    places: Sequence[BaseGeometry], streets: Sequence[BaseGeometry] = (), *, is_round: bool = False
) -> Route:
    """Through points (EPSG:3006) in the order they stand, along streets where there are any."""
    order = [*range(len(places)), *([0] if is_round and len(places) > 1 else [])]
    ways = Ways(places, streets)
    legs = [ways.leg(start, end) for start, end in zip(order, order[1:], strict=False)]
    return _route(legs)


def drawn_through(places: Sequence[BaseGeometry], *, is_round: bool = False) -> Route:
    """Exactly as it is drawn: straight from place to place, and told as long as it is."""
    around = [*places, *(places[:1] if is_round else [])]
    if len(around) < 2:
        return Route(None, 0.0, 0.0)
    line = LineString(shapely.get_coordinates(around))
    return Route(line, line.length, 0.0)


def _route(legs: Sequence[Leg]) -> Route:
    if not legs:
        return Route(None, 0.0, 0.0)
    places = np.concatenate([shapely.get_coordinates(leg.line) for leg in legs])
    is_new = np.append(True, np.any(np.diff(places, axis=0) != 0, axis=1))
    kept = places[is_new]
    straight_m = sum(leg.length_m for leg in legs if leg.is_straight)
    line = LineString(kept) if len(kept) > 1 else None
    return Route(line, sum(leg.length_m for leg in legs), straight_m)


def best_order(
    places: Sequence[BaseGeometry], streets: Sequence[BaseGeometry] = (), *, is_round: bool
) -> list[int]:
    """The shortest order of places, the first one first."""
    return visiting_order(Ways(places, streets).distances, is_round=is_round)


@dataclass(frozen=True)
class Wish:
    """What a new route is to be. longest_m: as it is told; most: stops beside the place it begins at."""

    longest_m: float
    is_round: bool = False
    most: int = MOST_STOPS


def proposed(
    start: BaseGeometry, places: Sequence[BaseGeometry], streets: Sequence[BaseGeometry], wish: Wish
) -> list[int]:
    """Which of the places to go by, in the order to go: the most marked first, as many as the length lets in.

    places: the most marked first. A place too far off is left out, and the next one tried.
    """
    tried = list(places[:CANDIDATES])
    distances = Ways([start, *tried], streets).distances
    order = [0]
    for place in range(1, len(tried) + 1):
        if len(order) - 1 == wish.most:
            break
        wider = _with(order, place, distances, wish)
        order = wider or order
    return [place - 1 for place in order[1:]]


def _with(order: Sequence[int], place: int, distances: Distances, wish: Wish) -> list[int] | None:
    """The order with one place more, or None where that is too long."""
    chosen = [0, *sorted([*order[1:], place])]
    away_m = float(distances[0, place])
    if away_m * (2 if wish.is_round else 1) > wish.longest_m:
        return None
    among = distances[np.ix_(chosen, chosen)]
    found = visiting_order(among, is_round=wish.is_round)
    if length_of(found, among, is_round=wish.is_round) > wish.longest_m:
        return None
    return [chosen[each] for each in found]
