"""A walk's map for those who lead it: what was marked beforehand, its stops, and the route they make."""

from __future__ import annotations

import math
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from geodata.errors import Conflict, Fault, InvalidValue
from geodata.queries.municipalities import Home
from geodata.queries.walks import KnownWalk
from geodata.vocabulary import RouteSource
from webmap.access import Permission
from webmap.gate import may_here, needs, note, words, works
from webmap.pages.point_map import point_map
from webmap.pages.walk_map_view import map_view
from webmap.pages.walk_route_links import RouteForm
from webmap.pages.walk_view import walk_at, walker_in
from webmap.services import route_making
from webmap.services.route_desk import Desk, desk_of
from webmap.services.route_making import Keeping, Plan, Routed

bp = Blueprint("walk_map", __name__)


@bp.get("/staff/walks/<uuid:uid>/map")
@needs(Permission.SEE_WALKS)
def show(uid: UUID) -> ResponseReturnValue:
    home, walk = walk_at(uid)
    desk, form = _desk(home, walk), RouteForm.read(request.args)
    if any(mark.text for mark in desk.marks):
        note(home.code, "walk.read_marks", "walk", str(walk.uid))
    try:
        return _page(desk, *_asked(desk, form))
    except InvalidValue as fault:
        known = RouteForm.of(_as_it_was(desk, form), form.before)
        return _page(desk, known, _as_it_was(desk, form), {"way": words().fault(fault)}), 422


@bp.post("/staff/walks/<uuid:uid>/map")
@needs(Permission.LEAD_WALKS)
def keep(uid: UUID) -> ResponseReturnValue:
    home, walk = walk_at(uid, Permission.LEAD_WALKS)
    desk, form = _desk(home, walk), RouteForm.read(request.form)
    said = request.form
    keeping = Keeping(form.version, said.get("sets_stops") == "1", said.get("drops_others") == "1")
    try:
        made = route_making.routed(works().engine, desk, _plan(desk, form))
        route_making.keep(works().engine, desk, made, keeping, walker_in(home.code))
    except Conflict as fault:
        return _page(desk, form, _as_it_was(desk, form), {"": words().fault(fault)}), 409
    except Fault as fault:
        return _page(desk, RouteForm(), _as_it_was(desk, RouteForm()), {"way": words().fault(fault)}), 422
    return redirect(f"/staff/walks/{walk.uid}/map?saved=1", 303)


def _desk(home: Home, walk: KnownWalk) -> Desk:
    return desk_of(works().engine, home, walk, (works().places.now(home.code), words()))


def _asked(desk: Desk, form: RouteForm) -> tuple[RouteForm, Routed]:
    """What the address asks for: the route as it is, or one step on from the one it says."""
    engine, plan, said = works().engine, _plan(desk, form), request.args
    if said.get("propose") == "1":
        step = route_making.propose(engine, desk, form.length_m, is_round=form.is_round)
    elif "add" in said:
        step = route_making.with_point(desk, plan, desk.via(*_spot(said["add"])))
    elif said.get("order") == "1":
        step = route_making.in_best_order(engine, desk, plan)
    elif form.way is None:
        return form, _as_it_was(desk, form)
    else:
        return form, route_making.routed(engine, desk, plan)
    before = form.before_with(plan) if step != plan else form.before
    made = route_making.routed(engine, desk, step)
    return RouteForm.of(made, before, form.length_m), made


def _plan(desk: Desk, form: RouteForm) -> Plan:
    if form.way is None:
        return route_making.stored(desk).plan
    return Plan(tuple(desk.points(form.way)), form.source or RouteSource.STREETS, form.is_round)


def _as_it_was(desk: Desk, form: RouteForm) -> Routed:
    """The route of a way that can be read, else the stored one."""
    try:
        return route_making.stored(desk) if form.way is None else _routed(desk, form)
    except InvalidValue:
        return route_making.stored(desk)


def _routed(desk: Desk, form: RouteForm) -> Routed:
    return route_making.routed(works().engine, desk, _plan(desk, form))


def _spot(text: str) -> tuple[float, float]:
    try:
        lon, lat = (float(part) for part in text.split(":"))
    except ValueError:
        lon = lat = math.nan
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise InvalidValue("route.bad", "way", given=text[:40])
    return lon, lat


def _page(desk: Desk, form: RouteForm, made: Routed, problems: dict[str, str] | None = None) -> str:
    say, home = words(), desk.home
    places = works().places.now(home.code)
    return render_template(
        "walks/map.html",
        walk=desk.walk,
        municipality_name=say.municipality(home.name),
        view=map_view(desk, form, made, places, say),
        can_lead=may_here(Permission.LEAD_WALKS, home.code) and desk.walk.is_joinable,
        is_saved=request.args.get("saved") == "1" and not problems,
        problems=problems or {},
        map=point_map(home, places, [], say),
    )
