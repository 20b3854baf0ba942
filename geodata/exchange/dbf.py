"""The table of a Shapefile: dBASE, records of fixed width."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from geodata.errors import FileFault
from geodata.exchange.reading import RowFault, RowNote, Table, as_headers
from geodata.exchange.ticker import Ticker

_HEAD_BYTES = 32
_FIELD_BYTES = 32
_END_OF_FIELDS = 0x0D
_DELETED = b"*"
_READABLE = "CNFDL"
_TRUTHS = {"T": "true", "Y": "true", "F": "false", "N": "false"}
_UTF8_LETTER = re.compile(b"\xc3[\x80-\xbf]|\xe2\x80[\x80-\xbf]")
_ENCODINGS = {
    "utf-8": ("UTF-8", "UTF8", "65001", "CP65001"),
    "cp1252": ("1252", "CP1252", "ANSI 1252", "WINDOWS-1252", "WINDOWS1252"),
    "iso-8859-1": ("ISO-8859-1", "ISO8859-1", "ISO 88591", "88591", "8859-1", "LATIN1"),
    "cp850": ("850", "CP850", "OEM 850", "IBM850"),
}
_NAMED = {name: encoding for encoding, names in _ENCODINGS.items() for name in names}


@dataclass(frozen=True)
class _Field:
    name: str
    kind: str
    first: int
    last: int


def read_dbf(data: bytes, said_encoding: str, ticker: Ticker) -> tuple[Table, list[bool]]:
    """The table, and for each record whether it is kept (dBASE marks what is deleted). Raises FileFault.

    said_encoding: what the .cpg file holds, "" without one: then UTF-8, or Windows-1252, and noted.
    """
    count, head_bytes, width, fields = _head(data)
    body = data[head_bytes : head_bytes + count * width]
    encoding = _NAMED.get(said_encoding.strip().upper(), "")
    table = Table(as_headers(field.name for field in fields))
    if not encoding:
        encoding = _guessed(body)
        if not body.isascii():
            table.notes.append(RowNote(0, "", "note.encoding_guessed", {"encoding": encoding.upper()}))
    for field in fields:
        if field.kind not in _READABLE:
            table.notes.append(RowNote(0, field.name, "note.column_not_read", {"column": field.name}))
    _fill(table, fields, _records(body, width), (encoding, bool(said_encoding)), ticker)
    return table, [body[at : at + 1] != _DELETED for at in range(0, len(body), width)]


def _head(data: bytes) -> tuple[int, int, int, list[_Field]]:
    """(records, bytes of the head, bytes of a record, fields)."""
    if len(data) < _HEAD_BYTES + 1:
        raise FileFault("shp.broken", "file", part=".dbf")
    count, head_bytes, width = struct.unpack_from("<IHH", data, 4)
    fields = list(_fields(data[:head_bytes]))
    is_whole = len(data) >= head_bytes + count * width and width >= 1
    if not is_whole or (fields and fields[-1].last > width):
        raise FileFault("shp.broken", "file", part=".dbf")
    return count, head_bytes, width, fields


def _fields(head: bytes) -> Iterator[_Field]:
    at, first = _HEAD_BYTES, 1
    while at + _FIELD_BYTES <= len(head) and head[at] != _END_OF_FIELDS:
        raw = head[at : at + 11].split(b"\0")[0]
        length = head[at + 16]
        name = raw.decode(_guessed(raw), "replace").strip()
        yield _Field(name, chr(head[at + 11]), first, first + length)
        at, first = at + _FIELD_BYTES, first + length


def _guessed(body: bytes) -> str:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _records(body: bytes, width: int) -> Iterator[bytes]:
    return (body[at : at + width] for at in range(0, len(body), width))


def _fill(
    table: Table, fields: list[_Field], records: Iterator[bytes], encoding: tuple[str, bool], ticker: Ticker
) -> None:
    """Every record as a row, and a fault for each whose letters are of another kind than the rest."""
    name, is_said = encoding
    for ordinal, record in enumerate(ticker.over(list(records)), start=1):
        is_mixed = name == "cp1252" and not is_said and _UTF8_LETTER.search(record) is not None
        try:
            row = tuple(_cell(record[field.first : field.last], field.kind, name) for field in fields)
        except UnicodeDecodeError:
            is_mixed = True
            row = tuple(_cell(record[field.first : field.last], field.kind, "latin-1") for field in fields)
        if is_mixed and record[:1] != _DELETED:
            table.faults.append(RowFault(ordinal, "", "row.encoding"))
            table.spoilt[ordinal] = row
        table.rows.append(row)
        table.lines.append(ordinal)


def _cell(raw: bytes, kind: str, encoding: str) -> str:
    if kind not in _READABLE:
        return ""
    text = raw.decode(encoding).strip(" \0")
    if kind == "L":
        return _TRUTHS.get(text.upper(), "")
    return "" if kind == "D" and not text.strip("0") else text
