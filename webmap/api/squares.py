"""The count map as tiles, and one of its squares at a place."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from geodata import crs
from webmap.access import Permission
from webmap.api.answers import SQUARE_VALUE
from webmap.api.description import described
from webmap.api.heat import degrees, heat_asked
from webmap.api.pictures import picture_answer, tile_asked
from webmap.gate import needs, words, works
from webmap.maps.squares import paint_squares
from webmap.services.display import Display
from webmap.services.square_words import square_sentences
from webmap.services.squares import Squares, SquareValue, square_at, squares_of

bp = Blueprint("squares", __name__)


def _asked() -> Squares:
    side_m = Display.parse({"square": request.args.get("square", "")}).square_m
    return squares_of(works().room, heat_asked(), side_m)


@bp.get("/heat/staff/squares/<int:z>/<int:x>/<int:y>.png")
@needs(Permission.SEE_MAP)
def tile(z: int, x: int, y: int) -> ResponseReturnValue:
    asked, theme = tile_asked(z, x, y)
    squares = _asked()
    key = f"{squares.token}/{theme}/{asked.side_px}/{z}/{x}/{y}"
    return picture_answer(key, lambda: paint_squares(squares.counts, squares.classes, asked, theme))


@bp.get("/api/v1/heat/square")
@described(SQUARE_VALUE)
@needs(Permission.SEE_MAP)
def value() -> ResponseReturnValue:
    longitude, latitude = degrees("lon", 180), degrees("lat", 90)
    squares = _asked()
    east, north = crs.to_metres_xy([longitude], [latitude])
    found = square_at(squares, float(east[0]), float(north[0]))
    return {**_figures(squares, found), "words": square_sentences(squares, found, words())}


def _figures(squares: Squares, found: SquareValue) -> dict[str, Any]:
    heat = squares.heat
    return {
        "n": found.n,
        "reports": found.reports,
        "voices": found.voices,
        "class": found.class_,
        "interval": list(found.interval),
        "value": found.density,
        "rate_in_hours": found.rate,
        "unit": heat.unit,
        "n_filter": heat.selection.n,
        "square_m": squares.side_m,
        "bounds": found.ring,
        "period": [heat.period.since.isoformat(), heat.period.until.isoformat()],
        "scale": squares.scale.name if squares.scale else None,
        "filter": heat.window.as_words(),
    }
