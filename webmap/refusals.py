"""The log of who was let in and what was refused, one line of JSON each on standard error.

When (UTC), what, where, which account by its number. Never an address, an e-mail, a code or anything else
that was typed; whoever was not let in is known by a mark that is the same for the same address tried.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, request

from webmap.gate import viewer
from webmap.traces import asked

REFUSED = {400, 401, 403, 413, 415, 429}
"""Forged, not logged in, not allowed, too large, of another type, too often."""
_LOG_IN = "/login"
_LOG = logging.getLogger("tryggkarta.refusals")
_MARK_SIGNS = 12


def install(app: Flask) -> None:
    """Let every refusal of an application be written down."""
    if not _LOG.handlers:
        _LOG.addHandler(logging.StreamHandler())
        _LOG.setLevel(logging.INFO)
    app.after_request(_note_refusal)


def note_entry(user_id: int, way: str) -> None:
    """Write down that somebody is in, and by which way: password, totp, recovery, oidc."""
    _write("let in", user=user_id, way=way)


def tried(mark: str) -> None:
    """Say which account a log-in tries, by its keyed mark."""
    g.tried = mark[:_MARK_SIGNS]


def _note_refusal(answer: Response) -> Response:
    if answer.status_code in REFUSED or _is_refused_softly(answer):
        _write("refused", status=answer.status_code, **_asker())
    return answer


def _is_refused_softly(answer: Response) -> bool:
    """A wrong code; a page that needs a log-in; a thing that is not there for somebody who is known."""
    is_door = request.path.startswith(_LOG_IN)
    if answer.status_code == 422:
        return is_door and request.method == "POST"
    if answer.status_code == 302:
        return not is_door and (answer.location or "").startswith(_LOG_IN)
    return answer.status_code == 404 and viewer().is_known


def _asker() -> dict[str, Any]:
    half = g.get("half")
    known = viewer().user_id or (half.user_id if half else None)
    return {"user": known, "tried": g.get("tried")}


def _write(event: str, **said: Any) -> None:
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    told = {name: value for name, value in said.items() if value is not None}
    _LOG.info(json.dumps({"at": at, "event": event, "asked": asked(), **told}))
