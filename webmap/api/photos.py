"""Photos from machines: once each under an id of their own, before their report, after it or without one."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from uuid import UUID

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from geodata.errors import InvalidValue
from geodata.exchange.photo_kinds import MOST_BYTES
from webmap.access import Permission
from webmap.api.description import described
from webmap.api.sending import PHOTO_SENT
from webmap.api.walk_door import gone
from webmap.api.walk_joining import token_shown
from webmap.errors import Unreadable
from webmap.gate import needs, takes_files, without_token, works
from webmap.limits import limited
from webmap.services import photos, walk_photos
from webmap.services.photos import StoredPhoto
from webmap.services.walk_revisions import Tombstone

bp = Blueprint("photo_door", __name__)

_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/=]{44}):")


@bp.put("/api/v1/photos/<uuid:uid>")
@described(PHOTO_SENT)
@without_token
@limited("photo")
@takes_files(MOST_BYTES)
@needs(Permission.SEND_REPORT)
def put(uid: UUID) -> ResponseReturnValue:
    report, token = _report(), token_shown()
    if token:
        return _of_walk(uid, report, token)
    stored = _stored(uid)
    is_tied = report is not None and photos.attach(works().engine, uid, report)
    return _answer(stored, report if is_tied else None)


def _of_walk(uid: UUID, finding: UUID | None, token: str) -> ResponseReturnValue:
    """From a phone on a walk: smaller, checked against what it says it sent, and tied however late it is."""
    request.max_content_length = walk_photos.MOST_BYTES
    try:
        sender = walk_photos.sender(works().engine, token, finding)
    except Tombstone as stone:
        return gone(stone.entry), 410
    _check_digest(request.get_data())
    stored = _stored(uid)
    is_tied = finding is not None and walk_photos.attach(works().engine, uid, finding, sender)
    return _answer(stored, finding if is_tied else None)


def _stored(uid: UUID) -> StoredPhoto:
    return photos.store(works().engine, works().settings.photos_folder, uid, request.get_data())


def _check_digest(raw: bytes) -> None:
    """Raises Unreadable where the photo is not the one that was sent (RFC 9530)."""
    said = _DIGEST.search(request.headers.get("Content-Digest", ""))
    if said and said[1] != b64encode(hashlib.sha256(raw).digest()).decode():
        raise Unreadable("photo.damaged", "photo")


def _answer(stored: StoredPhoto, report: UUID | None) -> ResponseReturnValue:
    answer = jsonify(
        {
            "id": str(stored.uid),
            "sha256": stored.digest,
            "width": stored.width,
            "height": stored.height,
            "report": str(report) if report else None,
        }
    )
    return answer, 201 if stored.is_new else 200


def _report() -> UUID | None:
    said = request.args.get("report", "")
    if not said:
        return None
    try:
        return UUID(said)
    except ValueError as fault:
        raise InvalidValue("uid.not_a_uuid", "report", given=said[:40]) from fault
