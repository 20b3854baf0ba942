"""Marks of secrecy in rows: as the staff's list shows them, and as a file."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from geodata.exchange.guard import guarded
from geodata.hours import local
from webmap.services.secrecy import KnownMark
from webmap.words import Words
from webmap.words.disclosure_labels import FIELDS
from webmap.words.labels import N_
from webmap.words.provisions import PROVISIONS

_HEADINGS = (
    N_("Rapport"),
    N_("Fält"),
    N_("Lagrum"),
    N_("Varför"),
    N_("Satt av"),
    N_("Dag"),
    N_("Prövas igen"),
    N_("Ska prövas nu"),
)


@dataclass(frozen=True)
class MarkRow:
    """A mark in words. meaning: of its provision, or "" for one that is not among the ready ones."""

    known: KnownMark
    field: str
    provision: str
    meaning: str
    set_on: str
    review_on: str


def rows_of(marks: Sequence[KnownMark], words: Words) -> list[MarkRow]:
    """Marks in the order given."""
    return [_row(each, words) for each in marks]


def _row(known: KnownMark, words: Words) -> MarkRow:
    return MarkRow(
        known,
        words(FIELDS[known.field]),
        f"OSL {known.provision}",
        words(PROVISIONS[known.provision]) if known.provision in PROVISIONS else "",
        words.day(local(known.set_at).date()),
        words.day(known.review_on) if known.review_on else "",
    )


def as_csv(rows: Sequence[MarkRow], words: Words) -> bytes:
    """As Swedish Excel reads it: BOM, semicolons, and no cell that could run."""
    text = StringIO(newline="")
    out = csv.writer(text, delimiter=";", lineterminator="\r\n")
    out.writerow([words(name) for name in _HEADINGS])
    out.writerows(_line(row, words) for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _line(row: MarkRow, words: Words) -> list[str]:
    known = row.known
    said = [
        known.number or str(known.report),
        row.field,
        row.provision,
        known.reason,
        known.who,
        local(known.set_at).date().isoformat(),
        known.review_on.isoformat() if known.review_on else "",
        words("ja") if known.is_due else words("nej"),
    ]
    return [guarded(each) for each in said]
