"""Where surfaces are made and kept, one room a process."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from sqlalchemy import Engine

from geodata import crs
from geodata.analysis.density import Field
from geodata.hours.darkness import mean_dark_share
from geodata.queries.facets import Choices, open_to_facets
from geodata.queries.selection import Ground, Period, period_of, select, single_kind
from geodata.queries.sight import EVERYTHING, Sight
from geodata.queries.window import Window
from geodata.vocabulary import Kind, Light
from webmap.access import Viewer
from webmap.services.heat import HOURS_OF_WEEK, Heat, Look
from webmap.services.sight import sight_given
from webmap.services.situation import MOST_BYTES, Situation, SituationRoom

_HEATS_KEPT = 12
_BYTES_KEPT = 400_000_000
"""Of computed surfaces; the one last asked for stays whatever its size."""
_FINDINGS_KEPT = 64
"""Of what was worked out from a surface: lists, which are small."""
_LIGHT_YEAR = 2025

T = TypeVar("T")
F = TypeVar("F")


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

    def drop(self, is_unwanted: Callable[[T], bool]) -> None:
        """Forget the unwanted ones."""
        with self._guard:
            for key in [key for key, kept in self.items() if is_unwanted(kept)]:
                del self[key]
                self._making.pop(key, None)

    def _forget(self) -> None:
        while len(self) > 1 and (len(self) > self._most or self._bytes() > _BYTES_KEPT):
            self._making.pop(self.popitem(last=False)[0], None)

    def _bytes(self) -> int:
        return sum(self._weigh(kept) for kept in self.values())


class HeatRoom:
    """Every surface a process has been asked for. Safe between threads.

    It shows everything to whoever holds it; `seen_by` gives the same room as one viewer sees it.
    """

    def __init__(
        self, engine: Engine, columns_folder: Path | None = None, most_bytes: int = MOST_BYTES
    ) -> None:
        """columns_folder: see SituationRoom. most_bytes: of reports, before a municipality leaves."""
        self._heats: _Kept[Heat] = _Kept(_HEATS_KEPT, lambda heat: heat.field.nbytes)
        self._situations = SituationRoom(engine, columns_folder, most_bytes, self._let_go)
        self._findings: _Kept[Any] = _Kept(_FINDINGS_KEPT)
        self._viewer: Viewer | None = None

    def seen_by(self, viewer: Viewer) -> HeatRoom:
        """This room, with all that is kept in it, showing no more than the viewer may see."""
        seen = copy(self)
        seen._viewer = viewer
        return seen

    def sight(self, code: str) -> Sight:
        """What is seen of a municipality. Raises NotFound."""
        return self._sight(self._situations.now(code))

    def _sight(self, now: Situation) -> Sight:
        if self._viewer is None:
            return EVERYTHING
        return sight_given(self._viewer.roles.get(now.home.code, frozenset()), now.sharings)

    def _let_go(self, code: str) -> None:
        """Forget surfaces that hold on to columns of a municipality that left or has changed."""
        self._heats.drop(lambda heat: heat.home.code == code)

    def situation(self, code: str) -> Situation:
        """All that is seen of a municipality now. Raises NotFound."""
        now = self._situations.now(code)
        return now.seen_with(self._sight(now))

    def heat(self, code: str, window: Window, look: Look, fallback: Kind | None = None) -> Heat:
        """The surface of a window in the municipality with this code.

        Raises NotFound, MixedKinds where no single kind is meant, InvalidValue for an area.
        """
        now = self.situation(code)
        kind = single_kind(now.columns, window, fallback)
        asked = replace(window.with_defaults(), kinds=frozenset({kind}))
        look = look.no_finer_than(now.sight.coarsest(kind))
        full = now.full_period(kind)
        key = _token(now, {**asked.as_words(), **look.as_words()}, full)
        return self._heats.get_or_make(key, lambda: _made(now, asked, look, key))

    def finding(self, key: tuple[object, ...], make: Callable[[], F]) -> F:
        """What is worked out from a surface, made once; the key begins with the surface's token."""
        return cast(F, self._findings.get_or_make(key, make))

    def prepare(self, heat: Heat, box: tuple[float, float, float, float]) -> None:
        """Begin on what a map of this box (west, south, east, north in degrees) will ask for.

        Returns at once: the surface is made while the browser still loads its scripts.
        """
        threading.Thread(target=_look_around, args=(heat, box), daemon=True).start()


def _look_around(heat: Heat, box: tuple[float, float, float, float]) -> None:
    """Read the surface at nine places over the box and as far again on every side."""
    west, south, east, north = box
    x, y = crs.to_metres_xy([west, east], [south, north])
    across, along = np.linspace(x[0], x[1], 3), np.linspace(y[0], y[1], 3)
    wider, taller = (across - across[1]) * 2 + across[1], (along - along[1]) * 2 + along[1]
    heat.field.at(*np.meshgrid(wider, taller))


def _made(now: Situation, window: Window, look: Look, token: str) -> Heat:
    kind = next(iter(window.kinds))
    ground, full = now.home.ground(window.area), now.full_period(kind)
    period = period_of(window, full)
    is_whole = window.is_whole_week and period.is_a_year
    every = select(now.columns, open_to_facets(window), ground)
    choices = Choices(every, window)
    field = Field(
        now.layout, choices.chosen.weights()[now.placed_rows], look.kernel, period.years, look.cell_m
    )
    return Heat(
        home=now.home,
        kind=kind,
        window=window,
        look=look,
        period=period,
        full=full,
        field=field,
        choices=choices,
        selection=choices.chosen,
        scale=now.scale(kind, look, is_whole),
        usual_scale=now.scale(kind, Look(), is_whole),
        hours_running=_hours_running(window, ground),
        token=token,
        occasions=now.occasions,
        precision_m=now.sight.coarsest(kind),
    )


def _hours_running(window: Window, ground: Ground) -> float:
    """Hours of an average week in which the window's hours and light hold."""
    words = window.hours.words
    held = np.array([words[hour // 56] >> hour % 56 & 1 for hour in range(HOURS_OF_WEEK)], dtype=np.float64)
    if window.light is not None:
        dark = mean_dark_share(ground.longitude, ground.latitude, _LIGHT_YEAR)
        held *= dark if window.light == Light.DARK else 1 - dark
    return float(held.sum())


def _token(now: Situation, words: Mapping[str, str], full: Period) -> str:
    """What a surface depends on, as one word: the same token, the same bytes.

    Reports, scales, sharings, boundary and areas all move the change the situation is of.
    """
    seen = sorted((each.owner, each.kind, each.precision_m) for each in now.sight.glimpses)
    said = repr((now.home.code, now.columns.version, sorted(words.items()), full, seen))
    return hashlib.sha256(said.encode()).hexdigest()[:24]
