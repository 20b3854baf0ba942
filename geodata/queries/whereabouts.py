"""What a place is called by somebody who knows the municipality: by what lies nearest."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.queries.municipalities import LOCALITY, Home, NamedPlace

BEARINGS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")
_FARTHEST_M = 10_000.0
"""Farther from anything with a name, a place is better told by its coordinates."""
_STILL_CLOSE_M = 1_000.0
_CENTRAL_PART = 1 / 3
"""Of the radius of a locality: within it is its middle."""


class Relation(StrEnum):
    """How a place stands to what it is named by."""

    AT = "at"
    PART = "part"
    OFF = "off"
    NONE = "none"


@dataclass(frozen=True)
class Whereabouts:
    """Where a place is, before it is put into words.

    relation: AT a known place; in a PART of a locality (bearing "" is its middle); OFF something, so far
    in a direction; NONE where nothing with a name is near. number: 2 and up for those not told apart else.
    """

    relation: Relation = Relation.NONE
    name: str = ""
    bearing: str = ""
    distance_m: int = 0
    number: int = 1


def whereabouts(home: Home, spots: Sequence[tuple[float, float]], reach_m: float) -> list[Whereabouts]:
    """What to call each of some places (east, north in EPSG:3006), no two alike.

    reach_m: how far from a known place its name still serves.
    """
    there = Neighbourhood(home, reach_m)
    return _numbered(_told_apart([there.of(spot) for spot in spots], spots, there.known))


class Neighbourhood:
    """The names of a municipality, to call one place after another by; several may be called the same."""

    def __init__(self, home: Home, reach_m: float) -> None:
        """reach_m: how far from a known place its name still serves."""
        self.home, self._reach_m = home, reach_m
        self.known = _Names([place for place in home.places if place.kind != LOCALITY])
        self._localities = _Names([place for place in home.places if place.kind == LOCALITY])

    def of(self, spot: tuple[float, float]) -> Whereabouts:
        """What to call a place (east, north in EPSG:3006)."""
        return _of(spot, self.known, self._localities, self._reach_m)


class _Names:
    """Named places that can be searched all at once."""

    def __init__(self, places: list[NamedPlace]) -> None:
        self._places = places
        self._shapes = np.array([place.geometry for place in places], dtype=object)
        self._radius_m = np.array([place.radius_m or 0.0 for place in places])

    def nearest(self, spot: tuple[float, float]) -> tuple[NamedPlace, float] | None:
        """The one nearest, and how far it is to it; None where there are none."""
        if not self._places:
            return None
        apart = shapely.distance(self._shapes, shapely.Point(spot))
        place = int(np.argmin(apart))
        return self._places[place], float(apart[place])

    def holding(self, spot: tuple[float, float]) -> NamedPlace | None:
        """The one in which the place lies, nearest first."""
        if not self._places:
            return None
        apart = shapely.distance(self._shapes, shapely.Point(spot))
        inside: NDArray[np.intp] = np.flatnonzero(apart <= self._radius_m)
        return self._places[int(inside[np.argmin(apart[inside])])] if len(inside) else None

    def named(self, name: str, spot: tuple[float, float]) -> NamedPlace:
        """The nearest with this name."""
        alike = [place for place in self._places if place.name == name]
        return min(alike, key=lambda place: shapely.distance(place.geometry, shapely.Point(spot)))


def _of(spot: tuple[float, float], known: _Names, localities: _Names, reach_m: float) -> Whereabouts:
    nearest = known.nearest(spot)
    if nearest and nearest[1] <= reach_m:
        return Whereabouts(Relation.AT, nearest[0].name, distance_m=round(nearest[1]))
    inside = localities.holding(spot)
    if inside:
        return Whereabouts(Relation.PART, inside.name, _part(inside, spot))
    locality = localities.nearest(spot)
    # A school a few kilometres off says less than the town it is in.
    told_by = [locality] if locality and nearest and nearest[1] > _STILL_CLOSE_M else [locality, nearest]
    near = [each for each in told_by if each and each[1] <= _FARTHEST_M]
    return _off(min(near, key=_to_edge)[0], spot) if near else Whereabouts()


def _to_edge(found: tuple[NamedPlace, float]) -> float:
    place, apart_m = found
    return apart_m - (place.radius_m or 0.0)


def _part(locality: NamedPlace, spot: tuple[float, float]) -> str:
    bearing, apart_m = _towards(locality, spot)
    radius_m = locality.radius_m or math.sqrt(locality.geometry.area / math.pi)
    return "" if apart_m <= radius_m * _CENTRAL_PART else bearing


def _off(place: NamedPlace, spot: tuple[float, float]) -> Whereabouts:
    bearing, apart_m = _towards(place, spot)
    return Whereabouts(Relation.OFF, place.name, bearing, _rounded(apart_m))


def _towards(place: NamedPlace, spot: tuple[float, float]) -> tuple[str, float]:
    """In which direction from its middle a place lies, and how far."""
    middle = place.geometry.centroid
    east, north = spot[0] - middle.x, spot[1] - middle.y
    eighth = round(math.degrees(math.atan2(east, north)) / 45) % len(BEARINGS)
    return BEARINGS[eighth], math.hypot(east, north)


def _rounded(metres: float) -> int:
    """As people say it: to 50 m, and from a kilometre to 100."""
    step = 50 if metres < 975 else 100
    return max(step, round(metres / step) * step)


def _told_apart(
    found: list[Whereabouts], spots: Sequence[tuple[float, float]], known: _Names
) -> list[Whereabouts]:
    """Of several at one known place only the nearest keeps its name; the others are so far from it."""
    groups: dict[str, list[int]] = defaultdict(list)
    for index, each in enumerate(found):
        if each.relation == Relation.AT:
            groups[each.name].append(index)
    told = list(found)
    for name, indices in groups.items():
        nearest = min(indices, key=lambda index: (found[index].distance_m, index))
        for index in indices:
            if index != nearest:
                told[index] = _off(known.named(name, spots[index]), spots[index])
    return [replace(each, distance_m=0) if each.relation == Relation.AT else each for each in told]


def _numbered(found: list[Whereabouts]) -> list[Whereabouts]:
    seen: Counter[Whereabouts] = Counter()
    numbered = []
    for each in found:
        seen[each] += 1
        numbered.append(replace(each, number=seen[each]))
    return numbered
