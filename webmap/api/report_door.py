"""The door for reports that programs send: one may be sent again and again, and is stored once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, session
from flask.typing import ResponseReturnValue

from geodata.drafts import ReportDraft
from geodata.errors import Fault, InvalidValue, NotFound
from geodata.queries.municipalities import Home
from geodata.vocabulary import Kind, Origin
from webmap.access import Permission, Role
from webmap.api.description import described
from webmap.api.report_body import saying_in
from webmap.api.sending import REPORT_SENT
from webmap.api.strict_json import document_sent
from webmap.gate import may_here, needs, viewer, without_token, words, works
from webmap.limits import limited
from webmap.services import receipts
from webmap.services.actors import Actor
from webmap.services.receiving import PUBLIC, Arrival
from webmap.services.reception_spool import Taken, home_now, receive_or_spool
from webmap.services.sayings import Refused, Saying, draft_of

bp = Blueprint("report_door", __name__)

TYPES = ("application/geo+json", "application/json")
MOST_BYTES = 256_000
_MOST_FAULTS = 100


@bp.put("/api/v1/reports/<uuid:uid>")
@described(REPORT_SENT)
@without_token
@limited("report_door")
@needs(Permission.SEND_REPORT)
def put(uid: UUID) -> ResponseReturnValue:
    home, draft = _draft_sent(uid)
    actor = _actor(home.code)
    taken = receive_or_spool(works(), home, Arrival(draft, language=words().language), actor)
    return _echo(draft, taken, is_public=actor is PUBLIC), _status(taken)


def _draft_sent(uid: UUID) -> tuple[Home, ReportDraft]:
    """What was sent, as a draft of its municipality. Raises Refused with every fault at once."""
    saying, code, faults = saying_in(document_sent(TYPES, MOST_BYTES), uid)
    home = _home(code, faults)
    faults += _beyond_rights(saying, code)
    voice = None if viewer().is_known else session.get("voice")  # who writes for others is not their voice
    draft = None
    if home is not None:
        try:
            draft = draft_of(home, replace(saying, voice=voice))
        except Refused as refused:
            faults += refused.faults
    if home is None or draft is None or faults:
        raise Refused(faults[:_MOST_FAULTS])
    return home, draft


def _home(code: str, faults: list[Fault]) -> Home | None:
    try:
        return home_now(works(), code)
    except NotFound:
        if not any(fault.field == "municipality" for fault in faults):
            faults.append(InvalidValue("municipality.not_here", "municipality", given=code[:20]))
        return None


def _beyond_rights(saying: Saying, code: str) -> list[Fault]:
    """What only those may send who write down reports for others."""
    if may_here(Permission.ENTER_REPORTS, code):
        return []
    faults: list[Fault] = []
    if saying.kind != Kind.PERCEPTION:
        faults.append(InvalidValue("kind.only_perception", "kind"))
    if saying.origin != Origin.PUBLIC:
        faults.append(InvalidValue("origin.only_public", "origin"))
    return faults


def _actor(code: str) -> Actor:
    if not may_here(Permission.ENTER_REPORTS, code):
        return PUBLIC
    may_read = may_here(Permission.REVIEW_REPORTS, code)
    return Actor(viewer().user_id, Role.COORDINATOR if may_read else Role.REPORTER)


def _status(taken: Taken) -> int:
    if taken.is_waiting:
        return 202
    return 201 if taken.received.is_new else 200


def _echo(draft: ReportDraft, taken: Taken, is_public: bool) -> dict[str, Any]:
    """The same for the first sending and for every later one, whatever has been made of the report since."""
    code = taken.received.code
    return {
        "id": str(draft.uid),
        "sha256": draft.digest,
        "state": draft.state,
        "received_at": taken.received.at.isoformat(timespec="milliseconds"),
        "receipt": receipts.spelled(code) if code and is_public else None,
    }
