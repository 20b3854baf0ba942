"""Which formats can be read, and how a file is known for what it is: by what it holds, then by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO

from geodata.errors import FileFault, InvalidValue
from geodata.exchange.csvfile import read_csv
from geodata.exchange.geojson import read_geojson
from geodata.exchange.geopackage import read_geopackage
from geodata.exchange.gpx import read_gpx
from geodata.exchange.reading import ROWS_AT_ONCE, Table, cut
from geodata.exchange.shapefile import read_shapefile
from geodata.exchange.ticker import Ticker
from geodata.exchange.xlsxfile import read_xlsx

_Read = Callable[[IO[bytes], str, Ticker], Iterator[Table]]
_READ = 0.25
"""The part of the work that is done when a file that is read whole has become a table."""


@dataclass(frozen=True)
class Format:
    """A kind of file. is_alike: whether the first bytes of a file can begin one.

    read(file, layer, ticker): the table piece by piece, at least one; layer is "" for the obvious one.
    """

    name: str
    suffixes: tuple[str, ...]
    is_alike: Callable[[bytes], bool]
    read: _Read


def _single(read: Callable[[IO[bytes], Ticker], Iterator[Table]]) -> _Read:
    """A reader of a format that has no layers to choose from."""

    def read_only(file: IO[bytes], layer: str, ticker: Ticker) -> Iterator[Table]:
        if layer:
            raise InvalidValue("layer.none", "--layer", given=layer[:80])
        return read(file, ticker)

    return read_only


def _whole(read: Callable[[bytes, str, Ticker], Table]) -> _Read:
    """A reader of a format that is understood only with all of the file at hand."""

    def read_whole(file: IO[bytes], layer: str, ticker: Ticker) -> Iterator[Table]:
        table = read(file.read(), layer, ticker.within(0.0, _READ))
        return ticker.within(_READ, 1.0).over_steps(cut(table), len(table.rows) // ROWS_AT_ONCE)

    return read_whole


def _without_layer(read: Callable[[bytes, Ticker], Table]) -> _Read:
    return _single(lambda file, ticker: _whole(lambda data, _, inner: read(data, inner))(file, "", ticker))


def _like_database(head: bytes) -> bool:
    return head.startswith(b"SQLite format 3\0")


def _like_json(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def _like_zip(head: bytes) -> bool:
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def _like_xml(head: bytes) -> bool:
    marks = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
    bare = next((head.removeprefix(mark) for mark in marks if head.startswith(mark)), head)
    return bare.replace(b"\0", b"").lstrip()[:1] == b"<"


def _like_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if head[:1] in (b"<", b"%") or head.startswith((b"PK\x03\x04", b"\x1f\x8b")) or _like_json(head):
        return False
    return head[1:2] == b"\0" or b"\0" not in head


FORMATS: tuple[Format, ...] = (
    Format("gpkg", (".gpkg",), _like_database, read_geopackage),
    Format("geojson", (".geojson", ".json"), _like_json, _without_layer(read_geojson)),
    Format("csv", (".csv", ".txt", ".tsv"), _like_text, _single(read_csv)),
    Format("xlsx", (".xlsx", ".xlsm"), _like_zip, _whole(read_xlsx)),
    Format("shapefile", (".zip",), _like_zip, _whole(read_shapefile)),
    Format("gpx", (".gpx",), _like_xml, _without_layer(read_gpx)),
)


_OLD_EXCEL = (".xls", ".xlsb")
_COMPOUND = b"\xd0\xcf\x11\xe0"
"""How workbooks with a password, and those from before 2007, begin."""
_SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj")


def recognised(head: bytes, name: str) -> Format:
    """The format of a file with this beginning and this name. Raises FileFault where the two disagree."""
    suffix = PurePath(name).suffix.casefold()
    by_name = next((each for each in FORMATS if suffix in each.suffixes), None)
    if suffix in _OLD_EXCEL or (suffix == ".xlsx" and head.startswith(_COMPOUND)):
        raise FileFault("excel.locked", "file")
    if suffix in _SHAPEFILE_PARTS:
        raise FileFault("shp.not_zipped", "file")
    if by_name is None:
        raise FileFault("file.format_unknown", "file", suffix=suffix[:20], known=_known())
    if not head.strip():
        raise FileFault("file.empty", "file")
    if not by_name.is_alike(head):
        raise FileFault("file.not_what_it_says", "file", format=by_name.name)
    return by_name


def _known() -> str:
    return ", ".join(each.suffixes[0] for each in FORMATS)
