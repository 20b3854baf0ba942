"""All that is known of a municipality at one moment, kept in memory until something in it changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata.analysis.layout import Layout, block_order
from geodata.analysis.scale import limits, lower_limit
from geodata.hours import today
from geodata.queries.column_shelf import ColumnShelf, KnownColumns
from geodata.queries.columns import Columns
from geodata.queries.history import Past
from geodata.queries.municipalities import Home, home, standing
from geodata.queries.occasions import occasion_heads
from geodata.queries.scales import stored_scales
from geodata.queries.selection import Period, full_period, kinds_present
from geodata.queries.sharings import Shared, sharings_in_force
from geodata.queries.sight import EVERYTHING, Glimpse, Sight, seen
from geodata.tables.engine import reading
from geodata.tables.scales import Scale
from geodata.vocabulary import Kind
from webmap.services.heat import Look, ScaleInForce

MOST_BYTES = 1_000_000_000
"""Of reports that are kept ready; the municipality last asked for stays whatever its size."""


@dataclass(frozen=True)
class Situation:
    """A municipality with its reports as columns and its scales, all of the same change.

    occasions: the marks of voices that are a whole evening's, with their head counts. sharings: what one
    authority lets the other see. sight: through which the columns are seen.
    """

    home: Home
    columns: Columns
    scales: dict[tuple[Kind, str, int], Scale]
    past: Past | None = None
    occasions: dict[int, int | None] = field(default_factory=dict)
    sharings: tuple[Shared, ...] = ()
    sight: Sight = EVERYTHING
    _periods: dict[tuple[Kind, date], Period] = field(default_factory=dict)
    _seen: dict[frozenset[Glimpse], Situation] = field(default_factory=dict)

    def seen_with(self, sight: Sight) -> Situation:
        """The same as seen so: this very one where nothing is hidden or moved, else made once and kept."""
        if sight.is_everything:
            return self
        known = self._seen.get(sight.glimpses)
        return known or self._seen.setdefault(sight.glimpses, self._made_for(sight))

    def _made_for(self, sight: Sight) -> Situation:
        columns = seen(self.columns, sight)
        if columns is self.columns:
            return self
        shown = in_blocks(columns)
        present = kinds_present(shown)
        scales = {key: scale for key, scale in self.scales.items() if key[0] in present}
        return Situation(self.home, shown, scales, self.past, self.occasions, self.sharings, sight)

    @cached_property
    def placed_rows(self) -> NDArray[np.intp] | slice:
        """Rows of the columns that have a position, in order."""
        placed = np.isfinite(self.columns.east)
        first = int(placed.sum())
        return slice(first) if placed[:first].all() else np.flatnonzero(placed)

    @cached_property
    def layout(self) -> Layout:
        """Where the placed reports lie, in the order of `placed_rows`."""
        return Layout(self.columns.east[self.placed_rows], self.columns.north[self.placed_rows])

    @property
    def nbytes(self) -> int:
        """Size of the columns, mapped or not, and of what was made from them."""
        made = self.__dict__.get("layout")
        others = sum(each.nbytes for each in list(self._seen.values()) if each is not self)
        return self.columns.nbytes + (made.nbytes if made is not None else 0) + others

    def full_period(self, kind: Kind) -> Period:
        """From the first to the last day of a kind's accepted reports."""
        key = kind, today()
        if key not in self._periods:
            self._periods[key] = full_period(self.columns, kind, key[1])
        return self._periods[key]

    def scale(self, kind: Kind, look: Look, is_whole: bool) -> ScaleInForce | None:
        """The limits in force for a look at a kind, or None before they are made."""
        kernel = look.kernel
        kept = self.scales.get((kind, kernel.name, round(kernel.bandwidth_m)))
        if kept is None:
            return None
        top = kept.whole_top if is_whole else kept.part_top
        bounds = limits(lower_limit(kernel, kept.years), top)
        return ScaleInForce("whole" if is_whole else "part", bounds, kept.made_at, kept.n, top, kept.years)


class SituationRoom:
    """The situations a process has been asked about, least recently used out first; safe between threads.

    folder: where the columns lie that the server's processes share; without one each has its own.
    on_leave: told the code of a municipality whose columns are let go of, or are old.
    """

    def __init__(
        self,
        engine: Engine,
        folder: Path | None = None,
        most_bytes: int = MOST_BYTES,
        on_leave: Callable[[str], None] = lambda code: None,
    ) -> None:
        self._engine, self._shelf = engine, ColumnShelf(folder, in_blocks)
        self._most_bytes, self._on_leave = most_bytes, on_leave
        self._kept: OrderedDict[str, Situation] = OrderedDict()
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def now(self, code: str) -> Situation:
        """How it is now: one look at the database when nothing changed, only what is new otherwise.

        Raises NotFound for a municipality that has not been added.
        """
        with self._guard:
            lock = self._locks.setdefault(code, threading.Lock())
        with lock:
            known = self._kept.get(code)
            current = self._read(code, known)
            with self._guard:
                self._kept[code] = current
                self._kept.move_to_end(code)
                gone = [] if known is current else [code, *self._leaving()]
        for each in gone:
            self._on_leave(each)
        return current

    def _leaving(self) -> list[str]:
        sizes = {code: kept.nbytes for code, kept in self._kept.items()}
        gone = []
        while len(self._kept) > 1 and sum(sizes.values()) > self._most_bytes:
            gone.append(self._kept.popitem(last=False)[0])
            del sizes[gone[-1]]
        return gone

    def _read(self, code: str, known: Situation | None) -> Situation:
        with reading(self._engine) as session:
            key, change = standing(session, code)
            if known and (known.home.id, known.columns.version) == (key, change):
                return known
            found = self._shelf.find(session, key)
            if found is not None:
                return _situation(session, code, found)
        # One process makes them; the others wait, and find them made.
        with self._shelf.turn(key) as has_turn, reading(self._engine) as session:
            own = KnownColumns(known.columns, known.past) if known and known.home.id == key else None
            return _situation(session, code, self._shelf.read(session, key, own, has_turn))


def _situation(session: Session, code: str, known: KnownColumns) -> Situation:
    there = home(session, code)
    heads, shared = occasion_heads(session, there.id), sharings_in_force(session, there.id)
    scales = stored_scales(session, there.id)
    return Situation(there, known.columns, scales, known.past, heads, shared)


def in_blocks(columns: Columns) -> Columns:
    """The same reports in the order of a layout, those without position last: nothing is sorted twice."""
    placed = np.isfinite(columns.east)
    rows = np.flatnonzero(placed)
    order = block_order(columns.east[rows], columns.north[rows])
    wanted = np.concatenate((rows[order], np.flatnonzero(~placed)))
    return columns if bool((np.diff(wanted) == 1).all()) else columns.take(wanted)
