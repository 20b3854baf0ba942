"""Those who work in a municipality in rows: as the administrator's list shows them, and as a file."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from geodata.exchange.guard import guarded
from geodata.hours import local
from geodata.queries.staff import StaffAccount
from webmap.words import Words
from webmap.words.labels import N_

_HEADINGS = (
    N_("E-post"),
    N_("Roller"),
    N_("Senast inloggad"),
    N_("Kod från telefonen"),
    N_("Läge"),
)


@dataclass(frozen=True)
class StaffRow:
    """An account in words. last_login: the day alone. state: open, shut, or waiting for its first log-in."""

    known: StaffAccount
    roles: str
    last_login: str
    second_factor: str
    state: str


def row_of(known: StaffAccount, words: Words) -> StaffRow:
    """An account as a row."""
    return StaffRow(
        known,
        ", ".join(sorted(words.label(role) for role in known.roles)),
        words.day(local(known.last_login).date()) if known.last_login else words("Aldrig"),
        words("Ja") if known.has_second_factor else words("Nej"),
        _state(known, words),
    )


def _state(known: StaffAccount, words: Words) -> str:
    if known.is_disabled:
        return words("Avstängt")
    return words("Ska byta lösenord") if known.must_change_password else words("Öppet")


def as_csv(rows: Sequence[StaffRow], words: Words) -> bytes:
    """As Swedish Excel reads it: BOM, semicolons, days as 2026-11-14, and no cell that could run."""
    text = StringIO(newline="")
    out = csv.writer(text, delimiter=";", lineterminator="\r\n")
    out.writerow([words(name) for name in _HEADINGS])
    for row in rows:
        day = local(row.known.last_login).date().isoformat() if row.known.last_login else ""
        out.writerow(
            [guarded(each) for each in (row.known.email, row.roles, day, row.second_factor, row.state)]
        )
    return text.getvalue().encode("utf-8-sig")
