"""A municipality's exact boundary out of a GeoJSON file."""

from __future__ import annotations

from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geodata import crs
from geodata.errors import FileFault, InvalidGeometry, NotFound
from geodata.exchange.geojson import parse_features
from geodata.geometry import from_geojson

_CODE_NAMES = ("code", "kod", "kommunkod", "knkod", "id")


def read_boundary(data: bytes, code: str) -> BaseGeometry:
    """The (multi)polygon of the feature whose code is this, or of the only feature; EPSG:3006.

    Raises FileFault for what is not GeoJSON, NotFound where several features leave it open, InvalidGeometry.
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
        raise InvalidGeometry("boundary.invalid", "boundary", why=shapely.is_valid_reason(boundary))
    return boundary


def _chosen(features: list[dict[str, Any]], code: str) -> dict[str, Any]:
    named = [feature for feature in features if _code_of(feature) == code]
    if len(named) == 1:
        return named[0]
    if len(features) == 1 and not _code_of(features[0]):
        return features[0]
    if not features:
        raise FileFault("geojson.no_features", "boundary")
    raise NotFound("boundary.no_such_code", "boundary", code=code, count=len(named))


def _code_of(feature: dict[str, Any]) -> str:
    said = feature.get("properties") or {}
    lowered = {str(name).casefold(): value for name, value in said.items()}
    return next((str(lowered[name]).zfill(4) for name in _CODE_NAMES if lowered.get(name)), "")
