"""What somebody had typed where it could not be taken in: shown again, and sent again when asked to."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from webmap.access import Permission

PUBLIC_FORMS = (Permission.SEND_REPORT, Permission.FOLLOW_REPORT)
"""Of the forms that anybody may send. What staff type, and every password, is never shown again."""
_NEVER_KEPT = ("csrf_token", "homepage")
_SHORT_SIGNS = 30


@dataclass(frozen=True)
class Typed:
    """One field. is_shown: it is a text that one would not like to write again."""

    name: str
    value: str
    is_shown: bool


@dataclass(frozen=True)
class Again:
    """A form to send once more. address: where to, on this host. has_files: which have to be chosen again."""

    address: str
    fields: list[Typed]
    has_files: bool


def again() -> Again | None:
    """What was typed into a form that anybody may send, or None where it was not, or cannot be read."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method != "POST" or getattr(view, "permission", None) not in PUBLIC_FORMS:
        return None
    try:
        said = [pair for pair in request.form.items(multi=True) if pair[0] not in _NEVER_KEPT]
    except RequestEntityTooLarge:
        return None
    return Again(request.full_path.rstrip("?"), [_typed(*pair) for pair in said], bool(request.files))


def _typed(name: str, value: str) -> Typed:
    return Typed(name, value, len(value) > _SHORT_SIGNS or "\n" in value)


def is_of_this_host() -> bool:
    """Whether a page of ours sent it, as the browser says; another page's form is never made ready again."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return site == "same-origin" if site else urlsplit(origin).netloc == request.host
