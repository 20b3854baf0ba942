"""The phones of a walk, for its leader: what has come, and what is still on them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from geodata.queries.municipalities import Home
from geodata.queries.walks import KnownWalk
from webmap.access import Permission
from webmap.gate import needs, words, works
from webmap.pages.walk_view import join_address, leading, walk_at
from webmap.services import walk_leading
from webmap.services.walk_phones import phones_of

bp = Blueprint("walk_phones", __name__)

_ROOT = "/staff/walks/<uuid:uid>/phones"


@bp.get(_ROOT)
@needs(Permission.LEAD_WALKS)
def show(uid: UUID) -> ResponseReturnValue:
    return render_template("walks/phones.html", **_told(*walk_at(uid, Permission.LEAD_WALKS)))


@bp.get(f"{_ROOT}/now")
@needs(Permission.LEAD_WALKS)
def now(uid: UUID) -> ResponseReturnValue:
    """The list alone, for the page's script."""
    return render_template("walks/_phones.html", **_told(*walk_at(uid, Permission.LEAD_WALKS)))


@bp.post(f"{_ROOT}/<uuid:phone>/revoke")
@needs(Permission.LEAD_WALKS)
def revoke(uid: UUID, phone: UUID) -> ResponseReturnValue:
    home, walk = walk_at(uid, Permission.LEAD_WALKS)
    walk_leading.revoke(works().engine, leading(home, walk), phone)
    return redirect(f"/staff/walks/{uid}/phones", 303)


def _told(home: Home, walk: KnownWalk) -> dict[str, Any]:
    phones = phones_of(works().engine, walk, words())
    return {
        "walk": walk,
        "code": home.code,
        "municipality_name": words().municipality(home.name),
        "phones": phones,
        "left": phones.left_words(words()),
        "silent": phones.silent_words(words()),
        "address": join_address(walk),
    }
