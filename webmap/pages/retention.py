"""How long what is kept: rules, holds, and the first of the three steps of destroying what is due."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from geodata.errors import Conflict, Fault
from geodata.hours import today
from geodata.queries.municipalities import Home
from geodata.queries.retention_runs import APPROVED, PROPOSED
from geodata.vocabulary import RecordClass
from webmap.access import Permission
from webmap.gate import allowed_municipality, may_here, needs, viewer, words, works
from webmap.pages.retention_view import HoldRow, RuleRow, RunRow, actor_for
from webmap.services import holding, reception, retention, retention_list
from webmap.services.retention_table import rules_csv
from webmap.services.retention_words import (
    SUGGESTED_REASONS,
    record_word,
    technical_rules,
)

bp = Blueprint("retention", __name__)

ADDRESS = "/staff/retention"


@bp.get(ADDRESS)
@needs(Permission.SEE_RETENTION)
def show() -> ResponseReturnValue:
    return _page(home_of(Permission.SEE_RETENTION, request.args.get("municipality", "")))


@bp.get(f"{ADDRESS}.csv")
@needs(Permission.SEE_RETENTION)
def as_file() -> Response:
    home = home_of(Permission.SEE_RETENTION, request.args.get("municipality", ""))
    rows = rules_csv(retention_list.due_now(works().engine, home), words())
    return csv_file(rows, f"tryggkarta-{home.code}-{today()}.csv")


@bp.post(f"{ADDRESS}/runs")
@needs(Permission.PROPOSE_DELETION)
def propose() -> ResponseReturnValue:
    home = home_of(Permission.PROPOSE_DELETION, request.form.get("municipality", ""))
    try:
        uid = retention.propose(works().engine, home, actor_for(Permission.PROPOSE_DELETION))
    except Conflict as fault:
        return _page(home, {"list": words().fault(fault)}), 409
    return redirect(f"{ADDRESS}/runs/{uid}", 303)


@bp.post(f"{ADDRESS}/holds")
@needs(Permission.PROPOSE_DELETION)
def hold() -> ResponseReturnValue:
    home = home_of(Permission.PROPOSE_DELETION, request.form.get("municipality", ""))
    said = {name: request.form.get(name, "")[:500] for name in ("record", "object", "reason")}
    actor = actor_for(Permission.PROPOSE_DELETION)
    try:
        holding.hold(works().engine, home, (said["record"], said["object"]), said["reason"], actor)
    except Fault as fault:
        return _page(home, {fault.field: words().fault(fault)}, said), 422
    return redirect(f"{ADDRESS}?municipality={home.code}#holds", 303)


@bp.post(f"{ADDRESS}/holds/<uuid:uid>/lift")
@needs(Permission.PROPOSE_DELETION)
def lift(uid: UUID) -> ResponseReturnValue:
    home = home_of(Permission.PROPOSE_DELETION, request.form.get("municipality", ""))
    holding.lift(works().engine, home, uid, actor_for(Permission.PROPOSE_DELETION))
    return redirect(f"{ADDRESS}?municipality={home.code}#holds", 303)


def home_of(permission: Permission, asked: str) -> Home:
    """The municipality asked about, where the viewer may. Raises NotFound."""
    code = allowed_municipality(permission, asked)
    return next(home for home in homes(permission) if home.code == code)


def homes(permission: Permission) -> list[Home]:
    """Where the viewer may."""
    return reception.homes_by_code(works().engine, viewer().municipalities_for(permission))


def csv_file(content: bytes, name: str) -> Response:
    """A file to keep."""
    answer = Response(content, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _page(home: Home, problems: dict[str, str] | None = None, said: dict[str, str] | None = None) -> str:
    say = words()
    tallies = retention_list.due_now(works().engine, home)
    runs = retention.runs(works().engine, home)
    asked = {"record": request.args.get("record", ""), "object": request.args.get("object", ""), "reason": ""}
    return render_template(
        "retention/show.html",
        code=home.code,
        words_number=say.number,
        homes=[(each.code, each.name) for each in homes(Permission.SEE_RETENTION)],
        municipality_name=say.municipality(home.name),
        may_propose=may_here(Permission.PROPOSE_DELETION, home.code),
        rules=[RuleRow.of(each, say) for each in tallies],
        due=sum(each.due for each in tallies),
        held=sum(each.held for each in tallies),
        idle=sum(not each.rule.acts for each in tallies),
        open_run=next((RunRow.of(run, say) for run in runs if run.state in (PROPOSED, APPROVED)), None),
        runs=[RunRow.of(run, say) for run in runs],
        holds=[HoldRow.of(each, say) for each in holding.listed(works().engine, home)],
        technical=technical_rules(say),
        records=[(each.value, record_word(each, say)) for each in RecordClass],
        reasons=[say(each) for each in SUGGESTED_REASONS],
        said=said or asked,
        problems=problems or {},
        csv_link=f"{ADDRESS}.csv?{urlencode({'municipality': home.code})}",
    )
