"""A report's columns as an act of review keeps them: JSON in which nothing is lost, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from geodata.geojson import from_geojson
from geodata.geometry import Place, as_geojson
from geodata.vocabulary import Polarity, PositionSource, State

_WORDS = {"state": State, "polarity": Polarity, "position_source": PositionSource}
COLUMNS = (
    "state",
    "duplicate_of",
    "public_text",
    "categories",
    "polarity",
    "severity",
    "geometry",
    "east",
    "north",
    "accuracy_m",
    "position_source",
)
"""Of a report, what review may change."""
_JSON = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def written(values: Mapping[str, Any]) -> str:
    """Columns as JSON; a place as GeoJSON in EPSG:3006, bit for bit."""
    return _JSON.encode({name: _plain(value) for name, value in values.items()})


def _plain(value: Any) -> Any:
    return as_geojson(value) if isinstance(value, Place) else value


def read(text: str) -> dict[str, Any]:
    """The same back, with words and places as they were."""
    return {name: _value(name, value) for name, value in json.loads(text).items()}


def _value(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name == "geometry":
        return from_geojson(value)
    return _WORDS[name](value) if name in _WORDS else value


def columns_in(values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values that are columns of the report."""
    return {name: value for name, value in values.items() if name in COLUMNS}
