"""What happens to every request before its view and to every answer after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from flask import (
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, generate_csrf
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError

from geodata.errors import DatabaseFault, Fault
from webmap.access import Permission
from webmap.errors import status_of
from webmap.gate import LoginNeeded, may_anywhere, say, viewer, words, works
from webmap.packing import FILES, pack
from webmap.services import accounts, reception
from webmap.words import LANGUAGES, words_for

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self), interest-cohort=()",
}
_TWO_YEARS_S = 63_072_000
_LANGUAGE_COOKIE = "language"
_A_YEAR_S = 31_536_000
_UPLOAD_FORM_BYTES = 500_000
"""Of a form with a file: the parser counts a piece of the file, 64 KiB, as part of the form."""


def install(app: Flask) -> None:
    """Put everything in place on an application."""
    app.before_request(_choose_words)
    app.before_request(_recognise)
    app.before_request(_allow_files)
    app.after_request(pack)
    app.after_request(_keep_language)
    app.after_request(_protect)
    app.context_processor(_surroundings)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: words().translations.gettext(text),
        lambda one, many, n: words().translations.ngettext(one, many, n),
        newstyle=True,
    )
    app.register_error_handler(Fault, _answer_fault)
    app.register_error_handler(CSRFError, _answer_csrf)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(OperationalError, _answer_database)


def _choose_words() -> None:
    asked = request.args.get("lang", "")
    kept = request.cookies.get(_LANGUAGE_COOKIE, "")
    g.words = words_for(next((each for each in (asked, kept) if each in LANGUAGES), "sv"))
    g.new_language = asked if asked in LANGUAGES and asked != kept else ""


def _recognise() -> None:
    if request.endpoint in FILES:
        return  # everybody's files: who asks is not looked up
    token = session.get("sid")
    present = accounts.presence(works().engine, token) if token else None
    if present:
        g.viewer, g.session_id = present.viewer, present.session_id
    elif token:
        session.clear()


def _allow_files() -> None:
    """A larger body where a view takes files, before anything reads the form; from those who may send it."""
    view: Any = current_app.view_functions.get(request.endpoint or "")
    most_bytes = getattr(view, "most_bytes", 0)
    if most_bytes and may_anywhere(view.permission):
        request.max_content_length = most_bytes
        request.max_form_memory_size = _UPLOAD_FORM_BYTES


def _keep_language(answer: Response) -> Response:
    if chosen := g.get("new_language"):
        secure = works().settings.is_secure
        answer.set_cookie(
            _LANGUAGE_COOKIE, chosen, max_age=_A_YEAR_S, secure=secure, httponly=True, samesite="Lax"
        )
    return answer


def _protect(answer: Response) -> Response:
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if works().settings.is_secure:
        answer.headers.setdefault("Strict-Transport-Security", f"max-age={_TWO_YEARS_S}; includeSubDomains")
    if request.endpoint not in FILES:
        answer.headers.setdefault("Cache-Control", "private, no-store" if viewer().is_known else "no-cache")
    return answer


@dataclass(frozen=True)
class LanguageLink:
    """The same page in another language."""

    code: str
    label: str
    href: str
    is_chosen: bool


def _surroundings() -> dict[str, Any]:
    """What the layout needs on every page."""
    chosen = words().language
    return {
        "language": chosen,
        "language_links": [
            LanguageLink(code, label, _in_language(code), code == chosen) for code, label in LANGUAGES.items()
        ],
        "viewer": viewer(),
        "is_demo": _is_demo(),
        "may_see_map": may_anywhere(Permission.SEE_MAP),
        "may_import": may_anywhere(Permission.IMPORT_FILES),
        "may_import_areas": may_anywhere(Permission.IMPORT_AREAS),
        "csrf_token": generate_csrf,
        "asset": _asset,
    }


def _asset(path: str) -> str:
    """The address of a file of ours; it must be known even where a request has none to route by."""
    return f"/static/{path}"


def _in_language(code: str) -> str:
    """This page in another language; what was asked for is carried along as text and never as an option."""
    is_page = request.endpoint is not None and request.method == "GET"
    asked = [pair for pair in request.args.items(multi=True) if pair[0] != "lang"] if is_page else []
    return f"{quote(request.path) if is_page else '/'}?{urlencode([*asked, ('lang', code)], safe=',')}"


def _is_demo() -> bool:
    try:
        return reception.is_demo(works().engine)
    except (OperationalError, DatabaseFault):
        return False


def _answer_fault(fault: Fault) -> ResponseReturnValue:
    if isinstance(fault, LoginNeeded) and not _wants_json():
        # Only what was looked at can be gone back to; a form has to be sent again.
        back = {"next": request.full_path.rstrip("?")} if request.method == "GET" else {}
        return redirect(url_for("account.ask", **back))  # type: ignore[arg-type]
    status = 401 if isinstance(fault, LoginNeeded) else status_of(fault)
    return _problem(status, words().fault(fault), fault.code, fault.field)


def _answer_csrf(fault: CSRFError) -> ResponseReturnValue:
    return _problem(
        400, say("Sidan hade blivit för gammal. Gå tillbaka, ladda om den och försök igen."), "csrf"
    )


def _answer_http(fault: HTTPException) -> ResponseReturnValue:
    status = fault.code or 500
    if status < 400 and fault.response is not None:
        return fault.get_response()
    return _problem(status, _what_happened(status), f"http.{status}")


def _answer_database(fault: OperationalError) -> ResponseReturnValue:
    return _problem(
        503, say("Databasen svarar inte just nu. Försök igen om en stund."), "database.unreachable"
    )


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


def _problem(status: int, happened: str, code: str, field: str = "") -> ResponseReturnValue:
    title = say("Det gick inte")
    if _wants_json():
        errors = [{"field": field, "message": happened}] if field else []
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
    return render_template("problem/show.html", problem=problem), status
