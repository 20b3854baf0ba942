"""From a table to drafts: every row checked, every fault kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, TypeVar

from geodata.drafts import ReportDraft, checked_text, imported_uid
from geodata.errors import InvalidValue
from geodata.exchange.findings import Findings
from geodata.exchange.instructions import Instructions
from geodata.exchange.layout import Layout, lay_out
from geodata.exchange.naming import name_of, saying
from geodata.exchange.places import Places, find_places
from geodata.exchange.reading import Batch, Reading, RowNote, Table
from geodata.exchange.ticker import Tally
from geodata.exchange.times import Clocks, When
from geodata.exchange.torn import without_torn
from geodata.exchange.values import PARSERS, Categories, id_mark, voice_mark
from geodata.privacy import mask_identity_numbers
from geodata.vocabulary import PositionSource, polarity_of

T = TypeVar("T")
Values = dict[str, Any]
_ALWAYS = ("date", "start", "end", "category", "text", "voice")
_SAYING = (*_ALWAYS[:-1], "hours", "source_category", "polarity", "severity", "light")
"""Of these, or of a place, a row has at least one."""
_ABSENT = -1
"""Place of a column that is not in the file: one beyond the last, which is empty."""
_BLANKS = str.maketrans({"\u00a0": " ", "\u2009": " ", "\u202f": " ", "\r": None})


def understand(
    pieces: Iterator[Table], format_name: str, order: Instructions, tally: Tally
) -> tuple[Reading, Iterator[Batch]]:
    """A table as a reading that is empty yet, and what is to be gathered in it, batch by batch.

    Raises FileFault and InvalidValue (see `lay_out`), also while the batches come.
    """
    first = next(pieces)
    layout = lay_out(first, order)
    reading = Reading(format_name, layout.system, layout.names, layout.ignored)
    return reading, _batches(chain([first], pieces), layout, order, tally)


def _batches(pieces: Iterable[Table], layout: Layout, order: Instructions, tally: Tally) -> Iterator[Batch]:
    builder = _Builder(layout, order)
    dropped, filled, had_rows = 0, 0, False
    for table in pieces:
        if table.rows and not had_rows:
            had_rows = True
            lay_out(table, order)  # the first row is what some instructions are needed for
        table, filled_here = without_torn(table, layout)
        filled += filled_here
        findings = Findings(table)
        places, dropped_here = find_places(table, layout, order, findings)
        dropped += dropped_here
        yield _batch(table, builder, findings, places)
        tally.rows += len(table.rows) + len(table.faults)
        tally.faulty += len(findings.faulty) + len(table.faults)
    for code, count in (("note.height_dropped", dropped), ("note.cells_missing", filled)):
        if count:
            yield Batch(0, notes=[RowNote(0, "", code, {"count": count})])


def _batch(table: Table, builder: _Builder, findings: Findings, places: Places) -> Batch:
    batch = Batch(len(table.rows) + len(table.faults))
    builder.turn_to(findings, places)
    for row, cells in enumerate(table.rows):
        draft, is_nameless = builder.draft(row, cells)
        if draft is not None:
            batch.drafts.append(draft)
            batch.lines.append(table.lines[row])
            batch.nameless.append(is_nameless)
    batch.faults, batch.notes = findings.sorted_faults, findings.notes
    return batch


class _Builder:
    """Makes the draft of one row after another."""

    _findings: Findings
    _places: Places

    def __init__(self, layout: Layout, order: Instructions) -> None:
        self._order = order
        column = layout.column
        self._clocks = Clocks(column("date"), column("start"), column("end"), order.today)
        self._categories = Categories(order, column("category"))
        self._columns = {name: column(name) for name in ("text", "kind", "origin", "id", "category")}
        self._cells = tuple(layout.fields.get(name, _ABSENT) for name in _ALWAYS)
        self._saying = tuple(layout.fields[name] for name in _SAYING if name in layout.fields)
        self._parsers = [
            (name, layout.fields[name], parser, column(name))
            for name, parser in PARSERS.items()
            if name in layout.fields
        ]

    def turn_to(self, findings: Findings, places: Places) -> None:
        """From here on, the rows of another piece."""
        self._findings, self._places = findings, places

    def draft(self, row: int, cells: tuple[str, ...]) -> tuple[ReportDraft | None, bool]:
        """The row as a draft, or None with what is wrong among the findings; and whether it has no id."""
        padded = (*cells, "")
        day, start, end, word, words, voice = [padded[place].strip() for place in self._cells]
        when = self._attempt(row, self._clocks.when, day, start, end)
        what = self._attempt(row, self._categories.of, word)
        values = self._values(row, cells)
        values["text"] = self._attempt(row, self._text, row, words) if words else ""
        self._require_kind(row, values)
        self._require_saying(row, cells)
        if row in self._findings.faulty or when is None or what is None:
            return None, False
        values["voice"] = voice_mark(self._order, voice)
        values["id"] = self._nameless_id(row, values.get("id", ""))
        values["source_category"] = self._masked(row, "category", values.get("source_category") or what[1])
        self._note_shift(row, when)
        return self._finished(row, when, what[0], values)

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
        return self._masked(row, "text", checked_text(cell.translate(_BLANKS), column))

    def _masked(self, row: int, name: str, text: str) -> str:
        masked, count = mask_identity_numbers(text) if text else ("", 0)
        if count:
            self._findings.note(row, self._columns[name], "note.identity_number_masked", count=count)
        return masked

    def _nameless_id(self, row: int, said: str) -> str:
        """The row's id; a mark in its place where it is a personal number, the same every time."""
        if not said or not mask_identity_numbers(said)[1]:
            return said
        self._findings.note(row, self._columns["id"], "note.id_hidden")
        return id_mark(self._order, said)

    def _require_saying(self, row: int, cells: tuple[str, ...]) -> None:
        is_said = self._places[row] is not None or any(cells[place].strip() for place in self._saying)
        if not is_said and row not in self._findings.faulty:
            self._findings.fault(row, "", "row.says_nothing")

    def _require_kind(self, row: int, values: Values) -> None:
        for name in ("kind", "origin"):
            values.setdefault(name, getattr(self._order, name))
            if values[name] is None and row not in self._findings.faulty:
                self._findings.fault(row, self._columns[name], f"{name}.unknown", given="")

    def _note_shift(self, row: int, when: When) -> None:
        if when.shifted:
            self._findings.note(row, when.shifted, "note.time_shifted")

    def _finished(
        self, row: int, when: When, codes: frozenset[str], values: Values
    ) -> tuple[ReportDraft, bool]:
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
            "source_category": values["source_category"],
            "voice": values["voice"],
            "accuracy_m": values.get("accuracy_m"),
            "severity": values.get("severity"),
        }
        source, source_id = self._order.source or values.get("source") or origin.value, values["id"]
        uid, is_nameless = values.get("uid"), False
        if uid is None:
            is_nameless = not source_id
            name = source_id or name_of(saying(said), 1)
            uid = imported_uid(self._order.municipality, origin, source, name)
        draft = ReportDraft(
            uid=uid,
            municipality=self._order.municipality,
            origin=origin,
            source=source,
            source_id=source_id,
            position_source=None if place is None else PositionSource.FILE,
            **said,
        )
        return draft, is_nameless
