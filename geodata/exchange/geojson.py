"""GeoJSON by the letter of RFC 7946, read without GDAL so that nothing in it can name another file."""

from __future__ import annotations

import json
from typing import Any

from shapely.geometry.base import BaseGeometry

from geodata import crs
from geodata.errors import Fault, FileFault
from geodata.exchange.reading import RowFault, Table, as_headers, capped
from geodata.exchange.ticker import Ticker
from geodata.geojson import from_geojson

Place = BaseGeometry | str | None


def read_geojson(data: bytes, ticker: Ticker) -> Table:
    """The features of a collection (or a single one). Raises FileFault.

    Numbers that are no numbers (NaN, 1e999) are left in, to be refused with the row they stand in.
    """
    document = _parsed(data)
    ticker.tell(0.5)
    features = _features(document)
    keys = tuple(dict.fromkeys(key for each in features for key in properties_of(each)))
    keys = ("id", *keys) if _has_ids(features, keys) else keys
    table = Table(as_headers(map(_whole, keys)), places=[])
    table.system = _system(document)
    table.is_system_usual = document.get("crs") is None
    for ordinal, feature in enumerate(ticker.counted(capped(features), len(features)), start=1):
        said = {"id": feature.get("id"), **properties_of(feature)}
        cells = tuple(as_text(said.get(key)) for key in keys)
        if any(_whole(cell) != cell for cell in cells):
            table.faults.append(RowFault(ordinal, "", "row.encoding"))
            continue
        table.rows.append(cells)
        table.lines.append(ordinal)
        table.places.append(_place(feature.get("geometry")))  # type: ignore[union-attr]
    return table


def parse_features(data: bytes) -> tuple[list[dict[str, Any]], str]:
    """The features of a collection, a single one, or a bare geometry as one, and their system.

    Raises FileFault.
    """
    document = _parsed(data)
    if "coordinates" in document:
        return [{"type": "Feature", "geometry": document}], _system(document)
    return _features(document), _system(document)


def as_text(value: Any) -> str:
    """A property as the cell of a table; a list of words is joined by "|"."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "|".join(value)
    return json.dumps(value, ensure_ascii=False)


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        document = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_without_twins)
    except UnicodeDecodeError as fault:
        raise FileFault("file.encoding", "file", line=data.count(b"\n", 0, fault.start) + 1) from fault
    except RecursionError as fault:
        raise FileFault("json.too_deep", "file") from fault
    except json.JSONDecodeError as fault:
        raise FileFault("json.broken", "file", line=fault.lineno, place=fault.colno) from fault
    except ValueError as fault:  # an integer of more digits than Python will read
        raise FileFault("json.broken", "file", line=1, place=1) from fault
    if not isinstance(document, dict):
        raise FileFault("geojson.no_features", "file")
    return document


def _whole(text: str) -> str:
    """The text without halves of signs, which JSON can spell and nothing can store."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twin = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise FileFault("json.duplicate_key", "file", key=twin[:80])
    return found


def _features(document: dict[str, Any]) -> list[dict[str, Any]]:
    features = [document] if document.get("type") == "Feature" else document.get("features")
    if not isinstance(features, list):
        raise FileFault("geojson.no_features", "file")
    for ordinal, feature in enumerate(features, start=1):
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise FileFault("geojson.not_a_feature", "file", ordinal=ordinal)
    return features


def properties_of(feature: dict[str, Any]) -> dict[str, Any]:
    """What a feature says beside its geometry."""
    said = feature.get("properties")
    return said if isinstance(said, dict) else {}


def _has_ids(features: list[dict[str, Any]], columns: tuple[str, ...]) -> bool:
    return "id" not in columns and any("id" in feature for feature in features)


def _system(document: dict[str, Any]) -> str:
    """CRS84, unless the member that RFC 7946 dropped names another accepted system."""
    member = document.get("crs")
    if member is None:
        return crs.DEGREES
    said = member.get("properties") if isinstance(member, dict) else None
    name = said.get("name") if isinstance(said, dict) else None
    if not isinstance(name, str):
        raise FileFault("crs.unknown", "crs", given=as_text(member)[:80])
    try:
        return crs.named(name, "crs")
    except Fault as fault:
        raise FileFault(fault.code, "crs", **fault.values) from fault


def _place(geometry: Any) -> Place:
    if geometry is None:
        return None
    try:
        return from_geojson(geometry)
    except Fault as fault:
        return fault.code
