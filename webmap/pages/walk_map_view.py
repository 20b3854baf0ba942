"""What the map of a walk shows: its route as a list and on the map, and a link for every change of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from geodata import crs
from geodata.hours import local
from geodata.queries.premap import KnownMark
from geodata.vocabulary import RouteSource, WalkState
from webmap.pages.walk_route_links import Links, RouteForm, with_token
from webmap.services.place_search import PlaceList
from webmap.services.place_ways import label_at
from webmap.services.route_desk import Desk, RoutePoint
from webmap.services.route_making import LENGTHS_M, Plan, Routed
from webmap.words import Words
from webmap.words.walk_labels import ROUTE_SOURCES
from webmap.words.walk_route_labels import MARK_CATEGORIES, MARK_SIGNS


@dataclass(frozen=True)
class RouteLine:
    """A point of the list. number: of a stop, or 0 where one only goes by. up, down, off: links, or ""."""

    number: int
    name: str
    says: str
    up: str
    down: str
    off: str


@dataclass(frozen=True)
class Offer:
    """A place that is not on the route. on: link that puts it there."""

    name: str
    says: str
    on: str


@dataclass(frozen=True)
class MapView:
    """The page. drawn: for the script, all in degrees. fields: of the form that keeps the route.

    is_new: the route is not the one that is stored. warning: what of it is not along streets.
    """

    lines: list[RouteLine]
    offers: list[Offer]
    marks: list[dict[str, str]]
    drawn: dict[str, Any]
    fields: dict[str, str]
    length: str
    minutes: int
    source: str
    warning: str
    is_new: bool
    is_drawn: bool
    is_round: bool
    is_planned: bool
    length_m: int
    lengths: list[tuple[int, str]]
    left_out: int
    undo: str
    add: str
    order: str
    by_streets: str
    by_hand: str


def map_view(desk: Desk, form: RouteForm, made: Routed, places: PlaceList, say: Words) -> MapView:
    """The page of a route."""
    links = Links(desk, form, made.plan)
    on_way = {point.token for point in made.plan.points}
    return MapView(
        lines=_lines(made.plan, links, say),
        offers=[
            Offer(point.name, _marked(point, say), links.to(with_token(made.plan, point)))
            for point in desk.known.values()
            if point.token not in on_way
        ],
        marks=[_mark(each, desk, places, say) for each in desk.marks],
        drawn=_drawn(desk, made, say),
        fields=links.fields,
        length=_length(made.route.length_m, say),
        minutes=made.minutes,
        source=say(ROUTE_SOURCES[made.source]),
        warning=_warning(made, say),
        is_new=form.way is not None,
        is_drawn=made.plan.source == RouteSource.DRAWN,
        is_round=made.plan.is_round,
        is_planned=desk.walk.state == WalkState.PLANNED,
        length_m=form.length_m,
        lengths=[(length, _length(length, say)) for length in LENGTHS_M],
        left_out=sum(point.is_stored and point.token not in on_way for point in desk.known.values()),
        undo=links.undo,
        add=links.here + "&add=",
        order=links.here + "&order=1" if len(made.plan.points) > 2 else "",
        by_streets=links.to(replace(made.plan, source=RouteSource.STREETS)),
        by_hand=links.to(replace(made.plan, source=RouteSource.DRAWN)),
    )


def _lines(plan: Plan, links: Links, say: Words) -> list[RouteLine]:
    points, made, number = plan.points, list[RouteLine](), 0

    def moved(start: int, end: int) -> str:
        order = list(points)
        order.insert(end, order.pop(start))
        return links.to(replace(plan, points=tuple(order)))

    for at, point in enumerate(points):
        number += point.is_stop
        made.append(
            RouteLine(
                number if point.is_stop else 0,
                point.name if point.is_stop else say("Går förbi här"),
                _marked(point, say),
                moved(at, at - 1) if at else "",
                moved(at, at + 1) if at < len(points) - 1 else "",
                links.to(replace(plan, points=points[:at] + points[at + 1 :])),
            )
        )
    return made


def _marked(point: RoutePoint, say: Words) -> str:
    """How often it was marked, in words."""
    parts = [
        say("%(n)s otryggt", n=point.unsafe) if point.unsafe else "",
        say("%(n)s tryggt", n=point.safe) if point.safe else "",
    ]
    return ", ".join(part for part in parts if part)


def _length(metres: float, say: Words) -> str:
    if metres < 995:
        return say("%(n)s m", n=round(metres / 10) * 10)
    return say("%(n)s km", n=say.number(round(metres / 1_000, 1), 1))


def _warning(made: Routed, say: Words) -> str:
    if made.route.straight_m <= 0 or made.source == RouteSource.DRAWN:
        return ""
    if made.source == RouteSource.STRAIGHT:
        return say("Här finns inga inlästa gator. Vägen är rak, och längden är räknad med 30 procents omväg.")
    return say(
        "%(length)s av vägen saknar gator att följa. Den biten är rak, räknad med 30 procents omväg.",
        length=_length(made.route.straight_m, say),
    )


def _mark(mark: KnownMark, desk: Desk, places: PlaceList, say: Words) -> dict[str, str]:
    reasons = [say(MARK_CATEGORIES[code]) for code in MARK_CATEGORIES if code in mark.categories]
    return {
        "polarity": mark.polarity.value,
        "sign": say(MARK_SIGNS[mark.polarity]),
        "place": label_at(desk.home, places, mark.position, say),
        "says": ". ".join([*reasons, *([mark.text] if mark.text else [])]),
        "day": say.day(local(mark.created_at).date()),
    }


def _drawn(desk: Desk, made: Routed, say: Words) -> dict[str, Any]:
    on_way = [point.token for point in made.plan.points]
    line = made.route.line
    route = [] if line is None else [[round(x, 6), round(y, 6)] for x, y in crs.to_degrees(line).coords]
    stops = [point for point in made.plan.points if point.is_stop]
    return {
        "route": route,
        "start": [*desk.start.position, desk.start.name] if desk.start else None,
        "stops": [[*point.position, number, point.name] for number, point in enumerate(stops, 1)],
        "vias": [point.position for point in made.plan.points if not point.is_stop],
        "others": [
            [*point.position, _others_said(point, say)]
            for point in desk.known.values()
            if point.token not in on_way
        ],
        "marks": [[*mark.position, mark.polarity.value] for mark in desk.marks],
    }


def _others_said(point: RoutePoint, say: Words) -> str:
    return ", ".join(part for part in (point.name, _marked(point, say)) if part)
