"""Workbooks, zipped Shapefiles and GPX made in memory, good ones."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import xlsxwriter

FORMATS = {datetime: "yyyy-mm-dd hh:mm", date: "yyyy-mm-dd", time: "hh:mm", timedelta: "[h]:mm"}


def workbook(
    rows: Sequence[Sequence[Any]], *more: str, name: str = "Blad1", at: tuple[int, int] = (0, 0)
) -> bytes:
    """A workbook with these rows on its first sheet, and empty sheets with further names."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(name)
        formats = {kind: book.add_format({"num_format": text}) for kind, text in FORMATS.items()}
        for row, cells in enumerate(rows, start=at[0]):
            for column, value in enumerate(cells, start=at[1]):
                sheet.write(row, column, value, formats.get(type(value)))
        for each in more:
            book.add_worksheet(each).write(0, 0, "a")
    return target.getvalue()


def zipped(entries: Mapping[str | zipfile.ZipInfo, bytes]) -> bytes:
    """A zip file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return target.getvalue()


def entries(data: bytes) -> dict[str | zipfile.ZipInfo, bytes]:
    """What a zip file holds, by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(data: bytes, **parts: bytes | None) -> bytes:
    """A zip with the entries whose suffix is named (shp, prj) replaced, or left out where None."""
    kept = {name: parts.get(str(name).rpartition(".")[2], said) for name, said in entries(data).items()}
    return zipped({name: said for name, said in kept.items() if said is not None})


def shapefile(
    columns: Mapping[str, Sequence[Any]], places: Iterable[Any], name: str = "platser", **how: Any
) -> bytes:
    """A zipped Shapefile as GDAL writes it, in EPSG:3006 unless `crs` says otherwise."""
    system = how.pop("crs", "EPSG:3006")
    frame = geopandas.GeoDataFrame(dict(columns), geometry=list(places), crs=system)
    with tempfile.TemporaryDirectory() as folder:
        pyogrio.write_dataframe(frame, Path(folder) / f"{name}.shp", driver="ESRI Shapefile", **how)
        return zipped({path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())})


def gpx(*waypoints: str, before: str = "", version: str = "1/1") -> bytes:
    """A GPX file with these elements in it."""
    head = f'<?xml version="1.0"?>{before}\n<gpx version="1.1" xmlns="http://www.topografix.com/GPX/{version}">\n'
    return (head + "\n".join(waypoints) + "\n</gpx>\n").encode()


def waypoint(inside: str = "", longitude: Any = 12.955, latitude: Any = 58.262) -> str:
    """A waypoint in Vara."""
    return f'<wpt lat="{latitude}" lon="{longitude}">{inside}</wpt>'
