"""What stands between the right password and the rooms: a code, a new password, a phone to take into use."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import cast

from flask import g, make_response, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from geodata.errors import Conflict, DatabaseFault, Fault, TooOften
from webmap import refusals
from webmap.gate import viewer, words, works
from webmap.pages.next_page import own_path
from webmap.services import accounts, reception, second_factor
from webmap.services.second_factor import Enrolled
from webmap.services.sessions import Presence, Step

PATHS = {
    Step.CODE: "/login/code",
    Step.CHANGE: "/login/password",
    Step.ENROL: "/login/second-factor",
}


def needs_code() -> bool:
    """Whether this server asks for a second factor; the example never does."""
    return works().settings.second_factor == "required" and not reception.is_demo(works().engine)


def half() -> Presence | None:
    """Whoever knocks and is not in yet."""
    return cast(Presence | None, g.get("half"))


def half_step() -> Step | None:
    """What is asked of them next."""
    present = half()
    return present.missing(needs_code()) if present else None


def knocking(step: Step) -> Presence | None:
    """Whoever this step is asked of."""
    return half() if half_step() == step else None


def elsewhere() -> ResponseReturnValue:
    """To where they belong whom this step is not asked of: another step, the rooms, or the beginning."""
    late = {} if viewer().is_known or half() else {"late": "1"}
    return redirect(url_for("account.ask", **late), 303)  # type: ignore[arg-type]


def enter_with(token: str, asked: str) -> ResponseReturnValue:
    """Go on with a new token: to the next step, or to where one was going."""
    session.clear()
    session["sid"] = token
    present = accounts.presence(works().engine, token)
    step = present.missing(needs_code()) if present and not present.is_whole else None
    if step is None:
        refusals.note_entry(present.user_id if present else 0, present.way if present else "")
        return redirect(own_path(asked), 303)
    session["next"] = asked[:500]
    return redirect(PATHS[step], 303)


def offered_key(present: Presence) -> str:
    """The key that is offered to this account's phone: the same until it is taken into use.

    It lies sealed in the cookie; nothing is stored until a code of it is right.
    """
    secret = works().settings.secret()
    try:
        return second_factor.unseal(secret, present.user_id, urlsafe_b64decode(session.get("offer", "")))
    except (DatabaseFault, ValueError):
        key = second_factor.new_key()
        session["offer"] = urlsafe_b64encode(second_factor.seal(secret, present.user_id, key)).decode()
        return key


def once(enrolled: Enrolled) -> ResponseReturnValue:
    """Show the codes for the day the phone is gone. They are kept nowhere, so this is their only page."""
    asked = session.get("next", "")
    session.clear()
    session["sid"] = enrolled.token
    return shown_once(enrolled.codes, own_path(asked))


def shown_once(codes: list[str], onward: str) -> ResponseReturnValue:
    """The page of recovery codes, kept by no browser."""
    answer = make_response(render_template("account/recovery_codes.html", codes=codes, onward=onward))
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def refusal(page: str, fault: Fault) -> ResponseReturnValue:
    """A page with its fault: 429 with how long to wait, 409 where others changed it, 422 otherwise."""
    if not isinstance(fault, TooOften):
        return page, 409 if isinstance(fault, Conflict) else 422
    answer = make_response(page, 429)
    answer.headers["Retry-After"] = str(fault.values["seconds"])
    return answer


def sentence_at(fault: Fault, field: str) -> dict[str, str]:
    """A fault as a form shows it, at its own field or the one given."""
    return {fault.field or field: words().fault(fault)}
