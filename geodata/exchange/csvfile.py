"""CSV as programs and Swedish spreadsheets write it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from geodata.errors import FileFault
from geodata.exchange.guard import unguarded
from geodata.exchange.reading import RowFault, Table, capped
from geodata.exchange.ticker import Ticker

_DELIMITERS = (";", ",", "\t")
_HINT = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_UTF8_LETTER = re.compile(b"\xc3[\x80-\xbf]|\xe2\x80[\x80-\xbf]")
_LONGEST_CELL = 100_000


def read_csv(data: bytes, ticker: Ticker) -> Table:
    """The table in a CSV file: UTF-8, UTF-16 or Windows-1252; semicolon, comma or tab. Raises FileFault."""
    text = _decoded(data)
    hint = _HINT.match(text)
    skipped = 1 if hint else 0
    text = text[hint.end() :] if hint else text
    records = _records(text, hint[1] if hint else _delimiter(text), skipped)
    for _, header in records:
        if isinstance(header, str):
            raise FileFault("csv.broken_header", "file")
        return _filled(Table(tuple(cell.strip() for cell in header)), records, text.count("\n"), ticker)
    raise FileFault("file.empty", "file")


def _decoded(data: bytes) -> str:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _strict(data, encoding)
    if b"\0" in data[:4096]:
        return _strict(data, "utf-16-le" if data[1:2] == b"\0" else "utf-16-be")
    try:
        return _strict(data, "utf-8")
    except FileFault:
        if mixed := _UTF8_LETTER.search(data):
            line = data.count(b"\n", 0, mixed.start()) + 1
            raise FileFault("file.mixed_encodings", "file", line=line) from None
    return _strict(data, "cp1252")


def _strict(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as fault:
        raise FileFault("file.encoding", "file", line=data.count(b"\n", 0, fault.start) + 1) from fault
    if "\0" in text:
        raise FileFault("file.not_text", "file")
    return text


def _delimiter(text: str) -> str:
    """The mark that cuts the first record into most columns, quoted fields respected."""
    start = text.lstrip("\r\n")[:20_000]
    return max(_DELIMITERS, key=lambda mark: len(next(csv.reader(io.StringIO(start), delimiter=mark), [])))


def _records(text: str, delimiter: str, skipped: int) -> Iterator[tuple[int, list[str] | str]]:
    """(line, cells) of each record that holds anything; a fault code in place of cells that are unclear."""
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1 + skipped
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            yield line, "csv.cell_too_long" if "field larger" in str(fault) else "csv.quotes"
            continue
        if any(cell.strip() for cell in cells):
            yield line, cells


def _filled(
    table: Table, records: Iterator[tuple[int, list[str] | str]], count: int, ticker: Ticker
) -> Table:
    width = len(table.columns)
    for line, cells in ticker.counted(capped(records), count):
        if isinstance(cells, str):
            table.faults.append(RowFault(line, "", cells))
        elif len(cells) < width or any(cell.strip() for cell in cells[width:]):
            table.faults.append(RowFault(line, "", "row.ragged", {"count": len(cells), "expected": width}))
            table.spoilt[line] = tuple(map(unguarded, cells))
        else:
            table.lines.append(line)
            table.rows.append(tuple(map(unguarded, cells[:width])))
    return table
