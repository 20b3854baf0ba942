"""Following a report by its code. The code is in the session and the form, never in an address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from geodata.errors import Conflict, InvalidValue, NotFound
from geodata.vocabulary import State, Verdict
from webmap.access import Permission
from webmap.gate import needs, say, words, works
from webmap.limits import limited
from webmap.pages.receipt_track import moment_words, track_of
from webmap.pages.report_done import unkept
from webmap.services import follow_acts, receipts, reception
from webmap.services.accounts import checked_email
from webmap.services.following import Followed, code_typed, followed

bp = Blueprint("follow", __name__)

KEPT = "follow"
KEPT_FOR = timedelta(hours=2)
_ROOM = "/follow"


@bp.get(_ROOM)
@needs(Permission.FOLLOW_REPORT)
def show() -> ResponseReturnValue:
    seen = _seen()
    return _report(seen, {}) if seen else unkept(_ask({}))


@bp.post(_ROOM)
@limited("follow")
@needs(Permission.FOLLOW_REPORT)
def enter() -> ResponseReturnValue:
    code = code_typed(works().engine, request.form.get("code", ""))
    if not code:
        # The same for every code that opens nothing, and without what was typed: it is as good as a password.
        return unkept(_ask({"code": words().fault(NotFound("receipt.unknown", "code"))})), 422
    session[KEPT] = {"code": code, "at": datetime.now(UTC).isoformat(timespec="seconds")}
    return redirect(_ROOM, 303)


@bp.post(f"{_ROOM}/forget")
@needs(Permission.FOLLOW_REPORT)
def forget() -> ResponseReturnValue:
    session.pop(KEPT, None)
    session.pop("report_done", None)
    return redirect(f"{_ROOM}?said=forgotten", 303)


@bp.get(f"{_ROOM}/withdraw")
@needs(Permission.FOLLOW_REPORT)
def ask_withdraw() -> ResponseReturnValue:
    seen = _seen()
    if seen is None or seen.state == State.WITHDRAWN:
        return redirect(_ROOM, 303)
    named = words().municipality(seen.home.name)
    return unkept(render_template("follow/withdraw.html", municipality_name=named))


@bp.post(f"{_ROOM}/withdraw")
@needs(Permission.FOLLOW_REPORT)
def withdraw() -> ResponseReturnValue:
    if _seen() is None:
        return redirect(_ROOM, 303)
    follow_acts.withdraw(works().engine, _code())
    return redirect(f"{_ROOM}?said=withdrawn", 303)


@bp.post(f"{_ROOM}/confirm")
@needs(Permission.FOLLOW_REPORT)
def confirm() -> ResponseReturnValue:
    seen = _seen()
    if seen is None:
        return redirect(_ROOM, 303)
    verdict = next((each for each in Verdict if each == request.form.get("verdict")), None)
    if verdict is None:
        return _report(seen, {"verdict": say("Välj hur det är nu.")})
    try:
        follow_acts.confirm(works().engine, _code(), _uid(), verdict)
    except Conflict as fault:
        return _report(seen, {"": words().fault(fault)})
    return redirect(f"{_ROOM}?said={verdict}", 303)


@bp.post(f"{_ROOM}/contact")
@needs(Permission.FOLLOW_REPORT)
def change_contact() -> ResponseReturnValue:
    seen = _seen()
    if seen is None:
        return redirect(_ROOM, 303)
    typed = request.form.get("email", "").strip()[:254]
    is_removal = request.form.get("do") == "remove"
    try:
        email = "" if is_removal else checked_email(typed)
        follow_acts.write_to(works().engine, _code(), email, words().language)
    except (InvalidValue, Conflict) as fault:
        return _report(seen, {"email" if isinstance(fault, InvalidValue) else "": words().fault(fault)})
    return redirect(f"{_ROOM}?said={'no_mail' if is_removal else 'mail'}", 303)


def _uid() -> UUID:
    """The id the page made for what it sends; a new one where it was lost on the way."""
    try:
        return UUID(request.form.get("uid", ""))
    except ValueError:
        return uuid4()


def _code() -> str:
    """The code this browser has typed lately, or ""."""
    said: Any = session.get(KEPT)
    try:
        is_kept = datetime.now(UTC) - datetime.fromisoformat(said["at"]) < KEPT_FOR
        return str(said["code"]) if is_kept else ""
    except (KeyError, TypeError, ValueError):
        return ""


def _seen() -> Followed | None:
    """The report this browser follows, or None where it has typed no code or the report is gone."""
    code = _code()
    try:
        return followed(works().engine, code) if code else None
    except NotFound:
        return None


def _ask(problems: dict[str, str]) -> str:
    example = reception.example_receipt(works().engine, works().settings.secret())
    return render_template("follow/ask.html", problems=problems, said=_said(), example=example)


def _report(seen: Followed, problems: dict[str, str]) -> ResponseReturnValue:
    page = render_template(
        "follow/show.html",
        seen=seen,
        code=receipts.spelled(_code()),
        track=track_of(seen),
        replies=[(words().label(each.stage), moment_words(each.at), each.text) for each in seen.replies],
        said=_said(),
        problems=problems,
        email=request.form.get("email", "").strip()[:254],
        uid=uuid4(),
        verdicts=[(each.value, words().label(each)) for each in Verdict],
        municipality_name=words().municipality(seen.home.name),
    )
    return unkept(page), 422 if problems else 200


def _said() -> str:
    """What was just done, for the page to say."""
    told = {
        "forgotten": say("Koden är glömd på den här enheten."),
        "withdrawn": say("Du har tagit tillbaka rapporten."),
        "same": say("Tack. Vi har noterat att det är likadant."),
        "better": say("Tack. Vi har noterat att det är bättre."),
        "mail": say("Vi skickar svar till adressen du skrev."),
        "no_mail": say("Adressen är borttagen. Du får inga fler mejl."),
    }
    return told.get(request.args.get("said", ""), "")
