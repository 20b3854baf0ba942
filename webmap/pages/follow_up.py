"""The follow-up meeting: one finding at a time, and all of them beside it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from geodata.errors import Conflict, Fault, NotFound
from geodata.hours import today
from webmap.access import Permission
from webmap.gate import needs, note, words, works
from webmap.pages.finding_room import actor, desk, room
from webmap.pages.finding_view import finding_row
from webmap.pages.follow_up_form import FollowUpForm, differences
from webmap.pages.follow_up_view import chosen_one, in_turn, meeting_view, next_after
from webmap.pages.review_form import uid_in
from webmap.services import following_up
from webmap.services.finding_desk import FindingDesk
from webmap.services.follow_up_draft import (
    LONGEST_ACTION,
    LONGEST_REASON,
    LONGEST_UNIT,
    LONGEST_WORDS,
    draft_of,
)
from webmap.services.sayings import Refused

bp = Blueprint("follow_up", __name__)

_PERMISSION = Permission.FOLLOW_UP_WALKS
_LONGEST = {
    "words": LONGEST_WORDS,
    "action": LONGEST_ACTION,
    "reason": LONGEST_REASON,
    "unit": LONGEST_UNIT,
}


@dataclass(frozen=True)
class _Trouble:
    """Why the form is shown again. differs: what somebody else stored meanwhile."""

    faults: tuple[Fault, ...] = ()
    differs: tuple[tuple[str, str, str], ...] = ()
    is_conflict: bool = False


@bp.get("/staff/walks/<uuid:uid>/follow-up")
@needs(_PERMISSION)
def show(uid: UUID) -> ResponseReturnValue:
    return _page(desk(uid, _PERMISSION), uid_in(request.args.get("finding", "")))


@bp.post("/staff/walks/<uuid:uid>/follow-up")
@needs(_PERMISSION)
def decide(uid: UUID) -> ResponseReturnValue:
    of, form = desk(uid, _PERMISSION), FollowUpForm.sent(request.form)
    named = uid_in(request.form.get("finding", ""))
    finding = next((each for each in in_turn(of) if each.uid == named), None)
    if finding is None:
        raise NotFound("finding.unknown", "finding")
    try:
        decisions = form.decisions(finding, in_turn(of), draft_of(of.home, of.walk.day, form.said))
        following_up.decide(works().engine, of.home, uid, decisions, actor())
    except Refused as refused:
        return _page(of, named, form, _Trouble(tuple(refused.faults))), 422
    except Conflict as fault:
        return _conflict(uid, finding.uid, form, fault)
    onwards = next_after(desk(uid, _PERMISSION), finding.uid)
    return redirect(
        f"/staff/walks/{uid}/follow-up?saved={finding.seq}{f'&finding={onwards}' if onwards else ''}", 303
    )


@bp.post("/staff/walks/<uuid:uid>/follow-up/end")
@needs(_PERMISSION)
def end(uid: UUID) -> ResponseReturnValue:
    of = desk(uid, _PERMISSION)
    try:
        following_up.finish(works().engine, of.home, uid, actor())
    except Conflict as fault:
        return _page(of, None, None, _Trouble((fault,))), 409
    return redirect(f"/staff/walks/{uid}/follow-up", 303)


def _conflict(uid: UUID, finding: UUID, form: FollowUpForm, fault: Conflict) -> ResponseReturnValue:
    """What somebody else stored meanwhile beside what was typed, which is kept in the form."""
    of = desk(uid, _PERMISSION)
    known = next((each for each in of.findings if each.uid == finding), None)
    differs = differences(form, known, words()) if known else []
    version = known.follow_up.version if known and known.follow_up else 0
    renewed = FollowUpForm(form.said, version, {})
    return _page(of, finding, renewed, _Trouble((fault,), tuple(differs), is_conflict=True)), 409


def _page(
    of: FindingDesk, asked: UUID | None, form: FollowUpForm | None = None, trouble: _Trouble | None = None
) -> str:
    trouble = trouble or _Trouble()
    finding = chosen_one(of, asked)
    if finding is not None:
        note(of.walk.code, "finding.read", "finding", str(finding.uid))
    shown = form or (FollowUpForm.stored(finding).proposing(today()) if finding else None)
    return render_template(
        "findings/follow_up.html",
        **room(of, "follow-up"),
        view=meeting_view(of, finding, words()),
        row=finding_row(finding, of, words()) if finding else None,
        form=shown,
        trouble=trouble,
        problems={
            each.field if each.field != "version" else "": words().fault(each) for each in trouble.faults
        },
        points_at_person=any(each.code == "finding.points_at_person" for each in trouble.faults),
        saved=request.args.get("saved", "")[:6],
        units=of.units,
        longest=_LONGEST,
    )
