"""The minutes for whoever publishes them: what stands in the way, a summary, and how they will look."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from geodata.errors import Conflict, Fault, InvalidValue
from geodata.queries.municipalities import Home
from geodata.vocabulary import WalkState
from webmap.access import Permission
from webmap.gate import needs, words, works
from webmap.pages.minutes_view import MinutesView
from webmap.pages.walk_view import walk_at, walker_in
from webmap.services import minutes_acts, walk_contacts
from webmap.services.minutes_acts import LONGEST_SUMMARY, MinutesDesk, SummarySaid
from webmap.services.minutes_obstacles import obstacle_words

bp = Blueprint("minutes_desk", __name__)

_ROOT = "/staff/walks/<uuid:uid>/minutes"


@bp.get(_ROOT)
@needs(Permission.FOLLOW_UP_WALKS)
def show(uid: UUID) -> ResponseReturnValue:
    return _page(*_found(uid))


@bp.post(_ROOT)
@needs(Permission.FOLLOW_UP_WALKS)
def save(uid: UUID) -> ResponseReturnValue:
    return _done(uid, minutes_acts.save)


@bp.post(f"{_ROOT}/publish")
@needs(Permission.FOLLOW_UP_WALKS)
def publish(uid: UUID) -> ResponseReturnValue:
    return _done(uid, minutes_acts.publish)


@bp.post(f"{_ROOT}/take-back")
@needs(Permission.FOLLOW_UP_WALKS)
def take_back(uid: UUID) -> ResponseReturnValue:
    home, _ = walk_at(uid, Permission.FOLLOW_UP_WALKS)
    try:
        minutes_acts.take_back(works().engine, home, uid, _said().version, walker_in(home.code))
    except Conflict as fault:
        return _page(*_found(uid), fault), 409
    return redirect(f"/staff/walks/{uid}/minutes", 303)


@bp.get(f"{_ROOT}/map.png")
@needs(Permission.FOLLOW_UP_WALKS)
def as_map(uid: UUID) -> Response:
    home, desk = _found(uid)
    view = MinutesView(home, desk.minutes)
    answer = view.answer("png", view.png, "image/png")
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _found(uid: UUID) -> tuple[Home, MinutesDesk]:
    home, _ = walk_at(uid, Permission.FOLLOW_UP_WALKS)
    return home, minutes_acts.desk_of(works().engine, home, uid)


def _said() -> SummarySaid:
    form = request.form
    return SummarySaid(
        form.get("version", 0, type=int), form.get("summary", ""), is_read=form.get("is_read") == "1"
    )


def _done(uid: UUID, act: Any) -> ResponseReturnValue:
    home, _ = walk_at(uid, Permission.FOLLOW_UP_WALKS)
    try:
        act(works().engine, home, uid, _said(), walker_in(home.code))
    except (Conflict, InvalidValue) as fault:
        return _page(*_found(uid), fault), 409 if isinstance(fault, Conflict) else 422
    return redirect(f"/staff/walks/{uid}/minutes", 303)


def _page(home: Home, desk: MinutesDesk, fault: Fault | None = None) -> str:
    say, walk = words(), desk.minutes.walk
    is_open = desk.obstacles == ()
    return render_template(
        "walks/minutes_desk.html",
        walk=walk,
        said=MinutesView(home, desk.minutes).said,
        root=f"/staff/walks/{walk.uid}/minutes",
        is_public=walk.state == WalkState.PUBLISHED,
        may_publish=is_open,
        obstacles=[obstacle_words(each, walk, say) for each in desk.obstacles],
        warnings=[obstacle_words(each, walk, say) for each in desk.warnings],
        doubts=desk.doubts,
        contacts=walk_contacts.count(works().engine, walk.id),
        summary=request.form.get("summary", walk.summary),
        longest=LONGEST_SUMMARY,
        problems={fault.field: say.fault(fault)} if fault else {},
        municipality_name=say.municipality(home.name),
    )
