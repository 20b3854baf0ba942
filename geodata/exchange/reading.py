"""What comes out of a file: drafts, and what is wrong with the rest, row by row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from shapely.geometry.base import BaseGeometry

from geodata.drafts import ReportDraft
from geodata.errors import Fault


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

    lines: for CSV the line where the record begins as a text editor counts (the header is 1); for GeoJSON and
    GeoPackage the ordinal of the feature, from 1. places: one geometry or fault code per row, not yet through
    the door, or None where positions are columns. system: the coordinate system the file names, or "".
    """

    columns: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    places: list[BaseGeometry | str | None] | None = None
    system: str = ""
    faults: list[RowFault] = field(default_factory=list)


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
