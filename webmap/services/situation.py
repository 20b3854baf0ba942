"""All that is known of a municipality at one moment, kept in memory until something in it changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from geodata.analysis.layout import Layout
from geodata.analysis.scale import limits, lower_limit
from geodata.hours import today
from geodata.queries.columns import Columns, read_columns
from geodata.queries.municipalities import Home, home, standing
from geodata.queries.scales import stored_scales
from geodata.queries.selection import Period, full_period
from geodata.tables.engine import reading
from geodata.tables.scales import Scale
from geodata.vocabulary import Kind
from webmap.services.heat import Look, ScaleInForce

_KEPT = 8


@dataclass(frozen=True)
class Situation:
    """A municipality with its reports as columns and its scales, all of the same change."""

    home: Home
    columns: Columns
    scales: dict[tuple[Kind, str, int], Scale]
    _periods: dict[tuple[Kind, date], Period] = field(default_factory=dict)

    @cached_property
    def placed_rows(self) -> NDArray[np.intp]:
        """Rows of the columns that have a position, in order."""
        return np.flatnonzero(np.isfinite(self.columns.east))

    @cached_property
    def layout(self) -> Layout:
        """Where the placed reports lie, in the order of `placed_rows`."""
        return Layout(self.columns.east[self.placed_rows], self.columns.north[self.placed_rows])

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
        return ScaleInForce("whole" if is_whole else "part", bounds, kept.made_at, kept.n)


class SituationRoom:
    """The situations a process has been asked about; safe between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
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
                if len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return current

    def _read(self, code: str, known: Situation | None) -> Situation:
        with reading(self._engine) as session:
            key, change = standing(session, code)
            if known and (known.home.id, known.columns.version) == (key, change):
                return known
            columns = read_columns(session, key, known.columns if known and known.home.id == key else None)
            return Situation(home(session, code), columns, stored_scales(session, key))
