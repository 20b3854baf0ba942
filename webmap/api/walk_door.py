"""The door for what phones send from a walk: stored once or kept aside, never lost to a fault of form."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from geodata.queries.walk_entries import KeptAside, KnownEntry
from webmap.access import Permission
from webmap.api.description import described
from webmap.api.walk_answers import ASIDE, CONFLICT, FINDING_SENT, RECEIVED, REVISION_SENT, WITHDRAWN
from webmap.api.walk_joining import body_sent, moment_said, token_shown, unkept
from webmap.gate import by_bearer, needs, works
from webmap.limits import limited
from webmap.services import walk_sending
from webmap.services.walk_body import Address
from webmap.services.walk_revisions import Revised, Tombstone
from webmap.services.walk_sending import Delivery
from webmap.services.walking import Taken

bp = Blueprint("walk_door", __name__)

_ETAG = re.compile(r'"?([1-9][0-9]{0,8})"?', re.ASCII)


@bp.put("/api/v1/walks/<uuid:walk>/findings/<uuid:uid>")
@described(FINDING_SENT)
@by_bearer
@limited("walk")
@needs(Permission.JOIN_WALK)
def put(walk: UUID, uid: UUID) -> ResponseReturnValue:
    delivery = Delivery(Address(walk, uid), body_sent(), token_shown())
    made = walk_sending.deliver(works(), delivery)
    if isinstance(made.outcome, KeptAside):
        return _aside(uid, made.outcome, made.safe_seq), 202
    taken = made.outcome
    if taken.entry.deleted_at is not None:
        return gone(taken.entry), 410
    return _echo(taken, made.safe_seq), 201 if taken.is_new else 200


@bp.put("/api/v1/walks/<uuid:walk>/findings/<uuid:uid>/revisions/<uuid:revision>")
@described(REVISION_SENT)
@by_bearer
@limited("walk")
@needs(Permission.JOIN_WALK)
def revise(walk: UUID, uid: UUID, revision: UUID) -> ResponseReturnValue:
    delivery = Delivery(Address(walk, uid, revision), body_sent(), token_shown(), _base())
    try:
        made = walk_sending.deliver_change(works(), delivery)
    except Tombstone as stone:
        return gone(stone.entry), 410
    if isinstance(made.outcome, KeptAside):
        return _aside(uid, made.outcome, made.safe_seq), 202
    revised = made.outcome
    if revised.is_conflict:
        return _revised(revised, made.safe_seq), 412
    return _revised(revised, made.safe_seq), 201 if revised.is_new else 200


def gone(entry: KnownEntry) -> Any:
    """What is answered of something that is not there any more."""
    deleted_at = entry.deleted_at or datetime.now(UTC)
    return unkept(
        {"id": str(entry.uid), "deleted_at": moment_said(deleted_at), "reason": entry.deleted_reason}
    )


def _base() -> int:
    """The revision that the phone had before it; 0 where it does not say, which none is."""
    found = _ETAG.fullmatch(request.headers.get("If-Match", ""))
    return int(found[1]) if found else 0


def _echo(taken: Taken, safe_seq: int) -> Any:
    return unkept(_of_entry(taken.entry, taken.missing, safe_seq))


def _of_entry(entry: KnownEntry, missing: tuple[UUID, ...], safe_seq: int) -> dict[str, Any]:
    return {
        "id": str(entry.uid),
        "sha256": entry.sha256,
        "seq": entry.seq,
        "received_at": moment_said(entry.received_at),
        "state": RECEIVED,
        "photos_missing": [str(uid) for uid in missing],
        "safe_through": safe_seq,
        "revision": entry.revision,
    }


def _revised(revised: Revised, safe_seq: int) -> Any:
    said = _of_entry(revised.entry, revised.missing, safe_seq)
    state = WITHDRAWN if revised.entry.deleted_at is not None else RECEIVED
    return unkept(
        said
        | {
            "revision_id": str(revised.revision.uid),
            "sha256": revised.revision.sha256,
            "received_at": moment_said(revised.revision.received_at),
            "state": CONFLICT if revised.is_conflict else state,
        }
    )


def _aside(uid: UUID, kept: KeptAside, safe_seq: int) -> Any:
    return unkept(
        {
            "quarantined": True,
            "id": str(uid),
            "revision_id": None if kept.uid == uid else str(kept.uid),
            "sha256": kept.sha256,
            "received_at": moment_said(kept.received_at),
            "state": ASIDE,
            "reason": kept.reason,
            "safe_through": safe_seq,
        }
    )
