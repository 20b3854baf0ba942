"""What is taken from an OpenStreetMap extract, by the tags of its objects.

Read by GDAL, in the confined process only: its layers are points, lines and multipolygons, and tags that have
no column of their own stand in `other_tags` as `"amenity"=>"school"`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, GeometryError
from pyogrio.raw import read as read_layer

from geodata import crs
from geodata.errors import FileFault, InvalidValue
from geodata.exchange.drivers import ALLOWED
from geodata.exchange.layer_order import LayerOrder, LayerReading
from geodata.exchange.layers import understand_layer
from geodata.exchange.reading import Table
from geodata.vocabulary import AreaKind

_SMALL_FILE_BYTES = 40_000_000
_HEAD_BYTES = 65_536
_MARKED_AS_BINARY = b"OSMHeader"
_IS_OSM = re.compile(rb"<osm[\s/>]")


@dataclass(frozen=True)
class Take:
    """A query to one layer of an extract."""

    layer: str
    where: str


def _tagged(key: str, *values: str) -> str:
    return "(" + " OR ".join(f'other_tags LIKE \'%"{key}"=>"{value}"%\'' for value in values) + ")"


def _is(key: str, *values: str) -> str:
    return f"{key} IN (" + ", ".join(f"'{value}'" for value in values) + ")"


_NAMED = "name IS NOT NULL AND "
_STREETS = ("motorway", "trunk", "primary", "secondary", "tertiary")
_MINOR = ("unclassified", "residential", "living_street", "pedestrian", "service", "road")
_PATHS = ("footway", "cycleway", "path", "steps", "track", "bridleway")
_SCHOOLS = ("school", "kindergarten", "college", "university")
_MEETING = (
    *("townhall", "library", "community_centre", "theatre", "cinema", "arts_centre", "place_of_worship"),
    *("hospital", "police", "fire_station", "bus_station", "marketplace", "pub", "bar", "nightclub", "fuel"),
)
_SETTLED = ("city", "town", "village", "hamlet")
_WITHIN = ("suburb", "quarter", "neighbourhood", "square", "isolated_dwelling")

TAKEN: dict[AreaKind, tuple[Take, ...]] = {
    AreaKind.LOCALITY: (
        Take("multipolygons", _NAMED + _is("place", *_SETTLED)),
        Take("points", _NAMED + _is("place", *_SETTLED)),
    ),
    AreaKind.PLACE: (
        Take("points", _NAMED + _is("place", *_WITHIN)),
        Take("points", _NAMED + _tagged("amenity", *_MEETING)),
        Take("points", _NAMED + _tagged("railway", "station", "halt")),
        Take("multipolygons", _NAMED + _is("amenity", *_MEETING)),
        Take("multipolygons", _NAMED + _is("leisure", "park", "sports_centre", "stadium")),
    ),
    AreaKind.SCHOOL: (
        Take("points", _NAMED + _tagged("amenity", *_SCHOOLS)),
        Take("multipolygons", _NAMED + _is("amenity", *_SCHOOLS)),
    ),
    AreaKind.STREET: (
        Take("lines", _is("highway", *_STREETS, *(f"{street}_link" for street in _STREETS), *_MINOR)),
    ),
    AreaKind.PATH: (Take("lines", _is("highway", *_PATHS)),),
    AreaKind.RAILWAY: (Take("lines", _is("railway", "rail", "light_rail", "tram", "narrow_gauge")),),
    AreaKind.BUILDING: (Take("multipolygons", "building IS NOT NULL AND building <> 'no'"),),
    AreaKind.WATER: (
        Take("multipolygons", "\"natural\" = 'water'"),
        Take("lines", _is("waterway", "river", "stream", "canal")),
    ),
    AreaKind.GREEN: (
        Take(
            "multipolygons", _is("leisure", "park", "garden", "playground", "nature_reserve", "golf_course")
        ),
        Take("multipolygons", _is("landuse", "forest", "grass", "recreation_ground", "cemetery")),
        Take("multipolygons", "\"natural\" = 'wood'"),
    ),
}


def read_extract(data: bytes, name: str, order: LayerOrder) -> LayerReading:
    """The objects of the kinds asked for; a row's line is its number in OpenStreetMap. Raises FileFault."""
    if not set(pyogrio.list_drivers()) <= ALLOWED:
        raise FileFault("file.unreadable", "file")
    _refuse_others(data, is_binary=name.casefold().endswith(".pbf"))
    if order.layer:
        raise InvalidValue("layer.none", "--layer", given=order.layer[:80])
    kept_mb = 100 if len(data) < _SMALL_FILE_BYTES else 400
    pyogrio.set_gdal_config_options({"OSM_MAX_TMPFILE_SIZE": str(kept_mb)})
    reading = LayerReading("osm", crs.DEGREES)
    for kind in order.kinds:
        table = Table(("name",), places=[], system=crs.DEGREES)
        for take in TAKEN[kind]:
            _add(table, data, take)
        understand_layer(table, kind, order, reading)
    return reading


def _refuse_others(data: bytes, *, is_binary: bool) -> None:
    """What goes by the name of an extract and is none, and what defines entities."""
    head = data[:_HEAD_BYTES]
    if is_binary:
        is_alike = _MARKED_AS_BINARY in head[:40]
    else:
        root = _first_tag(head.replace(b"\0", b""))
        if root.startswith(b"<!"):
            raise FileFault("xml.definitions", "file")
        is_alike = _IS_OSM.match(root) is not None
    if not is_alike:
        raise FileFault("file.not_what_it_says", "file", format="OpenStreetMap")


def _first_tag(head: bytes) -> bytes:
    """What follows the prologue and the comments."""
    left = head[max(0, head.find(b"<")) :]
    for begins, ends in ((b"<?", b"?>"), (b"<!--", b"-->")):
        while left.startswith(begins):
            left = left.partition(ends)[2].lstrip()
    return left


def _add(table: Table, data: bytes, take: Take) -> None:
    """The objects that a query finds; a point is left out where an area of the same name is known."""
    numbered = ["osm_id", "osm_way_id"] if take.layer == "multipolygons" else ["osm_id"]
    try:
        found = read_layer(data, layer=take.layer, where=take.where, columns=["name", *numbered])
    except (DataSourceError, DataLayerError, FeatureError, GeometryError) as fault:
        raise FileFault("osm.broken", "file") from fault
    said = dict(zip(found[0]["fields"], found[3], strict=True))
    known = {row[0] for row in table.rows} if take.layer == "points" else set()
    for row, place in enumerate(shapely.from_wkb(found[2], on_invalid="ignore")):
        name = said["name"][row] or ""
        if name not in known or not name:
            table.rows.append((name,))
            table.lines.append(next((int(said[key][row]) for key in numbered if said[key][row]), 0))
            table.places.append("geometry.not_readable" if place is None else place)  # type: ignore[union-attr]
