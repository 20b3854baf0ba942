"""Setting a report's place right: from a point on the drawing, or from a name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geodata.crs import DEGREES, METRES
from geodata.errors import InvalidValue
from geodata.geometry import Place, parse_geojson
from geodata.queries.municipalities import Home
from geodata.tables.report_rows import standing_points
from geodata.vocabulary import PositionSource


def moved_to_point(home: Home, east: str, north: str) -> dict[str, Any]:
    """The columns of a report that lies at this point, EPSG:3006, as somebody wrote it.

    Raises InvalidValue, InvalidGeometry and OutsideArea, each of the field `place`.
    """
    try:
        spot = [float(each.strip().replace(",", ".")) for each in (east, north)]
    except ValueError as fault:
        raise InvalidValue("place.not_numbers", "place") from fault
    point = {"type": "Point", "coordinates": spot}
    return _columns(parse_geojson(point, home.served, "place", METRES), PositionSource.MAP)


def moved_to_name(home: Home, found: Mapping[str, Any]) -> dict[str, Any]:
    """The same where the place is a named one: its GeoJSON in longitude and latitude."""
    return _columns(parse_geojson(found, home.served, "place", DEGREES), PositionSource.ADDRESS)


def _columns(place: Place, source: PositionSource) -> dict[str, Any]:
    """How exact the place was said to be is no longer known."""
    [(east, north)] = standing_points([place])
    return {
        "geometry": place,
        "east": east,
        "north": north,
        "accuracy_m": None,
        "position_source": source,
    }
