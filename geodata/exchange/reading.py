"""What comes out of a file: drafts, and what is wrong with the rest, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from shapely.geometry.base import BaseGeometry

from geodata.drafts import ReportDraft
from geodata.errors import Fault, FileFault

T = TypeVar("T")
_MOST_ROWS = 1_500_000
"""Of a file; to understand more takes more time and memory than a reader is given."""


def capped(rows: Iterable[T]) -> Iterator[T]:
    """The rows, but for a FileFault in place of one too many."""
    for count, row in enumerate(rows, start=1):
        if count > _MOST_ROWS:
            raise FileFault("rows.too_many", "file", most=_MOST_ROWS)
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
    drafts: list[ReportDraft] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    notes: list[RowNote] = field(default_factory=list)
    digest: str = ""

    @property
    def without_position(self) -> int:
        """Good rows that name no place: stored, never drawn or counted on a map."""
        return sum(draft.place is None for draft in self.drafts)
