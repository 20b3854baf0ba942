"""How far a long reading has come, said now and then."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

Progress = Callable[[float], None]
"""Called with the part done, 0 to 1."""

T = TypeVar("T")
_EVERY_S = 0.2


@dataclass
class Tally:
    """Rows gone through, and faults found in them, so far."""

    rows: int = 0
    faulty: int = 0


def silent(part: float) -> None:
    """Progress that nobody follows."""


class Ticker:
    """Passes on progress at most five times a second, within a stretch of the whole."""

    def __init__(self, progress: Progress, first: float = 0.0, last: float = 1.0) -> None:
        self._progress = progress
        self._first, self._last = first, last
        self._next_s = 0.0

    def part(self, first: float, last: float) -> Ticker:
        """The same progress, for one stretch of the work."""
        return Ticker(self._progress, first, last)

    def within(self, first: float, last: float) -> Ticker:
        """The same progress, for one stretch of this stretch."""
        length = self._last - self._first
        return Ticker(self._progress, self._first + length * first, self._first + length * last)

    def tell(self, done: float) -> None:
        """So much (0 to 1) of this stretch is done."""
        now_s = time.monotonic()
        if now_s >= self._next_s:
            self._next_s = now_s + _EVERY_S
            self._progress(self._first + (self._last - self._first) * done)

    def over(self, many: Sequence[T]) -> Iterator[T]:
        """Go through them, telling."""
        return self.counted(many, len(many))

    def over_steps(self, many: Iterable[T], count: int) -> Iterator[T]:
        """Go through a few things that each take long, telling before every one."""
        for place, each in enumerate(many):
            self.tell(min(1.0, place / max(1, count)))
            yield each

    def counted(self, many: Iterable[T], count: int) -> Iterator[T]:
        """Go through something whose length is known from elsewhere, telling."""
        for place, each in enumerate(many):
            if not place & 255:
                self.tell(min(1.0, place / max(1, count)))
            yield each
