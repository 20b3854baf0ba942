"""The reports of a review list as a file, as the list shows them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import StringIO
from itertools import islice

from sqlalchemy import Engine

from geodata.errors import TooOften
from geodata.exchange.guard import guarded
from geodata.queries.journal import times_done
from geodata.queries.municipalities import Home, home
from geodata.queries.review_queue import QueueFilter, QueueRow, queue
from geodata.tables.chain import Entry, append
from geodata.tables.engine import reading, writing
from geodata.vocabulary import BY_CODE
from webmap.services.actors import Actor
from webmap.services.exporting import ACTION, MOST_EXPORTS, WITHIN
from webmap.services.review_words import STATE_WORDS, moment_words, names_of, place_words, time_words
from webmap.words import Words

MOST_ROWS = 10_000


def queue_csv(
    engine: Engine, code: str, chosen: QueueFilter, is_wanted: Callable[[QueueRow], bool], words: Words
) -> tuple[bytes, int]:
    """The file, and of how many reports: BOM, semicolons, and no cell that could run. Raises NotFound."""
    with reading(engine) as session:
        there = home(session, code)
        found = (row for row in queue(session, there, chosen, datetime.now(UTC)) if is_wanted(row))
        rows = list(islice(found, MOST_ROWS))
    text = StringIO(newline="")
    out = csv.writer(text, delimiter=";", lineterminator="\r\n")
    out.writerow(_headings(words))
    out.writerows(_lines(rows, there, words))
    return text.getvalue().encode("utf-8-sig"), len(rows)


def note_export(engine: Engine, code: str, actor: Actor, said: str, rows: int) -> None:
    """Write in the journal who takes reports out. said: the filter, no text of theirs.

    Raises TooOften for an account that has taken many just now.
    """
    if actor.user_id is not None:
        with reading(engine) as session:
            done = times_done(session, actor.user_id, ACTION, datetime.now(UTC) - WITHIN)
        if done >= MOST_EXPORTS:
            raise TooOften("export.wait", most=MOST_EXPORTS, minutes=WITHIN.seconds // 60)
    with writing(engine) as session:
        append(session, Entry(actor.role, ACTION, "reports", f"csv?{said}", code, actor.user_id, rows))


def _headings(words: Words) -> list[str]:
    return [
        "id",
        words("Läge"),
        words("Kom in"),
        words("Vad det gäller"),
        words("Kategori"),
        words("Plats"),
        "SWEREF 99 TM E",
        "SWEREF 99 TM N",
        words("Tid"),
        words("Text"),
        words("Offentlig text"),
        words("Kommer från"),
    ]


def _lines(rows: list[QueueRow], there: Home, words: Words) -> Iterator[list[str]]:
    names = names_of(there)
    for row in rows:
        spot = row.east, row.north
        yield [
            str(row.uid),
            words(STATE_WORDS[row.state]),
            moment_words(row.created_at, words),
            words.label(row.polarity),
            ", ".join(words.category(BY_CODE[code]) for code in row.categories),
            guarded(place_words(names, spot, row.place_text, words)),
            *("" if each is None else f"{each:.1f}".replace(".", ",") for each in spot),
            time_words(row.day, row.hours, words),
            guarded(row.private_text),
            guarded(row.public_text or ""),
            words.label(row.origin),
        ]
