"""What happens to every request before its view and to every answer after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from flask import Flask, Response, current_app, g, request, session
from flask_wtf.csrf import CSRFError, generate_csrf
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import RequestEntityTooLarge

from geodata.errors import DatabaseFault
from webmap.access import Permission
from webmap.gate import may_anywhere, viewer, words, works
from webmap.packing import FILES, pack
from webmap.problems import register_answers
from webmap.services import accounts, reception
from webmap.traces import log_exception, note_request
from webmap.uploads import OwnRequest
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
_SAFE = {"GET", "HEAD", "OPTIONS"}
_SAME = "same-origin"
_TWO_YEARS_S = 63_072_000
_A_YEAR_S = 31_536_000
_MOST_FORM_FIELDS = 1_000
_UPLOAD_FORM_BYTES = 500_000
"""Of a form with a file: the parser counts a piece of the file, 64 KiB, as part of the form."""


def install(app: Flask) -> None:
    """Put everything in place on an application."""
    app.request_class = OwnRequest
    app.before_request(note_request)
    app.before_request(_choose_words)
    app.before_request(_refuse_other_sites)
    app.before_request(_recognise)
    app.before_request(_allow_files)
    app.before_request(_bound_form)
    app.after_request(pack)
    app.after_request(_keep_language)
    app.after_request(_protect)
    app.log_exception = log_exception  # type: ignore[method-assign, assignment]
    app.context_processor(_surroundings)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: words().translations.gettext(text),
        lambda one, many, n: words().translations.ngettext(one, many, n),
        newstyle=True,
    )
    register_answers(app)


def _choose_words() -> None:
    asked = request.args.get("lang", "")
    kept = request.cookies.get(_language_cookie(), "")
    g.words = words_for(next((each for each in (asked, kept) if each in LANGUAGES), "sv"))
    g.new_language = asked if asked in LANGUAGES and asked != kept else ""


def _refuse_other_sites() -> None:
    """What changes anything comes from a page of ours, or from a program, which says of no page that it does.

    Every form has its token besides; this is asked of what needs none as well.
    """
    if request.method in _SAFE:
        return
    said = request.headers.get("Origin") or request.headers.get("Referer")
    if _is_by_bearer() and request.headers.get("Sec-Fetch-Site", _SAME) != _SAME:
        raise CSRFError("another site")
    ours = {request.host, urlsplit(works().settings.public_url).netloc}
    if said is not None and urlsplit(said).netloc not in ours - {""}:
        raise CSRFError("another site")


def _is_by_bearer() -> bool:
    """Whether whoever asks is told by a token in the header, or a code, and by nothing else."""
    view: Any = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "is_by_bearer", False)


def _recognise() -> None:
    if request.endpoint in FILES or _is_by_bearer():
        return  # everybody's files: who asks is not looked up; or no cookie says who it is
    token = session.get("sid")
    present = accounts.presence(works().engine, token) if token else None
    if present and present.is_whole:
        g.viewer, g.session_id, g.present = present.viewer, present.session_id, present
    elif present:
        g.half = present  # who knocks, and is asked for more; nobody yet to any page but those that ask
    # A token that is worth nothing is let be, and so is a report half told beside it. Were the cookie written
    # without it, the late answer to a second click would throw away the new token that the first click gave.


def _allow_files() -> None:
    """A larger body where a view takes files, before anything reads the form; from those who may send it."""
    view: Any = current_app.view_functions.get(request.endpoint or "")
    request.is_off_disk = getattr(view, "keeps_off_disk", False)  # type: ignore[attr-defined]
    most_bytes = getattr(view, "most_bytes", 0)
    if most_bytes and may_anywhere(view.permission):
        request.max_content_length = most_bytes
        request.max_form_memory_size = _UPLOAD_FORM_BYTES


def _bound_form() -> None:
    """A form without files is read in one piece: it may be no larger than one with, and of so many fields."""
    if request.mimetype != "application/x-www-form-urlencoded":
        return
    if not viewer().is_known:
        request.max_content_length = request.max_form_memory_size
    if request.get_data().count(b"&") >= _MOST_FORM_FIELDS:
        raise RequestEntityTooLarge


def _keep_language(answer: Response) -> Response:
    if chosen := g.get("new_language"):
        secure = works().settings.is_secure
        answer.set_cookie(
            _language_cookie(), chosen, max_age=_A_YEAR_S, secure=secure, httponly=True, samesite="Lax"
        )
    return answer


def _language_cookie() -> str:
    """Over https no other host, and nobody on the way, can set it in our place."""
    return "__Host-language" if works().settings.is_secure else "language"


def _protect(answer: Response) -> Response:
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if works().settings.is_secure:
        answer.headers.setdefault("Strict-Transport-Security", f"max-age={_TWO_YEARS_S}; includeSubDomains")
    is_personal = viewer().is_known or "half" in g
    answer.headers.setdefault("Cache-Control", "private, no-store" if is_personal else "no-cache")
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
        "may_review": may_anywhere(Permission.REVIEW_REPORTS),
        "may_edit_measures": may_anywhere(Permission.EDIT_MEASURES),
        "waiting_count": _waiting_count(),
        "csrf_token": generate_csrf,
        "asset": _asset,
    }


def _waiting_count() -> int:
    """How many reports wait for the review of whoever asks; 0 while the database is away."""
    codes = viewer().municipalities_for(Permission.REVIEW_REPORTS)
    try:
        return reception.waiting_count(works().engine, codes) if codes else 0
    except (OperationalError, DatabaseFault):
        return 0


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
