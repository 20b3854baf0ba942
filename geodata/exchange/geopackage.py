"""GeoPackage, read with SQLite alone: the file is a database in memory, so nothing in it can reach another.

GDAL would open it too, but brings a hundred drivers to disarm; here only the tables the standard names are
read, an authorizer refuses everything else, no view or trigger runs, and no value can be made large.
"""

from __future__ import annotations

import os
import sqlite3
import struct
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any

import shapely
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from geodata import crs
from geodata.errors import Fault, FileFault, InvalidValue
from geodata.exchange.geojson import as_text
from geodata.exchange.reading import ROWS_AT_ONCE, Table, as_headers, capped
from geodata.exchange.ticker import Ticker

_CATALOGUE = {"sqlite_master", "sqlite_schema", "gpkg_geometry_columns", "gpkg_spatial_ref_sys"}
_BOX_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_UNDEFINED = ("gdal", 99999)
"""How GDAL says that nobody named a system."""
_LARGEST_VALUE_BYTES = 20_000_000
_USUAL_COUNT = 100_000
_LOG_MARK = slice(18, 20)
_EMPTY_FLAG = 0b10000
_COLLECTIONS = {
    struct.pack(order, kind | mark)
    for order in ("<I", ">I")
    for kind in (7, 1007, 2007, 3007)
    for mark in (0, 1 << 29, 1 << 30, 1 << 31, 3 << 30)
}
"""Geometry collections in well-known binary, as each of its dialects numbers them."""
_PREFERRED = "reports"
"""The layer that is taken where there are several: the one an export writes."""

Place = BaseGeometry | str | None


def read_geopackage(file: IO[bytes], layer: str, ticker: Ticker) -> Iterator[Table]:
    """The features of the layer named, else of the only one or the one called `reports`, piece by piece.

    Raises FileFault.
    """
    database = sqlite3.connect(":memory:")
    try:
        database.deserialize(_without_wal(file))
        yield from _layer(database, layer, ticker)
    except (sqlite3.Error, OverflowError, UnicodeDecodeError) as fault:
        raise FileFault("gpkg.broken", "file") from fault
    finally:
        database.close()


def _without_wal(file: IO[bytes]) -> bytearray:
    """The database, without the two bytes that ask for a log no database in memory can keep."""
    data = bytearray(file.seek(0, os.SEEK_END))
    file.seek(0)
    file.readinto(data)  # type: ignore[attr-defined]  # every binary file has it
    if len(data) >= _LOG_MARK.stop:
        data[_LOG_MARK] = b"\x01\x01"
    return data


def _layer(database: sqlite3.Connection, wanted: str, ticker: Ticker) -> Iterator[Table]:
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA temp_store = MEMORY")
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST_VALUE_BYTES)
    readable = set(_CATALOGUE)
    database.set_authorizer(_guard(readable))
    layer, place_column, system = _chosen(database, wanted)
    readable.add(layer.casefold())
    _refuse_what_is_no_table(database, layer)
    found = database.execute(f"SELECT * FROM {_quoted(layer)}")  # noqa: S608  the name is quoted
    names = [column[0] for column in found.description]
    if place_column not in names:
        raise FileFault("gpkg.broken", "file")
    at = names.index(place_column)
    columns = as_headers(names[:at] + names[at + 1 :])
    rows = ticker.counted(capped(found), _count_at_most(database, layer))
    yield from _pieces(columns, system, at, rows)


def _count_at_most(database: sqlite3.Connection, layer: str) -> int:
    """How many rows there may be; from the last key, for to count them is to go through them all."""
    try:
        found = database.execute(
            f"SELECT rowid FROM {_quoted(layer)} ORDER BY rowid DESC LIMIT 1"  # noqa: S608  the name is quoted
        ).fetchone()
    except sqlite3.Error:
        return _USUAL_COUNT
    return int(found[0]) if found else 0


def _pieces(columns: tuple[str, ...], system: str, at: int, rows: Iterator[Any]) -> Iterator[Table]:
    first = 1
    while True:
        some = list(islice(rows, ROWS_AT_ONCE))
        if first > 1 and not some:
            return
        yield Table(
            columns,
            rows=[tuple(_cell(value) for value in row[:at] + row[at + 1 :]) for row in some],
            lines=list(range(first, first + len(some))),
            places=[_place(row[at]) for row in some],
            system=system,
        )
        first += ROWS_AT_ONCE


def _guard(readable: set[str]) -> Any:
    def allowed(action: int, first: str | None, *_: str | None) -> int:
        reads = action == sqlite3.SQLITE_READ and (first or "").casefold() in readable
        return sqlite3.SQLITE_OK if reads or action == sqlite3.SQLITE_SELECT else sqlite3.SQLITE_DENY

    return allowed


def _chosen(database: sqlite3.Connection, wanted: str) -> tuple[str, str, str]:
    """(table, geometry column, system) of the layer to read."""
    layers = {
        str(row[0]): row
        for row in database.execute(
            "SELECT g.table_name, g.column_name, s.organization, s.organization_coordsys_id"
            " FROM gpkg_geometry_columns g JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id"
        )
    }
    if not layers:
        raise FileFault("gpkg.no_layer", "file")
    known = ", ".join(sorted(layers))[:200]
    if wanted and wanted not in layers:
        raise InvalidValue("layer.no_such", "--layer", given=wanted[:80], known=known)
    if len(layers) > 1 and not wanted and _PREFERRED not in layers:
        raise FileFault("gpkg.several_layers", "file", layers=known)
    name, column, organization, number = layers.get(wanted or _PREFERRED) or next(iter(layers.values()))
    return str(name), str(column), _system(str(organization), number)


def _system(organization: str, number: Any) -> str:
    if organization.casefold() == "none" or (organization.casefold(), number) == _UNDEFINED:
        return ""
    try:
        return crs.named(f"{organization}:{number}", "crs")
    except Fault as fault:
        raise FileFault(fault.code, "crs", **fault.values) from fault


def _refuse_what_is_no_table(database: sqlite3.Connection, layer: str) -> None:
    found = database.execute(
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (layer,)
    ).fetchone()
    words = str(found[0]).split() if found else []
    if [word.casefold() for word in words[:2]] != ["create", "table"]:
        raise FileFault("gpkg.not_a_table", "file", layer=layer[:80])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _cell(value: Any) -> str:
    return "" if isinstance(value, bytes) else as_text(value)


def _place(blob: Any) -> Place:
    """A GeoPackage geometry: a head with flags and a box, then well-known binary."""
    if blob is None:
        return None
    if not isinstance(blob, bytes) or len(blob) < 8 or blob[:2] != b"GP":
        return "geometry.not_readable"
    flags = blob[3]
    box_bytes = _BOX_BYTES.get(flags >> 1 & 0b111)
    if box_bytes is None:
        return "geometry.not_readable"
    if flags & _EMPTY_FLAG:
        return None
    form = blob[8 + box_bytes :]
    if form[1:5] in _COLLECTIONS:  # may hold itself a hundred thousand times
        return "geometry.not_readable"
    try:
        return shapely.from_wkb(form)
    except (ShapelyError, struct.error):
        return "geometry.not_readable"
