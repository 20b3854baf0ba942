"""A map to point at: what its script is told, and the script itself. Nothing of any report is in either."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from geodata.crs import to_degrees
from geodata.queries.municipalities import LOCALITY, Home, NamedPlace
from webmap.access import Permission
from webmap.gate import needs, works
from webmap.maps.canvas import Drawing, draw
from webmap.maps.ground import Ground, lay
from webmap.services import reception
from webmap.services.layers import TILE_SIDE_PX, MapLayers, layers_of
from webmap.services.measure_words import told, told_shortly
from webmap.services.measures import PublicMeasure
from webmap.services.place_search import PlaceList
from webmap.words import Words

bp = Blueprint("point_map", __name__)

PUBLIC_GROUND = "/ground/{z}/{x}/{y}.png"
_LEAST_OPENING_M = 1_500.0

Corners = list[list[float]]


@dataclass(frozen=True)
class PointMap:
    """bounds, opening: corners in degrees, south-west first. tolerance_m: so far outside is still inside."""

    script_url: str
    bounds: Corners
    opening: Corners
    places: list[dict[str, Any]]
    measures: list[dict[str, Any]]
    layers: MapLayers
    tolerance_m: float
    name: str


def point_map(home: Home, places: PlaceList, measures: Sequence[PublicMeasure], say: Words) -> PointMap:
    """The map of a municipality; it opens on its largest locality."""
    ground, drawing = _laid(home.code, home.boundary)
    layers = layers_of(works(), home.code)
    if layers.ground_url:
        said = urlencode({"municipality": home.code, "size": TILE_SIDE_PX})
        layers = replace(layers, ground_url=f"{PUBLIC_GROUND}?{said}")
    return PointMap(
        script_url=f"/ground/{drawing.digest}.js?municipality={home.code}",
        bounds=_corners(ground.bounds),
        opening=_opening(home) or _corners(ground.bounds),
        places=[_named(place, places) for place in home.places],
        measures=[_told(measure, say) for measure in measures],
        layers=layers,
        tolerance_m=home.tolerance_m,
        name=home.name,
    )


@bp.get("/ground/<digest>.js")
@needs(Permission.SEE_PUBLIC)
def script(digest: str) -> ResponseReturnValue:
    """The border and the kilometre squares of a municipality, as Folium draws them."""
    home = reception.first_home(works().engine, request.args.get("municipality", ""))
    drawing = _laid(home.code, home.boundary)[1] if home else Drawing("", "", "")
    answer = Response(drawing.script, mimetype="text/javascript")
    if drawing.digest == digest:
        answer.cache_control.public, answer.cache_control.max_age = True, 31_536_000
        answer.cache_control.immutable = True
    return answer


@lru_cache(maxsize=16)
def _laid(code: str, boundary: Any) -> tuple[Ground, Drawing]:
    ground = lay(boundary)
    return ground, draw(ground)


def _opening(home: Home) -> Corners | None:
    localities = [place for place in home.places if place.kind == LOCALITY]
    if not localities:
        return None
    main = max(localities, key=lambda place: (place.shape.area, place.name == home.name))
    west, south, east, north = main.shape.bounds
    wider_m = max(0.0, _LEAST_OPENING_M - (east - west) / 2)
    shape = main.shape.buffer(wider_m) if wider_m else main.shape
    return _corners(to_degrees(shape).bounds)


def _corners(box: Sequence[float]) -> Corners:
    west, south, east, north = (round(edge, 5) for edge in box)
    return [[west, south], [east, north]]


def _named(place: NamedPlace, places: PlaceList) -> dict[str, Any]:
    spot = to_degrees(place.geometry).representative_point()
    is_town = place.kind == LOCALITY
    return {
        "lon": round(spot.x, 5),
        "lat": round(spot.y, 5),
        "name": place.name,
        "is_town": is_town,
        "within": "" if is_town else places.locality_of(place.name),
        "radius_m": round(place.radius_m or 0),
    }


def _told(measure: PublicMeasure, say: Words) -> dict[str, Any]:
    said = {"title": measure.title, "told": told(measure, say), "short": told_shortly(measure, say)}
    return {"lon": measure.lon, "lat": measure.lat, **said}
