"""A walk beside the one it goes again."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from webmap.access import Permission
from webmap.gate import needs, viewer, words, works
from webmap.pages.finding_room import desk, room
from webmap.services.walk_comparison import compared, gone_again
from webmap.services.walk_comparison_words import said_comparison

bp = Blueprint("walk_compare", __name__)


@bp.get("/staff/walks/<uuid:uid>/compare")
@needs(Permission.SEE_WALKS)
def show(uid: UUID) -> ResponseReturnValue:
    of, codes = desk(uid), viewer().municipalities_for(Permission.SEE_WALKS)
    found = compared(works().engine, uid, codes)
    return render_template(
        "findings/compare.html",
        **room(of, "compare"),
        earlier=None if found is None else found.then.uid,
        is_walked=found is not None and found.is_walked,
        said=None if found is None else said_comparison(found, words()),
        later=[
            (f"/staff/walks/{each.uid}/compare", f"{each.title}, {words().day(each.day)}")
            for each in gone_again(works().engine, uid, codes)
        ],
    )
