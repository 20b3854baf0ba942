"""A table gone through once from end to end, and what is remembered of it: little, however long it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from geodata.errors import Fault
from geodata.exchange.glance import ROWS_UNDERSTOOD
from geodata.exchange.instructions import Instructions
from geodata.exchange.layout import assigned
from geodata.exchange.reading import Table

_MOST_SAMPLED = 4_000


@dataclass
class Survey:
    """What is remembered. beginning: the first rows, with the faults that lie there. rows: all of them.

    sample: rows spread over the whole file. words: cells of the category column, by how many rows have them.
    """

    beginning: Table
    sample: Table
    rows: int = 0
    words: Counter[str] = field(default_factory=Counter)


def survey(pieces: Iterable[Table], order: Instructions) -> Survey:
    """Go through the pieces of a table."""
    seen: Survey | None = None
    for table in pieces:
        if seen is None:
            seen = Survey(_without_rows(table), _without_rows(table))
            sampler = _Sampler(seen.sample)
            place = assigned_anyhow(table, order).get("category")
        _begin(seen.beginning, table)
        sampler.take(table)
        seen.rows += len(table.rows) + len(table.faults)
        if place is not None:
            seen.words.update(row[place].strip() for row in table.rows)
    if seen is None:
        raise ValueError("a table has at least one piece")
    return seen


def assigned_anyhow(table: Table, order: Instructions) -> dict[str, int]:
    """Field → place of its column, as far as can be said; nothing where the instructions are wrong."""
    try:
        return assigned(table, order)[0]
    except Fault:
        return {}


def _without_rows(table: Table) -> Table:
    places = table.places and table.places[:0]
    return replace(table, rows=[], lines=[], places=places, faults=[], spoilt={}, short={})


def _begin(beginning: Table, table: Table) -> None:
    """Add what still belongs to the first rows."""
    room = ROWS_UNDERSTOOD - len(beginning.rows)
    if room <= 0:
        return
    beginning.rows += table.rows[:room]
    beginning.lines += table.lines[:room]
    if beginning.places is not None and table.places is not None:
        beginning.places += table.places[:room]
    beginning.short |= table.short
    last = beginning.lines[-1] if len(table.rows) >= room else None
    beginning.faults += [fault for fault in table.faults if last is None or fault.line <= last]


class _Sampler:
    """Keeps every row, then every second, then every fourth: always some thousands, evenly spread."""

    def __init__(self, sample: Table) -> None:
        self._sample = sample
        self._step, self._next = 1, 0

    def take(self, table: Table) -> None:
        sample = self._sample
        for row in range(self._next, len(table.rows), self._step):
            sample.rows.append(table.rows[row])
            sample.lines.append(table.lines[row])
            if sample.places is not None and table.places is not None:
                sample.places.append(table.places[row])
            self._next = row + self._step
        self._next -= len(table.rows)
        while len(sample.rows) >= _MOST_SAMPLED:
            self._thin_out()

    def _thin_out(self) -> None:
        sample = self._sample
        was_even = len(sample.rows) % 2 == 0
        sample.rows, sample.lines = sample.rows[::2], sample.lines[::2]
        sample.places = sample.places and sample.places[::2]
        self._next += 0 if was_even else self._step
        self._step *= 2
