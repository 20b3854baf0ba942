"""Findings of walks into files, with the filter that chose them written in the file."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas
import pyogrio
import shapely

from geodata import crs
from geodata.exchange.guard import guarded
from geodata.exchange.records import Filter, in_words, positions
from geodata.exchange.writers import Writer

LAYER = "findings"
_POSITION = ("sweref99_e", "sweref99_n", "lon", "lat")
_NUMBERS = {"number", "stop_number", "severity", "photos", "photos_missing", "accuracy_m"}


def _rows(frame: geopandas.GeoDataFrame) -> list[dict[str, Any]]:
    """Plain values, None for what is missing."""
    table = pandas.DataFrame(frame.drop(columns="geometry")).astype(object)
    return [
        {name: _plain(name, value) for name, value in row.items()}
        for row in table.where(table.notna(), None).to_dict("records")
    ]


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if name in _NUMBERS and name != "accuracy_m" and value is not None:
        return int(value)
    return value


def _write_csv(frame: geopandas.GeoDataFrame, path: Path, chosen: Filter) -> None:
    """As Swedish Excel reads it: BOM, semicolons, decimal commas, and no cell that could run.

    The filter is the heading of a last, empty column, as in the file of reports.
    """
    names = [name for name in frame.columns if name != "geometry"]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file, delimiter=";", lineterminator="\r\n")
        out.writerow([*names, *_POSITION, f"filter: {in_words(chosen)}"])
        for row, place in zip(_rows(frame), positions(frame), strict=True):
            spot = (place.east, place.north, place.longitude, place.latitude)
            out.writerow([*(_cell(row[name]) for name in names), *map(_cell, spot), ""])


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.7f}".rstrip("0").rstrip(".").replace(".", ",")
    return guarded(str(value))


def _write_geojson(frame: geopandas.GeoDataFrame, path: Path, chosen: Filter) -> None:
    """RFC 7946, longitude and latitude; the filter is a foreign member."""
    features = [
        {"type": "Feature", "id": row["uid"], "geometry": _geometry(place), "properties": row}
        for row, place in zip(_rows(frame), frame.geometry.array, strict=True)
    ]
    said = {"type": "FeatureCollection", "name": LAYER, "filter": dict(chosen), "features": features}
    path.write_text(json.dumps(said, ensure_ascii=False, allow_nan=False), encoding="utf-8")


def _geometry(place: Any) -> Any:
    if place is None:
        return None
    rounded = shapely.set_precision(crs.to_degrees(place), 1e-9, mode="pointwise")
    return json.loads(shapely.to_geojson(rounded))


def _write_geopackage(frame: geopandas.GeoDataFrame, path: Path, chosen: Filter) -> None:
    """One layer in EPSG:3006; the filter stands in the layer's metadata (`gpkg_metadata`)."""
    names = [name for name in frame.columns if name != "geometry"]
    table = pandas.DataFrame.from_records(_rows(frame), columns=names)
    kinds = {name: "float64" if name == "accuracy_m" else "Int64" for name in _NUMBERS}
    table = table.astype({name: kinds.get(name, "object") for name in names})
    pyogrio.write_dataframe(
        geopandas.GeoDataFrame(table, geometry=list(frame.geometry.array), crs=crs.METRES),
        path,
        layer=LAYER,
        driver="GPKG",
        geometry_type="Unknown",
        layer_metadata={"filter": in_words(chosen)},
    )


FINDING_WRITERS: dict[str, Writer] = {
    "csv": Writer(".csv", _write_csv),
    "geojson": Writer(".geojson", _write_geojson),
    "gpkg": Writer(".gpkg", _write_geopackage),
}
