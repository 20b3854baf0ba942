"""The desk where a walk's route is made: its stops, what was marked beforehand, and the points in order."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine

from geodata import crs
from geodata.analysis.routes.visits import NEAR_M, Visit, visits_of
from geodata.errors import InvalidValue
from geodata.geometry import Place, point_at
from geodata.queries.municipalities import Home
from geodata.queries.premap import KnownMark, marks_of
from geodata.queries.streets import street_at
from geodata.queries.walks import KnownStop, KnownWalk, degrees_of, stops_of
from geodata.tables.engine import reading
from geodata.vocabulary import Polarity
from webmap.services.place_search import PlaceList
from webmap.services.place_ways import label_at
from webmap.words import Words

MOST_POINTS = 60
_TOKEN = re.compile(r"[sm]\d{1,18}|v-?\d{1,3}\.\d{1,6}:-?\d{1,2}\.\d{1,6}")


@dataclass(frozen=True)
class RoutePoint:
    """A point of a route. token: how a link names it: s and the key of a stop, m and that of a mark, v and
    longitude:latitude. place: EPSG:3006. unsafe, safe: how many marks there are of each.
    """

    token: str
    name: str
    place: Place
    unsafe: int = 0
    safe: int = 0
    voices: int = 0

    @property
    def is_stop(self) -> bool:
        """Whether one stops there: else the route only goes by."""
        return not self.token.startswith("v")

    @property
    def is_stored(self) -> bool:
        """Whether it is one of the walk's stops already."""
        return self.token.startswith("s")

    @property
    def key(self) -> int:
        """Key of the stop or the mark."""
        return int(self.token[1:])

    @property
    def position(self) -> tuple[float, float]:
        """Longitude and latitude."""
        return degrees_of(self.place) or (0.0, 0.0)


@dataclass(frozen=True)
class Desk:
    """All that a route can be made of. known: by token, the walk's stops first, then the marked places.

    start: where one meets. unplaced: how many stops have no place yet.
    """

    walk: KnownWalk
    home: Home
    marks: Sequence[KnownMark]
    start: RoutePoint | None
    unplaced: int
    known: Mapping[str, RoutePoint] = field(default_factory=dict)

    def points(self, tokens: Sequence[str]) -> list[RoutePoint]:
        """The points of a link, in order; stops and marks that are gone are left out.

        Raises InvalidValue `route.too_many`, or `route.bad` for what is no token or lies outside.
        """
        if len(tokens) > MOST_POINTS:
            raise InvalidValue("route.too_many", "way", most=MOST_POINTS)
        return [point for token in tokens if (point := self._point(token))]

    def _point(self, token: str) -> RoutePoint | None:
        if not _TOKEN.fullmatch(token):
            raise InvalidValue("route.bad", "way", given=token[:40])
        if not token.startswith("v"):
            return self.known.get(token)
        lon, lat = (float(part) for part in token[1:].split(":"))
        return self.via(lon, lat)

    def _still(self, token: str) -> RoutePoint | None:
        """A point of the stored route; None where it is gone, or lies outside by now."""
        try:
            return self._point(token)
        except InvalidValue:
            return None

    def via(self, lon: float, lat: float) -> RoutePoint:
        """A point that is only gone by. Raises InvalidValue `route.outside`."""
        if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
            raise InvalidValue("route.bad", "way", given=f"{lon}:{lat}"[:40])
        east, north = crs.to_metres_xy([lon], [lat])
        place = point_at(float(east[0]), float(north[0]))
        if not place.is_valid or place.distance(self.home.boundary) > self.home.tolerance_m:
            raise InvalidValue("route.outside", "way", municipality=self.home.name)
        return RoutePoint(f"v{lon:.6f}:{lat:.6f}", "", place)

    def stored(self) -> list[RoutePoint]:
        """The points the route was made of, without those that are gone; of one that was never made here, or
        that is still to be made, the stops.
        """
        if self.walk.route is not None and self.walk.route_way:
            tokens = self.walk.route_way.split(",")
            return [point for token in tokens if (point := self._still(token))]
        return [point for point in self.known.values() if point.is_stored]


def desk_of(engine: Engine, home: Home, walk: KnownWalk, names: tuple[PlaceList, Words]) -> Desk:
    """The desk of a walk. Marks near a stop are the stop's; the others are places of their own."""
    with reading(engine) as session:
        stops, marks = stops_of(session, walk.id), marks_of(session, walk.id)
        streets = {mark.id: street_at(session, home.id, mark.place, NEAR_M) for mark in marks}
    placed = [stop for stop in stops if stop.place is not None]
    near = [_nearest(mark, placed) for mark in marks]
    loose = [mark for mark, stop in zip(marks, near, strict=True) if stop is None]
    points = [
        _of_stop(stop, stop.place, [mark for mark, at in zip(marks, near, strict=True) if at is stop])
        for stop in placed
        if stop.place is not None
    ]
    visits = visits_of([mark.place for mark in loose], [mark.voice for mark in loose])
    for visit in visits:
        middle = loose[visit.middle]
        name = streets[middle.id] or label_at(home, names[0], middle.position, names[1])
        points.append(_of_visit(visit, loose, name))
    return Desk(
        walk,
        home,
        marks,
        _start(walk, points),
        len(stops) - len(placed),
        {each.token: each for each in points},
    )


def _nearest(mark: KnownMark, stops: Sequence[KnownStop]) -> KnownStop | None:
    found = min(stops, key=lambda stop: mark.place.distance(stop.place), default=None)
    return found if found is not None and mark.place.distance(found.place) <= NEAR_M else None


def _of_stop(stop: KnownStop, place: Place, marks: Sequence[KnownMark]) -> RoutePoint:
    voices = len({mark.voice or f"{mark.uid}" for mark in marks})
    return RoutePoint(f"s{stop.id}", stop.name, place, *_signs(marks), voices)


def _of_visit(visit: Visit, marks: Sequence[KnownMark], name: str) -> RoutePoint:
    middle, signs = marks[visit.middle], _signs([marks[each] for each in visit.members])
    return RoutePoint(f"m{middle.id}", name, middle.place, *signs, visit.voices)


def _signs(marks: Sequence[KnownMark]) -> tuple[int, int]:
    unsafe = sum(mark.polarity == Polarity.UNSAFE for mark in marks)
    return unsafe, len(marks) - unsafe


def _start(walk: KnownWalk, points: Sequence[RoutePoint]) -> RoutePoint | None:
    """Where one meets; where that has no place yet, the first stop or the most marked place."""
    if walk.meeting is None:
        return points[0] if points else None
    place = point_at(*walk.meeting)
    lon, lat = degrees_of(place) or (0.0, 0.0)
    return RoutePoint(f"v{lon:.6f}:{lat:.6f}", walk.meeting_place, place)
