"""Handing out records: the packages there are, a new one, and one of them as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from geodata.errors import Conflict, Fault, InvalidValue, NotFound
from geodata.hours import today
from geodata.queries.municipalities import LOCALITY, Home
from geodata.vocabulary import CATEGORIES, MaskState, MaskWhy, PackageState, Precision, State
from webmap.access import Permission, Role
from webmap.gate import allowed_municipality, needs, note, say, viewer, words, works
from webmap.maps.handout import print_handout
from webmap.pages.secrecy import provision_choices, provision_in
from webmap.services import disclosing, handing_out, mask_acts, packages, reception
from webmap.services.actors import Actor
from webmap.services.choosing import Choosing, Place
from webmap.services.handing_out import Press
from webmap.services.package_table import as_csv, row_of, rows_of
from webmap.services.packages import Package
from webmap.services.review_words import STATE_WORDS
from webmap.words.disclosure_labels import PRECISIONS, WHY

bp = Blueprint("disclosures", __name__)


@bp.get("/staff/disclosures")
@needs(Permission.DISCLOSE)
def show() -> ResponseReturnValue:
    home = asked_home(request.args)
    return render_template(
        "disclosures/list.html",
        rows=rows_of(packages.listed(works().engine, home.code), words()),
        code=home.code,
        homes=homes(),
        municipality_name=words().municipality(home.name),
    )


@bp.get("/staff/disclosures.csv")
@needs(Permission.DISCLOSE)
def as_file() -> Response:
    home = asked_home(request.args)
    content = as_csv(rows_of(packages.listed(works().engine, home.code), words()), words())
    note(home.code, "disclosure.export", "disclosure", home.code)
    answer = Response(content, mimetype="text/csv")
    return _as_download(answer, f"tryggkarta-utlamnanden-{home.code}-{today()}.csv")


@bp.get("/staff/disclosures/refusal")
@needs(Permission.DISCLOSE)
def refusal() -> ResponseReturnValue:
    home = asked_home(request.args)
    return render_template(
        "disclosures/refusal.html", code=home.code, municipality_name=words().municipality(home.name)
    )


@bp.get("/staff/disclosures/new")
@needs(Permission.DISCLOSE)
def ask() -> ResponseReturnValue:
    home, said = asked_home(request.args), _choosing(request.args.to_dict(), request.args.getlist("states"))
    try:
        count = disclosing.count(works().engine, home, said) if "count" in request.args else None
    except InvalidValue as fault:
        return _new_page(home, said, {fault.field: words().fault(fault)}), 422
    return _new_page(home, said, {}, count)


@bp.post("/staff/disclosures/new")
@needs(Permission.DISCLOSE)
def begin() -> ResponseReturnValue:
    home, said = asked_home(request.form), _choosing(request.form.to_dict(), request.form.getlist("states"))
    try:
        uid = disclosing.begin(works().engine, home, request.form.get("title", ""), said, actor())
    except InvalidValue as fault:
        return _new_page(home, said, {fault.field: words().fault(fault)}), 422
    return redirect(f"/staff/disclosures/{uid}", 303)


def _choosing(given: Mapping[str, str], states: list[str]) -> Choosing:
    texts = {
        name: given.get(name, "").strip()[:most]
        for name, most in (("since", 20), ("until", 20), ("area", 80), ("category", 40), ("numbers", 2_000))
    }
    return Choosing(**texts, states=tuple(each for each in states if each in list(State)))


def _new_page(home: Home, said: Choosing, problems: Mapping[str, str], count: int | None = None) -> str:
    return render_template(
        "disclosures/new.html",
        said=said,
        title_said=request.values.get("title", "")[:200],
        count=None if count is None else words().plural("%(n)s rapport", "%(n)s rapporter", count),
        problems=problems,
        code=home.code,
        localities=sorted({place.name for place in home.places if place.kind == LOCALITY}),
        categories=[(each.code, words().category(each)) for each in CATEGORIES],
        states=[(each.value, say(STATE_WORDS[each])) for each in State],
        longest=disclosing.LONGEST_TITLE,
        municipality_name=words().municipality(home.name),
    )


@bp.get("/staff/disclosures/<uuid:uid>")
@needs(Permission.DISCLOSE)
def look(uid: UUID) -> ResponseReturnValue:
    home, package = known_package(uid)
    return page(home, package, {})


@bp.post("/staff/disclosures/<uuid:uid>/place")
@needs(Permission.DISCLOSE)
def place(uid: UUID) -> ResponseReturnValue:
    home, _ = known_package(uid)
    given = request.form.get("precision", "")
    precision = Precision(given) if given in list(Precision) else Precision.EXACT
    chosen = Place(precision, provision_in(request.form), request.form.get("photos") == "1")
    return _acted(home, uid, lambda known: disclosing.set_place(works().engine, home, known, chosen, actor()))


@bp.post("/staff/disclosures/<uuid:uid>/kind")
@needs(Permission.DISCLOSE)
def decide_kind(uid: UUID) -> ResponseReturnValue:
    home, _ = known_package(uid)
    why = request.form.get("why", "")[:40]
    state = MaskState.KEPT if request.form.get("do") == "keep" else MaskState.CONFIRMED
    chosen = (why, state, provision_in(request.form, f"provision-{why}"))
    return _acted(
        home, uid, lambda known: mask_acts.decide_kind(works().engine, home, known, chosen, actor())
    )


@bp.post("/staff/disclosures/<uuid:uid>/make")
@needs(Permission.DISCLOSE)
def make(uid: UUID) -> ResponseReturnValue:
    home, _ = known_package(uid)
    return _acted(home, uid, lambda known: handing_out.make(works().engine, home, known, _press(), actor()))


@bp.post("/staff/disclosures/<uuid:uid>/cancel")
@needs(Permission.DISCLOSE)
def cancel(uid: UUID) -> ResponseReturnValue:
    home, _ = known_package(uid)
    return _acted(home, uid, lambda known: disclosing.cancel(works().engine, home, known, actor()))


def _acted(home: Home, uid: UUID, act: Callable[[tuple[UUID, int]], object]) -> ResponseReturnValue:
    """An act on a package as it was looked at, and back to its page."""
    try:
        act((uid, request.form.get("version", 0, type=int)))
    except InvalidValue as fault:
        return page(home, packages.one(works().engine, home.code, uid), problem(fault)), 422
    except Conflict as fault:
        return page(home, packages.one(works().engine, home.code, uid), problem(fault)), 409
    return redirect(f"/staff/disclosures/{uid}", 303)


@bp.get("/staff/disclosures/<uuid:uid>/package.zip")
@needs(Permission.DISCLOSE)
def download(uid: UUID) -> ResponseReturnValue:
    home, package = known_package(uid)
    try:
        content = handing_out.again(works().engine, home, uid, _press())
    except Conflict as fault:
        return page(home, package, problem(fault)), 409
    note(home.code, "disclosure.download", "disclosure", str(uid))
    name = (package.number or str(uid)[:8]).replace(" ", "-")
    return _as_download(Response(content, mimetype="application/zip"), f"utlamnande-{name}.zip")


def _press() -> Press:
    return Press(works().settings.photos_folder, print_handout)


def _as_download(answer: Response, name: str) -> Response:
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def problem(fault: Fault) -> dict[str, str]:
    """A fault for the summary of a page; at its field where the page has one."""
    has_place = fault.field not in ("disclosure", "version", "mask", "report")
    return {fault.field if has_place else "": words().fault(fault)}


def page(home: Home, package: Package, problems: Mapping[str, str]) -> str:
    """One package as a whole."""
    note(home.code, "disclosure.read", "disclosure", str(package.uid))
    chosen = mask_acts.last_provisions(works().engine, package.uid)
    waiting = [
        (why, say(WHY[MaskWhy(why)]), words().number(count), chosen.get(why, ""))
        for why, count in package.waiting.items()
    ]
    return render_template(
        "disclosures/show.html",
        row=row_of(package, words()),
        package=package,
        is_open=package.state == PackageState.OPEN,
        is_made=package.state == PackageState.MADE,
        first=next((each.report for each in package.reports if not each.is_done), None),
        waiting=waiting,
        problems=problems,
        provisions=provision_choices(),
        precisions=[(each.value, say(PRECISIONS[each])) for each in Precision],
        code=home.code,
        municipality_name=words().municipality(home.name),
    )


def known_package(uid: UUID) -> tuple[Home, Package]:
    """The package, in whichever of the viewer's municipalities it is. Raises NotFound."""
    for home in homes():
        try:
            return home, packages.one(works().engine, home.code, uid)
        except NotFound:
            continue
    raise NotFound("disclosure.unknown", "disclosure")


def homes() -> list[Home]:
    """The municipalities in which the viewer hands out records."""
    return reception.homes_by_code(works().engine, viewer().municipalities_for(Permission.DISCLOSE))


def asked_home(given: Mapping[str, str]) -> Home:
    """The municipality that is asked about, or the first."""
    code = allowed_municipality(Permission.DISCLOSE, given.get("municipality", ""))
    return next(home for home in homes() if home.code == code)


def actor() -> Actor:
    """The viewer as the journal writes them."""
    return Actor(viewer().user_id, Role.COORDINATOR)
