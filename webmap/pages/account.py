"""Logging in and out, and one's own account."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from geodata.errors import NotAllowed
from webmap.access import Permission
from webmap.gate import needs, say, viewer, words, works
from webmap.services import accounts, reception
from webmap.services.own_account import own_account

bp = Blueprint("account", __name__)


def _own_path(asked: str) -> str:
    """Where to go after logging in: a path on this host and nothing else."""
    is_path = asked.startswith("/") and not asked.startswith(("//", "/\\")) and asked.isprintable()
    return asked if is_path and "\\" not in asked else url_for("staff_map.show")


@bp.get("/login")
@needs(Permission.LOG_IN)
def ask() -> ResponseReturnValue:
    if viewer().is_known:
        return redirect(_own_path(request.args.get("next", "")))
    return _form({}, "", request.args.get("next", ""))


@bp.post("/login")
@needs(Permission.LOG_IN)
def enter() -> ResponseReturnValue:
    email, password = request.form.get("email", ""), request.form.get("password", "")
    asked = request.form.get("next", "")
    empty = {
        "email": "" if email.strip() else say("Skriv din e-postadress."),
        "password": "" if password else say("Skriv ditt lösenord."),
    }
    if any(empty.values()):
        return _form({field: said for field, said in empty.items() if said}, email, asked), 422
    try:
        token = accounts.log_in(works().engine, email, password, works().settings.secret())
    except NotAllowed as fault:
        return _form({fault.field: words().fault(fault)}, email, asked), 429 if fault.code.endswith(
            "wait"
        ) else 403
    if g.get("session_id"):
        accounts.end_session(works().engine, viewer(), g.session_id)
    session.clear()
    session["sid"] = token
    return redirect(_own_path(asked), 303)


def _form(problems: dict[str, str], email: str, asked: str) -> str:
    logins = [
        {"email": address, "role": words().label(role)}
        for address, role in reception.demo_logins(works().engine)
    ]
    return render_template(
        "account/login.html", problems=problems, email=email[:254], next=asked[:500], demo_logins=logins
    )


@bp.post("/logout")
@needs(Permission.LOG_IN)
def leave() -> ResponseReturnValue:
    if g.get("session_id"):
        accounts.end_session(works().engine, viewer(), g.session_id)
    session.clear()
    return redirect(url_for("home.show"), 303)


@bp.get("/account")
@needs(Permission.SEE_SELF)
def show() -> ResponseReturnValue:
    account = own_account(works().engine, viewer(), g.session_id, words())
    return render_template("account/show.html", account=account)


@bp.post("/account/sessions/<int:session_id>/end")
@needs(Permission.SEE_SELF)
def end(session_id: int) -> ResponseReturnValue:
    accounts.end_session(works().engine, viewer(), session_id)
    if session_id == g.session_id:
        session.clear()
        return redirect(url_for("home.show"), 303)
    return redirect(url_for("account.show"), 303)
