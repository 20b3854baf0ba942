"""Logging in and out, and one's own account."""

from __future__ import annotations

from flask import Blueprint, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from geodata.errors import NotAllowed, TooOften
from webmap import refusals
from webmap.access import Permission
from webmap.gate import needs, say, viewer, words, works
from webmap.pages.login_step import PATHS, enter_with, half_step, needs_code
from webmap.pages.next_page import own_path
from webmap.services import accounts, reception, sessions
from webmap.services.own_account import own_account

bp = Blueprint("account", __name__)


@bp.get("/login")
@needs(Permission.LOG_IN)
def ask() -> ResponseReturnValue:
    if viewer().is_known:
        return redirect(own_path(request.args.get("next", "")))
    if step := half_step():
        return redirect(PATHS[step])
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
    secret = works().settings.secret()
    refusals.tried(accounts.attempts_on(email, secret))
    try:
        token = accounts.log_in(works().engine, email, password, secret, needs_code())
    except TooOften as fault:
        return _wait(fault, email, asked)
    except NotAllowed as fault:
        return _form({fault.field: words().fault(fault)}, email, asked), 403
    _end_this()
    return enter_with(token, asked)


def _wait(fault: TooOften, email: str, asked: str) -> ResponseReturnValue:
    answer = make_response(_form({fault.field: words().fault(fault)}, email, asked), 429)
    answer.headers["Retry-After"] = str(fault.values["seconds"])
    return answer


def _end_this() -> None:
    """End the session that asks, whole or half."""
    present = g.get("present") or g.get("half")
    if present:
        accounts.end_session(works().engine, present.viewer, present.session_id)


def _form(problems: dict[str, str], email: str, asked: str) -> str:
    logins = [
        {"email": address, "role": words().label(role)}
        for address, role in reception.demo_logins(works().engine)
    ]
    return render_template(
        "account/login.html",
        problems=problems,
        email=email[:254],
        next=asked[:500],
        demo_logins=logins,
        outer=works().provider,
        is_late="late" in request.args,
    )


@bp.post("/logout")
@needs(Permission.LOG_IN)
def leave() -> ResponseReturnValue:
    _end_this()
    return _gone()


def _gone() -> ResponseReturnValue:
    """To the first page, with nothing left in the browser of what staff were shown, tiles included."""
    session.clear()
    answer = make_response(redirect(url_for("home.show"), 303))
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@bp.get("/account")
@needs(Permission.SEE_SELF)
def show() -> ResponseReturnValue:
    account = own_account(works().engine, viewer(), g.session_id, words())
    return render_template("account/show.html", account=account, done=request.args.get("done", ""))


@bp.post("/account/sessions/<int:session_id>/end")
@needs(Permission.SEE_SELF)
def end(session_id: int) -> ResponseReturnValue:
    accounts.end_session(works().engine, viewer(), session_id)
    if session_id == g.session_id:
        return _gone()
    return redirect(url_for("account.show"), 303)


@bp.post("/account/sessions/end-others")
@needs(Permission.SEE_SELF)
def end_others() -> ResponseReturnValue:
    sessions.end_others(works().engine, g.present)
    return redirect(url_for("account.show"), 303)
