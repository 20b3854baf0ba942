"""A picture as an answer: painted once, and not sent again to one who has it."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

from flask import Response, request

from webmap.gate import works
from webmap.maps.classes import PALETTE_DIGEST
from webmap.maps.tiles import TILE_PX, Tile, theme_named


def tile_asked(z: int, x: int, y: int) -> tuple[Tile, str]:
    """The tile and the theme of the query string. Raises InvalidValue."""
    tile = Tile(z, x, y, request.args.get("size", TILE_PX, type=int))
    return tile, theme_named(request.args.get("theme", "light")).name


def picture_answer(key: str, paint: Callable[[], bytes]) -> Response:
    """PNG with an ETag. key: all that the picture depends on but its colours; `paint` is called where nobody
    has it.
    """
    key = f"{PALETTE_DIGEST} {key}"
    etag = blake2b(key.encode(), digest_size=12).hexdigest()
    answer = Response(mimetype="image/png")
    answer.set_etag(etag)
    answer.headers["Cache-Control"] = "private, no-cache"
    if request.if_none_match.contains_weak(etag):
        answer.status_code = 304
        return answer
    answer.set_data(works().tiles.get_or_paint(key, paint))
    return answer
