"""What the report form's script asks for: names of places, and the ground to point at."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from webmap.access import Permission
from webmap.api.answers import PLACES
from webmap.api.description import described
from webmap.api.ground import ground_tile
from webmap.gate import needs, words, works
from webmap.limits import limited
from webmap.maps.tiles import TILE_PX, Tile, theme_named
from webmap.services.place_search import LONGEST_SEARCH
from webmap.services.place_ways import kind_word

bp = Blueprint("places", __name__)

_NAMES_KEPT_S = 300


@bp.get("/api/v1/places")
@described(PLACES)
@limited("places")
@needs(Permission.SEE_PUBLIC)
def search() -> ResponseReturnValue:
    """Named places like what was written: names only, at most eight."""
    places = works().places.now(request.args.get("municipality", ""))
    found = places.search(request.args.get("q", "")[:LONGEST_SEARCH])
    say = words()
    answer = jsonify(
        places=[
            {
                "key": each.key,
                "name": each.name,
                "kind": kind_word(each.kind, say),
                "locality": each.locality,
            }
            for each in found
        ]
    )
    answer.cache_control.private, answer.cache_control.max_age = True, _NAMES_KEPT_S
    return answer


@bp.get("/ground/<int:z>/<int:x>/<int:y>.png")
@needs(Permission.SEE_PUBLIC)
def ground(z: int, x: int, y: int) -> Response:
    """A tile of the municipality's streets, buildings and water: no report is in it."""
    asked = Tile(z, x, y, request.args.get("size", TILE_PX, type=int))
    theme = theme_named(request.args.get("theme", "light")).name
    return ground_tile(request.args.get("municipality", ""), asked, theme)
