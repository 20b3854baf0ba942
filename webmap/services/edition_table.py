"""Editions in rows: as the staff's list shows them, and as a file."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from geodata.exchange.guard import guarded
from geodata.hours import local
from webmap.services.editions import EditionLine
from webmap.words import Words
from webmap.words.labels import N_

_HEADINGS = (N_("Utgåva"), N_("Publicerad"), N_("Om utgåvan"), N_("Visas"), N_("Kontrollsumma (SHA-256)"))


@dataclass(frozen=True)
class EditionRow:
    """An edition in words."""

    line: EditionLine
    published: str


def rows_of(lines: Sequence[EditionLine], words: Words) -> list[EditionRow]:
    """Editions in the order given."""
    return [EditionRow(line, words.day(local(line.made_at).date())) for line in lines]


def as_csv(rows: Sequence[EditionRow], words: Words) -> bytes:
    """As Swedish Excel reads it: BOM, semicolons, and no cell that could run."""
    text = StringIO(newline="")
    out = csv.writer(text, delimiter=";", lineterminator="\r\n")
    out.writerow([words(name) for name in _HEADINGS])
    for row in rows:
        line = row.line
        shown = words("nej") if line.is_hidden else words("ja")
        day = local(line.made_at).date().isoformat()
        out.writerow([line.number, day, guarded(line.note), shown, line.digest])
    return text.getvalue().encode("utf-8-sig")
