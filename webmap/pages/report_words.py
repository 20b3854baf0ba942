"""In one's own words, and where to send the answer."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from geodata.errors import Fault, InvalidValue
from geodata.privacy import Suspect, mask_identity_numbers
from webmap.access import Permission
from webmap.gate import needs, words, works
from webmap.pages.report_answers import Answers, answers, keep
from webmap.pages.report_flow import after, missing, show
from webmap.pages.report_trap import is_filled
from webmap.services import reception_spool
from webmap.services.accounts import checked_email
from webmap.services.review_words import pieces_of, suspect_words, suspects_in

bp = Blueprint("report_words", __name__)

MOST_SIGNS = 500
_MOST_KEPT = 1_000
"""Of a text that is too long, so that it can be shortened and the session still holds it."""


@bp.get("/report/words")
@needs(Permission.SEND_REPORT)
def ask_words() -> ResponseReturnValue:
    now = answers()
    return missing(now, "words") or _words(now.text, {})


@bp.post("/report/words")
@needs(Permission.SEND_REPORT)
def take_words() -> ResponseReturnValue:
    now = answers()
    if astray := missing(now, "words"):
        return astray
    text = request.form.get("text", "").replace("\r\n", "\n").strip()
    if len(text) > MOST_SIGNS:
        fault = InvalidValue("text.too_long", "text", count=len(text), most=MOST_SIGNS)
        return _words(text[:_MOST_KEPT], {"text": words().fault(fault)})
    is_looked_over = request.form.get("anyway") == "1"
    suspects = [] if is_looked_over else _suspects(now, text)
    if suspects:
        problem = {
            "text": words()("Det ser ut att stå något om en person. Ta bort det, eller gå vidare ändå.")
        }
        return _words(text, problem, suspects)
    keep(replace(now, text=mask_identity_numbers(text)[0], is_text_looked_over=is_looked_over))
    return redirect(after("words"), 303)


def _suspects(now: Answers, text: str) -> list[Suspect]:
    return suspects_in(text, reception_spool.home_now(works(), now.municipality))


def _words(text: str, problems: dict[str, str], suspects: list[Suspect] | None = None) -> ResponseReturnValue:
    return show(
        "words",
        problems,
        text=text,
        most=MOST_SIGNS,
        pieces=pieces_of(text, suspects) if suspects else [],
        looks_like=suspect_words(suspects, words()) if suspects else "",
    )


@bp.get("/report/contact")
@needs(Permission.SEND_REPORT)
def ask_contact() -> ResponseReturnValue:
    now = answers()
    return missing(now, "contact") or show("contact", {}, email=now.email)


@bp.post("/report/contact")
@needs(Permission.SEND_REPORT)
def take_contact() -> ResponseReturnValue:
    now = answers()
    if astray := missing(now, "contact"):
        return astray
    typed = request.form.get("email", "").strip()[:254]
    try:
        email = checked_email(typed) if typed else ""
    except Fault as fault:
        return show("contact", {"email": words().fault(fault)}, email=typed)
    keep(replace(now, email=email, is_trapped=now.is_trapped or is_filled()))
    return redirect(after("contact"), 303)
