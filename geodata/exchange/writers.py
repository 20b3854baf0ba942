"""Reports into files, with the filter that chose them written in the file.

A frame to be written has one row per report, EPSG:3006, geometry None where there is no position, and the
columns of FRAME_COLUMNS: categories joined by "|", day as ISO text, the hours of the week as seven integers.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import geopandas
import numpy as np
import pandas
import pyogrio
import shapely
from shapely.geometry.base import BaseGeometry

from geodata import crs
from geodata.errors import FileFault
from geodata.exchange.guard import guarded
from geodata.exchange.hourcode import to_code
from geodata.geometry import representative_xy
from geodata.hours import HoursOfWeek

HOUR_COLUMNS = (
    "week_a",
    "week_b",
    "week_c",
    "first_hour",
    "last_hour",
    "minutes_before_first",
    "minutes_after_last",
)
COLUMNS = (
    "uid",
    "kind",
    "origin",
    "polarity",
    "categories",
    "severity",
    "day",
    "hours",
    "light",
    "text",
    "source",
    "source_id",
    "source_category",
    "accuracy_m",
    "state",
)
FRAME_COLUMNS = tuple(name for name in COLUMNS if name != "hours") + HOUR_COLUMNS
_FREE_WORDS = {"text", "source", "source_id", "source_category"}
_LAYER = "reports"

Filter = Mapping[str, str]
Record = dict[str, Any]


@dataclass(frozen=True)
class Writer:
    """A format to write. write(frame, path, filter): the path does not exist yet."""

    suffix: str
    write: Callable[[geopandas.GeoDataFrame, Path, Filter], None]


def write(frame: geopandas.GeoDataFrame, format_name: str, path: Path, chosen: Filter) -> None:
    """The frame as a file, all of it or none; what was there is replaced.

    chosen: municipality and filter in words. Raises FileFault.
    """
    writer = WRITERS.get(format_name)
    if writer is None:
        raise FileFault("file.format_unknown", "--format", suffix=format_name[:20], known=", ".join(WRITERS))
    partial = path.with_name(f".{path.name}.partial{writer.suffix}")
    try:
        partial.unlink(missing_ok=True)
        writer.write(frame, partial, chosen)
        os.replace(partial, path)
    except (OSError, pyogrio.errors.DataSourceError) as fault:
        raise FileFault("file.not_writable", "--out", name=path.name) from fault
    finally:
        partial.unlink(missing_ok=True)


def in_words(chosen: Filter) -> str:
    """A filter as one line: the query string it would be in a link."""
    return urlencode(chosen, safe=",:")


def _write_csv(frame: geopandas.GeoDataFrame, path: Path, chosen: Filter) -> None:
    """As Swedish Excel reads it: BOM, semicolons, decimal commas, and no cell that could run.

    The filter is the heading of a last, empty column: a line above the header would hide the header from
    Excel and from every reader of CSV. Lines and areas stand as WKT beside a point that represents them.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file, delimiter=";", lineterminator="\r\n")
        position = ("sweref99_e", "sweref99_n", "lon", "lat", "wkt")
        out.writerow([*COLUMNS, *position, f"filter: {in_words(chosen)}"])
        for record, place in zip(_records(frame), _positions(frame), strict=True):
            out.writerow([*(_cell(name, record[name]) for name in COLUMNS), *place, ""])


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return _number(value)
    return guarded(str(value)) if name in _FREE_WORDS else str(value)


def _number(value: float, decimals: int = 3) -> str:
    return f"{value:.{decimals}f}".rstrip("0").rstrip(".").replace(".", ",")


def _positions(frame: geopandas.GeoDataFrame) -> Iterator[tuple[str, ...]]:
    places = np.asarray(frame.geometry.array, dtype=object)
    metres = representative_xy(places) if len(places) else np.empty((0, 2))
    degrees = np.column_stack(crs.to_degrees_xy(metres[:, 0], metres[:, 1]))
    for place, (east, north), (longitude, latitude) in zip(places, metres, degrees, strict=True):
        if place is None:
            yield "", "", "", "", ""
        else:
            shown = "" if place.geom_type == "Point" else shapely.to_wkt(place, rounding_precision=3)
            yield _number(east), _number(north), _number(longitude, 7), _number(latitude, 7), shown


def _write_geojson(frame: geopandas.GeoDataFrame, path: Path, chosen: Filter) -> None:
    """RFC 7946, longitude and latitude to a tenth of a millimetre; the filter is a foreign member."""
    with path.open("w", encoding="utf-8") as file:
        head = {"type": "FeatureCollection", "name": _LAYER, "filter": dict(chosen)}
        file.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [')
        places = np.asarray(frame.geometry.array, dtype=object)
        for ordinal, (record, place) in enumerate(zip(_records(frame), places, strict=True)):
            file.write(",\n" if ordinal else "\n")
            file.write(json.dumps(_feature(record, place), ensure_ascii=False, allow_nan=False))
        file.write("\n]}\n")


def _feature(record: Record, place: BaseGeometry | None) -> Record:
    said = {**record, "categories": record["categories"].split("|") if record["categories"] else []}
    geometry = None
    if place is not None:
        rounded = shapely.set_precision(crs.to_degrees(place), 1e-9, mode="pointwise")
        geometry = json.loads(shapely.to_geojson(rounded))
    return {"type": "Feature", "id": record["uid"], "geometry": geometry, "properties": said}


def _write_geopackage(frame: geopandas.GeoDataFrame, path: Path, chosen: Filter) -> None:
    """One layer in EPSG:3006; the filter stands in the layer's metadata (`gpkg_metadata`)."""
    table = pandas.DataFrame.from_records(list(_records(frame)), columns=list(COLUMNS))
    kinds = {"severity": "Int64", "accuracy_m": "float64"}
    table = table.astype({name: kinds.get(name, "object") for name in COLUMNS})
    layer = geopandas.GeoDataFrame(table, geometry=list(frame.geometry.array), crs=crs.METRES)
    pyogrio.write_dataframe(
        layer,
        path,
        layer=_LAYER,
        driver="GPKG",
        geometry_type="Unknown",
        layer_metadata={"filter": in_words(chosen)},
    )


def _records(frame: geopandas.GeoDataFrame) -> Iterator[Record]:
    """Rows as plain values, None for what is missing, the hours as one word."""
    columns = [_plain(frame[name]) for name in FRAME_COLUMNS]
    for row in zip(*columns, strict=True):
        said = dict(zip(FRAME_COLUMNS, row, strict=True))
        week = [said.pop(name) for name in HOUR_COLUMNS]
        said["hours"] = to_code(HoursOfWeek((week[0], week[1], week[2]), *week[3:]))
        if said["severity"] is not None:
            said["severity"] = int(said["severity"])
        yield {name: said[name] for name in COLUMNS}


def _plain(column: pandas.Series) -> list[Any]:
    return [None if pandas.isna(value) else value for value in column.tolist()]


WRITERS: dict[str, Writer] = {
    "csv": Writer(".csv", _write_csv),
    "geojson": Writer(".geojson", _write_geojson),
    "gpkg": Writer(".gpkg", _write_geopackage),
}
