"""A walk's own page: its three meetings, what is next, who came, and the buttons that move it on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from geodata.errors import Conflict, Fault, InvalidValue
from geodata.queries.municipalities import Home
from geodata.queries.walks import KnownWalk
from geodata.vocabulary import WalkRole
from webmap.access import Permission
from webmap.gate import may_here, needs, say, words, works
from webmap.maps.poster import print_poster, square_picture
from webmap.pages.walk_view import join_address, leading, spot_of, walk_at
from webmap.services import walk_leading, walk_planning
from webmap.services.reception import is_demo
from webmap.services.walk_heads import head_table, heads_typed
from webmap.services.walk_hours import hours_words, is_unsure
from webmap.services.walk_light import sun_told
from webmap.services.walk_phones import phones_of
from webmap.services.walk_poster import poster_words
from webmap.services.walk_steps import can_open_again, next_act, progress_of, step_of
from webmap.services.walk_table import day_words, is_late
from webmap.words.walk_labels import ROUTE_SOURCES, THEMES, WALK_LIGHTS, WALK_ROLES, WALK_STATES

bp = Blueprint("walk_room", __name__)

_ROOT = "/staff/walks/<uuid:uid>"
Act = Callable[..., Any]


@bp.get(_ROOT)
@needs(Permission.SEE_WALKS)
def show(uid: UUID) -> ResponseReturnValue:
    return _page(*walk_at(uid))


@bp.get(f"{_ROOT}/poster.pdf")
@needs(Permission.SEE_WALKS)
def poster(uid: UUID) -> Response:
    home, walk = walk_at(uid)
    address = join_address(walk)
    said = poster_words(walk, walk_planning.stops(works().engine, walk), address, words())
    said["demo"] = say("Påhittade exempeldata") if is_demo(works().engine) else ""
    answer = Response(print_poster(said, address), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="affisch-{home.code}-{walk.day}.pdf"'
    return answer


@bp.post(f"{_ROOT}/open")
@needs(Permission.LEAD_WALKS)
def open_walk(uid: UUID) -> ResponseReturnValue:
    return _moved(uid, walk_leading.open_walk)


@bp.post(f"{_ROOT}/close")
@needs(Permission.LEAD_WALKS)
def close(uid: UUID) -> ResponseReturnValue:
    seen = request.form.get("entries", 0, type=int), request.form.get("photos", 0, type=int)
    return _moved(uid, lambda engine, by: walk_leading.close_walk(engine, by, seen))


@bp.post(f"{_ROOT}/cancel")
@needs(Permission.LEAD_WALKS)
def cancel(uid: UUID) -> ResponseReturnValue:
    return _moved(uid, walk_leading.cancel)


@bp.post(f"{_ROOT}/plan-again")
@needs(Permission.LEAD_WALKS)
def plan_again(uid: UUID) -> ResponseReturnValue:
    return _moved(uid, walk_leading.plan_again)


@bp.post(f"{_ROOT}/code")
@needs(Permission.LEAD_WALKS)
def renew_code(uid: UUID) -> ResponseReturnValue:
    return _moved(uid, walk_leading.renew_code)


@bp.get(f"{_ROOT}/heads")
@needs(Permission.LEAD_WALKS)
def ask_heads(uid: UUID) -> ResponseReturnValue:
    return _heads_page(*walk_at(uid, Permission.LEAD_WALKS))


@bp.post(f"{_ROOT}/heads")
@needs(Permission.LEAD_WALKS)
def take_heads(uid: UUID) -> ResponseReturnValue:
    home, walk = walk_at(uid, Permission.LEAD_WALKS)
    try:
        heads = heads_typed(request.form.to_dict(), walk.group_count)
        walk_leading.count_heads(works().engine, leading(home, walk), heads)
    except (InvalidValue, Conflict) as fault:
        status = 409 if isinstance(fault, Conflict) else 422
        return _heads_page(home, walk, fault), status
    return redirect(f"/staff/walks/{uid}/heads", 303)


@bp.post(f"{_ROOT}/split")
@needs(Permission.LEAD_WALKS)
def split(uid: UUID) -> ResponseReturnValue:
    home, walk = walk_at(uid, Permission.LEAD_WALKS)
    try:
        walk_leading.split(works().engine, leading(home, walk), request.form.get("groups", 0, type=int))
    except (InvalidValue, Conflict) as fault:
        status = 409 if isinstance(fault, Conflict) else 422
        return _heads_page(home, walk, fault), status
    return redirect(f"/staff/walks/{uid}/heads", 303)


def _moved(uid: UUID, act: Act) -> ResponseReturnValue:
    """Do something with the walk's state and go back to its page, which says why where it cannot be done."""
    home, walk = walk_at(uid, Permission.LEAD_WALKS)
    try:
        act(works().engine, leading(home, walk))
    except Conflict as fault:
        return _page(home, walk_planning.one(works().engine, uid), fault), 409
    return redirect(f"/staff/walks/{uid}", 303)


def _page(home: Home, walk: KnownWalk, fault: Fault | None = None) -> str:
    engine, words_ = works().engine, words()
    found, phones, address = progress_of(engine, walk), phones_of(engine, walk, words_), join_address(walk)
    spot = spot_of(walk) or home.middle
    return render_template(
        "walks/show.html",
        walk=walk,
        code=home.code,
        municipality_name=words_.municipality(home.name),
        problems={"": words_.fault(fault)} if fault else {},
        state=words_(WALK_STATES[walk.state]),
        day=day_words(walk, words_),
        light=words_(WALK_LIGHTS[walk.light]),
        sun=sun_told(spot, (walk.day, walk.starts), walk.light, words_),
        invited=", ".join(words_(WALK_ROLES[role]).lower() for role in walk.invited),
        themes=len(walk.themes),
        theme_names=", ".join(words_(THEMES[theme]) for theme in walk.themes),
        route=words_(ROUTE_SOURCES[walk.route_source]) if walk.route_source else "",
        found=found,
        step=step_of(walk),
        next=next_act(walk, found, words_),
        is_late=is_late(walk),
        may_follow_up=may_here(Permission.FOLLOW_UP_WALKS, home.code),
        may_lead=may_here(Permission.LEAD_WALKS, home.code),
        can_open_again=can_open_again(walk),
        phones=phones,
        left=phones.left_words(words_),
        silent=phones.silent_words(words_),
        address=address,
        picture=square_picture(address),
        earlier=walk_planning.earlier(engine, walk),
        public=_public_facts(walk),
        hours=hours_words(walk, words_),
        is_unsure=is_unsure(walk),
    )


def _public_facts(walk: KnownWalk) -> dict[str, str]:
    """Days in words, "" where there is none."""
    told = {"premap": walk.premap_until, "follow_up": walk.follow_up_on}
    return {name: words().day(day) if day else "" for name, day in told.items()}


def _heads_page(home: Home, walk: KnownWalk, fault: Fault | None = None) -> str:
    typed = request.form.to_dict() if fault and "heads-1-resident" in request.form else None
    table = head_table(works().engine, walk, typed, words())
    return render_template(
        "walks/heads.html",
        walk=walk,
        code=home.code,
        municipality_name=words().municipality(home.name),
        problems={fault.field: words().fault(fault)} if fault else {},
        table=table,
        groups=range(1, walk.group_count + 1),
        most=walk_leading.MOST_HEADS,
        split_into=walk_leading.groups_for(table.total),
        may_count=walk_leading.may_count(walk.state),
        roles=len(WalkRole),
    )
