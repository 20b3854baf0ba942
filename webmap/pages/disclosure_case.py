"""One report of a package: what is proposed to go, decided by key or by button, and what goes besides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from geodata.errors import Conflict, InvalidValue, NotFound
from geodata.queries.disclosures import WholeReport
from geodata.queries.municipalities import Home
from geodata.vocabulary import MaskState, PackageState, ReportField
from webmap.access import Permission
from webmap.gate import needs, note, say, words, works
from webmap.pages.disclosures import actor, known_package, problem
from webmap.pages.secrecy import provision_choices, provision_in
from webmap.services import disclosing, mask_acts, packages
from webmap.services.handout import field_label
from webmap.services.mask_acts import Addition, Decision, KnownMask
from webmap.services.package_case import PackageReport, report_of
from webmap.services.package_table import row_of
from webmap.services.packages import Package
from webmap.words.disclosure_labels import FIELDS, WHY

bp = Blueprint("disclosure_case", __name__)

_STATES = {"confirm": MaskState.CONFIRMED, "keep": MaskState.KEPT, "undo": MaskState.PROPOSED}


@dataclass(frozen=True)
class Stretch:
    """A stretch of a text on the page. state: of the mask over it, "" where there is none."""

    text: str
    state: str = ""
    is_current: bool = False


@dataclass(frozen=True)
class FieldView:
    """A field as the page shows it. whole: state of a mask over all of it, or ""."""

    name: str
    label: str
    text: str
    stretches: list[Stretch]
    whole: str


@dataclass(frozen=True)
class MaskLine:
    """A mask that is decided or waits, in words."""

    known: KnownMask
    field: str
    why: str
    text: str


@bp.get("/staff/disclosures/<uuid:uid>/<uuid:report>")
@needs(Permission.DISCLOSE)
def look(uid: UUID, report: UUID) -> ResponseReturnValue:
    home, package = known_package(uid)
    return _page(home, package, report, {})


@bp.post("/staff/disclosures/<uuid:uid>/<uuid:report>")
@needs(Permission.DISCLOSE)
def decide(uid: UUID, report: UUID) -> ResponseReturnValue:
    home, package = known_package(uid)
    state = _STATES.get(request.form.get("do", ""), MaskState.KEPT)
    decision = Decision(
        request.form.get("mask", 0, type=int),
        request.form.get("was", "")[:20],
        state,
        provision_in(request.form),
    )
    try:
        mask_acts.decide(works().engine, home, uid, decision, actor())
    except InvalidValue as fault:
        return _page(home, package, report, problem(fault)), 422
    except (Conflict, NotFound) as fault:
        return _page(home, package, report, problem(fault)), 409
    return _onwards(home, uid, report)


@bp.post("/staff/disclosures/<uuid:uid>/<uuid:report>/add")
@needs(Permission.DISCLOSE)
def add(uid: UUID, report: UUID) -> ResponseReturnValue:
    home, package = known_package(uid)
    wanted = Addition(
        request.form.get("own-words", "")[: mask_acts.LONGEST_WORDS],
        request.form.get("own-field", "")[:80],
        provision_in(request.form, "own-provision"),
        request.form.get("everywhere") == "1",
    )
    try:
        mask_acts.add(works().engine, home, (uid, report), wanted, actor())
    except InvalidValue as fault:
        return _page(home, package, report, problem(fault)), 422
    except Conflict as fault:
        return _page(home, package, report, problem(fault)), 409
    return redirect(f"/staff/disclosures/{uid}/{report}", 303)


@bp.post("/staff/disclosures/<uuid:uid>/<uuid:report>/renew")
@needs(Permission.DISCLOSE)
def renew(uid: UUID, report: UUID) -> ResponseReturnValue:
    home, package = known_package(uid)
    try:
        disclosing.renew(works().engine, home, uid, report, actor())
    except Conflict as fault:
        return _page(home, package, report, problem(fault)), 409
    return redirect(f"/staff/disclosures/{uid}", 303)


def _onwards(home: Home, uid: UUID, report: UUID) -> ResponseReturnValue:
    """To what is left here, else in the next report, else to the package."""
    waiting = report_of(works().engine, home.code, uid, report).waiting
    return redirect("/".join(["/staff/disclosures", str(uid), *map(str, waiting[:1])]), 303)


def _page(home: Home, package: Package, report: UUID, problems: Mapping[str, str]) -> str:
    case = report_of(works().engine, home.code, package.uid, report)
    note(home.code, "disclosure.read", "disclosure", str(package.uid))
    current = case.current
    fields = _fields(case.whole, case.masks, current) if case.whole else []
    chosen = mask_acts.last_provisions(works().engine, package.uid)
    numbers = {each.report: each.number for each in package.reports}
    return render_template(
        "disclosures/case.html",
        package=package,
        row=row_of(packages.one(works().engine, home.code, package.uid), words()),
        case=case,
        number=numbers.get(report) or say("Rapport %(n)s", n=case.place),
        is_open=package.state == PackageState.OPEN,
        fields=fields,
        current=_line(current, case.whole) if current and case.whole else None,
        provision=(current.provision or chosen.get(current.why, "")) if current else "",
        own_provision=chosen.get("own", ""),
        lines=[_line(each, case.whole) for each in case.masks] if case.whole else [],
        whole_fields=_whole_fields(case),
        provisions=provision_choices(),
        problems=problems,
        following=_following(case),
        code=home.code,
        municipality_name=words().municipality(home.name),
    )


def _fields(whole: WholeReport, masks: Sequence[KnownMask], current: KnownMask | None) -> list[FieldView]:
    views = []
    for name, text in whole.texts.items():
        here = [each for each in masks if each.field == name]
        over_all = next((each.state.value for each in here if not each.last), "")
        parts = [each for each in here if each.last]
        views.append(
            FieldView(
                name, field_label(name, whole, words()), text, _stretches(text, parts, current), over_all
            )
        )
    return views


def _stretches(text: str, masks: Sequence[KnownMask], current: KnownMask | None) -> list[Stretch]:
    """The text cut where a mask begins or ends; where several lie, what is confirmed is shown."""
    cuts = sorted({0, len(text), *(cut for each in masks for cut in (each.first, min(each.last, len(text))))})
    stretches = []
    for first, last in zip(cuts, cuts[1:], strict=False):
        over = [each for each in masks if each.first <= first and last <= each.last]
        states = {each.state for each in over}
        shown = next((state for state in (MaskState.CONFIRMED, MaskState.PROPOSED) if state in states), None)
        is_current = current is not None and any(each.id == current.id for each in over)
        state = shown.value if shown else (MaskState.KEPT.value if over else "")
        stretches.append(Stretch(text[first:last], state, is_current))
    return stretches


def _line(mask: KnownMask, whole: WholeReport | None) -> MaskLine:
    if whole is None:
        return MaskLine(mask, "", say(WHY[mask.why]), "")
    text = whole.texts.get(mask.field, "")
    shown = text[mask.first : mask.last] if mask.last else say("Hela fältet")
    return MaskLine(mask, field_label(mask.field, whole, words()), say(WHY[mask.why]), shown)


def _whole_fields(case: PackageReport) -> list[tuple[str, str]]:
    """What can be taken out whole."""
    if case.whole is None:
        return []
    names = [(name, field_label(name, case.whole, words())) for name in case.whole.texts]
    more = [ReportField.PLACE, ReportField.TIME] + ([ReportField.PHOTOS] if case.whole.photos else [])
    return names + [(each.value, say(FIELDS[each])) for each in more]


def _following(case: PackageReport) -> UUID | None:
    """The next report with something left, else the one after this."""
    return next((each for each in case.waiting if each != case.report), case.after)
