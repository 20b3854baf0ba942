"""The public map for programs: an edition's squares, as GeoJSON and as tiles. Nothing can be filtered."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from geodata.analysis.publication.edition import ALL, VIEWS
from geodata.errors import InvalidValue, NotFound
from webmap.access import Permission
from webmap.api.description import (
    DAY,
    GEOJSON,
    MUNICIPALITY,
    NUMBER,
    PERIOD,
    POSITION,
    SHA_256,
    TEXT,
    WHOLE,
    Answer,
    Operation,
    Parameter,
    described,
    listed,
    one_of,
    or_null,
    record,
)
from webmap.gate import needs, works
from webmap.maps.public_squares import paint_edition
from webmap.maps.tiles import Tile, theme_named
from webmap.services import reception
from webmap.services.edition_words import checked_view
from webmap.services.editions import PublishedEdition, by_number, newest
from webmap.services.public_cells import cells_of

bp = Blueprint("public_map", __name__)

_FOR_ALL = "public, max-age=300"
_RING = listed(POSITION)
_CLASS = record({"class": WHOLE, "from": WHOLE, "to": or_null(WHOLE), "label": TEXT})
_POLYGON = record({"type": {"const": "Polygon"}, "coordinates": listed(_RING)})
_MANY = record({"type": {"const": "MultiPolygon"}, "coordinates": listed(listed(_RING))})
_SQUARE = record({"class": WHOLE, "label": TEXT, "place": TEXT, "side_m": NUMBER})
_FEATURE = record({"type": {"const": "Feature"}, "geometry": _POLYGON, "properties": _SQUARE})
_CELLS = Operation(
    "The squares of the public map",
    {
        200: Answer(
            "Squares with the class that their number of reports is in, never the number. A square or a view"
            " that is not there has too few reports, or would give away another's.",
            record(
                {
                    "type": {"const": "FeatureCollection"},
                    "municipality": MUNICIPALITY,
                    "edition": WHOLE,
                    "published": DAY,
                    "digest": SHA_256,
                    "note": TEXT,
                    "period": PERIOD,
                    "k": WHOLE,
                    "view": one_of(VIEWS),
                    "views": listed(one_of(VIEWS)),
                    "classes": listed(_CLASS),
                    "whole": or_null(record({"class": WHOLE, "label": TEXT})),
                    "is_something_left_out": {"type": "boolean"},
                    "effort": _MANY,
                    "features": listed(_FEATURE),
                }
            ),
            GEOJSON,
        )
    },
    (
        Parameter("municipality", MUNICIPALITY, "Its code; the only or first one where nothing is said."),
        Parameter(
            "edition", {"type": "integer", "minimum": 1}, "Its number; the newest where nothing is said."
        ),
        Parameter("view", one_of(VIEWS), "One of the fixed views; `all` where nothing is said."),
    ),
    refuses={404: "No such edition, or none yet.", 422: "No such view, or a number that is none."},
)


@bp.get("/api/v1/public/cells")
@described(_CELLS)
@needs(Permission.SEE_PUBLIC)
def cells() -> ResponseReturnValue:
    published, view = _asked()

    def written() -> Response:
        answer = jsonify(cells_of(published, view))
        answer.mimetype = GEOJSON
        return answer

    return _for_all(f"cells/{published.digest}/{published.number}/{view}", written)


@bp.get("/heat/public/<int:z>/<int:x>/<int:y>.png")
@needs(Permission.SEE_PUBLIC)
def tile(z: int, x: int, y: int) -> ResponseReturnValue:
    wanted, theme = Tile(z, x, y), theme_named(request.args.get("theme", "light")).name
    published, view = _asked()
    key = f"public/{published.digest}/{view}/{theme}/{z}/{x}/{y}"

    def painted() -> Response:
        picture = works().tiles.get_or_paint(
            key, lambda: paint_edition(published.edition, view, wanted, theme)
        )
        return Response(picture, mimetype="image/png")

    return _for_all(key, painted)


def _asked() -> tuple[PublishedEdition, str]:
    """The edition and the view of the query string. Raises NotFound and InvalidValue."""
    view, number = checked_view(request.args.get("view", ALL)), request.args.get("edition", "")
    code = request.args.get("municipality", "") or _first_code()
    if not number:
        found = newest(works().engine, code)
    elif number.isascii() and number.isdecimal() and len(number) < 8:
        found = by_number(works().engine, code, int(number))
    else:
        raise InvalidValue("option.bad", "edition", option="edition", given=number[:40])
    if found is None:
        raise NotFound("edition.unknown" if number else "edition.none", "edition")
    return found, view


def _first_code() -> str:
    there = reception.first_home(works().engine)
    if there is None:
        raise NotFound("edition.none", "edition")
    return there.code


def _for_all(key: str, write: Callable[[], Response]) -> Response:
    """An answer that anybody may keep, and that is not sent again to one who has it."""
    etag = blake2b(key.encode(), digest_size=12).hexdigest()
    answer = Response(status=304) if request.if_none_match.contains(etag) else write()
    answer.set_etag(etag)
    answer.headers["Cache-Control"] = _FOR_ALL
    return answer
