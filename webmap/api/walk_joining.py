"""A phone joins a walk, asks what has come of what it sent, and tells what it still has."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from geodata.errors import InvalidValue
from webmap.access import Permission
from webmap.api.description import JSON, described
from webmap.api.walk_answers import (
    ASIDE,
    CONFLICT,
    JOINED,
    MOST_BYTES,
    MOST_IDS,
    MOST_WAITING,
    PING,
    RECEIPTS_ASKED,
    RECEIVED,
    WAITING_SAID,
    WITHDRAWN,
)
from webmap.errors import WrongType
from webmap.gate import by_bearer, needs, works
from webmap.limits import limited
from webmap.services import walk_receipts, walk_tokens
from webmap.services.walk_body import Sent, sent
from webmap.services.walk_receipts import Receipt

bp = Blueprint("walk_joining", __name__)


def body_sent() -> Sent:
    """The request's body. Raises WrongType, InvalidValue, and 413 for what is too large."""
    if request.mimetype != JSON:
        raise WrongType("json.wrong_type", accepted=JSON)
    request.max_content_length = MOST_BYTES
    return sent(request.get_data(cache=False))


def token_shown() -> str:
    """The token of the phone, "" where none is shown."""
    shown = request.authorization
    return shown.token or "" if shown is not None and shown.type == "bearer" else ""


def moment_said(moment: datetime) -> str:
    """A moment as it is answered."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def unkept(said: dict[str, Any]) -> Any:
    """An answer for the one who asks, kept nowhere on the way."""
    answer = jsonify(said)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/api/v1/ping")
@described(PING)
@needs(Permission.SEE_PUBLIC)
def ping() -> ResponseReturnValue:
    return unkept({"app": "trygg", "t": round(datetime.now(UTC).timestamp(), 3)})


@bp.post("/api/v1/walks/<uuid:walk>/join")
@described(JOINED)
@by_bearer
@limited("walk_join")
@needs(Permission.JOIN_WALK)
def join(walk: UUID) -> ResponseReturnValue:
    said = _object(body_sent().document)
    code = said.get("code")
    if not isinstance(code, str):
        raise InvalidValue("field.not_text", "code")
    joined = walk_tokens.join(works().engine, walk, code, _group(said.get("group")))
    answer = {
        "token": joined.token,
        "device": str(joined.device),
        "walk": str(walk),
        "code": joined.code,
        "group": joined.group,
        "expires_at": moment_said(joined.expires_at),
    }
    return unkept(answer), 201


@bp.post("/api/v1/walks/<uuid:walk>/receipts")
@described(RECEIPTS_ASKED)
@by_bearer
@limited("walk")
@needs(Permission.JOIN_WALK)
def receipts(walk: UUID) -> ResponseReturnValue:
    ids = _ids(_object(body_sent().document).get("ids"))
    asker, found = walk_receipts.receipts(works().engine, walk, token_shown(), ids)
    reach = {"safe_through": asker.walk.safe_seq}
    return unkept({str(uid): _receipt(each) | reach for uid, each in found.items()})


@bp.put("/api/v1/walks/<uuid:walk>/waiting")
@described(WAITING_SAID)
@by_bearer
@limited("walk")
@needs(Permission.JOIN_WALK)
def waiting(walk: UUID) -> ResponseReturnValue:
    said = _object(body_sent().document)
    unsent = _count(said, "entries"), _count(said, "photos")
    asked = _group(said.get("group"))
    heard = walk_receipts.note_waiting(works().engine, walk, token_shown(), unsent, asked)
    return unkept({"seen_at": moment_said(heard.at), "group": heard.group, "groups": heard.groups})


def _object(document: Any) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise InvalidValue("field.not_an_object", "body")
    return document


def _group(given: Any) -> int | None:
    """A group's number, where one is asked for."""
    return given if isinstance(given, int) and not isinstance(given, bool) else None


def _count(said: dict[str, Any], name: str) -> int:
    given = said.get(name)
    if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given <= MOST_WAITING:
        raise InvalidValue("field.not_a_number", name)
    return given


def _ids(given: Any) -> list[UUID]:
    if not isinstance(given, list) or len(given) > MOST_IDS:
        raise InvalidValue("walk.too_many_ids", "ids", most=MOST_IDS)
    try:
        return [UUID(each) for each in given]
    except (AttributeError, TypeError, ValueError) as fault:
        raise InvalidValue("field.not_words", "ids") from fault


def _receipt(receipt: Receipt) -> dict[str, Any]:
    if receipt.aside is not None and receipt.entry is None:
        aside = receipt.aside
        said = {"sha256": aside.sha256, "received_at": moment_said(aside.received_at), "state": ASIDE}
        return said | {"reason": aside.reason}
    entry, told = receipt.entry, receipt.revision or receipt.entry
    if entry is None or told is None:
        return {}
    known: dict[str, Any] = {
        "sha256": told.sha256,
        "received_at": moment_said(told.received_at),
        "state": CONFLICT if receipt.revision and receipt.revision.is_open else RECEIVED,
        "seq": entry.seq,
        "revision": entry.revision,
        "photos": {str(uid): "received" if is_here else "missing" for uid, is_here in receipt.photos},
    }
    if entry.deleted_at is not None:
        gone = {"state": WITHDRAWN, "deleted_at": moment_said(entry.deleted_at)}
        known |= gone | {"reason": entry.deleted_reason}
    return known
