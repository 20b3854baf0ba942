"""The minutes of a walk as a file."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO

from geodata.exchange.guard import guarded
from geodata.vocabulary import LandOwner
from webmap.services.finding_words import same_words
from webmap.services.minutes import Minutes, MinutesItem
from webmap.services.minutes_words import item_words
from webmap.words import Words
from webmap.words.labels import N_
from webmap.words.walk_labels import FINDING_STATES, LAND_OWNERS

_HEADINGS = (
    N_("Nummer"),
    N_("Stopp"),
    N_("Tecken"),
    N_("Vad det gäller"),
    N_("Iakttagelse"),
    N_("Åtgärd"),
    N_("Ansvarig"),
    N_("Markägare"),
    N_("Läge"),
    N_("Klart senast"),
    N_("Försenad"),
    N_("Klart"),
    N_("Varför inte"),
    N_("Samma sak"),
)


def as_csv(minutes: Minutes, words: Words, today: date) -> bytes:
    """As Swedish Excel reads it: BOM, semicolons, and no cell that could run."""
    text = StringIO(newline="")
    out = csv.writer(text, delimiter=";", lineterminator="\r\n")
    out.writerow([words(name) for name in _HEADINGS])
    for section in minutes.stops:
        name = "" if section.stop is None else f"{section.stop.number} {section.stop.name}"
        for item in section.items:
            out.writerow([guarded(cell) for cell in _cells(item, name, words, today)])
    return text.getvalue().encode("utf-8-sig")


def _cells(item: MinutesItem, stop: str, words: Words, today: date) -> list[str]:
    said = item_words(item, words, today)
    owner = "" if item.land_owner == LandOwner.UNKNOWN else words(LAND_OWNERS[item.land_owner])
    late = words("ja") if item.is_overdue(today) else words("nej")
    return [
        str(item.number),
        stop,
        said.sign_label,
        said.about,
        said.text,
        item.action,
        item.unit,
        owner,
        said.status if item.state is None else words(FINDING_STATES[item.state]),
        item.due.isoformat() if item.due else "",
        late,
        item.done.isoformat() if item.done else "",
        item.reason,
        same_words(item.same, words),
    ]
