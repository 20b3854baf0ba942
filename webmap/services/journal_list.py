"""The journal in plain words, for the page and as a file."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import StringIO

from sqlalchemy import Engine

from geodata.exchange.guard import guarded
from geodata.hours import ZONE, local
from geodata.queries.journal_rows import JournalFilter, JournalRow, journal_rows, people_in
from geodata.tables.chain import Entry, append
from geodata.tables.engine import reading, writing
from geodata.vocabulary import ChoiceKey
from webmap.services.actors import Actor
from webmap.services.choice_words import label_of
from webmap.words import Words
from webmap.words.journal_words import ACTS, DOERS, THINGS
from webmap.words.labels import N_

ON_A_PAGE = 50
MOST_IN_A_FILE = 100_000
EXPORT = "journal.export"
_SHORT = 8
_LONGEST_SHOWN = 12
_HEADINGS = (
    N_("Rad"),
    N_("När"),
    N_("Vem"),
    N_("Roll"),
    N_("Vad som gjordes"),
    N_("Handling"),
    N_("Sak"),
    N_("Sakens id"),
    N_("Version"),
)


@dataclass(frozen=True)
class SaidRow:
    """A row in words. sentence: who did what to what. thing: what it was done to, with its short id."""

    row: JournalRow
    number: str
    moment: str
    who: str
    role: str
    act: str
    thing: str


@dataclass(frozen=True)
class Page:
    """Some rows, the newest first. older: the number to go on before, None at the end."""

    rows: list[SaidRow]
    older: int | None


def day_bounds(day: date | None) -> tuple[datetime | None, datetime | None]:
    """The moments a local day begins and ends."""
    if day is None:
        return None, None
    begins = (datetime.combine(each, time(), ZONE) for each in (day, day + timedelta(days=1)))
    return next(begins), next(begins)


def page_of(engine: Engine, code: str, wanted: JournalFilter, before: int | None, words: Words) -> Page:
    """A page of the rows that concern a municipality."""
    with reading(engine) as session:
        found = journal_rows(session, code, wanted, before, ON_A_PAGE + 1)
    rows = [said(each, words) for each in found[:ON_A_PAGE]]
    return Page(rows, found[ON_A_PAGE - 1].seq if len(found) > ON_A_PAGE else None)


def people(engine: Engine, code: str) -> list[tuple[int, str]]:
    """Who may be asked for: those with a role in the municipality."""
    with reading(engine) as session:
        return people_in(session, code)


def said(row: JournalRow, words: Words) -> SaidRow:
    """One row in words."""
    thing = _thing(row, words)
    family, _, last = row.action.rpartition(".")
    known = ACTS.get(row.action) or ACTS.get(family)
    act = words(known, what=thing, id=_short(row.object_id), last=words.label(last)) if known else row.action
    role = words(DOERS[row.role]) if row.role in DOERS else words.label(row.role)
    return SaidRow(
        row,
        words.number(row.seq),
        words.moment(local(row.at)),
        row.who or role,
        role if row.who and row.role not in DOERS else "",
        act,
        thing,
    )


def _thing(row: JournalRow, words: Words) -> str:
    if row.object_type == "choice" and row.object_id in set(ChoiceKey):
        return label_of(ChoiceKey(row.object_id), words)
    known = THINGS.get(row.object_type)
    return f"{words(known) if known else row.object_type} {_short(row.object_id)}"


def _short(object_id: str) -> str:
    return object_id if len(object_id) <= _LONGEST_SHOWN else f"{object_id[:_SHORT]}…"


def as_csv(engine: Engine, code: str, wanted: JournalFilter, words: Words) -> tuple[bytes, int]:
    """The rows as Swedish Excel reads them, and how many: BOM, semicolons, and no cell that could run."""
    with reading(engine) as session:
        found = journal_rows(session, code, wanted, None, MOST_IN_A_FILE)
    text = StringIO(newline="")
    out = csv.writer(text, delimiter=";", lineterminator="\r\n")
    out.writerow([words(name) for name in _HEADINGS])
    out.writerows(_cells([said(each, words) for each in found]))
    return text.getvalue().encode("utf-8-sig"), len(found)


def _cells(rows: Sequence[SaidRow]) -> list[list[str]]:
    return [
        [
            str(each.row.seq),
            local(each.row.at).isoformat(" ", "seconds"),
            guarded(each.who),
            each.role,
            guarded(each.act),
            each.row.action,
            each.row.object_type,
            guarded(each.row.object_id),
            "" if each.row.object_rev is None else str(each.row.object_rev),
        ]
        for each in rows
    ]


def note_export(engine: Engine, code: str, actor: Actor, rows: int) -> None:
    """Write in the journal that somebody takes it out."""
    with writing(engine) as session:
        append(session, Entry(actor.role, EXPORT, "journal", "csv", code, actor.user_id, rows))
