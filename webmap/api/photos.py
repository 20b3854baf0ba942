"""Photos from machines: once each under an id of their own, before their report, after it or without one."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from geodata.errors import InvalidValue
from geodata.exchange.photo_kinds import MOST_BYTES
from webmap.access import Permission
from webmap.api.description import described
from webmap.api.sending import PHOTO_SENT
from webmap.gate import needs, takes_files, without_token, works
from webmap.limits import limited
from webmap.services import photos

bp = Blueprint("photo_door", __name__)


@bp.put("/api/v1/photos/<uuid:uid>")
@described(PHOTO_SENT)
@without_token
@limited("photo")
@takes_files(MOST_BYTES)
@needs(Permission.SEND_REPORT)
def put(uid: UUID) -> ResponseReturnValue:
    engine, report = works().engine, _report()
    stored = photos.store(engine, works().settings.photos_folder, uid, request.get_data(cache=False))
    is_tied = report is not None and photos.attach(engine, uid, report)
    answer = jsonify(
        {
            "id": str(uid),
            "sha256": stored.digest,
            "width": stored.width,
            "height": stored.height,
            "report": str(report) if is_tied else None,
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
