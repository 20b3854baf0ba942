"""From a table to drafts: every row checked, every fault kept."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

import shapely
from shapely.geometry.base import BaseGeometry

from geodata.drafts import ReportDraft, checked_text, imported_uid
from geodata.errors import InvalidValue
from geodata.exchange.findings import Findings
from geodata.exchange.instructions import Instructions
from geodata.exchange.layout import Layout, lay_out
from geodata.exchange.places import Places, find_places
from geodata.exchange.reading import Reading, Table
from geodata.exchange.ticker import Tally, Ticker
from geodata.exchange.times import Clocks, When
from geodata.exchange.values import PARSERS, Categories, voice_mark
from geodata.privacy import mask_identity_numbers
from geodata.vocabulary import PositionSource, polarity_of

T = TypeVar("T")
Values = dict[str, Any]
_ALWAYS = ("date", "start", "end", "category", "text", "voice")
_ABSENT = -1
"""Place of a column that is not in the file: one beyond the last, which is empty."""
_BLANKS = str.maketrans({"\u00a0": " ", "\u2009": " ", "\u202f": " ", "\r": None})


def understand(table: Table, format_name: str, order: Instructions, ticker: Ticker, tally: Tally) -> Reading:
    """The table as drafts, with the faults of all rows. Raises FileFault and InvalidValue (see `lay_out`)."""
    layout = lay_out(table, order)
    findings = Findings(table)
    places = find_places(table, layout, order, findings)
    reading = Reading(format_name, layout.system, layout.names, layout.ignored)
    reading.rows = len(table.rows) + len(table.faults)
    builder = _Builder(layout, order, findings, places)
    gatherer = _Gatherer(reading, layout, findings)
    for row, cells in enumerate(ticker.over(table.rows)):
        draft = builder.draft(row, cells)
        if draft is not None:
            gatherer.add(row, table.lines[row], draft)
        tally.rows, tally.faulty = row + 1, len(findings.faulty) + len(table.faults)
    reading.faults = findings.sorted_faults
    reading.notes = findings.notes
    return reading


class _Builder:
    """Makes the draft of one row after another."""

    def __init__(self, layout: Layout, order: Instructions, findings: Findings, places: Places) -> None:
        self._layout, self._order = layout, order
        self._findings, self._places = findings, places
        column = layout.column
        self._twins = _Twins()
        self._clocks = Clocks(column("date"), column("start"), column("end"), order.today)
        self._categories = Categories(order, column("category"))
        self._columns = {name: column(name) for name in ("text", "kind", "origin")}
        self._cells = tuple(layout.fields.get(name, _ABSENT) for name in _ALWAYS)
        self._parsers = [
            (name, layout.fields[name], parser, column(name))
            for name, parser in PARSERS.items()
            if name in layout.fields
        ]

    def draft(self, row: int, cells: tuple[str, ...]) -> ReportDraft | None:
        """The row as a draft, or None with what is wrong among the findings."""
        padded = (*cells, "")
        day, start, end, word, words, voice = [padded[place].strip() for place in self._cells]
        when = self._attempt(row, self._clocks.when, day, start, end)
        what = self._attempt(row, self._categories.of, word)
        values = self._values(row, cells)
        values["text"] = self._attempt(row, self._text, row, words) if words else ""
        self._require_kind(row, values)
        if row in self._findings.faulty or when is None or what is None:
            return None
        values["voice"] = voice_mark(self._order, voice)
        self._note_shift(row, when)
        return self._finished(row, when, what, values)

    def _attempt(self, row: int, parse: Callable[..., T], *given: Any) -> T | None:
        try:
            return parse(*given)
        except InvalidValue as fault:
            self._findings.caught(row, fault)
            return None

    def _values(self, row: int, cells: tuple[str, ...]) -> Values:
        values: Values = {}
        for name, place, parser, column in self._parsers:
            if cell := cells[place].strip():
                values[name] = self._attempt(row, parser, cell, column)
        return values

    def _text(self, row: int, cell: str) -> str:
        column = self._columns["text"]
        masked, count = mask_identity_numbers(checked_text(cell.translate(_BLANKS), column))
        if count:
            self._findings.note(row, column, "note.identity_number_masked", count=count)
        return masked

    def _require_kind(self, row: int, values: Values) -> None:
        for name in ("kind", "origin"):
            values.setdefault(name, getattr(self._order, name))
            if values[name] is None and row not in self._findings.faulty:
                self._findings.fault(row, self._columns[name], f"{name}.unknown", given="")

    def _note_shift(self, row: int, when: When) -> None:
        if when.shifted:
            self._findings.note(row, when.shifted, "note.time_shifted")

    def _finished(
        self, row: int, when: When, what: tuple[frozenset[str], str], values: Values
    ) -> ReportDraft:
        codes, word = what
        place = self._places[row]
        origin = values["origin"]
        said = {
            "place": place,
            "kind": values["kind"],
            "polarity": values.get("polarity") or polarity_of(codes),
            "categories": codes,
            "hours": values.get("hours") or when.hours,
            "day": when.day,
            "light": values.get("light"),
            "text": values["text"],
            "source_category": values.get("source_category") or word,
            "voice": values["voice"],
            "accuracy_m": values.get("accuracy_m"),
            "severity": values.get("severity"),
        }
        source, source_id = self._order.source or values.get("source") or origin.value, values.get("id", "")
        uid = values.get("uid") or imported_uid(
            self._order.municipality, origin, source, source_id or self._twins.id_of(said)
        )
        position_source = None if place is None else PositionSource.FILE
        return ReportDraft(
            uid=uid,
            municipality=self._order.municipality,
            origin=origin,
            source=source,
            source_id=source_id,
            position_source=position_source,
            **said,
        )


class _Twins:
    """Ids for rows without one: what the row says, and which of those that say the same it is."""

    def __init__(self) -> None:
        self._seen: Counter[bytes] = Counter()

    def id_of(self, said: Values) -> str:
        """The same for the same row, to the millimetre. It must never change: stored ids hang on it."""
        hours, place = said["hours"], said["place"]
        plain = (
            None if place is None else _written(place),
            *(str(said[name]) for name in ("kind", "polarity", "source_category", "text", "light", "voice")),
            sorted(said["categories"]),
            (*hours.words, hours.first_hour, hours.last_hour),
            (hours.minutes_before_first, hours.minutes_after_last),
            said["day"] and said["day"].isoformat(),
            (said["accuracy_m"], said["severity"]),
        )
        digest = hashlib.sha256(repr(plain).encode()).digest()
        self._seen[digest] += 1
        return f"{digest.hex()}-{self._seen[digest]}"


def _written(place: BaseGeometry) -> str:
    if isinstance(place, shapely.Point):
        return f"{place.x:.3f} {place.y:.3f}"
    return shapely.to_wkt(place, rounding_precision=3)


class _Gatherer:
    """Gives each draft its id and keeps the first of those that share one."""

    def __init__(self, reading: Reading, layout: Layout, findings: Findings) -> None:
        self._reading, self._findings = reading, findings
        self._column = layout.column("uid" if "uid" in layout.fields else "id")
        self._places: dict[UUID, int] = {}

    def add(self, row: int, line: int, draft: ReportDraft) -> None:
        """Keep a draft, or count it as repeated, or find fault with it."""
        first = self._places.setdefault(draft.uid, len(self._reading.drafts))
        if first < len(self._reading.drafts):
            self._meet(row, first, draft)
            return
        self._reading.drafts.append(draft)
        self._reading.lines.append(line)

    def _meet(self, row: int, first: int, draft: ReportDraft) -> None:
        if draft.content == self._reading.drafts[first].content:
            self._reading.repeated += 1
            return
        first_line = self._reading.lines[first]
        self._findings.fault(row, self._column, "id.other_content", first_line=first_line, id=draft.source_id)
