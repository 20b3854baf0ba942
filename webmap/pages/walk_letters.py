"""Asking to hear of a walk by e-mail, and stopping it. Opening a link changes nothing; pressing does."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from geodata.errors import InvalidValue
from webmap.access import Permission
from webmap.gate import needs, words, works
from webmap.limits import limited
from webmap.services import walk_contacts
from webmap.services.accounts import checked_email

bp = Blueprint("walk_letters", __name__)

_LONGEST_EMAIL = 254


@bp.get("/walks/<uuid:uid>/letters")
@needs(Permission.SEE_PUBLIC)
def ask(uid: UUID) -> ResponseReturnValue:
    return _page(uid, {})


@bp.post("/walks/<uuid:uid>/letters")
@limited("walk_letters")
@needs(Permission.SEE_PUBLIC)
def take(uid: UUID) -> ResponseReturnValue:
    settings = works().settings
    try:
        email = checked_email(request.form.get("email", "")[:_LONGEST_EMAIL])
    except InvalidValue as fault:
        return _page(uid, {"email": words().fault(fault)}), 422
    walk_contacts.sign_up(works().engine, uid, (email, words().language), settings.secret())
    return redirect(f"/walks/{uid}/letters?said=asked", 303)


@bp.get("/walks/letters/<key>")
@needs(Permission.SEE_PUBLIC)
def ask_stop(key: str) -> ResponseReturnValue:
    return render_template(
        "walks/stop_letters.html", key=key, is_stopped=request.args.get("said") == "stopped"
    )


@bp.post("/walks/letters/<key>")
@limited("walk_letters")
@needs(Permission.SEE_PUBLIC)
def stop(key: str) -> ResponseReturnValue:
    walk_contacts.stop(works().engine, key)
    return redirect(f"/walks/letters/{key}?said=stopped", 303)


def _page(uid: UUID, problems: dict[str, str]) -> str:
    return render_template(
        "walks/letters.html",
        walk=walk_contacts.asked_of(works().engine, uid),
        is_asked=request.args.get("said") == "asked",
        problems=problems,
        email=request.form.get("email", "").strip()[:_LONGEST_EMAIL],
    )
