"""Walking along: the code, the page that tells of the walk, and what the field app is made of.

The code lies in the address on purpose: it stands on a poster, lets one say things and read nothing.
"""

from __future__ import annotations

import json
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from geodata.errors import NotFound
from geodata.hours import WEEKDAYS
from webmap.access import Permission
from webmap.errors import status_of
from webmap.gate import needs, words, works
from webmap.limits import limited
from webmap.maps.field_ground import field_ground
from webmap.pages.field_words import both_languages
from webmap.services import field_walk
from webmap.services.field_tiles import TILES
from webmap.services.field_walk import told
from webmap.services.ground_room import GroundLayers
from webmap.services.layers import layers_of
from webmap.services.near_tiles import tiles_near

bp = Blueprint("field", __name__)

_WIDE = ("192", "512")


@bp.get("/w")
@needs(Permission.JOIN_WALK)
def ask() -> ResponseReturnValue:
    return render_template("field/code.html", problems={})


@bp.post("/w")
@limited("walk_join")
@needs(Permission.JOIN_WALK)
def find() -> ResponseReturnValue:
    try:
        there = field_walk.with_code(works().engine, request.form.get("code", ""))
    except NotFound as fault:
        return _unknown(fault)
    return redirect(f"/w/{there.walk.join_code}", 303)


@bp.get("/w/<code>")
@limited("walk_join")
@needs(Permission.JOIN_WALK)
def show(code: str) -> ResponseReturnValue:
    try:
        there = field_walk.with_code(works().engine, code)
    except NotFound as fault:
        return _unknown(fault)
    if there.walk.join_code != code:
        return redirect(f"/w/{there.walk.join_code}", 303)
    return render_template(
        "field/join.html",
        there=there,
        walk=there.walk,
        day=words().day(there.walk.day),
        weekday=words().weekday_name(WEEKDAYS[there.walk.day.weekday()]),
        municipality_name=words().municipality(there.walk.municipality),
        municipality_code=there.walk.code,
    )


@bp.get("/w/<code>/field")
@limited("walk_join")
@needs(Permission.JOIN_WALK)
def app(code: str) -> ResponseReturnValue:
    try:
        there = field_walk.with_code(works().engine, code)
    except NotFound as fault:
        return _unknown(fault)
    sayings = both_languages(there.walk.themes, TILES)
    return render_template("field/app.html", code=there.walk.join_code, sayings=sayings)


@bp.get("/w/<code>/walk.json")
@limited("walk_join")
@needs(Permission.JOIN_WALK)
def plan(code: str) -> ResponseReturnValue:
    there = field_walk.with_code(works().engine, code)
    said = told(there, works().places.now(there.walk.code), words())
    return _kept(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode(), "application/json")


@bp.get("/w/<code>/ground.json")
@limited("walk_join")
@needs(Permission.JOIN_WALK)
def ground(code: str) -> ResponseReturnValue:
    there = field_walk.with_code(works().engine, code)
    layers = works().ground.now(there.walk.code)
    drawn = _laid(layers, there.frame, there.home.boundary)
    more = {
        "credits": [each.text for each in layers_of(works(), there.walk.code).ground_credits],
        "base": tiles_near(works().basemap, there.frame),
    }
    beside = json.dumps(more, ensure_ascii=False, separators=(",", ":"))[1:].encode()
    return _kept(drawn[:-1] + b"," + beside, "application/json")


@bp.get("/w/<code>/app.webmanifest")
@limited("walk_join")
@needs(Permission.JOIN_WALK)
def manifest(code: str) -> ResponseReturnValue:
    there = field_walk.with_code(works().engine, code)
    icons = [
        {"src": f"/static/icons/field-{side}.png", "sizes": f"{side}x{side}", "type": "image/png"}
        for side in _WIDE
    ]
    whole = {"src": "/static/icons/field-maskable.png", "sizes": "512x512", "type": "image/png"}
    said = {
        "name": there.walk.title,
        "short_name": words()("Vandring"),
        "lang": words().language,
        "id": f"/w/{there.walk.join_code}/field",
        "start_url": f"/w/{there.walk.join_code}/field",
        "scope": "/w/",
        "display": "standalone",
        "orientation": "portrait",
        "background_color": "#fbfaf7",
        "theme_color": "#14212b",
        "icons": [*icons, whole | {"purpose": "maskable"}],
    }
    return _kept(json.dumps(said, ensure_ascii=False).encode(), "application/manifest+json")


@lru_cache(maxsize=32)
def _laid(layers: GroundLayers, frame: field_walk.Frame, boundary: Any) -> bytes:
    return field_ground(layers.shapes, boundary, frame)


def _kept(content: bytes, mimetype: str) -> Response:
    """Asked for by its ETag, so that a phone on the way fetches it once."""
    answer = Response(content, mimetype=mimetype)
    answer.set_etag(blake2b(content, digest_size=12).hexdigest())
    answer.headers["Cache-Control"] = "no-cache"
    answer.make_conditional(request)
    return answer


def _unknown(fault: NotFound) -> ResponseReturnValue:
    """The same for every code that opens nothing; what was typed is not shown again."""
    return render_template("field/code.html", problems={"code": words().fault(fault)}), status_of(fault)
