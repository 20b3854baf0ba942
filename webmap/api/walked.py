"""Where and when somebody walked, for the staff map: asked for only by those who want to see it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from geodata import crs
from geodata.analysis.publication.walked import AT_STOP_M
from geodata.errors import InvalidValue
from geodata.queries.walked import WalkedGround
from geodata.queries.window import Window
from webmap.access import Permission
from webmap.api.description import (
    DAY,
    GEOJSON,
    NUMBER,
    POSITION,
    TEXT,
    WHOLE,
    Answer,
    Operation,
    Parameter,
    described,
    listed,
    record,
)
from webmap.api.heat import degrees
from webmap.api.parameters import FILTER
from webmap.gate import allowed_municipality, needs, words, works
from webmap.services.walked_ground import Around, near_told, walked, when_told

bp = Blueprint("walked", __name__)

_WIDEST_M = 5_000
_WALKED = ("municipality", "since", "until", "weekdays", "hours", "lang")
_LINE = record({"type": {"const": "LineString"}, "coordinates": listed(POSITION)})
_WALK = record(
    {
        "title": TEXT,
        "day": DAY,
        "starts": TEXT,
        "ends": TEXT,
        "heads": WHOLE,
        "stop_reach_m": NUMBER,
        "words": TEXT,
    }
)
_STOPS = record({"type": {"const": "MultiPoint"}, "coordinates": listed(POSITION)})
_SEEN = record({"type": {"const": "GeometryCollection"}, "geometries": listed({"oneOf": [_LINE, _STOPS]})})
_FEATURE = record({"type": {"const": "Feature"}, "geometry": _SEEN, "properties": _WALK})
_OPERATION = Operation(
    "What walks have seen",
    {
        200: Answer(
            "Walks on the days and in the hours asked for, the newest first: the route that was walked, and"
            " the stops, around each of which people looked so far. With a place, only those within the"
            " radius. Where nobody walked is unknown.",
            record(
                {
                    "type": {"const": "FeatureCollection"},
                    "words": TEXT,
                    "features": listed(_FEATURE),
                }
            ),
            GEOJSON,
        )
    },
    (
        *(each for each in FILTER if each.name in _WALKED),
        Parameter("lon", {**NUMBER, "minimum": -180, "maximum": 180}, "Longitude, WGS 84."),
        Parameter("lat", {**NUMBER, "minimum": -90, "maximum": 90}, "Latitude, WGS 84."),
        Parameter("radius", {**NUMBER, "minimum": 1, "maximum": _WIDEST_M}, "Metres around the place."),
    ),
    refuses={422: "A word of the filter that is not understood."},
)


@bp.get("/api/v1/walked")
@described(_OPERATION)
@needs(Permission.SEE_MAP)
def routes() -> ResponseReturnValue:
    code = allowed_municipality(Permission.SEE_MAP, request.args.get("municipality", ""))
    given = {name: ",".join(request.args.getlist(name)) for name in _WALKED if name in request.args}
    around = _around()
    found = walked(works().engine, code, Window.parse(given), around)
    answer = jsonify(
        type="FeatureCollection",
        words=near_told(found, around.radius_m, words()) if around else "",
        features=[_feature(ground) for ground in found],
    )
    answer.mimetype = GEOJSON
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _around() -> Around | None:
    if "lon" not in request.args and "lat" not in request.args:
        return None
    text = request.args.get("radius", "")
    try:
        radius_m = float(text)
    except ValueError:
        radius_m = 0.0
    if not 1 <= radius_m <= _WIDEST_M:
        raise InvalidValue("option.bad", "radius", option="radius", given=text[:40])
    return Around((degrees("lon", 180), degrees("lat", 90)), radius_m)


def _feature(ground: WalkedGround) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "GeometryCollection", "geometries": _geometries(ground)},
        "properties": {
            "title": ground.title,
            "day": ground.day.isoformat(),
            "starts": f"{ground.starts:%H:%M}",
            "ends": f"{ground.ends:%H:%M}",
            "heads": ground.heads,
            "stop_reach_m": AT_STOP_M,
            "words": when_told(ground, words()),
        },
    }


def _geometries(ground: WalkedGround) -> list[dict[str, Any]]:
    """The route where there is one, and the stops where there are any, in degrees."""
    line = [] if ground.route is None else _degrees(ground.route.coords)
    stops = _degrees([stop.coords[0] for stop in ground.stops])
    found = (("LineString", line), ("MultiPoint", stops))
    return [{"type": kind, "coordinates": places} for kind, places in found if places]


def _degrees(metres: Iterable[tuple[float, ...]]) -> list[list[float]]:
    spots = list(metres)
    lon, lat = crs.to_degrees_xy([spot[0] for spot in spots], [spot[1] for spot in spots])
    return [[round(float(x), 6), round(float(y), 6)] for x, y in zip(lon, lat, strict=True)]
