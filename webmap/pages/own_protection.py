"""One's own password and second factor, once one is in."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from geodata.errors import Conflict, InvalidValue, NotAllowed
from webmap.access import Permission
from webmap.gate import needs, words, works
from webmap.pages.login_step import needs_code, offered_key, once, refusal, sentence_at, shown_once
from webmap.pages.scan_code import scan_code
from webmap.services import own_password, second_factor
from webmap.services.own_password import Change
from webmap.services.sayings import Refused

bp = Blueprint("own_protection", __name__)


@bp.get("/account/password")
@needs(Permission.SEE_SELF)
def ask_password() -> ResponseReturnValue:
    return _password_page({})


@bp.post("/account/password")
@needs(Permission.SEE_SELF)
def change_password() -> ResponseReturnValue:
    said = Change(*(request.form.get(name, "") for name in ("old", "password", "again")))
    try:
        token = own_password.change(
            works().engine, g.present, said, (works().settings.secret(), needs_code())
        )
    except Refused as refused:
        return _password_page({fault.field: words().fault(fault) for fault in refused.faults}), 422
    except NotAllowed as fault:
        return refusal(_password_page(sentence_at(fault, "old")), fault)
    session["sid"] = token
    return redirect(url_for("account.show", done="password"), 303)


def _password_page(problems: dict[str, str]) -> str:
    return render_template(
        "account/password.html",
        problems=problems,
        email=g.present.viewer.email,
        has_one=own_password.has_password(works().engine, g.present),
        is_step=False,
        action="/account/password",
    )


@bp.get("/account/second-factor")
@needs(Permission.SEE_SELF)
def show() -> ResponseReturnValue:
    session.pop("offer", None)  # a phone that was not taken into use after all
    return _page({})


@bp.post("/account/second-factor/recovery")
@needs(Permission.SEE_SELF)
def renew_recovery() -> ResponseReturnValue:
    fault = _password_fault() or _absent_fault()
    if fault:
        return refusal(_page({"recovery-old": words().fault(fault)}), fault)
    codes = second_factor.renew_recovery(works().engine, g.present)
    return shown_once(codes, url_for("own_protection.show"))


@bp.post("/account/second-factor/new")
@needs(Permission.SEE_SELF)
def begin_phone() -> ResponseReturnValue:
    fault = _password_fault()
    if fault:
        return refusal(_page({"phone-old": words().fault(fault)}), fault)
    session.pop("offer", None)
    offered_key(g.present)
    return redirect(url_for("own_protection.ask_phone"), 303)


@bp.get("/account/second-factor/new")
@needs(Permission.SEE_SELF)
def ask_phone() -> ResponseReturnValue:
    return _phone_page({}) if "offer" in session else redirect(url_for("own_protection.show"))


@bp.post("/account/second-factor/confirm")
@needs(Permission.SEE_SELF)
def take_phone() -> ResponseReturnValue:
    if "offer" not in session:
        return redirect(url_for("own_protection.show"), 303)
    key, code = offered_key(g.present), request.form.get("code", "")
    try:
        enrolled = second_factor.enrol(works().engine, g.present, key, code, works().settings.secret())
    except (InvalidValue, NotAllowed, Conflict) as fault:
        return refusal(_phone_page(sentence_at(fault, "code")), fault)
    session["next"] = url_for("own_protection.show")
    return once(enrolled)


def _password_fault() -> NotAllowed | None:
    """Why the password that was typed does not do; it is asked for again before anything is changed."""
    typed = request.form.get("old", "")
    try:
        own_password.ask_again(works().engine, g.present, typed, works().settings.secret())
    except NotAllowed as fault:
        return fault
    return None


def _absent_fault() -> NotAllowed | None:
    return None if g.present.has_second_factor else NotAllowed("factor.none", "recovery-old")


def _page(problems: dict[str, str]) -> str:
    return render_template(
        "account/second_factor.html",
        problems=problems,
        email=g.present.viewer.email,
        is_asked_for=needs_code(),
        has_one=g.present.has_second_factor,
        has_password=own_password.has_password(works().engine, g.present),
        left=second_factor.codes_left(works().engine, g.present),
    )


def _phone_page(problems: dict[str, str]) -> str:
    scan = scan_code(offered_key(g.present), g.present.viewer.email)
    return render_template(
        "account/enrol.html",
        problems=problems,
        scan=scan,
        is_step=False,
        action="/account/second-factor/confirm",
    )
