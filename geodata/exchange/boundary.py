"""A municipality's exact boundary out of a GeoJSON file."""

from __future__ import annotations

from typing import Any

from shapely.geometry.base import BaseGeometry

from geodata import crs, sweden
from geodata.errors import FileFault, InvalidGeometry, NotFound
from geodata.exchange.geojson import parse_features, properties_of
from geodata.geojson import from_geojson
from geodata.geometry import crossing

_CODE_NAMES = ("code", "kod", "kommunkod", "knkod")
_LEAST_IN_COMMON = 0.5
"""Of the smaller of the two areas; exact borders and the built-in outline share far more."""


def read_boundary(data: bytes, code: str) -> BaseGeometry:
    """The (multi)polygon of the feature whose code is this, or of the only feature; EPSG:3006.

    Raises FileFault for what is not GeoJSON, NotFound where several features leave it open or no municipality
    has the code, InvalidGeometry.
    """
    features, system = parse_features(data)
    feature = _chosen(features, code)
    place = from_geojson(feature.get("geometry") or {}, "boundary")
    if place.geom_type not in ("Polygon", "MultiPolygon") or place.is_empty:
        raise InvalidGeometry("boundary.not_an_area", "boundary", given=place.geom_type)
    boundary = crs.move(place, system, crs.METRES)
    west, south, east, north = boundary.bounds
    sweden_west, sweden_south, sweden_east, sweden_north = crs.SWEDEN_BOX_M
    if not (sweden_west < west and east < sweden_east and sweden_south < south and north < sweden_north):
        raise InvalidGeometry("boundary.not_in_sweden", "boundary")
    if not boundary.is_valid:
        raise crossing(boundary, "boundary")
    known = sweden.municipality(code)
    common = boundary.intersection(known.boundary).area / min(boundary.area, known.boundary.area)
    if common < _LEAST_IN_COMMON:
        raise InvalidGeometry("boundary.elsewhere", "boundary", name=known.name)
    return boundary


def _chosen(features: list[dict[str, Any]], code: str) -> dict[str, Any]:
    named = [feature for feature in features if code in (_code_of(feature), _id_of(feature))]
    if len(named) == 1:
        return named[0]
    if len(features) == 1 and not _code_of(features[0]):
        return features[0]
    if not features:
        raise FileFault("geojson.no_features", "boundary")
    raise NotFound("boundary.no_such_code", "boundary", code=code, count=len(named))


def _code_of(feature: dict[str, Any]) -> str:
    said = _lowered(feature)
    return next((_as_code(said[name]) for name in _CODE_NAMES if said.get(name)), "")


def _id_of(feature: dict[str, Any]) -> str:
    """What only may be a code: programs number features too."""
    return _as_code(_lowered(feature).get("id") or feature.get("id") or "")


def _lowered(feature: dict[str, Any]) -> dict[str, Any]:
    return {name.casefold(): value for name, value in properties_of(feature).items()}


def _as_code(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).zfill(4) if value else ""
