"""What lies under the surface, as tiles: the base map, and the ground drawn from imported layers."""

from __future__ import annotations

from hashlib import blake2b

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from webmap.access import Permission
from webmap.gate import allowed_municipality, needs, works
from webmap.maps.ground_tiles import PIXEL, STYLE, draw_ground_tile
from webmap.maps.tiles import EMPTY, TILE_PX, Tile, theme_named

bp = Blueprint("ground", __name__)

_PICTURES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}
_A_DAY_S = 86_400


@bp.get("/map/base/<int:z>/<int:x>/<int:y>")
@needs(Permission.SEE_PUBLIC)
def base(z: int, x: int, y: int) -> ResponseReturnValue:
    """A tile of the base map; one pixel of nothing where it cannot be had now, for the page to ask again."""
    asked = Tile(z, x, y)
    found = works().basemap
    picture = found.tile(asked.z, asked.x, asked.y) if found else None
    answer = Response(PIXEL if picture is None else picture or EMPTY)
    answer.mimetype = _type_of(answer.get_data())
    answer.cache_control.private = True
    if picture is None:
        answer.cache_control.no_store = True
    else:
        answer.cache_control.max_age = _A_DAY_S
    return answer


def _type_of(picture: bytes) -> str:
    known = (kind for head, kind in _PICTURES.items() if picture.startswith(head))
    return next(known, "application/octet-stream")


@bp.get("/map/ground/<int:z>/<int:x>/<int:y>.png")
@needs(Permission.SEE_MAP)
def ground(z: int, x: int, y: int) -> ResponseReturnValue:
    """A tile of streets, buildings, water and the rest, as they were imported."""
    asked = Tile(z, x, y, request.args.get("size", TILE_PX, type=int))
    theme = theme_named(request.args.get("theme", "light")).name
    return ground_tile(
        allowed_municipality(Permission.SEE_MAP, request.args.get("municipality", "")), asked, theme
    )


def ground_tile(code: str, asked: Tile, theme: str) -> Response:
    """The tile of a municipality, or that it is still the same. Raises NotFound."""
    layers = works().ground.now(code)
    key = f"ground/{STYLE}/{layers.token}/{theme}/{asked.side_px}/{asked.z}/{asked.x}/{asked.y}"
    answer = Response(mimetype="image/png")
    answer.set_etag(blake2b(key.encode(), digest_size=12).hexdigest())
    answer.headers["Cache-Control"] = "private, no-cache"
    if request.if_none_match.contains(answer.get_etag()[0] or ""):
        answer.status_code = 304
        return answer
    answer.set_data(works().tiles.get_or_paint(key, lambda: draw_ground_tile(layers, asked, theme)))
    return answer
