"""What is answered where something went wrong: a page in plain words, or a problem document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Flask, jsonify, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed

from geodata.errors import Fault
from webmap.errors import status_of
from webmap.gate import LoginNeeded, say, words
from webmap.services.sayings import Refused
from webmap.typed import again, is_of_this_host

_DATABASE_BACK_S = 30
_LEFT_AFTER = (413, 500, 503)
"""After these, what was typed may be sent again as it is, or the report gone on with."""


def register_answers(app: Flask) -> None:
    """Let every fault of an application be answered here."""
    app.register_error_handler(Fault, _answer_fault)
    app.register_error_handler(CSRFError, _answer_csrf)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(OperationalError, _answer_database)


def _answer_fault(fault: Fault) -> ResponseReturnValue:
    if isinstance(fault, LoginNeeded) and not _wants_json():
        # Only what was looked at can be gone back to; a form has to be sent again.
        back = {"next": request.full_path.rstrip("?")} if request.method == "GET" else {}
        return redirect(url_for("account.ask", **back))  # type: ignore[arg-type]
    status = 401 if isinstance(fault, LoginNeeded) else status_of(fault)
    faults = fault.faults if isinstance(fault, Refused) else [fault]
    return _problem(status, words().fault(fault), fault.code, [each for each in faults if each.field])


def _answer_csrf(fault: CSRFError) -> ResponseReturnValue:
    if is_of_this_host() and again() is not None:
        return _problem(400, say("Sidan hade blivit för gammal och är inte skickad."), "csrf")
    happened = say("Sidan hade blivit för gammal. Gå tillbaka, ladda om den och försök igen.")
    return _problem(400, happened, "csrf", is_final=True)


def _answer_http(fault: HTTPException) -> ResponseReturnValue:
    status = fault.code or 500
    if status < 400 and fault.response is not None:
        return fault.get_response()
    answer = make_response(_problem(status, _what_happened(status), f"http.{status}"))
    if isinstance(fault, MethodNotAllowed):
        answer.allow.update(fault.valid_methods or ())
    return answer


def _answer_database(fault: OperationalError) -> ResponseReturnValue:
    happened = say("Databasen svarar inte just nu. Försök igen om en stund.")
    answer = make_response(_problem(503, happened, "database.unreachable"))
    answer.headers["Retry-After"] = str(_DATABASE_BACK_S)
    return answer


def _what_happened(status: int) -> str:
    said = {
        400: say("Förfrågan gick inte att läsa."),
        404: say("Sidan finns inte."),
        405: say("Så kan sidan inte användas."),
        413: say("Det som skickades är för stort."),
        500: say("Något gick fel hos oss. Felet är inte ditt."),
    }
    return said.get(status, InternalServerError.description if status >= 500 else said[400])


def _wants_json() -> bool:
    return request.path.startswith(("/api/", "/heat/", "/map/")) or request.path in ("/healthz", "/readyz")


def _problem(
    status: int, happened: str, code: str, faults: Sequence[Fault] = (), is_final: bool = False
) -> ResponseReturnValue:
    """is_final: nothing that was sent is made ready to be sent again."""
    title = say("Det gick inte")
    if _wants_json():
        errors = [{"field": each.field, "code": each.code, "message": words().fault(each)} for each in faults]
        document = {"type": "about:blank", "title": title, "status": status, "detail": happened, "code": code}
        answer = jsonify({**document, "errors": errors})
        answer.status_code, answer.content_type = status, "application/problem+json"
        return answer
    problem = {
        "title": title,
        "happened": happened,
        "advice": say("Gå tillbaka och försök igen, eller börja om från startsidan."),
        "code": code,
    }
    is_kept = not is_final and (code == "csrf" or status in _LEFT_AFTER)
    known = _what_is_left() if is_kept else {}
    return render_template("problem/show.html", problem=problem, **known), status


def _what_is_left() -> dict[str, Any]:
    """What was typed, where it can be read; else the way back into a report that is half told."""
    left = again()
    is_in_flow = request.method == "POST" and request.path.startswith("/report/") and "report" in session
    return {"again": left, "goes_on_at": request.path if is_in_flow and left is None else ""}
