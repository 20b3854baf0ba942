"""Where and when somebody walked: what the maps tell as looked at. Elsewhere is unknown, not safe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from geodata import crs
from geodata.analysis.publication.edition import EffortSquare
from geodata.analysis.publication.walked import squares_along
from geodata.geometry import point_at
from geodata.hours import HourFilter, interval
from geodata.queries.municipalities import standing
from geodata.queries.walked import WalkedRoute, published_routes, walked_routes
from geodata.queries.window import Window
from geodata.tables.engine import reading
from webmap.words import Words

Spot = tuple[float, float]


@dataclass(frozen=True)
class Around:
    """A circle to ask about. spot: longitude and latitude."""

    spot: Spot
    radius_m: float


def walked(engine: Engine, code: str, window: Window, around: Around | None = None) -> list[WalkedRoute]:
    """Routes walked on the filter's days and in its hours, the newest first; in a circle where one is told.

    Raises NotFound.
    """
    with reading(engine) as session:
        key = standing(session, code)[0]
        found = walked_routes(session, key, window.since, window.until)
    found = [route for route in found if _is_in(route, window.hours)]
    if around is None:
        return found
    east, north = crs.to_metres_xy([around.spot[0]], [around.spot[1]])
    place = point_at(float(east[0]), float(north[0]))
    return [route for route in found if route.route.distance(place) <= around.radius_m]


def _is_in(route: WalkedRoute, hours: HourFilter) -> bool:
    return interval(route.starts, route.ends).share(hours.words) > 0


def when_told(route: WalkedRoute, words: Words) -> str:
    """Day, hours, and how many walked along."""
    clock = f"{route.starts:%H.%M}–{route.ends:%H.%M}"
    said = words("%(day)s klockan %(clock)s", day=words.day(route.day), clock=clock)
    if not route.heads:
        return said
    return f"{said}, {words.plural('%(n)s person', '%(n)s personer', route.heads)}"


def near_told(routes: Sequence[WalkedRoute], radius_m: float, words: Words) -> str:
    """What a circle of the map has seen of walks, as a sentence."""
    if not routes:
        return words(
            "Ingen vandring har gått inom %(metres)s m i urvalet. Då är det okänt hur det är.",
            metres=round(radius_m),
        )
    return words.plural(
        "%(n)s vandring inom %(metres)s m: %(when)s.",
        "%(n)s vandringar inom %(metres)s m, senast %(when)s.",
        len(routes),
        metres=round(radius_m),
        when=when_told(routes[0], words),
    )


def public_squares(engine: Engine, code: str, side_m: int) -> list[EffortSquare]:
    """Coarse squares that the routes of published walks go through: known to all who can read the minutes.

    Raises NotFound.
    """
    with reading(engine) as session:
        return squares_along(published_routes(session, standing(session, code)[0]), side_m)
