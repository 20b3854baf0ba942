"""Answering a report, for everybody with its code to read."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from geodata.errors import Conflict, InvalidValue
from geodata.vocabulary import Stage
from webmap.access import Permission
from webmap.gate import needs, say, words, works
from webmap.pages.reply_form import Typed, reply_view
from webmap.pages.review_case import actor, codes
from webmap.services.replying import Answer, reply
from webmap.services.review_desk import Case, case_of
from webmap.services.review_words import heading_of, names_of, pieces_of, suspect_words, suspects_in

bp = Blueprint("replying", __name__)


@bp.post("/staff/reports/<uuid:uid>/reply")
@needs(Permission.REVIEW_REPORTS)
def send(uid: UUID) -> ResponseReturnValue:
    case = case_of(works().engine, uid, codes())
    typed = _typed()
    suspects = [] if request.form.get("anyway") == "1" else suspects_in(typed.text, case.home)
    if suspects:
        problem = say("Det ser ut att stå något om en person. Ta bort det, eller skicka ändå.")
        return _page(case, typed, {"text": problem})
    try:
        reply(works().engine, case.home, actor(), Answer(typed.uid, uid, typed.stage, typed.text))
    except InvalidValue as fault:
        return _page(case, typed, {fault.field: words().fault(fault)})
    except Conflict as fault:
        return _page(case, typed, {"": words().fault(fault)}, 409)
    return redirect(f"/staff/reports/{uid}#reply", 303)


def _typed() -> Typed:
    text = request.form.get("text", "").replace("\r\n", "\n").strip()
    stage = next((each for each in Stage if each == request.form.get("stage")), None)
    try:
        return Typed(text, stage, UUID(request.form.get("uid", "")))
    except ValueError:
        return Typed(text, stage, uuid4())


def _page(case: Case, typed: Typed, problems: dict[str, str], status: int = 422) -> ResponseReturnValue:
    suspects = suspects_in(typed.text, case.home)
    view = reply_view(case, typed)
    page = render_template(
        "reviewing/reply.html",
        reply=replace(
            view,
            pieces=pieces_of(typed.text, suspects) if suspects else [],
            looks_like=suspect_words(suspects, words()) if suspects else "",
        ),
        heading=heading_of(names_of(case.home), case.report, words()),
        problems=problems,
        code=case.home.code,
        municipality_name=words().municipality(case.home.name),
    )
    return page, status
