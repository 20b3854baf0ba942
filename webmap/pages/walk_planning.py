"""Planning walks: the list, a file, a form that keeps what was typed, and going a walk again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from geodata.errors import Conflict, Fault
from geodata.hours import today
from geodata.queries.municipalities import LOCALITY, Home
from geodata.queries.walks import KnownWalk
from geodata.vocabulary import Light
from webmap.access import Permission
from webmap.gate import allowed_municipality, needs, note, viewer, words, works
from webmap.pages.place_form import OptionalPlace, PlaceRead, option_of
from webmap.pages.point_map import point_map
from webmap.pages.walk_form import WalkForm, differences
from webmap.pages.walk_view import spot_of, walk_at, walker_in
from webmap.services import reception, walk_planning
from webmap.services.place_search import FoundPlace
from webmap.services.place_ways import label_at
from webmap.services.sayings import Refused
from webmap.services.walk_light import sun_told
from webmap.services.walk_plan import (
    EARLIEST,
    LATEST,
    LONGEST_PLACE,
    LONGEST_TITLE,
    WalkDraft,
    draft_of,
    proposed_follow_up,
    starts_of,
)
from webmap.services.walk_table import as_csv, grouped, rows_of
from webmap.words.walk_labels import THEME_HINTS, THEMES, WALK_LIGHTS, WALK_ROLES

bp = Blueprint("walk_planning", __name__)

_TARGETS = {"choice": "choice-first", "map": "way-map", "place": "way-words"}


@dataclass(frozen=True)
class _Trouble:
    """Why a form is shown again. meant: places to choose between; differs: what somebody else changed."""

    faults: tuple[Fault, ...] = ()
    meant: tuple[FoundPlace, ...] = ()
    differs: tuple[tuple[str, str, str], ...] = ()
    is_conflict: bool = False


@dataclass(frozen=True)
class _Sheet:
    """A form to show. known: the walk that is changed, or gone again."""

    action: str
    form: WalkForm
    spot: OptionalPlace
    known: KnownWalk | None = None
    is_again: bool = False


@bp.get("/staff/walks")
@needs(Permission.SEE_WALKS)
def show() -> ResponseReturnValue:
    home = _home(request.args.get("municipality", ""), Permission.SEE_WALKS)
    say = words()
    return render_template(
        "walks/list.html",
        groups=grouped(rows_of(works().engine, home, say), say),
        code=home.code,
        homes=_homes(Permission.SEE_WALKS),
        municipality_name=say.municipality(home.name),
        csv_link=f"/staff/walks.csv?{urlencode({'municipality': home.code})}",
    )


@bp.get("/staff/walks.csv")
@needs(Permission.SEE_WALKS)
def as_file() -> Response:
    home = _home(request.args.get("municipality", ""), Permission.SEE_WALKS)
    note(home.code, "walk.export", "walks", "csv")
    answer = Response(as_csv(rows_of(works().engine, home, words()), words()), mimetype="text/csv")
    name = f"vandringar-{home.code}-{today()}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@bp.get("/staff/walks/sun")
@needs(Permission.LEAD_WALKS)
def sun() -> ResponseReturnValue:
    """What the form's day means, for its script: the sun, and a day to follow up on."""
    home = _home(request.args.get("municipality", ""))
    day_said, starts, light = (request.args.get(name, "")[:20] for name in ("day", "starts", "light"))
    form = WalkForm(day=day_said, starts=starts, light=light)
    day = _day(form)
    told = {} if day is None else {"follow_up_on": proposed_follow_up(day).isoformat()}
    return told | _sun(home, form)


@bp.get("/staff/walks/new")
@needs(Permission.LEAD_WALKS)
def begin() -> ResponseReturnValue:
    home = _home(request.args.get("municipality", ""))
    return _page(home, _Sheet("/staff/walks/new", WalkForm.blank(), OptionalPlace()))


@bp.post("/staff/walks/new")
@needs(Permission.LEAD_WALKS)
def create() -> ResponseReturnValue:
    home = _home(request.form.get("municipality", ""))
    sheet = _Sheet("/staff/walks/new", WalkForm.sent(request.form), OptionalPlace.sent(request.form))
    read = sheet.spot.read(works().places.now(home.code), None)
    try:
        draft = _checked(home, sheet, read)
    except Refused as refused:
        return _page(home, sheet, _Trouble(tuple(refused.faults), read.meant)), 422
    return _to(walk_planning.plan(works().engine, home, draft, walker_in(home.code)))


@bp.get("/staff/walks/<uuid:uid>/edit")
@needs(Permission.LEAD_WALKS)
def edit(uid: UUID) -> ResponseReturnValue:
    home, known = walk_at(uid, Permission.LEAD_WALKS)
    return _page(home, _of(known, WalkForm.stored(known), OptionalPlace.stored(spot_of(known))))


@bp.post("/staff/walks/<uuid:uid>/edit")
@needs(Permission.LEAD_WALKS)
def change(uid: UUID) -> ResponseReturnValue:
    home, known = walk_at(uid, Permission.LEAD_WALKS)
    sheet = _of(known, WalkForm.sent(request.form), OptionalPlace.sent(request.form))
    read = sheet.spot.read(works().places.now(home.code), spot_of(known))
    try:
        draft = _checked(home, sheet, read)
        walk_planning.change(works().engine, home, (uid, sheet.form.version), draft, walker_in(home.code))
    except Refused as refused:
        return _page(home, sheet, _Trouble(tuple(refused.faults), read.meant)), 422
    except Conflict as fault:
        return _conflict(home, uid, sheet, fault)
    return _to(uid)


@bp.get("/staff/walks/<uuid:uid>/again")
@needs(Permission.LEAD_WALKS)
def ask_again(uid: UUID) -> ResponseReturnValue:
    home, known = walk_at(uid, Permission.LEAD_WALKS)
    return _page(home, _repeat(known, WalkForm.again(known, words()), OptionalPlace.stored(spot_of(known))))


@bp.post("/staff/walks/<uuid:uid>/again")
@needs(Permission.LEAD_WALKS)
def go_again(uid: UUID) -> ResponseReturnValue:
    home, known = walk_at(uid, Permission.LEAD_WALKS)
    sheet = _repeat(known, WalkForm.sent(request.form), OptionalPlace.sent(request.form))
    read = sheet.spot.read(works().places.now(home.code), spot_of(known))
    try:
        draft = _checked(home, sheet, read)
    except Refused as refused:
        return _page(home, sheet, _Trouble(tuple(refused.faults), read.meant)), 422
    return _to(walk_planning.again(works().engine, home, known, draft, walker_in(home.code)))


def _of(known: KnownWalk, form: WalkForm, spot: OptionalPlace) -> _Sheet:
    return _Sheet(f"/staff/walks/{known.uid}/edit", form, spot, known)


def _repeat(known: KnownWalk, form: WalkForm, spot: OptionalPlace) -> _Sheet:
    return _Sheet(f"/staff/walks/{known.uid}/again", form, spot, known, is_again=True)


def _home(asked: str, permission: Permission = Permission.LEAD_WALKS) -> Home:
    code = allowed_municipality(permission, asked)
    return next(home for home in _homes(permission) if home.code == code)


def _homes(permission: Permission) -> list[Home]:
    return reception.homes_by_code(works().engine, viewer().municipalities_for(permission))


def _to(uid: UUID) -> ResponseReturnValue:
    return redirect(f"/staff/walks/{uid}", 303)


def _checked(home: Home, sheet: _Sheet, read: PlaceRead) -> WalkDraft:
    """The form as a draft. Raises Refused with every fault, that of the place among them."""
    faults = [read.fault] if read.fault else []
    try:
        draft = draft_of(home, replace(sheet.form.said(), meeting=read.place))
    except Refused as refused:
        raise Refused([*refused.faults, *faults]) from refused
    if faults:
        raise Refused(list(faults))
    return draft


def _conflict(home: Home, uid: UUID, sheet: _Sheet, fault: Conflict) -> ResponseReturnValue:
    """The form again, with what somebody else has stored meanwhile beside what was typed."""
    now = walk_planning.one(works().engine, uid)
    if fault.code != "walk.changed":
        return _page(home, replace(sheet, known=now), _Trouble((fault,))), 409
    trouble = _Trouble(differs=tuple(differences(sheet.form, now, words())), is_conflict=True)
    return _page(home, replace(sheet, known=now, form=replace(sheet.form, version=now.version)), trouble), 409


def _page(home: Home, sheet: _Sheet, trouble: _Trouble | None = None) -> str:
    say, places, trouble = words(), works().places.now(home.code), trouble or _Trouble()
    spot = spot_of(sheet.known) if sheet.known else None
    return render_template(
        "walks/edit.html",
        sheet=sheet,
        form=sheet.form,
        spot=sheet.spot,
        known=sheet.known,
        code=home.code,
        municipality_name=say.municipality(home.name),
        problems={fault.field: say.fault(fault) for fault in trouble.faults},
        targets=_TARGETS,
        trouble=trouble,
        meant=[option_of(each) for each in trouble.meant],
        place_now=label_at(home, places, spot, say) if spot else "",
        localities=sorted({place.name for place in home.places if place.kind == LOCALITY}),
        lights=[(each.value, say(WALK_LIGHTS[each])) for each in Light],
        roles=[(each.value, say(name), each in sheet.form.invited) for each, name in WALK_ROLES.items()],
        themes=[
            (each.value, say(name), say(THEME_HINTS[each]), each in sheet.form.themes)
            for each, name in THEMES.items()
        ],
        sun=_sun(home, sheet.form),
        map=point_map(home, places, [], say),
        search_url=f"/api/v1/places?municipality={home.code}",
        radii=(),
        longest=(LONGEST_TITLE, LONGEST_PLACE),
    )


def _day(form: WalkForm) -> date | None:
    try:
        return date.fromisoformat(form.day)
    except ValueError:
        return None


def _sun(home: Home, form: WalkForm) -> dict[str, str]:
    day, starts = _day(form), starts_of(form.starts)
    if day is None or starts is None or not EARLIEST <= day < LATEST:
        return {"sentence": "", "warning": ""}
    light = Light.LIGHT if form.light == Light.LIGHT else Light.DARK
    told = sun_told(home.middle, (day, starts), light, words())
    return {"sentence": told.sentence, "warning": told.warning}
