"""What a phone is told of the walk it joins: nothing but what somebody on the pavement sees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Engine

from geodata import crs
from geodata.errors import NotFound
from geodata.hours.sunlight import sunrise_and_sunset
from geodata.queries.municipalities import Home, home
from geodata.queries.walks import KnownStop, KnownWalk, stops_of, walk_by_code
from geodata.tables.engine import reading
from webmap.services import premapping
from webmap.services.field_tiles import TILES, tile_label
from webmap.services.place_search import PlaceList
from webmap.services.walk_tokens import check_current
from webmap.words import Words
from webmap.words.walk_labels import THEME_HINTS, THEMES

SCHEMA = 1
LONGEST_TEXT = 500
MOST_PHOTOS = 3
AROUND_M = 400.0
"""So far around stops and route a phone has ground and names without network."""
_LEAST_M = 1_000.0
_MOST_PLACES = 400
_LONGEST_CODE = 20

Frame = tuple[float, float, float, float]
"""West, south, east, north in metres, EPSG:3006."""


@dataclass(frozen=True)
class FieldWalk:
    """A walk as those who walk along see it."""

    walk: KnownWalk
    stops: tuple[KnownStop, ...]
    home: Home

    @property
    def is_open(self) -> bool:
        """Whether what a phone sends is taken in at once."""
        return self.walk.is_joinable

    @property
    def has_premap(self) -> bool:
        """Whether the map beforehand is open to marks today."""
        return premapping.is_open(self.walk)

    @property
    def frame(self) -> Frame:
        """What is shown of the ground: stops, route and meeting place with what lies around them."""
        places = [stop.place.bounds for stop in self.stops if stop.place is not None]
        if self.walk.route is not None:
            places.append(self.walk.route.bounds)
        if self.walk.meeting is not None:
            places.append((*self.walk.meeting, *self.walk.meeting))
        return _widened(places or [self._town()])

    def _town(self) -> Frame:
        found = [each for each in self.home.places if each.name.casefold() == self.walk.locality.casefold()]
        bounds: Frame = (found[0].shape if found else self.home.boundary.centroid).bounds
        return bounds


def code_typed(typed: str) -> str:
    """A code as it is stored: capitals, without spaces and dashes."""
    kept = "".join(sign for sign in typed[: _LONGEST_CODE * 2] if sign.isalnum())
    return kept.upper()[:_LONGEST_CODE]


def with_code(engine: Engine, typed: str) -> FieldWalk:
    """The walk that is joined with a code. Raises NotFound `walk_code.unknown`, which says nothing else, and
    Gone `walk_code.renewed`.
    """
    code = code_typed(typed)
    with reading(engine) as session:
        walk = walk_by_code(session, code) if code else None
        if walk is None:
            check_current(session, code)
            raise NotFound("walk_code.unknown", "code")
        return FieldWalk(walk, tuple(stops_of(session, walk.id)), home(session, walk.code))


def told(there: FieldWalk, places: PlaceList, say: Words) -> dict[str, Any]:
    """The walk as JSON, schema 1."""
    walk = there.walk
    return {
        "schema": SCHEMA,
        "walk": str(walk.uid),
        "code": walk.join_code,
        "title": walk.title,
        "municipality": say.municipality(walk.municipality),
        "locality": walk.locality,
        "day": walk.day.isoformat(),
        "starts": f"{walk.starts:%H:%M}",
        "meeting": _meeting(walk),
        "light": walk.light.value,
        "state": walk.state.value,
        "is_open": there.is_open,
        "stops": [_stop(stop) for stop in there.stops],
        "route": _route(walk),
        "themes": [
            {"code": each.value, "label": say(THEMES[each]), "hint": say(THEME_HINTS[each])}
            for each in walk.themes
        ],
        "tiles": {
            sign.value: [{"code": code, "label": tile_label(sign, code, say)} for code in codes]
            for sign, codes in TILES.items()
        },
        "groups": walk.group_count,
        "bounds": _degrees(there.frame),
        "sun": _sun(there.home, walk.day),
        "places": list(_places(places, there.frame)),
        "limits": {"text": LONGEST_TEXT, "photos": MOST_PHOTOS},
    }


def _meeting(walk: KnownWalk) -> dict[str, Any]:
    if walk.meeting is None:
        return {"name": walk.meeting_place, "lon": None, "lat": None}
    lon, lat = crs.to_degrees_xy([walk.meeting[0]], [walk.meeting[1]])
    return {"name": walk.meeting_place, "lon": round(float(lon[0]), 6), "lat": round(float(lat[0]), 6)}


def _stop(stop: KnownStop) -> dict[str, Any]:
    lon, lat = stop.position or (None, None)
    said = {"id": str(stop.uid), "number": stop.number, "name": stop.name, "note": stop.note}
    return said | {"lon": lon, "lat": lat}


def _route(walk: KnownWalk) -> dict[str, Any] | None:
    if walk.route is None or walk.route.geom_type != "LineString":
        return None
    line = [[round(x, 6), round(y, 6)] for x, y in crs.to_degrees(walk.route).coords]
    return {"type": "LineString", "coordinates": line}


def _sun(there: Home, day: date) -> dict[str, str | None]:
    times = sunrise_and_sunset(*there.middle, day)
    rises, sets = (f"{each:%H:%M}" for each in times) if times else (None, None)
    return {"sets": sets, "rises": rises}


def _places(places: PlaceList, frame: Frame) -> Iterator[dict[str, Any]]:
    """Names around the walk, to be read on the map and chosen where there is no position."""
    west, south, east, north = frame
    left = _MOST_PLACES
    for _, group in places.by_locality():
        for found in group:
            place = found.known.place
            if place is None or left == 0:
                continue
            middle = place.centroid
            if west <= middle.x <= east and south <= middle.y <= north:
                left -= 1
                lon, lat = crs.to_degrees_xy([middle.x], [middle.y])
                yield {"name": found.name, "lon": round(float(lon[0]), 6), "lat": round(float(lat[0]), 6)}


def _widened(boxes: list[Frame]) -> Frame:
    """One frame around all, with ground on every side and nowhere narrower than a kilometre."""
    west, south = min(each[0] for each in boxes), min(each[1] for each in boxes)
    east, north = max(each[2] for each in boxes), max(each[3] for each in boxes)
    more_x = max(AROUND_M, (_LEAST_M - (east - west)) / 2)
    more_y = max(AROUND_M, (_LEAST_M - (north - south)) / 2)
    return west - more_x, south - more_y, east + more_x, north + more_y


def _degrees(frame: Frame) -> list[float]:
    west, south, east, north = frame
    lon, lat = crs.to_degrees_xy([west, east, west, east], [south, south, north, north])
    return [round(float(each), 6) for each in (min(lon), min(lat), max(lon), max(lat))]
