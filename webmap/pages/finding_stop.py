"""The follow-up meeting moves a finding to the stop it belongs to."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from geodata.errors import NotFound
from webmap.access import Permission
from webmap.gate import needs, works
from webmap.pages.finding_room import actor, desk
from webmap.pages.review_form import uid_in
from webmap.services.finding_stop import Moved, move_to_stop

bp = Blueprint("finding_stop", __name__)


@bp.post("/staff/walks/<uuid:uid>/findings/<uuid:finding>/stop")
@needs(Permission.FOLLOW_UP_WALKS)
def move(uid: UUID, finding: UUID) -> ResponseReturnValue:
    of, said = desk(uid, Permission.FOLLOW_UP_WALKS), request.form.get("stop", "")
    stop = uid_in(said)
    if said and stop is None:
        raise NotFound("stop.unknown", "stop")
    move_to_stop(works().engine, of.home, Moved(uid, finding, stop), actor())
    return redirect(f"/staff/walks/{uid}/follow-up?finding={finding}", 303)
