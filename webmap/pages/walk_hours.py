"""When people walked: whoever leads the walk sets it right, also for one that was led on paper."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from geodata.errors import Conflict, Fault
from geodata.queries.municipalities import Home
from geodata.queries.walks import KnownWalk
from webmap.access import Permission
from webmap.gate import needs, words, works
from webmap.pages.walk_view import leading, walk_at
from webmap.services import walk_planning
from webmap.services.sayings import Refused
from webmap.services.walk_hours import HoursSaid, hours_draft, hours_words, is_unsure, said_of, set_hours

bp = Blueprint("walk_hours", __name__)

_ROOT = "/staff/walks/<uuid:uid>/hours"


@bp.get(_ROOT)
@needs(Permission.LEAD_WALKS)
def ask(uid: UUID) -> ResponseReturnValue:
    home, walk = walk_at(uid, Permission.LEAD_WALKS)
    return _page(home, walk, said_of(walk))


@bp.post(_ROOT)
@needs(Permission.LEAD_WALKS)
def take(uid: UUID) -> ResponseReturnValue:
    home, walk = walk_at(uid, Permission.LEAD_WALKS)
    said = HoursSaid(*(request.form.get(name, "")[:40] for name in ("day", "starts", "ends")))
    try:
        set_hours(works().engine, leading(home, walk), hours_draft(said))
    except Refused as refused:
        return _page(home, walk, said, *refused.faults), 422
    except Conflict as fault:
        return _page(home, walk_planning.one(works().engine, uid), said, fault.at("")), 409
    return redirect(f"/staff/walks/{uid}", 303)


def _page(home: Home, walk: KnownWalk, said: HoursSaid, *faults: Fault) -> str:
    say = words()
    return render_template(
        "walks/hours.html",
        walk=walk,
        code=home.code,
        municipality_name=say.municipality(home.name),
        said=said,
        when=hours_words(walk, say),
        is_unsure=is_unsure(walk),
        problems={fault.field: say.fault(fault) for fault in faults},
    )
