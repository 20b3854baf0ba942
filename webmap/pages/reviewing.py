"""The queue of reports: what waits and what was decided, several at once, a file of it, and undoing."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from geodata.errors import Conflict, Fault, InvalidValue, NotFound
from geodata.hours import today
from geodata.queries.municipalities import LOCALITY, Home
from geodata.queries.review_queue import QueueFilter, QueueRow, state_counts
from geodata.vocabulary import CATEGORIES, State, category
from webmap.access import Permission
from webmap.gate import allowed_municipality, needs, note, say, viewer, words, works
from webmap.pages.review_case import RECENT, actor, just_done, to_next
from webmap.pages.review_form import action_in, reason_in, uid_in
from webmap.pages.review_list_view import Asked, list_view
from webmap.services import claims, reception, secrecy
from webmap.services.review_csv import note_export, queue_csv
from webmap.services.review_desk import queue_page
from webmap.services.review_moves import Action
from webmap.services.review_undo import undo as undo_act
from webmap.services.review_words import suspects_in
from webmap.services.reviewing import Deed, Stale, act_on_all

bp = Blueprint("reviewing", __name__)

_IN_BULK = (Action.ACCEPT, Action.REJECT)


@bp.get("/staff/reports")
@needs(Permission.REVIEW_REPORTS)
def show() -> ResponseReturnValue:
    return _page(_home(request.args.get("municipality", "")), {})


@bp.get("/staff/reports/list.csv")
@needs(Permission.REVIEW_REPORTS)
def as_csv() -> ResponseReturnValue:
    home = _home(request.args.get("municipality", ""))
    asked = Asked.parse(request.args)
    content, rows = queue_csv(
        works().engine, home.code, _filter(asked, home), _wanted(asked, home) or _every, words()
    )
    note_export(works().engine, home.code, actor(), asked.query, rows)
    answer = Response(content, content_type="text/csv; charset=utf-8")
    name = f"{say('rapporter')}-{home.code}-{asked.state}-{today()}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.post("/staff/reports/next")
@needs(Permission.REVIEW_REPORTS)
def take_next() -> ResponseReturnValue:
    home = _home(request.form.get("municipality", ""))
    return to_next(home.id, home.code)


@bp.post("/staff/reports/bulk")
@needs(Permission.REVIEW_REPORTS)
def decide_on_all() -> ResponseReturnValue:
    home = _home(request.form.get("municipality", ""))
    try:
        done = act_on_all(works().engine, home, actor(), _deeds())
    except Stale as fault:
        return _page(home, {"": words().fault(Conflict("review.one_changed"))}, str(fault.uid)), 409
    except (InvalidValue, NotFound, Conflict) as fault:
        status = 409 if isinstance(fault, Conflict) else 422
        return _page(home, {fault.field or "": words().fault(fault)}), status
    session[RECENT] = str(done.uid)
    return redirect(f"/staff/reports?{Asked.parse(request.form).query_in(home.code)}", 303)


def _deeds() -> list[Deed]:
    """One for each box that is ticked; a box holds a report's id and the version it was listed in."""
    action = action_in(request.form)
    if action not in _IN_BULK:
        raise InvalidValue("option.bad", "do", option="do", given=action)
    reason = reason_in(request.form) if action == Action.REJECT else None
    chosen = (said.partition(":") for said in request.form.getlist("chosen"))
    return [
        Deed(uid, int(version), action, reason)
        for uid, version in ((uid_in(text), number) for text, _, number in chosen)
        if uid and version.isascii() and version.isdigit() and len(version) < 10
    ]


@bp.post("/staff/reports/undo")
@needs(Permission.REVIEW_REPORTS)
def undo() -> ResponseReturnValue:
    home = _home(request.form.get("municipality", ""))
    wanted = uid_in(request.form.get("act", ""))
    if wanted is None:
        raise NotFound("act.unknown", "act")
    try:
        reports = undo_act(works().engine, home, actor(), wanted)
    except Conflict as fault:
        return _page(home, {"": words().fault(fault)}), 409
    session.pop(RECENT, None)
    if len(reports) > 1:
        return redirect(f"/staff/reports?municipality={home.code}", 303)
    claims.take(works().engine, home.id, viewer().user_id or 0, reports[0])
    return redirect(f"/staff/reports/{reports[0]}?undone=1", 303)


def _home(asked: str) -> Home:
    code = allowed_municipality(Permission.REVIEW_REPORTS, asked)
    found = reception.first_home(works().engine, code)
    if found is None:
        raise NotFound("municipality.not_added", "municipality", code=code)
    return found


def _filter(asked: Asked, home: Home) -> QueueFilter:
    if asked.category:
        category(asked.category, "category")
    area = home.ground(asked.locality).area if asked.locality else None
    return QueueFilter(State(asked.state), asked.category, area, asked.is_unplaced)


def _wanted(asked: Asked, home: Home) -> Callable[[QueueRow], bool] | None:
    """Only those whose text may point at a person, where that is asked for."""
    if not asked.is_suspect:
        return None
    return lambda row: bool(suspects_in(row.private_text, home))


def _every(row: QueueRow) -> bool:
    return True


def _page(home: Home, problems: dict[str, str], changed: str = "") -> str:
    """The list. changed: id of a report that was changed by somebody else meanwhile."""
    note(home.code, "report.read_list", "reports", "queue")
    asked = Asked.parse(request.values)
    try:
        found = queue_page(works().engine, home, _filter(asked, home), asked.after, _wanted(asked, home))
    except Fault as fault:
        problems = {**problems, fault.field: words().fault(fault)}
        asked = Asked(asked.state)
        found = queue_page(works().engine, home, _filter(asked, home))
    columns = works().room.situation(home.code).columns
    chosen = frozenset(said.partition(":")[0] for said in request.form.getlist("chosen"))
    homes = reception.homes_by_code(works().engine, viewer().municipalities_for(Permission.REVIEW_REPORTS))
    return render_template(
        "reviewing/list.html",
        view=list_view(home, found, state_counts(columns), asked, words()),
        homes=homes,
        code=home.code,
        chosen=chosen,
        marked=secrecy.marked(works().engine, home),
        changed=changed,
        reason=request.form.get("reason", ""),
        localities=sorted({place.name for place in home.places if place.kind == LOCALITY}),
        categories=[(each.code, words().category(each)) for each in CATEGORIES],
        problems=problems,
        just_done=just_done(),
        municipality_name=words().municipality(home.name),
    )
