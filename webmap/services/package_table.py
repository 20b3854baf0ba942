"""Packages of records in words: as the staff's list shows them, and as a file."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from geodata.exchange.guard import guarded
from geodata.hours import local
from geodata.vocabulary import PackageState
from webmap.services.packages import Package
from webmap.words import Words
from webmap.words.disclosure_labels import PACKAGE_STATES
from webmap.words.labels import N_

_HEADINGS = (
    N_("Nummer"),
    N_("Utlämnande"),
    N_("Läge"),
    N_("Rapporter"),
    N_("Klara"),
    N_("Påbörjat"),
    N_("Lämnat ut"),
    N_("Kontrollsumma"),
)


@dataclass(frozen=True)
class PackageRow:
    """A package in words. done: 12 av 50 klara."""

    known: Package
    state: str
    count: str
    done: str
    begun_on: str
    made_on: str


def rows_of(packages: Sequence[Package], words: Words) -> list[PackageRow]:
    """Packages in the order given."""
    return [row_of(each, words) for each in packages]


def row_of(known: Package, words: Words) -> PackageRow:
    """One package in words."""
    total = len(known.reports)
    done = words("%(done)s av %(total)s klara", done=words.number(known.done), total=words.number(total))
    return PackageRow(
        known,
        words(PACKAGE_STATES[known.state]),
        words.plural("%(n)s rapport", "%(n)s rapporter", total),
        done if known.state == PackageState.OPEN else "",
        words.day(local(known.created_at).date()),
        words.day(local(known.made_at).date()) if known.made_at else "",
    )


def as_csv(rows: Sequence[PackageRow], words: Words) -> bytes:
    """As Swedish Excel reads it: BOM, semicolons, and no cell that could run."""
    text = StringIO(newline="")
    out = csv.writer(text, delimiter=";", lineterminator="\r\n")
    out.writerow([words(name) for name in _HEADINGS])
    out.writerows(_line(row) for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _line(row: PackageRow) -> list[str]:
    known = row.known
    said = [
        known.number,
        known.title,
        row.state,
        str(len(known.reports)),
        str(known.done),
        local(known.created_at).date().isoformat(),
        local(known.made_at).date().isoformat() if known.made_at else "",
        known.digest or "",
    ]
    return [guarded(each) for each in said]
