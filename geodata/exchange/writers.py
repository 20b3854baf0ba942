"""Reports into files, with the filter that chose them written in the file."""

from __future__ import annotations

import csv
import importlib.util
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas
import pyogrio
import shapely
from shapely.geometry.base import BaseGeometry

from geodata import crs
from geodata.errors import FileFault
from geodata.exchange.guard import guarded
from geodata.exchange.records import (
    COLUMNS,
    FRAME_COLUMNS,
    FREE_WORDS,
    HOUR_COLUMNS,
    LAYER,
    POSITION_COLUMNS,
    Filter,
    Position,
    Record,
    in_words,
    positions,
    records,
)
from geodata.exchange.spreadsheet import write_xlsx

__all__ = ["COLUMNS", "FRAME_COLUMNS", "HOUR_COLUMNS", "WRITERS", "Writer", "in_words", "write"]

_SHARE_DECIMALS = 15
"""So many that shares add up to n again."""


@dataclass(frozen=True)
class Writer:
    """A format to write. write(frame, path, filter): the path does not exist yet."""

    suffix: str
    write: Callable[[geopandas.GeoDataFrame, Path, Filter], None]


def write(
    frame: geopandas.GeoDataFrame,
    format_name: str,
    path: Path,
    chosen: Filter,
    writers: Mapping[str, Writer] | None = None,
) -> None:
    """The frame as a file, all of it or none; what was there is replaced.

    chosen: municipality and filter in words. writers: by format, where the frame is not of reports. Raises
    FileFault.
    """
    known = WRITERS if writers is None else writers
    writer = known.get(format_name)
    if writer is None:
        raise FileFault("file.format_unknown", "--format", suffix=format_name[:20], known=", ".join(known))
    with appearing(path, writer.suffix) as partial:
        writer.write(frame, partial, chosen)


@contextmanager
def appearing(path: Path, suffix: str = "") -> Iterator[Path]:
    """Where to write a file that then takes its place whole, or not at all. Raises FileFault."""
    partial = path.with_name(f".{path.name}.partial{suffix}")
    try:
        partial.unlink(missing_ok=True)
        yield partial
        os.replace(partial, path)
    except (OSError, pyogrio.errors.DataSourceError) as fault:
        raise FileFault("file.not_writable", "--out", name=path.name) from fault
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def _write_csv(frame: geopandas.GeoDataFrame, path: Path, chosen: Filter) -> None:
    """As Swedish Excel reads it: BOM, semicolons, decimal commas, and no cell that could run.

    The filter is the heading of a last, empty column: a line above the header would hide the header from
    Excel and from every reader of CSV. Lines and areas stand as WKT beside a point that represents them.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file, delimiter=";", lineterminator="\r\n")
        out.writerow([*COLUMNS, *POSITION_COLUMNS, f"filter: {in_words(chosen)}"])
        for record, place in zip(records(frame), positions(frame), strict=True):
            out.writerow([*(_cell(name, record[name]) for name in COLUMNS), *_place(place), ""])


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return _number(value, _SHARE_DECIMALS if name == "share" else 3)
    return guarded(str(value)) if name in FREE_WORDS else str(value)


def _number(value: float, decimals: int = 3) -> str:
    return f"{value:.{decimals}f}".rstrip("0").rstrip(".").replace(".", ",")


def _place(place: Position) -> tuple[str, ...]:
    if place.east is None or place.north is None or place.longitude is None or place.latitude is None:
        return "", "", "", "", ""
    degrees = _number(place.longitude, 7), _number(place.latitude, 7)
    return _number(place.east), _number(place.north), *degrees, place.wkt


def _write_geojson(frame: geopandas.GeoDataFrame, path: Path, chosen: Filter) -> None:
    """RFC 7946, longitude and latitude to a tenth of a millimetre; the filter is a foreign member."""
    with path.open("w", encoding="utf-8") as file:
        head = {"type": "FeatureCollection", "name": LAYER, "filter": dict(chosen)}
        file.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [')
        places = np.asarray(frame.geometry.array, dtype=object)
        for ordinal, (record, place) in enumerate(zip(records(frame), places, strict=True)):
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
    pyogrio.write_dataframe(
        _as_layer(frame),
        path,
        layer=LAYER,
        driver="GPKG",
        geometry_type="Unknown",
        layer_metadata={"filter": in_words(chosen)},
    )


def _as_layer(frame: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    table = pandas.DataFrame.from_records(list(records(frame)), columns=list(COLUMNS))
    kinds = {"severity": "Int64", "accuracy_m": "float64", "share": "float64"}
    table = table.astype({name: kinds.get(name, "object") for name in COLUMNS})
    return geopandas.GeoDataFrame(table, geometry=list(frame.geometry.array), crs=crs.METRES)


def _write_parquet(frame: geopandas.GeoDataFrame, path: Path, chosen: Filter) -> None:
    """GeoParquet in EPSG:3006, days as dates; the filter is metadata. Needs a package that is an extra."""
    if importlib.util.find_spec("pyarrow") is None:
        raise FileFault("export.needs_pyarrow", "--format", extra="tryggkarta[parquet]")
    layer = _as_layer(frame)
    layer["day"] = [date.fromisoformat(day) if day else None for day in layer["day"]]
    layer.attrs = {"filter": in_words(chosen)}
    layer.to_parquet(path)


WRITERS: dict[str, Writer] = {
    "csv": Writer(".csv", _write_csv),
    "geojson": Writer(".geojson", _write_geojson),
    "gpkg": Writer(".gpkg", _write_geopackage),
    "xlsx": Writer(".xlsx", write_xlsx),
    "parquet": Writer(".parquet", _write_parquet),
}
