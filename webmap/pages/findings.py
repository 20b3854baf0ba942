"""The findings of a walk: read by its leader, reviewed by the coordinator, one by one or all at once."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from geodata.errors import Conflict, Fault, InvalidValue, NotFound
from geodata.hours import today
from geodata.queries.window import Window
from geodata.vocabulary import Refusal, State
from webmap.access import Permission
from webmap.gate import needs, note, words, works
from webmap.maps.findings_picture import draw_findings
from webmap.pages.finding_room import actor, desk, room
from webmap.pages.finding_view import Asked, findings_view
from webmap.pages.review_case import RECENT, just_done
from webmap.pages.review_form import uid_in
from webmap.services import finding_acts, finding_export
from webmap.services.finding_desk import FindingDesk
from webmap.services.finding_export import FindingOrder, Narrowed
from webmap.services.finding_merging import merge
from webmap.services.finding_table import as_csv
from webmap.services.place_words import distance_words
from webmap.services.review_moves import Action
from webmap.services.review_undo import undo as undo_act
from webmap.services.reviewing import Deed, Done, Stale, act_on_all

bp = Blueprint("findings", __name__)

_LAYERS = {"geojson": "application/geo+json", "gpkg": "application/geopackage+sqlite3"}
_DOES = {"accept": Action.ACCEPT, "accept_all": Action.ACCEPT, "reject": Action.REJECT}


@bp.get("/staff/walks/<uuid:uid>/findings")
@needs(Permission.SEE_WALKS)
def show(uid: UUID) -> ResponseReturnValue:
    return _page(desk(uid))


@bp.get("/staff/walks/<uuid:uid>/findings.csv")
@needs(Permission.FOLLOW_UP_WALKS)
def as_file(uid: UUID) -> Response:
    of = desk(uid, Permission.FOLLOW_UP_WALKS)
    note(of.walk.code, "finding.export", "walk", str(uid))
    asked = Asked.parse(request.args)
    wanted = [each for each in of.findings if asked.lets_through(each)]
    answer = Response(as_csv(wanted, words()), mimetype="text/csv")
    name = f"tryggkarta-{of.walk.code}-{of.walk.day}-{today()}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.get("/staff/walks/<uuid:uid>/findings/export/<format_name>")
@needs(Permission.FOLLOW_UP_WALKS)
def as_layer(uid: UUID, format_name: str) -> Response:
    of = desk(uid, Permission.FOLLOW_UP_WALKS)
    asked = Asked.parse(request.args)
    shown = frozenset(each.uid for each in of.findings if asked.lets_through(each))
    window = Window(states=frozenset(State))  # the page has decided already
    with tempfile.TemporaryDirectory(prefix="tryggkarta-") as folder:
        path = Path(folder) / "findings"
        narrowed = Narrowed(shown, asked.narrowing())
        order = FindingOrder(of.walk.code, window, format_name, path, uid, actor(), narrowed)
        finding_export.run(works().engine, order)
        content = path.read_bytes()
    answer = Response(content, mimetype=_LAYERS.get(format_name, "text/csv"))
    name = f"tryggkarta-{of.walk.code}-{of.walk.day}-{today()}.{format_name}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.post("/staff/walks/<uuid:uid>/findings")
@needs(Permission.FOLLOW_UP_WALKS)
def decide(uid: UUID) -> ResponseReturnValue:
    of = desk(uid, Permission.FOLLOW_UP_WALKS)
    try:
        done = _act(of)
    except Stale as fault:
        problems = {"": words().fault(Conflict("review.one_changed"))}
        return _page(desk(uid), problems, str(fault.uid)), 409
    except (InvalidValue, NotFound, Conflict) as fault:
        return _page(of, {fault.field: words().fault(fault)}), 409 if isinstance(fault, Conflict) else 422
    session[RECENT] = str(done.uid)
    return _back(uid)


def _act(of: FindingDesk) -> Done:
    """Do what was asked with each that is ticked, or with every one there was when the page was drawn."""
    form = request.form
    only, _, chosen_one = form.get("only", "").partition(" ")
    does = only or form.get("do", "")
    chosen = _chosen([chosen_one] if only else form.getlist("every" if does == "accept_all" else "chosen"))
    if does == "merge":
        return merge(works().engine, of, chosen, actor())
    if does not in _DOES:
        raise InvalidValue("option.bad", "do", option="do", given=does[:40])
    text = form.get("reason", "")
    reason = Refusal(text) if does == "reject" and text in list(Refusal) else None
    if does == "accept":
        # Those that are let through may be ticked too, for merging: that is what they are already.
        accepted = {each.report_uid for each in of.findings if each.is_accepted}
        chosen = {report: version for report, version in chosen.items() if report not in accepted}
    deeds = [Deed(report, version, _DOES[does], reason) for report, version in chosen.items()]
    return act_on_all(works().engine, of.home, actor(), deeds)


def _chosen(listed: Iterable[str]) -> dict[UUID, int]:
    """Reports, each with the version that was looked at."""
    said = (each.partition(":") for each in listed)
    return {
        report: int(version)
        for report, version in ((uid_in(text), number) for text, _, number in said)
        if report and version.isascii() and version.isdigit() and len(version) < 10
    }


@bp.post("/staff/walks/<uuid:uid>/findings/undo")
@needs(Permission.FOLLOW_UP_WALKS)
def undo(uid: UUID) -> ResponseReturnValue:
    of = desk(uid, Permission.FOLLOW_UP_WALKS)
    wanted = uid_in(request.form.get("act", ""))
    if wanted is None:
        raise NotFound("act.unknown", "act")
    try:
        undo_act(works().engine, of.home, actor(), wanted)
    except Conflict as fault:
        return _page(of, {"": words().fault(fault)}), 409
    session.pop(RECENT, None)
    return _back(uid)


@bp.post("/staff/walks/<uuid:uid>/findings/<uuid:finding>/withdraw")
@needs(Permission.FOLLOW_UP_WALKS)
def withdraw(uid: UUID, finding: UUID) -> ResponseReturnValue:
    of = desk(uid, Permission.FOLLOW_UP_WALKS)
    named = uid, finding, request.form.get("revision", 0, type=int)
    try:
        finding_acts.withdraw(works().engine, of.home, named, request.form.get("why", ""), actor())
    except (InvalidValue, Conflict) as fault:
        return _refused_withdrawal(uid, finding, fault)
    return _back(uid)


def _refused_withdrawal(uid: UUID, finding: UUID, fault: Fault) -> ResponseReturnValue:
    of = desk(uid)
    place = next((f"why-{each.seq}" for each in of.findings if each.uid == finding), "")
    status = 409 if isinstance(fault, Conflict) else 422
    return _page(of, {place: words().fault(fault)}), status


def _back(uid: UUID) -> ResponseReturnValue:
    query = Asked.parse(request.form).query()
    return redirect(f"/staff/walks/{uid}/findings{'?' if query else ''}{query}", 303)


def _page(of: FindingDesk, problems: Mapping[str, str] | None = None, changed: str = "") -> str:
    """The page. changed: id of a report that somebody else changed meanwhile."""
    note(of.walk.code, "finding.read_list", "walk", str(of.walk.uid))
    view = findings_view(of, Asked.parse(request.values), words())
    return render_template(
        "findings/list.html",
        **room(of, "findings"),
        view=view,
        map=_map(of, view.asked),
        problems=problems or {},
        changed=changed,
        reason=request.form.get("reason", ""),
        why=request.form.get("why", ""),
        ticked=frozenset(said.partition(":")[0] for said in request.form.getlist("chosen")),
        just_done=just_done(),
    )


def _map(of: FindingDesk, asked: Asked) -> dict[str, Any]:
    wanted = [each for each in of.findings if asked.lets_through(each)]
    shapes = works().ground.now(of.walk.code).shapes
    drawn = draw_findings(of.home, of.walk.route, of.stops, wanted, shapes)
    return {"drawn": drawn, "scale": distance_words(round(drawn.ground.scale_m), words())}
