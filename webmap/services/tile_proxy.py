"""Tiles of somebody else's server, fetched by ours: few at a time, never ahead, and never waited for.

A request waits a moment at most; what comes later is kept for the next one that asks. A source that is slow,
silent or lies is left alone for a minute by all processes.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from queue import Full, Queue

from webmap.services.tile_source import Refused, TileSource
from webmap.services.tile_store import TileStore

FETCHERS = 2
_WAITERS = 1
_WAIT_S = 0.25
_QUEUED = 64
_SILENT_S = 60.0

Place = tuple[int, int, int]


@dataclass(frozen=True)
class _Errand:
    place: Place
    begun_at: float = field(default_factory=time.monotonic)
    done: threading.Event = field(default_factory=threading.Event)


class TileProxy:
    """The tiles of a source, by way of a store. Its threads begin with the first tile asked for."""

    def __init__(self, source: TileSource, store: TileStore) -> None:
        self._source, self._store = source, store
        self._errands: dict[Place, _Errand] = {}
        self._queue: Queue[_Errand] = Queue(_QUEUED)
        self._guard = threading.Lock()
        self._waiters = threading.Semaphore(_WAITERS)
        self._fetchers: list[threading.Thread] = []
        self._silent_until = 0.0

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """A picture, b"" where the source has none, None where it cannot be had within a moment."""
        kept = self._store.read(z, x, y)
        if kept and kept[1]:
            return kept[0]
        if not self.is_silent():
            errand = self._sent_for((z, x, y))
            # An old tile is better than to wait for a new one.
            if errand and not kept and self._await(errand):
                kept = self._store.read(z, x, y)
        return kept[0] if kept else None

    def is_silent(self) -> bool:
        """Whether the source is left alone for now."""
        if time.monotonic() < self._silent_until:
            return True
        try:
            return time.time() - self._store.mark.stat().st_mtime < _SILENT_S
        except OSError:
            return False

    def _sent_for(self, place: Place) -> _Errand | None:
        """An errand for the tile, the one under way if there is one; None when too many wait already."""
        with self._guard:
            if self._is_stuck():
                self._fall_silent()
                return None
            known = self._errands.get(place)
            if known:
                return known
            errand = _Errand(place)
            try:
                self._queue.put_nowait(errand)
            except Full:
                return None
            self._errands[place] = errand
            self._begin()
            return errand

    def _is_stuck(self) -> bool:
        """Whether an errand takes longer than it may: looking up a name can take a minute."""
        oldest = next(iter(self._errands.values()), None)
        most_s = self._source.patience_s * (1 + len(self._errands) / FETCHERS)
        return oldest is not None and time.monotonic() - oldest.begun_at > most_s

    def _begin(self) -> None:
        while len(self._fetchers) < FETCHERS:
            self._fetchers.append(threading.Thread(target=self._run_errands, daemon=True))
            self._fetchers[-1].start()

    def _await(self, errand: _Errand) -> bool:
        if not self._waiters.acquire(blocking=False):
            return errand.done.is_set()
        try:
            return errand.done.wait(_WAIT_S)
        finally:
            self._waiters.release()

    def _run_errands(self) -> None:
        while True:
            errand = self._queue.get()
            try:
                if not self.is_silent():
                    self._run(errand.place)
            finally:
                with self._guard:
                    self._errands.pop(errand.place, None)
                errand.done.set()

    def _run(self, place: Place) -> None:
        try:
            fetched = self._source.fetch(*place)
        except Refused:
            self._fall_silent()
        else:
            self._store.keep(place, fetched.picture, fetched.lasts_s)

    def _fall_silent(self) -> None:
        self._silent_until = time.monotonic() + _SILENT_S
        try:
            self._store.mark.parent.mkdir(parents=True, exist_ok=True)
            self._store.mark.touch()
        except OSError:  # the other processes find out by themselves
            return
