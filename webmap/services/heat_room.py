"""Where surfaces are made and kept: columns, layouts and heats, one room a process."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from sqlalchemy import Engine

from geodata.analysis.density import Field
from geodata.analysis.layout import Layout
from geodata.analysis.scale import limits, lower_limit
from geodata.hours import today
from geodata.hours.darkness import mean_dark_share
from geodata.queries.columns import Columns, ColumnShelf
from geodata.queries.facets import facets
from geodata.queries.municipalities import Home
from geodata.queries.scales import stored_scale
from geodata.queries.selection import Ground, Period, full_period, period_of, select, single_kind
from geodata.queries.window import Window
from geodata.tables.engine import reading
from geodata.vocabulary import Kind, Light
from webmap.services.heat import HOURS_OF_WEEK, Heat, Look, ScaleInForce

_HEATS_KEPT = 12
_BYTES_KEPT = 400_000_000
"""Of computed surfaces; the one last asked for stays whatever its size."""
_LAYOUTS_KEPT = 4
_LIGHT_YEAR = 2025

T = TypeVar("T")


class _Kept(OrderedDict[object, T]):
    """The last few things made, by key; made once even when several ask at the same time."""

    def __init__(self, most: int, weigh: Callable[[T], int] = lambda kept: 0) -> None:
        super().__init__()
        self._most, self._weigh, self._guard = most, weigh, threading.Lock()
        self._making: dict[object, threading.Lock] = {}

    def get_or_make(self, key: object, make: Callable[[], T]) -> T:
        with self._guard:
            lock = self._making.setdefault(key, threading.Lock())
        with lock:
            with self._guard:
                if key in self:
                    self.move_to_end(key)
                    return self[key]
            made = make()
            with self._guard:
                self[key] = made
                self._forget()
            return made

    def _forget(self) -> None:
        while len(self) > 1 and (len(self) > self._most or self._bytes() > _BYTES_KEPT):
            self._making.pop(self.popitem(last=False)[0], None)

    def _bytes(self) -> int:
        return sum(self._weigh(kept) for kept in self.values())


class HeatRoom:
    """Everything a process keeps to draw heat: columns, layouts and fields. Safe between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._shelf = ColumnShelf()
        self._layouts: _Kept[Layout] = _Kept(_LAYOUTS_KEPT)
        self._heats: _Kept[Heat] = _Kept(_HEATS_KEPT, lambda heat: heat.field.nbytes)

    def columns(self, home: Home) -> Columns:
        """The municipality's reports as they are now."""
        with reading(self._engine) as session:
            return self._shelf.current(session, home.id)

    def heat(self, home: Home, window: Window, look: Look, fallback: Kind | None = None) -> Heat:
        """The surface of a window.

        Raises MixedKinds where no single kind is meant, InvalidValue for an area.
        """
        columns = self.columns(home)
        kind = single_kind(columns, window, fallback)
        asked = replace(window.with_defaults(), kinds=frozenset({kind}))
        ground = home.ground(asked.area)
        full = full_period(columns, kind, today())
        scale = self._scale(home, kind, asked, period_of(asked, full), look)
        key = _token(home, columns.version, {**asked.as_words(), **look.as_words()}, scale, full)
        make = _Making(home, kind, asked, look, full, ground, scale, key)
        return self._heats.get_or_make(key, lambda: self._made(columns, make))

    def _scale(
        self, home: Home, kind: Kind, window: Window, period: Period, look: Look
    ) -> ScaleInForce | None:
        kernel = look.kernel
        with reading(self._engine) as session:
            kept = stored_scale(session, home.id, kind, kernel.name, kernel.bandwidth_m)
        if kept is None:
            return None
        is_whole = window.is_whole_week and period.is_a_year
        lowest = lower_limit(kernel, kept.years)
        top = kept.whole_top if is_whole else kept.part_top
        return ScaleInForce("whole" if is_whole else "part", limits(lowest, top), kept.made_at, kept.n)

    def layout(self, home: Home, columns: Columns) -> Layout:
        """Where the municipality's placed reports lie; their order is that of `placed_rows`."""
        rows = placed_rows(columns)
        return self._layouts.get_or_make(
            (home.id, columns.version), lambda: Layout(columns.east[rows], columns.north[rows])
        )

    def _made(self, columns: Columns, make: _Making) -> Heat:
        chosen = select(columns, make.window, make.ground).placed
        period = period_of(make.window, make.full)
        layout = self.layout(make.home, columns)
        weights = chosen.weights()[placed_rows(columns)]
        field = Field(layout, weights, make.look.kernel, period.years, make.look.cell_m)
        counted = facets(columns, make.window, make.ground)
        return Heat(
            make.home,
            make.kind,
            make.window,
            make.look,
            period,
            make.full,
            field,
            chosen,
            make.scale,
            _hours_running(make.window, make.ground),
            counted,
            make.token,
        )


@dataclass(frozen=True)
class _Making:
    """What a surface is to be made from."""

    home: Home
    kind: Kind
    window: Window
    look: Look
    full: Period
    ground: Ground
    scale: ScaleInForce | None
    token: str


def placed_rows(columns: Columns) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Rows of the columns that have a position, in order."""
    return np.flatnonzero(np.isfinite(columns.east))


def _hours_running(window: Window, ground: Ground) -> float:
    """Hours of an average week in which the window's hours and light hold."""
    words = window.hours.words
    held = np.array([words[hour // 56] >> hour % 56 & 1 for hour in range(HOURS_OF_WEEK)], dtype=np.float64)
    if window.light is not None:
        dark = mean_dark_share(ground.longitude, ground.latitude, _LIGHT_YEAR)
        held *= dark if window.light == Light.DARK else 1 - dark
    return float(held.sum())


def _token(
    home: Home, version: int, words: Mapping[str, str], scale: ScaleInForce | None, full: Period
) -> str:
    """What a surface depends on, as one word: the same token, the same bytes."""
    said = repr((home.code, version, sorted(words.items()), scale, full))
    return hashlib.sha256(said.encode()).hexdigest()[:24]
