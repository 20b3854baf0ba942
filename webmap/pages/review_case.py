"""One report under review: looked at, decided on, set right, and passed on to the next."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from geodata.errors import Fault, InvalidGeometry, InvalidValue, NotFound, OutsideArea
from geodata.vocabulary import State
from webmap.access import Permission, Role
from webmap.gate import needs, note, say, viewer, words, works
from webmap.pages.reply_form import Typed, reply_view
from webmap.pages.review_form import CaseForm, action_in, deed_of, uid_in, version_in
from webmap.pages.review_map import map_view
from webmap.pages.review_view import ConflictView, case_view, conflict_view, typed_columns
from webmap.pages.secrecy import secrecy_view
from webmap.services import claims
from webmap.services.actors import Actor
from webmap.services.review_desk import Case, RecentAct, case_of, recent_act
from webmap.services.review_effects import UNDO_SHOWN
from webmap.services.review_moves import Action
from webmap.services.review_words import done_words
from webmap.services.reviewing import Stale, act

bp = Blueprint("review_case", __name__)

RECENT = "review_act"
_MENDED = {"place": "east", "kept": "kept-title", "categories": "categories-title"}
"""Where a field that is wrong is to be mended, where that is not the field's own name."""


def codes() -> list[str]:
    """The municipalities in which the viewer reviews."""
    return viewer().municipalities_for(Permission.REVIEW_REPORTS)


def actor() -> Actor:
    """The viewer as the journal writes them."""
    return Actor(viewer().user_id, Role.COORDINATOR)


def just_done() -> dict[str, object] | None:
    """What the viewer did a moment ago and can still undo, for the page to offer."""
    act_uid = uid_in(session.get(RECENT, ""))
    found = recent_act(works().engine, act_uid, viewer().user_id or 0) if act_uid else None
    return _offered(found) if found else None


def _offered(found: RecentAct) -> dict[str, object]:
    said = done_words(found.action, found.reason, len(found.reports), words())
    return {"uid": found.uid, "said": said, "seconds": found.seconds_left, "of": UNDO_SHOWN.seconds}


@bp.get("/staff/reports/<uuid:uid>")
@needs(Permission.REVIEW_REPORTS)
def show(uid: UUID) -> ResponseReturnValue:
    case = case_of(works().engine, uid, codes())
    return _page(case, _drawn(case), {})


@bp.get("/staff/reports/<uuid:uid>/map")
@needs(Permission.REVIEW_REPORTS)
def drawing(uid: UUID) -> ResponseReturnValue:
    """The drawing alone, for the page's script to put in the place of the one there."""
    case = case_of(works().engine, uid, codes())
    view = map_view(case, _drawn(case), request.args, words())
    return render_template("reviewing/_map.html", map=view)


@bp.post("/staff/reports/<uuid:uid>")
@needs(Permission.REVIEW_REPORTS)
def decide(uid: UUID) -> ResponseReturnValue:
    engine = works().engine
    case = case_of(engine, uid, codes())
    form = CaseForm.sent(request.form, _drawn(case))
    try:
        deed = deed_of(form, request.form, case.report, case.home, works().places.now(case.home.code))
        done = act(engine, case.home, actor(), deed)
    except Stale:
        # Also when the other's act came between our look and our write.
        case = case_of(engine, uid, codes())
        typed = typed_columns(form, action_in(request.form))
        between = conflict_view(case.acts, version_in(request.form), typed, words())
        return _page(case, form, {}, between), 409
    except NotFound as fault:
        return _page(case, form, _problems(fault)), 422
    except (InvalidValue, InvalidGeometry, OutsideArea) as fault:
        return _page(case, form, _problems(fault)), 422
    session[RECENT] = str(done.uid)
    return _onwards(case, deed.action)


def _drawn(case: Case) -> CaseForm:
    return CaseForm.of(case.report, case.home, request.args, say("[borttaget]"))


def _problems(fault: Fault) -> dict[str, str]:
    return {fault.field if fault.field not in ("version", "uid") else "": words().fault(fault)}


def _onwards(case: Case, action: Action) -> ResponseReturnValue:
    """After a decision on what waited, the next; after anything else, the same again."""
    if case.report.state != State.NEW or action in (Action.EDIT, Action.MOVE):
        return redirect(f"/staff/reports/{case.report.uid}", 303)
    return to_next(case.home.id, case.home.code, case.report.uid)


def to_next(municipality_id: int, code: str, after: UUID | None = None) -> ResponseReturnValue:
    """To the next report that waits, claimed; to the list where none does."""
    found = claims.take_next(works().engine, municipality_id, viewer().user_id or 0, after)
    return redirect(f"/staff/reports/{found}" if found else f"/staff/reports?municipality={code}", 303)


@bp.post("/staff/reports/<uuid:uid>/skip")
@needs(Permission.REVIEW_REPORTS)
def skip(uid: UUID) -> ResponseReturnValue:
    case = case_of(works().engine, uid, codes())
    return to_next(case.home.id, case.home.code, uid)


@bp.post("/staff/reports/<uuid:uid>/claim")
@needs(Permission.REVIEW_REPORTS)
def claim(uid: UUID) -> ResponseReturnValue:
    case = case_of(works().engine, uid, codes())
    claims.take(works().engine, case.home.id, viewer().user_id or 0, uid)
    return redirect(f"/staff/reports/{uid}", 303)


def _page(
    case: Case, form: CaseForm, problems: Mapping[str, str], conflict: ConflictView | None = None
) -> str:
    note(case.home.code, "report.read", "report", str(case.report.uid))
    view = case_view(case, form, request.args, words(), (problems, conflict))
    return render_template(
        "reviewing/show.html",
        view=view,
        map=view.map,
        photos=case.photos,
        secrecy=secrecy_view(case),
        reply=reply_view(case, Typed.started(request.args)),
        targets=_MENDED,
        just_done=just_done(),
        municipality_name=words().municipality(case.home.name),
    )
