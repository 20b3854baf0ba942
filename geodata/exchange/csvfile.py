"""CSV as programs and Swedish spreadsheets write it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from geodata.errors import FileFault
from geodata.exchange.encoding import find_encoding
from geodata.exchange.guard import unguarded
from geodata.exchange.reading import MOST_ROWS, ROWS_AT_ONCE, RowFault, Table, as_headers, capped
from geodata.exchange.ticker import Ticker

_DELIMITERS = (";", ",", "\t", "|")
_HINT = re.compile(r"sep=(.)(?:\r\n|\r|\n)", re.IGNORECASE)
_LONGEST_CELL = 100_000
_HEAD_LETTERS = 30_000
_DELIMITER_LETTERS = 20_000

Records = Iterator[tuple[int, list[str] | str]]


def read_csv(file: IO[bytes], ticker: Ticker) -> Iterator[Table]:
    """A CSV file piece by piece: UTF-8, UTF-16 or Windows-1252; semicolon, comma, tab or bar.

    Each piece has all the columns and the next rows; there is always one. Raises FileFault.
    """
    encoding, line_ends = find_encoding(file)
    if line_ends > MOST_ROWS:
        _refuse_too_many(_Records(file, encoding))
    records = iter(_Records(file, encoding))
    for _, header in records:
        if isinstance(header, str):
            raise FileFault("csv.broken_header", "file")
        columns = as_headers(header)
        yield from _pieces(columns, ticker.counted(capped(records), line_ends))
        return
    raise FileFault("file.empty", "file")


def _refuse_too_many(records: _Records) -> None:
    """At once, and not after a minute's work on those that fit."""
    for _ in capped(record for number, record in enumerate(records) if number):
        pass


@dataclass(frozen=True)
class _Records:
    """(line, cells) of each record that holds anything; a fault code in place of cells that are unclear."""

    file: IO[bytes]
    encoding: str

    def __iter__(self) -> Records:
        self.file.seek(0)
        text = io.TextIOWrapper(self.file, self.encoding, newline="")
        try:
            yield from self._of(text)
        finally:
            if not self.file.closed:
                text.detach()

    def _of(self, text: io.TextIOWrapper) -> Records:
        csv.field_size_limit(_LONGEST_CELL)
        head = text.read(_HEAD_LETTERS)
        text.seek(0)
        hint = _HINT.match(head)
        if hint:
            text.readline()
        delimiter = hint[1] if hint else _delimiter(head)
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        while True:
            line = reader.line_num + 1 + bool(hint)
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as fault:
                yield line, "csv.cell_too_long" if "field larger" in str(fault) else "csv.quotes"
                continue
            if any(cell.strip() for cell in cells):
                yield line, cells


def _delimiter(head: str) -> str:
    """The mark that cuts the first record into most columns, quoted fields respected."""
    start = head.lstrip("\r\n")[:_DELIMITER_LETTERS]

    def count(mark: str) -> int:
        return len(next(csv.reader(io.StringIO(start, newline=""), delimiter=mark), []))

    return max(_DELIMITERS, key=count)


def _pieces(columns: tuple[str, ...], records: Records) -> Iterator[Table]:
    width = len(columns)
    named = max((place for place, name in enumerate(columns, start=1) if name), default=0)
    empty = ("",) * width
    table = Table(columns)
    for line, cells in records:
        if isinstance(cells, str):
            table.faults.append(RowFault(line, "", cells))
        elif any(cell.strip() for cell in cells[width:]):
            table.faults.append(RowFault(line, "", "row.ragged", {"count": len(cells), "expected": named}))
            table.spoilt[line] = tuple(map(unguarded, cells))
        else:
            table.lines.append(line)
            table.rows.append((*map(unguarded, cells[:width]), *empty[len(cells) :]))
            if len(cells) < named:
                table.short[line] = len(cells)
        if len(table.rows) + len(table.faults) >= ROWS_AT_ONCE:
            yield table
            table = Table(columns)
    yield table
