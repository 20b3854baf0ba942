"""The rows that could not be taken in, as a file to mend and bring back."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from geodata.exchange.glance import RawRows
from geodata.exchange.guard import guarded

HEADINGS = ("fel_rad", "fel_kolumn", "fel_orsak")
"""Columns that are added; no field is known by these names, so the mended file can be read as it is."""


@dataclass(frozen=True)
class Reason:
    """Why a row was not taken in, in the reader's words. column: one or several, or ""."""

    column: str
    words: str


def write_faulty(path: Path, raw: RawRows, reasons: Mapping[int, list[Reason]]) -> None:
    """The rows as they stood with line, columns and reasons after them, as CSV for Swedish Excel.

    reasons: by line. No cell can run as a formula. A row with too many cells keeps them all in its last.
    """
    kept = [place for place, name in enumerate(raw.columns) if name.casefold() not in HEADINGS]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file, delimiter=";", lineterminator="\r\n")
        out.writerow([*(guarded(raw.columns[place]) for place in kept), *HEADINGS])
        for line, why in sorted(reasons.items()):
            cells = _fitted(raw.cells.get(line, ()), len(raw.columns))
            columns = " ".join(dict.fromkeys(each.column for each in why if each.column))
            words = " ".join(each.words for each in why)
            own = (str(line), guarded(columns), guarded(words))
            out.writerow([*(guarded(cells[place]) for place in kept), *own])


def _fitted(cells: tuple[str, ...], width: int) -> list[str]:
    padded = [*cells, *[""] * (width - len(cells))]
    return padded if len(padded) <= width else [*padded[: width - 1], "; ".join(padded[width - 1 :])]
