"""The register of public records in rows: as the list shows it, and as a file for the journal system."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from sqlalchemy import Engine

from geodata.exchange.guard import guarded
from geodata.hours import local
from geodata.queries.municipalities import home
from geodata.queries.register import MOST_ROWS, RegisteredRecord, RegisterFilter, registered, years_in
from geodata.tables.engine import reading
from geodata.vocabulary import Counterpart, Direction, RecordType
from webmap.words import Words
from webmap.words.disclosure_labels import COUNTERPARTS, DIRECTIONS, RECORDS
from webmap.words.labels import N_

_HEADINGS = (
    N_("Nummer"),
    N_("Dag"),
    N_("Riktning"),
    N_("Typ"),
    N_("Från eller till"),
    N_("Ärende"),
    N_("Id"),
)
_ROOMS = {
    RecordType.REPORT: "/staff/reports/",
    RecordType.MEASURE: "/staff/measures/",
    RecordType.DISCLOSURE: "/staff/disclosures/",
}


@dataclass(frozen=True)
class RegisterRow:
    """A record in words. link: to where it is, or ""."""

    known: RegisteredRecord
    day: str
    direction: str
    record: str
    counterpart: str
    subject: str
    link: str


@dataclass(frozen=True)
class RegisterPage:
    """A page of the list. years: with a record in them. has_more: older ones are left."""

    rows: list[RegisterRow]
    years: list[int]
    has_more: bool


def page_of(
    engine: Engine, code: str, chosen: RegisterFilter, paging: tuple[int, int], words: Words
) -> RegisterPage:
    """The register of a municipality, the last first. paging: how many, and how many to skip."""
    most, skip = paging
    with reading(engine) as session:
        there = home(session, code)
        found = registered(session, there.id, chosen, most + 1, skip)
        years = years_in(session, there.id)
    return RegisterPage([_row(each, words) for each in found[:most]], years, len(found) > most)


def as_csv(engine: Engine, code: str, chosen: RegisterFilter, words: Words) -> bytes:
    """As Swedish Excel and a journal system read it: BOM, semicolons, and no cell that could run."""
    with reading(engine) as session:
        found = registered(session, home(session, code).id, chosen, MOST_ROWS)
    text = StringIO(newline="")
    out = csv.writer(text, delimiter=";", lineterminator="\r\n")
    out.writerow([words(name) for name in _HEADINGS])
    out.writerows(_lines(found, words))
    return text.getvalue().encode("utf-8-sig")


def _lines(found: Sequence[RegisteredRecord], words: Words) -> list[list[str]]:
    rows = [_row(each, words) for each in found]
    return [
        [
            row.known.name,
            local(row.known.at).date().isoformat(),
            row.direction,
            row.record,
            row.counterpart,
            guarded(row.subject),
            row.known.object_id,
        ]
        for row in rows
    ]


def _row(known: RegisteredRecord, words: Words) -> RegisterRow:
    record = RecordType(known.object_type)
    room = _ROOMS.get(record, "")
    return RegisterRow(
        known,
        words.day(local(known.at).date()),
        words(DIRECTIONS[Direction(known.direction)]),
        words(RECORDS[record]),
        words(COUNTERPARTS[Counterpart(known.counterpart)]),
        words(known.subject),
        f"{room}{known.object_id}" if room else "",
    )
