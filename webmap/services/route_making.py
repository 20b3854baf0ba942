"""Making a route: proposed through what was marked, changed by whoever leads the walk, and kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from geodata.analysis.routes.route import (
    MOST_STOPS,
    Route,
    Wish,
    best_order,
    drawn_through,
    proposed,
    route_through,
)
from geodata.analysis.routes.ways import AROUND_M, DETOUR
from geodata.errors import Conflict, InvalidValue
from geodata.geometry import Place
from geodata.queries.streets import streets_in
from geodata.queries.walks import JOINABLE
from geodata.tables.engine import reading
from geodata.tables.walks import Walk, WalkStop
from geodata.vocabulary import RouteSource, WalkState
from webmap.services.actors import Actor
from webmap.services.route_desk import MOST_POINTS, Desk, RoutePoint
from webmap.services.stop_removal import refuse_if_used
from webmap.services.walk_planning import changing
from webmap.services.walk_stops import LONGEST_NAME

LENGTHS_M = (1_500, 2_000, 3_000)
_SAME_M = 0.5


@dataclass(frozen=True)
class Plan:
    """How a route is to go. source: `streets` follows streets where there are any, `drawn` never does."""

    points: tuple[RoutePoint, ...] = ()
    source: RouteSource = RouteSource.STREETS
    is_round: bool = False

    @property
    def stops(self) -> list[RoutePoint]:
        """Where one stops."""
        return [point for point in self.points if point.is_stop]


@dataclass(frozen=True)
class Routed:
    """A plan with its way. source: as it became; straight_m: what goes straight for want of streets."""

    plan: Plan
    route: Route
    source: RouteSource

    @property
    def minutes(self) -> int:
        """How long it takes, stops and all."""
        return self.route.minutes(len(self.plan.stops))


def stored(desk: Desk) -> Routed:
    """The route as it is kept, with the walk's stops in their order."""
    line, source = desk.walk.route, desk.walk.route_source or RouteSource.STREETS
    is_round = line is not None and bool(line.is_closed)
    drawn = RouteSource.DRAWN if source == RouteSource.DRAWN else RouteSource.STREETS
    plan = Plan(tuple(desk.stored()), drawn, is_round)
    if line is None:
        return Routed(plan, Route(None, 0.0, 0.0), source)
    straight_m = desk.walk.route_straight_m
    if straight_m is None:  # copied, or made elsewhere: the whole of it is straight, or nothing
        straight_m = line.length * DETOUR if source == RouteSource.STRAIGHT else 0.0
    return Routed(plan, Route(line, line.length + straight_m * (1 - 1 / DETOUR), straight_m), source)


def routed(engine: Engine, desk: Desk, plan: Plan) -> Routed:
    """The way of a plan, from where one meets."""
    places = _from_start(desk, plan)
    if plan.source == RouteSource.DRAWN:
        return Routed(plan, drawn_through(places, is_round=plan.is_round), RouteSource.DRAWN)
    route = route_through(places, _streets(engine, desk, places), is_round=plan.is_round)
    is_straight = route.straight_m >= route.length_m > 0
    return Routed(plan, route, RouteSource.STRAIGHT if is_straight else RouteSource.STREETS)


def _from_start(desk: Desk, plan: Plan) -> list[Place]:
    places = [point.place for point in plan.points]
    if desk.start is None or (places and places[0].distance(desk.start.place) < _SAME_M):
        return places
    return [desk.start.place, *places] if places else []


def _streets(engine: Engine, desk: Desk, places: Sequence[Place]) -> list[Place]:
    if not places:
        return []
    boxes = [place.bounds for place in places]
    around = (
        min(box[0] for box in boxes) - AROUND_M,
        min(box[1] for box in boxes) - AROUND_M,
        max(box[2] for box in boxes) + AROUND_M,
        max(box[3] for box in boxes) + AROUND_M,
    )
    with reading(engine) as session:
        return streets_in(session, desk.walk.municipality_id, around)


def propose(engine: Engine, desk: Desk, longest_m: int, *, is_round: bool) -> Plan:
    """A route through what was marked, the most marked first, then the other stops, no longer than asked.

    Raises InvalidValue `route.nothing` where there is nothing to go by, and `option.bad` for another length.
    """
    if longest_m not in LENGTHS_M:
        raise InvalidValue("option.bad", "length", option="length", given=longest_m)
    wanted = sorted(desk.known.values(), key=lambda point: -point.voices)
    if desk.start is None or not wanted:
        raise InvalidValue("route.nothing", "way")
    near = [point for point in wanted if point.place.distance(desk.start.place) <= longest_m]
    others = [point for point in near if point.place.distance(desk.start.place) >= _SAME_M]
    streets = _streets(engine, desk, [desk.start.place, *(point.place for point in others)])
    wish = Wish(longest_m, is_round, MOST_STOPS)
    order = proposed(desk.start.place, [point.place for point in others], streets, wish)
    first = [point for point in near if point not in others]
    return Plan((*first, *(others[each] for each in order)), RouteSource.STREETS, is_round)


def in_best_order(engine: Engine, desk: Desk, plan: Plan) -> Plan:
    """The same points in the shortest order from where one meets."""
    places = _from_start(desk, plan)
    shift = len(places) - len(plan.points)
    if len(places) < 3:
        return plan
    order = best_order(places, _streets(engine, desk, places), is_round=plan.is_round)
    return replace(plan, points=tuple(plan.points[at - shift] for at in order if at >= shift))


def with_point(desk: Desk, plan: Plan, point: RoutePoint) -> Plan:
    """The plan with one point more: last where it is drawn by hand, else where it makes the least detour."""
    if len(plan.points) >= MOST_POINTS:
        raise InvalidValue("route.too_many", "way", most=MOST_POINTS)
    points = list(plan.points)
    at = len(points) if plan.source == RouteSource.DRAWN else _least_detour(desk, plan, point)
    points.insert(at, point)
    return replace(plan, points=tuple(points))


def _least_detour(desk: Desk, plan: Plan, point: RoutePoint) -> int:
    places = [each.place for each in plan.points]
    before = [desk.start.place if desk.start else None, *places]
    after = [*places, before[0] if plan.is_round else None]

    def detour(at: int) -> float:
        start, end = before[at], after[at]
        there = point.place.distance(start) if start is not None else 0.0
        back = point.place.distance(end) if end is not None else 0.0
        return there + back - (start.distance(end) if start is not None and end is not None else 0.0)

    return min(range(len(places) + 1), key=detour)


@dataclass(frozen=True)
class Keeping:
    """What is kept of a plan. version: of the walk that was looked at.

    sets_stops: marked places become stops, and all are numbered as the route goes; drops_others: stops that
    are not on it are taken away, else they come last.
    """

    version: int
    sets_stops: bool = True
    drops_others: bool = False


def keep(engine: Engine, desk: Desk, made: Routed, keeping: Keeping, actor: Actor) -> None:
    """Store a route.

    Raises InvalidValue `route.empty` of fewer than two places; Conflict `walk.changed` where somebody else
    was first, `route.closed` where the walk has been walked; NotFound.
    """
    if made.route.line is None:
        raise InvalidValue("route.empty", "way")
    known = desk.walk.uid, keeping.version
    with changing(engine, desk.home, known, actor, "walk.route") as (session, row):
        if row.state not in JOINABLE:
            raise Conflict("route.closed", "walk")
        row.geometry, row.route_source = made.route.line, made.source
        row.route_straight_m = made.route.straight_m
        became: dict[str, str] = {}
        if keeping.sets_stops and row.state == WalkState.PLANNED:
            became = _set_stops(session, row, made.plan.stops, keeping)
        row.route_way = ",".join(became.get(each.token, each.token) for each in made.plan.points)


def _set_stops(
    session: Session, walk: Walk, points: Sequence[RoutePoint], keeping: Keeping
) -> dict[str, str]:
    """Number the stops as the route goes; what the tokens of its points are called from now on."""
    rows = session.scalars(
        select(WalkStop).where(WalkStop.walk_id == walk.id).order_by(WalkStop.number, WalkStop.id)
    ).all()
    by_key = {row.id: row for row in rows}
    kept = [by_key.get(point.key) if point.is_stored else _new(session, walk, point) for point in points]
    order = [row for row in dict.fromkeys(kept) if row is not None]
    for row in rows:
        if row in order:
            continue
        if keeping.drops_others and row.geometry is not None:
            refuse_if_used(session, [row.id])
            session.delete(row)
        else:
            order.append(row)
    for number, row in enumerate(order, 1):
        row.number = number
    session.flush()
    pairs = zip(points, kept, strict=True)
    return {point.token: f"s{row.id}" for point, row in pairs if row is not None}


def _new(session: Session, walk: Walk, point: RoutePoint) -> WalkStop:
    row = WalkStop(
        uid=uuid4(),
        walk_id=walk.id,
        geometry=point.place,
        number=0,
        name=point.name[:LONGEST_NAME],
        note="",
    )
    session.add(row)
    return row
