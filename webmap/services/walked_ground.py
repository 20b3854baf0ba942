"""Where and when somebody walked: what the maps tell as looked at. Elsewhere is unknown, not safe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from geodata import crs
from geodata.analysis.publication.edition import EffortSquare
from geodata.analysis.publication.walked import AT_STOP_M, squares_seen
from geodata.geometry import Place, point_at
from geodata.hours import HourFilter, interval
from geodata.queries.municipalities import standing
from geodata.queries.walked import WalkedGround, published_grounds, walked_grounds
from geodata.queries.window import Window
from geodata.tables.engine import reading
from webmap.words import Words

Spot = tuple[float, float]


@dataclass(frozen=True)
class Around:
    """A circle to ask about. spot: longitude and latitude."""

    spot: Spot
    radius_m: float


def walked(engine: Engine, code: str, window: Window, around: Around | None = None) -> list[WalkedGround]:
    """What was walked on the filter's days and in its hours, the newest first; in a circle where one is told.

    Raises NotFound.
    """
    with reading(engine) as session:
        key = standing(session, code)[0]
        found = walked_grounds(session, key, window.since, window.until)
    found = [ground for ground in found if _is_in(ground, window.hours)]
    if around is None:
        return found
    east, north = crs.to_metres_xy([around.spot[0]], [around.spot[1]])
    place = point_at(float(east[0]), float(north[0]))
    return [ground for ground in found if _distance_m(ground, place) <= around.radius_m]


def _distance_m(ground: WalkedGround, place: Place) -> float:
    """To the nearest that was seen: the route, or the circle around a stop."""
    ways = [] if ground.route is None else [ground.route.distance(place)]
    return min([*ways, *(max(0.0, stop.distance(place) - AT_STOP_M) for stop in ground.stops)])


def _is_in(ground: WalkedGround, hours: HourFilter) -> bool:
    return interval(ground.starts, ground.ends).share(hours.words) > 0


def when_told(ground: WalkedGround, words: Words) -> str:
    """Day, hours, and how many walked along."""
    clock = f"{ground.starts:%H.%M}–{ground.ends:%H.%M}"
    said = words("%(day)s klockan %(clock)s", day=words.day(ground.day), clock=clock)
    if not ground.heads:
        return said
    return f"{said}, {words.plural('%(n)s person', '%(n)s personer', ground.heads)}"


def near_told(grounds: Sequence[WalkedGround], radius_m: float, words: Words) -> str:
    """What a circle of the map has seen of walks, as a sentence."""
    if not grounds:
        return words(
            "Ingen vandring har gått inom %(metres)s m i urvalet. Då är det okänt hur det är.",
            metres=round(radius_m),
        )
    return words.plural(
        "%(n)s vandring inom %(metres)s m: %(when)s.",
        "%(n)s vandringar inom %(metres)s m, senast %(when)s.",
        len(grounds),
        metres=round(radius_m),
        when=when_told(grounds[0], words),
    )


def public_squares(engine: Engine, code: str, side_m: int) -> list[EffortSquare]:
    """Coarse squares that published walks have seen: known to all who can read their minutes.

    Raises NotFound.
    """
    with reading(engine) as session:
        grounds = published_grounds(session, standing(session, code)[0])
    routes = [ground.route for ground in grounds if ground.route is not None]
    return squares_seen(routes, [stop for ground in grounds for stop in ground.stops], side_m)
