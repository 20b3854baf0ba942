"""The pages between the right password and the rooms. A half session opens these and nothing else."""

from __future__ import annotations

from flask import Blueprint, render_template, request, session
from flask.typing import ResponseReturnValue

from geodata.errors import Conflict, InvalidValue, NotAllowed
from webmap.access import Permission
from webmap.gate import needs, words, works
from webmap.pages.login_step import (
    elsewhere,
    enter_with,
    knocking,
    needs_code,
    offered_key,
    once,
    refusal,
    sentence_at,
)
from webmap.pages.scan_code import scan_code
from webmap.refusals import note_entry
from webmap.services import own_password, second_factor
from webmap.services.own_password import Change
from webmap.services.sayings import Refused
from webmap.services.sessions import Presence, Step, Way

bp = Blueprint("login_steps", __name__)


@bp.get("/login/code")
@needs(Permission.LOG_IN)
def ask_code() -> ResponseReturnValue:
    return _code_page({}) if knocking(Step.CODE) else elsewhere()


@bp.post("/login/code")
@needs(Permission.LOG_IN)
def take_code() -> ResponseReturnValue:
    present = knocking(Step.CODE)
    if present is None:
        return elsewhere()
    engine, secret = works().engine, works().settings.secret()
    code, recovery = request.form.get("code", ""), request.form.get("recovery", "")
    try:
        if recovery.strip():
            token = second_factor.recover(engine, present, recovery, secret)
        else:
            token = second_factor.prove(engine, present, code, secret)
    except (InvalidValue, NotAllowed) as fault:
        field = "recovery" if recovery.strip() else "code"
        return refusal(_code_page(sentence_at(fault, field)), fault)
    return enter_with(token, session.get("next", ""))


def _code_page(problems: dict[str, str]) -> str:
    return render_template("account/code.html", problems=problems)


@bp.get("/login/password")
@needs(Permission.LOG_IN)
def ask_password() -> ResponseReturnValue:
    present = knocking(Step.CHANGE)
    return _password_page(present, {}) if present else elsewhere()


@bp.post("/login/password")
@needs(Permission.LOG_IN)
def take_password() -> ResponseReturnValue:
    present = knocking(Step.CHANGE)
    if present is None:
        return elsewhere()
    said = Change("", request.form.get("password", ""), request.form.get("again", ""))
    try:
        token = own_password.change(works().engine, present, said, (works().settings.secret(), needs_code()))
    except Refused as refused:
        problems = {fault.field: words().fault(fault) for fault in refused.faults}
        return _password_page(present, problems), 422
    return enter_with(token, session.get("next", ""))


def _password_page(present: Presence, problems: dict[str, str]) -> str:
    return render_template(
        "account/password.html",
        problems=problems,
        email=present.viewer.email,
        is_step=True,
        action="/login/password",
    )


@bp.get("/login/second-factor")
@needs(Permission.LOG_IN)
def ask_phone() -> ResponseReturnValue:
    present = knocking(Step.ENROL)
    return _phone_page(present, {}) if present else elsewhere()


@bp.post("/login/second-factor")
@needs(Permission.LOG_IN)
def take_phone() -> ResponseReturnValue:
    present = knocking(Step.ENROL)
    if present is None:
        return elsewhere()
    key, code = offered_key(present), request.form.get("code", "")
    try:
        enrolled = second_factor.enrol(works().engine, present, key, code, works().settings.secret())
    except Conflict:
        return elsewhere()
    except (InvalidValue, NotAllowed) as fault:
        return refusal(_phone_page(present, sentence_at(fault, "code")), fault)
    note_entry(present.user_id, Way.TOTP)
    return once(enrolled)


def _phone_page(present: Presence, problems: dict[str, str]) -> str:
    scan = scan_code(offered_key(present), present.viewer.email)
    return render_template(
        "account/enrol.html", problems=problems, scan=scan, is_step=True, action="/login/second-factor"
    )
