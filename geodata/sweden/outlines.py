"""Sweden's 290 municipalities by code, known offline. Outlines are coarse; see README.md for the source."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geodata import crs
from geodata.errors import NotFound

TOLERANCE_M = 500.0
"""How far outside a built-in outline a place may lie and still belong."""


@dataclass(frozen=True, slots=True)
class Known:
    """A municipality as it is known without being told. boundary: (multi)polygon, EPSG:3006."""

    code: str
    name: str
    county: str
    boundary: BaseGeometry


@lru_cache(maxsize=1)
def _features() -> dict[str, dict[str, Any]]:
    packed = resources.files("geodata.sweden").joinpath("municipalities.geojson.gz").read_bytes()
    layer = json.loads(gzip.decompress(packed))
    return {feature["properties"]["code"]: feature for feature in layer["features"]}


def codes() -> tuple[str, ...]:
    """The four-digit codes of all municipalities, rising."""
    return tuple(_features())


def name_of(code: str) -> str:
    """The municipality's name without the word `kommun`. Raises NotFound `municipality.unknown`."""
    return str(_feature(code)["properties"]["name"])


@lru_cache(maxsize=32)
def municipality(code: str) -> Known:
    """The municipality with this four-digit code. Raises NotFound `municipality.unknown`."""
    feature = _feature(code)
    return Known(**feature["properties"], boundary=crs.to_metres(shape(feature["geometry"])))


def _feature(code: str) -> dict[str, Any]:
    try:
        return _features()[code]
    except KeyError as fault:
        raise NotFound("municipality.unknown", "municipality", given=code[:80]) from fault
