"""Measures for those who write them: the list, one of them, and whether everybody sees it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from geodata.errors import Conflict, Fault, NotFound
from geodata.hours import today
from geodata.queries.measures import KnownMeasure
from geodata.queries.municipalities import Home
from geodata.vocabulary import MeasureState
from webmap.access import Permission, Role
from webmap.gate import allowed_municipality, needs, note, viewer, words, works
from webmap.pages.measure_form import (
    OFFERED,
    MeasureForm,
    differences,
    place_of,
    renewed,
    said_in,
)
from webmap.pages.place_form import PlaceRead, option_of
from webmap.pages.point_map import point_map
from webmap.services import measures, reception
from webmap.services.actors import Actor
from webmap.services.measure_table import MeasureRow, as_csv, rows_of
from webmap.services.place_search import FoundPlace
from webmap.services.place_ways import label_at
from webmap.services.sayings import Refused

bp = Blueprint("measures", __name__)

_TARGETS = {"choice": "choice-first", "map": "way-map", "place": "way-words"}


@dataclass(frozen=True)
class _Trouble:
    """Why a form is shown again. meant: places to choose between; differs: what somebody else changed."""

    faults: tuple[Fault, ...] = ()
    meant: tuple[FoundPlace, ...] = ()
    differs: tuple[tuple[str, str, str], ...] = ()
    is_conflict: bool = False


@bp.get("/staff/measures")
@needs(Permission.EDIT_MEASURES)
def show() -> ResponseReturnValue:
    home = _home(request.args.get("municipality", ""))
    state = request.args.get("state", "")
    chosen = {"municipality": home.code, "state": state}
    say = words()
    return render_template(
        "measures/list.html",
        rows=_rows(home, state),
        code=home.code,
        homes=_homes(),
        municipality_name=say.municipality(home.name),
        state=state,
        states=[("", say("Alla"))] + [(each.value, say.label(each)) for each in MeasureState],
        csv_link=f"/staff/measures.csv?{urlencode(chosen)}",
    )


@bp.get("/staff/measures.csv")
@needs(Permission.EDIT_MEASURES)
def as_file() -> Response:
    home = _home(request.args.get("municipality", ""))
    rows = _rows(home, request.args.get("state", ""))
    note(home.code, "measure.export", "measures", "csv")
    answer = Response(as_csv(rows, words()), mimetype="text/csv")
    name = f"tryggkarta-{home.code}-{today()}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@bp.get("/staff/measures/new")
@needs(Permission.EDIT_MEASURES)
def begin() -> ResponseReturnValue:
    return _page(_home(request.args.get("municipality", "")), MeasureForm())


@bp.post("/staff/measures/new")
@needs(Permission.EDIT_MEASURES)
def create() -> ResponseReturnValue:
    home, form = _home(request.form.get("municipality", "")), MeasureForm.sent(request.form)
    read = place_of(form, None, works().places.now(home.code))
    try:
        draft = _checked(home, form, read)
    except Refused as refused:
        return _page(home, form, None, _Trouble(tuple(refused.faults), read.meant)), 422
    measures.create(works().engine, home, draft, _actor())
    return _to_list(home)


@bp.get("/staff/measures/<uuid:uid>")
@needs(Permission.EDIT_MEASURES)
def look(uid: UUID) -> ResponseReturnValue:
    home, known = _known(uid)
    return _promised(home, known) if known.promise else _page(home, MeasureForm.stored(known), known)


@bp.post("/staff/measures/<uuid:uid>")
@needs(Permission.EDIT_MEASURES)
def change(uid: UUID) -> ResponseReturnValue:
    home, known = _known(uid)
    if known.promise:
        return _promised(home, known, is_refused=True), 409
    form = MeasureForm.sent(request.form)
    read = place_of(form, known, works().places.now(home.code))
    try:
        draft = _checked(home, form, read)
        measures.change(works().engine, home, (uid, form.version), draft, _actor())
    except Refused as refused:
        return _page(home, form, known, _Trouble(tuple(refused.faults), read.meant)), 422
    except Conflict:
        return _conflict(home, uid, form)
    return _to_list(home)


@bp.post("/staff/measures/<uuid:uid>/publish")
@needs(Permission.EDIT_MEASURES)
def publish(uid: UUID) -> ResponseReturnValue:
    home, known = _known(uid)
    if known.promise:
        return _promised(home, known, is_refused=True), 409
    version = request.form.get("version", 0, type=int)
    is_published = request.form.get("published") == "1"
    try:
        measures.publish(works().engine, home, (uid, version), _actor(), is_published=is_published)
    except Conflict:
        return _conflict(home, uid, MeasureForm.stored(known))
    return _to_list(home)


def _home(asked: str) -> Home:
    code = allowed_municipality(Permission.EDIT_MEASURES, asked)
    return next(home for home in _homes() if home.code == code)


def _homes() -> list[Home]:
    return reception.homes_by_code(works().engine, viewer().municipalities_for(Permission.EDIT_MEASURES))


def _known(uid: UUID) -> tuple[Home, KnownMeasure]:
    """The measure, in whichever of the viewer's municipalities it is. Raises NotFound."""
    for home in _homes():
        try:
            return home, measures.one(works().engine, home.code, uid)
        except NotFound:
            continue
    raise NotFound("measure.unknown", "measure")


def _actor() -> Actor:
    return Actor(viewer().user_id, Role.COORDINATOR)


def _rows(home: Home, state: str) -> list[MeasureRow]:
    found = measures.listed(works().engine, home.code, state)
    return rows_of(found, home, works().places.now(home.code), words())


def _checked(home: Home, form: MeasureForm, read: PlaceRead) -> measures.MeasureDraft:
    """The form as a draft. Raises Refused, with the fault of the place as the form's own field has it."""
    try:
        draft = measures.draft_of(home, said_in(form, read.place))
    except Refused as refused:
        if read.fault is None:
            raise
        others = [fault for fault in refused.faults if fault.field != "place"]
        raise Refused([*others, read.fault]) from refused
    return draft


def _to_list(home: Home) -> ResponseReturnValue:
    return redirect(f"/staff/measures?municipality={home.code}", 303)


def _conflict(home: Home, uid: UUID, form: MeasureForm) -> ResponseReturnValue:
    """The form again, with what somebody else has stored meanwhile beside what was typed."""
    known = measures.one(works().engine, home.code, uid)
    if known.promise:
        return _promised(home, known, is_refused=True), 409
    trouble = _Trouble(differs=tuple(differences(form, known, words())), is_conflict=True)
    return _page(home, renewed(form, known), known, trouble), 409


def _promised(home: Home, known: KnownMeasure, *, is_refused: bool = False) -> str:
    """What a measure of a walk says, and the way to where it is said."""
    (row,) = rows_of([known], home, works().places.now(home.code), words())
    return render_template(
        "measures/promised.html",
        row=row,
        known=known,
        code=home.code,
        municipality_name=words().municipality(home.name),
        problems={"": words().fault(Conflict("measure.promised", ""))} if is_refused else {},
    )


def _page(
    home: Home, form: MeasureForm, known: KnownMeasure | None = None, trouble: _Trouble | None = None
) -> str:
    say, places = words(), works().places.now(home.code)
    trouble = trouble or _Trouble()
    return render_template(
        "measures/edit.html",
        form=form,
        known=known,
        code=home.code,
        municipality_name=say.municipality(home.name),
        problems={fault.field: say.fault(fault) for fault in trouble.faults},
        targets=_TARGETS,
        trouble=trouble,
        meant=[option_of(each) for each in trouble.meant],
        place_now=label_at(home, places, known.position, say) if known else "",
        states=[(each.value, say.label(each)) for each in MeasureState],
        categories=[(each.code, say.category(each), each.code in form.categories) for each in OFFERED],
        map=point_map(home, places, [], say),
        search_url=f"/api/v1/places?municipality={home.code}",
        radii=(),
        longest=(measures.LONGEST_TITLE, measures.LONGEST_RESPONSIBLE, measures.LONGEST_REASON),
    )
