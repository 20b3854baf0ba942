"""Measures in rows: as the staff's list shows them, and as a file."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from geodata.exchange.guard import guarded
from geodata.queries.measures import KnownMeasure
from geodata.queries.municipalities import Home
from geodata.vocabulary import BY_CODE
from webmap.services.measure_words import due_words, is_late
from webmap.services.place_search import PlaceList
from webmap.services.place_ways import label_at
from webmap.words import Words
from webmap.words.labels import N_

_HEADINGS = (
    N_("Åtgärd"),
    N_("Läge"),
    N_("Klart senast"),
    N_("Försenad"),
    N_("Ansvarig"),
    N_("Plats"),
    N_("Orsaker"),
    N_("Publicerad"),
    N_("Lovad på vandring"),
    N_("Varför inte"),
    N_("Longitud"),
    N_("Latitud"),
)


@dataclass(frozen=True)
class MeasureRow:
    """A measure in words. due: with how late it is, "" where there is no day. promise, follow_up: on which
    walk it was promised and where to change it, "" where it stands for itself.
    """

    known: KnownMeasure
    state: str
    due: str
    is_late: bool
    place: str
    categories: str
    promise: str
    follow_up: str


def rows_of(
    measures: Sequence[KnownMeasure], home: Home, places: PlaceList, words: Words
) -> list[MeasureRow]:
    """Measures in the order given."""
    return [_row(each, home, places, words) for each in measures]


def _row(known: KnownMeasure, home: Home, places: PlaceList, words: Words) -> MeasureRow:
    late = is_late(known.due, known.state)
    due = "" if known.due is None else words.day(known.due)
    names = sorted(words.category(BY_CODE[code]) for code in known.categories)
    return MeasureRow(
        known,
        words.label(known.state),
        due_words(known.due, words) if late and known.due else due,
        late,
        label_at(home, places, known.position, words),
        ", ".join(names),
        promise_words(known, words),
        follow_up_of(known),
    )


def promise_words(known: KnownMeasure, words: Words) -> str:
    """On which walk a measure was promised."""
    if known.promise is None:
        return ""
    number = known.promise.number
    return words("%(walk)s, nr %(number)s", walk=known.promise.title, number=number)


def follow_up_of(known: KnownMeasure) -> str:
    """The address of the follow-up that says what a measure says, "" where it stands for itself."""
    if known.promise is None:
        return ""
    return f"/staff/walks/{known.promise.walk}/follow-up?finding={known.promise.finding}"


def as_csv(rows: Sequence[MeasureRow], words: Words) -> bytes:
    """As Swedish Excel reads it: BOM, semicolons, decimal commas, and no cell that could run."""
    text = StringIO(newline="")
    out = csv.writer(text, delimiter=";", lineterminator="\r\n")
    out.writerow([words(name) for name in _HEADINGS])
    out.writerows(_line(row, words) for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _line(row: MeasureRow, words: Words) -> list[str]:
    yes, no = words("ja"), words("nej")
    known = row.known
    lon, lat = (f"{degrees:.6f}".replace(".", ",") for degrees in known.position)
    said = [
        known.title,
        row.state,
        known.due.isoformat() if known.due else "",
        yes if row.is_late else no,
        known.responsible,
        row.place,
        row.categories,
        yes if known.is_published else no,
        row.promise,
        known.reason,
    ]
    return [*(guarded(each) for each in said), lon, lat]
