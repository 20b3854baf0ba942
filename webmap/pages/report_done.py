"""The receipt of a report that is sent: its code, to keep, and what happens next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from geodata.errors import NotFound
from geodata.queries.municipalities import Home
from webmap.access import Permission
from webmap.gate import needs, say, words, works
from webmap.pages.receipt_track import Mark, new_track
from webmap.services import receipts
from webmap.services.reception_spool import home_now

bp = Blueprint("report_done", __name__)

KEPT = "report_done"


@dataclass(frozen=True)
class Slip:
    """What is on a receipt. code: as it is shown."""

    code: str
    home: Home
    at: datetime
    track: list[Mark]


@bp.get("/report/done")
@needs(Permission.SEND_REPORT)
def show() -> ResponseReturnValue:
    slip = _slip()
    return unkept(
        render_template(
            "report/done.html",
            slip=slip,
            follow_at=_follow_address(),
            municipality_name=words().municipality(slip.home.name) if slip else None,
        )
    )


@bp.get("/report/done/receipt.txt")
@needs(Permission.SEND_REPORT)
def as_text() -> ResponseReturnValue:
    slip = _slip()
    if slip is None:
        return redirect("/report/done", 303)
    answer = unkept(_text(slip))
    answer.content_type = "text/plain; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{say("kvitto")}-{slip.code}.txt"'
    return answer


def unkept(page: str) -> Response:
    """A page that no browser keeps, since there is a code on it."""
    answer = make_response(page)
    answer.cache_control.private = answer.cache_control.no_store = True
    return answer


def _slip() -> Slip | None:
    """The receipt of what this browser sent last, or None."""
    said: Any = session.get(KEPT)
    try:
        uid, at = UUID(said["uid"]), datetime.fromisoformat(said["at"])
        home = home_now(works(), said["municipality"])
    except (KeyError, TypeError, ValueError, NotFound):
        return None
    code = receipts.code_of(works().settings.secret(), uid)
    return Slip(receipts.spelled(code), home, at, new_track(at))


def _follow_address() -> str:
    """Where a report is followed, as one types it."""
    return (works().settings.public_url or request.host_url).rstrip("/") + "/follow"


def _text(slip: Slip) -> str:
    lines = [
        words().municipality(slip.home.name),
        say("Tack. Din rapport är mottagen."),
        "",
        say("Din kod: %(code)s", code=slip.code),
        say("Följ rapporten här: %(address)s", address=_follow_address()),
        say("Den som har koden kan läsa svaren och ta tillbaka rapporten."),
        "",
        *(f"{mark.name}: {mark.told}" for mark in slip.track),
        "",
        say("Händer det något farligt nu? Ring 112. Brott anmäler du på 114 14."),
    ]
    return "\r\n".join(lines) + "\r\n"
