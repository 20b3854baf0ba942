"""What comes out of a file: drafts, and what is wrong with the rest, row by row."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from shapely.geometry.base import BaseGeometry

from geodata.drafts import ReportDraft
from geodata.errors import Fault, FileFault
from geodata.exchange.pile import Drafts

T = TypeVar("T")
MOST_ROWS = 1_500_000
"""Of a file; to understand more takes more time than a reader is given."""
ROWS_AT_ONCE = 2_000
"""What is held of a file that can be read piece by piece."""
MOST_COLUMNS = 500
_UNSEEN = dict.fromkeys(map(ord, "\ufeff\u200b"))
"""Signs without width that programs leave before the first header."""


def evened(word: str) -> str:
    """A header or a word of a list as it is compared: composed letters, nothing unseen, nothing around."""
    return unicodedata.normalize("NFC", word.translate(_UNSEEN)).strip()


def as_headers(names: Iterable[str]) -> tuple[str, ...]:
    """Headers as a table has them. Raises FileFault for more columns than anybody has use for."""
    headers = tuple(map(evened, names))
    if len(headers) > MOST_COLUMNS:
        raise FileFault("columns.too_many", "file", count=len(headers), most=MOST_COLUMNS)
    return headers


def capped(rows: Iterable[T]) -> Iterator[T]:
    """The rows, but for a FileFault in place of one too many."""
    for count, row in enumerate(rows, start=1):
        if count > MOST_ROWS:
            raise FileFault("rows.too_many", "file", most=MOST_ROWS)
        yield row


@dataclass(frozen=True)
class RowFault:
    """One thing wrong with one row. line: see `Table`. column: its header, several joined by "/"."""

    line: int
    column: str
    code: str
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def fault(self) -> Fault:
        """As a fault, to be said in words."""
        return Fault(self.code, self.column, **self.values)


@dataclass(frozen=True)
class RowNote(RowFault):
    """Something done to a row that its owner should know of; line 0 concerns the whole file."""


@dataclass
class Table:
    """A file as rows of text, before anything is understood.

    lines: for CSV the line where the record begins as a text editor counts (the header is 1); for Excel the
    row as Excel numbers it; for GPX the line of the waypoint; for the others the ordinal, from 1. places: one
    geometry or fault code per row, not yet through the door, or None where positions are columns. system:
    the coordinate system the file names, or "".
    meaning: field → column, where the format itself says what a column is. notes: about the file as a whole.
    spoilt: cells of the rows that are among `faults`, by line, as far as they could be told apart.
    is_system_usual: whether the format and not the file says the system; who imports knows better then.
    short: by line, how many cells a row had that had too few and was filled up with empty ones.
    """

    columns: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    places: list[BaseGeometry | str | None] | None = None
    system: str = ""
    faults: list[RowFault] = field(default_factory=list)
    meaning: Mapping[str, str] = field(default_factory=dict)
    notes: list[RowNote] = field(default_factory=list)
    spoilt: dict[int, tuple[str, ...]] = field(default_factory=dict)
    short: dict[int, int] = field(default_factory=dict)
    is_system_usual: bool = False


def cut(table: Table) -> Iterator[Table]:
    """A table that was read whole, piece by piece; at least one. What concerns all of it comes first."""
    faults, notes, spoilt = table.faults, table.notes, table.spoilt
    for first in range(0, len(table.rows) or 1, ROWS_AT_ONCE):
        last = first + ROWS_AT_ONCE
        places = None if table.places is None else table.places[first:last]
        rows, lines = table.rows[first:last], table.lines[first:last]
        piece = Table(table.columns, rows, lines, places, table.system, faults, table.meaning, notes, spoilt)
        piece.short, piece.is_system_usual = table.short, table.is_system_usual
        yield piece
        faults, notes, spoilt = [], [], {}


def join(pieces: Iterable[Table]) -> Table:
    """The pieces of a table as one."""
    whole: Table | None = None
    for piece in pieces:
        if whole is None:
            whole = piece
            continue
        for name in ("rows", "lines", "faults", "notes"):
            getattr(whole, name).extend(getattr(piece, name))
        if whole.places is not None and piece.places is not None:
            whole.places.extend(piece.places)
        whole.spoilt.update(piece.spoilt)
        whole.short.update(piece.short)
    if whole is None:
        raise FileFault("file.empty", "file")
    return whole


@dataclass
class Batch:
    """Some rows of a file understood, in its order.

    rows: records, faulty ones included. lines: where each draft stood. nameless: of each draft, whether its
    row had no id and it got its own from what it says.
    """

    rows: int
    drafts: list[ReportDraft] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    nameless: list[bool] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    notes: list[RowNote] = field(default_factory=list)


@dataclass
class Reading:
    """A file understood.

    rows: records in the file, faulty ones included. repeated: rows that say again what an earlier row with
    the same id said. columns: field → header, as guessed or told. ignored: headers nobody asked for.
    lines: where each draft stood. digest: SHA-256 of the file.
    """

    format: str
    system: str
    columns: dict[str, str]
    ignored: tuple[str, ...]
    rows: int = 0
    repeated: int = 0
    drafts: Drafts = field(default_factory=Drafts)
    lines: list[int] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    notes: list[RowNote] = field(default_factory=list)
    digest: str = ""

    @property
    def without_position(self) -> int:
        """Good rows that name no place: stored, never drawn or counted on a map."""
        return self.drafts.without_place
