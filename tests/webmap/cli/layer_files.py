"""Files of ground and names as others make them, around the middle of the tests' municipality."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

import geopandas
import shapely
from shapely import LineString, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from geodata import crs
from tests.places import EAST, NORTH, SIDE_M, place_at

STREETS = (
    LineString([(EAST, NORTH), (EAST + 500, NORTH)]),
    LineString([(EAST, NORTH), (EAST, NORTH + 500)]),
)
ACROSS_THE_BORDER = LineString([(EAST + SIDE_M / 2 - 100, NORTH), (EAST + SIDE_M / 2 + 900, NORTH)])
OUTSIDE = LineString([(EAST + 20_000, NORTH), (EAST + 21_000, NORTH)])
HOUSE = box(EAST + 100, NORTH + 100, EAST + 120, NORTH + 115)
BOW_TIE = Polygon([(EAST, NORTH), (EAST + 50, NORTH + 50), (EAST + 50, NORTH), (EAST, NORTH + 50)])


def frame(
    places: Sequence[BaseGeometry | None], names: Sequence[str | None], system: str = crs.METRES
) -> geopandas.GeoDataFrame:
    """Places with a column `namn`, in a system."""
    made = geopandas.GeoDataFrame({"namn": list(names)}, geometry=list(places), crs=crs.METRES)
    return made.to_crs(system)


def geopackage(path: Path, made: geopandas.GeoDataFrame, layer: str = "vagar") -> Path:
    """The frame as a GeoPackage, written by GDAL."""
    made.to_file(path, driver="GPKG", layer=layer, engine="pyogrio")
    return path


def geojson(path: Path, made: geopandas.GeoDataFrame) -> Path:
    """The frame as GeoJSON."""
    made.to_crs(crs.DEGREES).to_file(path, driver="GeoJSON", engine="pyogrio")
    return path


def shapefile(path: Path, made: geopandas.GeoDataFrame) -> Path:
    """The frame as a zipped Shapefile."""
    folder = path.with_suffix("")
    folder.mkdir()
    made.to_file(folder / "vagar.shp", driver="ESRI Shapefile", engine="pyogrio", encoding="UTF-8")
    with zipfile.ZipFile(path, "w") as archive:
        for part in sorted(folder.iterdir()):
            archive.write(part, part.name)
    return path


class OsmText:
    """An OpenStreetMap extract, written as XML by hand."""

    def __init__(self) -> None:
        self._nodes: list[str] = []
        self._ways: list[str] = []

    def point(self, at: Point, **tags: str) -> OsmText:
        """A node with tags."""
        self._node(at.x, at.y, tags)
        return self

    def way(self, shape: BaseGeometry, **tags: str) -> OsmText:
        """A line, or the outer ring of an area."""
        ring = shape.exterior if isinstance(shape, Polygon) else shape
        pairs = shapely.get_coordinates(ring).tolist()
        numbers = [self._node(x, y, {}) for x, y in (pairs[:-1] if ring.is_ring else pairs)]
        closed = [*numbers, numbers[0]] if ring.is_ring else numbers
        inside = "".join(f'<nd ref="{number}"/>' for number in closed)
        self._ways.append(f'<way id="{len(self._ways) + 1}" version="1">{inside}{_tags(tags)}</way>')
        return self

    def write(self, path: Path) -> Path:
        """The whole as a file."""
        parts = [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<osm version="0.6">',
            *self._nodes,
            *self._ways,
            "</osm>",
        ]
        path.write_text("\n".join(parts), encoding="utf-8")
        return path

    def _node(self, x: float, y: float, tags: dict[str, str]) -> int:
        longitude, latitude = crs.to_degrees_xy([x], [y])
        number = len(self._nodes) + 1
        at = f'lat="{latitude[0]:.8f}" lon="{longitude[0]:.8f}"'
        self._nodes.append(f'<node id="{number}" version="1" {at}>{_tags(tags)}</node>')
        return number


def _tags(tags: dict[str, str]) -> str:
    return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())


def town() -> OsmText:
    """A little of everything."""
    made = OsmText()
    made.way(STREETS[0], highway="residential", name="Storgatan")
    made.way(STREETS[1], highway="footway")
    made.way(ACROSS_THE_BORDER, highway="primary", name="Riksvägen")
    made.way(OUTSIDE, highway="primary")
    made.way(HOUSE, building="yes")
    made.way(box(EAST, NORTH, EAST + 80, NORTH + 60), leisure="park", name="Parken")
    made.way(box(EAST - 200, NORTH, EAST - 100, NORTH + 60), natural="water")
    made.way(LineString([(EAST, NORTH - 50), (EAST + 900, NORTH - 50)]), railway="rail")
    made.point(place_at(0, 0), place="town", name="Vara")
    made.point(place_at(50, 50), railway="station", name="Resecentrum")
    made.point(place_at(60, 50), amenity="library", name="Biblioteket")
    made.point(place_at(70, 50), amenity="bench", name="En bänk")
    made.point(place_at(80, 50), amenity="school", name="Skolan")
    return made
