"""A walk's stops: in order, with a place each or waiting for one."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from geodata.errors import Conflict, Fault, NotFound
from geodata.queries.municipalities import Home
from geodata.queries.walks import KnownStop, KnownWalk
from geodata.vocabulary import WalkState
from webmap.access import Permission
from webmap.gate import needs, words, works
from webmap.pages.place_form import OptionalPlace, PlaceRead, option_of
from webmap.pages.point_map import point_map
from webmap.pages.walk_view import walk_at, walker_in
from webmap.services import stop_removal, walk_planning, walk_stops
from webmap.services.place_search import FoundPlace
from webmap.services.place_ways import label_at
from webmap.services.review_effects import UNDO_SHOWN
from webmap.services.sayings import Refused
from webmap.services.stop_removal import GoneStop
from webmap.services.walk_plan import spot_of
from webmap.services.walk_stops import LONGEST_NAME, LONGEST_NOTE, StopDraft, stop_draft

bp = Blueprint("walk_stops", __name__)

_ROOT = "/staff/walks/<uuid:uid>/stops"
_TARGETS = {"choice": "choice-first", "map": "way-map", "place": "way-words"}
_STEPS = {"up": -1, "down": 1}
_GONE = "walk_stop_gone"


@dataclass(frozen=True)
class _Sheet:
    """The form of a stop. stop: the one that is changed, or None for a new one."""

    name: str
    note: str
    spot: OptionalPlace
    version: int
    stop: KnownStop | None = None
    faults: tuple[Fault, ...] = ()
    meant: tuple[FoundPlace, ...] = ()


@bp.get(_ROOT)
@needs(Permission.LEAD_WALKS)
def show(uid: UUID) -> ResponseReturnValue:
    home, walk = walk_at(uid, Permission.LEAD_WALKS)
    return _list(home, walk, _Sheet("", "", OptionalPlace(), walk.version))


@bp.post(_ROOT)
@needs(Permission.LEAD_WALKS)
def add(uid: UUID) -> ResponseReturnValue:
    home, walk = walk_at(uid, Permission.LEAD_WALKS)
    sheet = _sent(walk)
    read = sheet.spot.read(works().places.now(home.code), None)
    try:
        walk_stops.add(works().engine, home, uid, _checked(home, sheet, read), walker_in(home.code))
    except Refused as refused:
        return _list(home, walk, replace(sheet, faults=tuple(refused.faults), meant=read.meant)), 422
    except Conflict as fault:
        return _list(home, walk, replace(sheet, faults=(fault,))), 409
    return redirect(f"/staff/walks/{uid}/stops#new", 303)


@bp.post(f"{_ROOT}/known")
@needs(Permission.LEAD_WALKS)
def load_known(uid: UUID) -> ResponseReturnValue:
    home, walk = walk_at(uid, Permission.LEAD_WALKS)
    try:
        walk_stops.load_known(works().engine, home, uid, walker_in(home.code))
    except Conflict as fault:
        return _refused(home, walk, fault)
    return _back(uid)


@bp.get(f"{_ROOT}/<uuid:stop>")
@needs(Permission.LEAD_WALKS)
def look(uid: UUID, stop: UUID) -> ResponseReturnValue:
    home, walk, known = _known(uid, stop)
    spot = OptionalPlace.stored(known.position)
    return _one(home, walk, _Sheet(known.name, known.note, spot, walk.version, known))


@bp.post(f"{_ROOT}/<uuid:stop>")
@needs(Permission.LEAD_WALKS)
def change(uid: UUID, stop: UUID) -> ResponseReturnValue:
    home, walk, known = _known(uid, stop)
    sheet = replace(_sent(walk), stop=known)
    read = sheet.spot.read(works().places.now(home.code), known.position)
    try:
        draft = _checked(home, sheet, read)
        walk_stops.change(works().engine, home, (uid, sheet.version), (stop, draft), walker_in(home.code))
    except Refused as refused:
        return _one(home, walk, replace(sheet, faults=tuple(refused.faults), meant=read.meant)), 422
    except Conflict as fault:
        now = walk_planning.one(works().engine, uid)
        return _one(home, now, replace(sheet, version=now.version, faults=(fault,))), 409
    return _back(uid)


@bp.post(f"{_ROOT}/<uuid:stop>/move")
@needs(Permission.LEAD_WALKS)
def move(uid: UUID, stop: UUID) -> ResponseReturnValue:
    home, walk, _ = _known(uid, stop)
    step = _STEPS.get(request.form.get("way", ""), 0)
    try:
        walk_stops.move(works().engine, home, uid, (stop, step), walker_in(home.code))
    except Conflict as fault:
        return _refused(home, walk, fault)
    return _back(uid, f"stop-{stop}")


@bp.post(f"{_ROOT}/<uuid:stop>/remove")
@needs(Permission.LEAD_WALKS)
def remove(uid: UUID, stop: UUID) -> ResponseReturnValue:
    home, walk, _ = _known(uid, stop)
    try:
        gone = stop_removal.remove(works().engine, home, uid, stop, walker_in(home.code))
    except Conflict as fault:
        return _refused(home, walk, fault)
    session[_GONE] = asdict(gone)
    return _back(uid)


@bp.post(f"{_ROOT}/undo")
@needs(Permission.LEAD_WALKS)
def put_back(uid: UUID) -> ResponseReturnValue:
    home, walk = walk_at(uid, Permission.LEAD_WALKS)
    gone = _gone(walk)
    if gone is None:
        raise NotFound("stop.unknown", "stop")
    try:
        stop_removal.put_back(works().engine, home, uid, gone, walker_in(home.code))
    except Conflict as fault:
        return _refused(home, walk, fault)
    session.pop(_GONE, None)
    return _back(uid, f"stop-{gone.uid}")


def _gone(walk: KnownWalk) -> GoneStop | None:
    """The stop of this walk that the viewer took away last: it lies sealed in the session's cookie."""
    kept = session.get(_GONE)
    return GoneStop(**kept) if kept and kept["walk"] == str(walk.uid) else None


def _just_gone(walk: KnownWalk) -> dict[str, object] | None:
    """What the page offers to put back, for as long as it does."""
    gone = _gone(walk)
    left = 0.0 if gone is None else gone.at + UNDO_SHOWN.seconds - datetime.now(UTC).timestamp()
    if gone is None or left <= 0:
        return None
    return {"said": words()("%(name)s är borttaget.", name=gone.name), "seconds": round(left)}


def _known(uid: UUID, stop: UUID) -> tuple[Home, KnownWalk, KnownStop]:
    """The walk and one of its stops. Raises NotFound."""
    home, walk = walk_at(uid, Permission.LEAD_WALKS)
    for known in walk_planning.stops(works().engine, walk):
        if known.uid == stop:
            return home, walk, known
    raise NotFound("stop.unknown", "stop")


def _sent(walk: KnownWalk) -> _Sheet:
    name, said = request.form.get("name", "")[:500], request.form.get("note", "")[:500]
    version = request.form.get("version", 0, type=int)
    return _Sheet(name, said, OptionalPlace.sent(request.form), version)


def _checked(home: Home, sheet: _Sheet, read: PlaceRead) -> StopDraft:
    """The form as a draft. Raises Refused."""
    faults: list[Fault] = [read.fault] if read.fault else []
    draft = StopDraft("")
    try:
        draft = stop_draft(sheet.name, sheet.note, spot_of(home, read.place))
    except Fault as fault:
        faults.insert(0, fault)
    if faults:
        raise Refused(faults)
    return draft


def _back(uid: UUID, at: str = "") -> ResponseReturnValue:
    return redirect(f"/staff/walks/{uid}/stops" + (f"#{at}" if at else ""), 303)


def _refused(home: Home, walk: KnownWalk, fault: Fault) -> ResponseReturnValue:
    sheet = _Sheet("", "", OptionalPlace(), walk.version, faults=(fault.at(""),))
    return _list(home, walk, sheet), 409


def _list(home: Home, walk: KnownWalk, sheet: _Sheet) -> str:
    places, stops = works().places.now(home.code), walk_planning.stops(works().engine, walk)
    named = [
        (stop, label_at(home, places, stop.position, words()) if stop.position else "") for stop in stops
    ]
    names = {stop.name for stop in stops}
    known = walk_stops.known_names(home)
    return _shown(
        "walks/stops.html",
        home,
        walk,
        sheet,
        stops=named,
        known=known if not set(known) <= names else (),
        unplaced=sum(stop.place is None for stop in stops),
        rough=sum(stop.is_rough for stop in stops),
        just_gone=_just_gone(walk),
        can_remove=walk.state == WalkState.PLANNED,
    )


def _one(home: Home, walk: KnownWalk, sheet: _Sheet) -> str:
    stop = sheet.stop
    spot = stop.position if stop else None
    named = label_at(home, works().places.now(home.code), spot, words()) if spot else ""
    return _shown("walks/stop.html", home, walk, sheet, stop=stop, place_now=named)


def _shown(template: str, home: Home, walk: KnownWalk, sheet: _Sheet, **more: object) -> str:
    say, places = words(), works().places.now(home.code)
    return render_template(
        template,
        walk=walk,
        code=home.code,
        municipality_name=say.municipality(home.name),
        sheet=sheet,
        spot=sheet.spot,
        problems={fault.field: say.fault(fault) for fault in sheet.faults},
        targets=_TARGETS,
        meant=[option_of(each) for each in sheet.meant],
        map=point_map(home, places, [], say),
        search_url=f"/api/v1/places?municipality={home.code}",
        radii=(),
        longest=(LONGEST_NAME, LONGEST_NOTE),
        **more,
    )
