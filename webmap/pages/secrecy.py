"""Marks of secrecy: the list of them, setting one on a report under review, and lifting it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from geodata.errors import Conflict, NotFound
from geodata.hours import today
from geodata.queries.municipalities import Home
from geodata.vocabulary import ReportField
from webmap.access import Permission, Role
from webmap.gate import allowed_municipality, may_here, needs, note, say, viewer, words, works
from webmap.services import reception, registering, secrecy
from webmap.services.actors import Actor
from webmap.services.review_desk import Case, case_of
from webmap.services.sayings import Refused
from webmap.services.secrecy import MarkDraft
from webmap.services.secrecy_table import MarkRow, as_csv, rows_of
from webmap.words.disclosure_labels import FIELDS
from webmap.words.provisions import PROVISIONS

bp = Blueprint("secrecy", __name__)


@dataclass(frozen=True)
class SecrecyView:
    """What the page of a report shows of it. can_mark: the viewer may set and lift marks."""

    marks: list[MarkRow]
    number: str
    can_mark: bool
    fields: list[tuple[str, str]]
    provisions: list[tuple[str, str]]


def secrecy_view(case: Case) -> SecrecyView:
    """The marks on a report and its number in the register, for its page."""
    home, report, engine = case.home, case.report, works().engine
    numbers = registering.numbers(engine, "report", [str(report.uid)])
    return SecrecyView(
        rows_of(secrecy.of_report(engine, home.code, report.uid), words()),
        numbers.get(str(report.uid), ""),
        may_here(Permission.DISCLOSE, home.code),
        field_choices(),
        provision_choices(),
    )


def field_choices() -> list[tuple[str, str]]:
    """What of a report can be marked."""
    return [(each.value, say(FIELDS[each])) for each in ReportField]


def provision_choices() -> list[tuple[str, str]]:
    """The ready provisions with what they mean."""
    return [(name, say(meaning)) for name, meaning in PROVISIONS.items()]


def provision_in(form: Mapping[str, str], name: str = "provision") -> str:
    """The provision that is chosen, or the one that is written beside the choice."""
    return (form.get(f"{name}-other", "").strip() or form.get(name, "").strip())[:40]


@bp.get("/staff/secrecy")
@needs(Permission.DISCLOSE)
def show() -> ResponseReturnValue:
    home, is_due = _home(), bool(request.args.get("due"))
    return render_template(
        "secrecy/list.html",
        rows=_rows(home, is_due=is_due),
        code=home.code,
        homes=_homes(),
        municipality_name=words().municipality(home.name),
        is_due=is_due,
    )


@bp.get("/staff/secrecy.csv")
@needs(Permission.DISCLOSE)
def as_file() -> Response:
    home = _home()
    note(home.code, "secrecy.export", "secrecy_mark", home.code)
    answer = Response(as_csv(_rows(home, is_due=False), words()), mimetype="text/csv")
    name = f"tryggkarta-sekretess-{home.code}-{today()}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.post("/staff/reports/<uuid:uid>/secrecy")
@needs(Permission.DISCLOSE)
def put(uid: UUID) -> ResponseReturnValue:
    case = case_of(works().engine, uid, _codes())
    form = {
        name: request.form.get(name, "")[:1_000] for name in ("field", "provision", "reason", "review_on")
    }
    form["provision-other"] = request.form.get("provision-other", "")[:40]
    draft = MarkDraft(form["field"], provision_in(form), form["reason"], form["review_on"])
    try:
        secrecy.put(works().engine, case.home, uid, draft, _actor())
    except Refused as refused:
        problems = {fault.field: words().fault(fault) for fault in refused.faults}
        view = secrecy_view(case)
        page = render_template(
            "secrecy/put.html",
            uid=uid,
            secrecy=view,
            mark_said=form,
            mark_problems=problems,
            municipality_name=words().municipality(case.home.name),
        )
        return page, 422
    return redirect(f"/staff/reports/{uid}#secrecy", 303)


@bp.post("/staff/secrecy/<uuid:uid>/lift")
@needs(Permission.DISCLOSE)
def lift(uid: UUID) -> ResponseReturnValue:
    for home in _homes():
        try:
            report = secrecy.lift(works().engine, home, uid, _actor())
        except NotFound:
            continue
        except Conflict:
            return redirect(f"/staff/secrecy?municipality={home.code}", 303)
        return redirect(f"/staff/reports/{report}#secrecy", 303)
    raise NotFound("secrecy.unknown", "mark")


def _rows(home: Home, *, is_due: bool) -> list[MarkRow]:
    return rows_of(secrecy.listed(works().engine, home.code, only_due=is_due), words())


def _codes() -> list[str]:
    return viewer().municipalities_for(Permission.DISCLOSE)


def _homes() -> list[Home]:
    return reception.homes_by_code(works().engine, _codes())


def _home() -> Home:
    code = allowed_municipality(Permission.DISCLOSE, request.args.get("municipality", ""))
    return next(home for home in _homes() if home.code == code)


def _actor() -> Actor:
    return Actor(viewer().user_id, Role.COORDINATOR)
