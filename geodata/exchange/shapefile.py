"""A Shapefile, which is several files: it comes in a zip."""

from __future__ import annotations

from pathlib import PurePosixPath

from geodata import crs
from geodata.errors import Fault, FileFault, InvalidValue
from geodata.exchange.container import Container, open_container
from geodata.exchange.dbf import read_dbf
from geodata.exchange.reading import Table
from geodata.exchange.shp import Place, read_shapes
from geodata.exchange.ticker import Ticker

_WKT = ("PROJCS", "GEOGCS", "PROJCRS", "GEOGCRS", "GEODCRS", "BOUNDCRS", "COMPD_CS", "COMPOUNDCRS")
_LONGEST_WKT = 20_000
_APPLE = "__MACOSX"
"""Where Apple's archiver keeps things of its own, some of them with the same names."""


def read_shapefile(data: bytes, layer: str, ticker: Ticker) -> Table:
    """The only Shapefile in the zip, or the one named. Raises FileFault, InvalidValue for the layer.

    Without a .prj the system is not known and has to be named.
    """
    container = open_container(data)
    parts = _chosen(container, layer)
    places = read_shapes(container.read(parts[".shp"]))
    ticker.tell(0.3)
    system = _system(_text(container, parts, ".prj"))
    if ".dbf" not in parts:
        count = len(places)
        return Table((), [()] * count, list(range(1, count + 1)), places, system)
    table, kept = read_dbf(container.read(parts[".dbf"]), _text(container, parts, ".cpg"), ticker)
    if len(kept) != len(places):
        raise FileFault("shp.unequal", "file", shapes=len(places), rows=len(kept))
    return _joined(table, places, kept, system)


def _joined(table: Table, places: list[Place], kept: list[bool], system: str) -> Table:
    """Rows that are neither deleted nor faulty already, with their places."""
    faulty = {fault.line for fault in table.faults}
    good = [row for row, is_kept in enumerate(kept) if is_kept and row + 1 not in faulty]
    table.rows = [table.rows[row] for row in good]
    table.lines = [row + 1 for row in good]
    table.places = [places[row] for row in good]
    table.system = system
    return table


def _chosen(container: Container, layer: str) -> dict[str, str]:
    """Suffix → entry of the parts of one Shapefile."""
    paths = [PurePosixPath(name) for name in container.names if not name.startswith(_APPLE)]
    found = sorted(path for path in paths if path.suffix.casefold() == ".shp")
    if not found:
        raise FileFault("zip.no_shapefile", "file")
    known = ", ".join(path.stem for path in found)[:200]
    if layer:
        found = [path for path in found if path.stem.casefold() == layer.casefold()]
    if not found:
        raise InvalidValue("layer.no_such", "--layer", given=layer[:80], known=known)
    if len(found) > 1:
        raise FileFault("zip.several_layers", "file", layers=known)
    stem = found[0].with_suffix("")
    return {path.suffix.casefold(): str(path) for path in paths if path.with_suffix("") == stem}


def _text(container: Container, parts: dict[str, str], suffix: str) -> str:
    if suffix not in parts:
        return ""
    return container.read(parts[suffix])[:_LONGEST_WKT].decode("utf-8-sig", "replace").strip(" \r\n\t\0")


def _system(text: str) -> str:
    if not text:
        return ""
    if not text.upper().startswith(_WKT):
        raise FileFault("crs.unknown", "crs", given=text[:80])
    try:
        return crs.named(text, "crs")
    except Fault as fault:
        raise FileFault(fault.code, "crs", **fault.values) from fault
