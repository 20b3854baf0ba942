"""A municipality to read files for, and short ways of reading them."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from shapely.geometry import box

from geodata.exchange.instructions import Instructions
from geodata.exchange.reader import read
from geodata.exchange.reading import Reading
from geodata.geometry import ServedArea
from geodata.vocabulary import Kind, Origin

EAST, NORTH = 380_000.0, 6_460_000.0
AREA = ServedArea("Vara", box(EAST - 20_000, NORTH - 20_000, EAST + 20_000, NORTH + 20_000))
HERE = [12.955, 58.262]
TODAY = date(2026, 11, 22)


def order(**said: Any) -> Instructions:
    """Observations from statistics, unless something else is said."""
    values = {"kind": Kind.OBSERVATION, "origin": Origin.STATISTICS, **said}
    return Instructions("1470", AREA, TODAY, **values)


def read_csv_text(text: str, **said: Any) -> Reading:
    """A CSV file with this text."""
    return read(text.encode(), "file.csv", order(**said))


def faults_of(text: str, **said: Any) -> list[tuple[int, str, str]]:
    """Line, column and code of every fault in a CSV file with this text."""
    return [(each.line, each.column, each.code) for each in read_csv_text(text, **said).faults]


def collection(*geometries: Any, **members: Any) -> bytes:
    """A GeoJSON file with features without properties."""
    features = [{"type": "Feature", "properties": {}, "geometry": each} for each in geometries]
    return json.dumps({"type": "FeatureCollection", "features": features, **members}).encode()


def point(*numbers: Any) -> dict[str, Any]:
    """A GeoJSON point."""
    return {"type": "Point", "coordinates": list(numbers)}


def geojson_codes(data: bytes, **said: Any) -> list[str]:
    """Codes of the faults in a GeoJSON file."""
    return [each.code for each in read(data, "file.geojson", order(**said)).faults]
