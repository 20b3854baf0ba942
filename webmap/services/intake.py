"""How many reports of the public are stored at once: the others wait in the spool, and none is refused."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Intake:
    """A bucket that fills evenly and holds what a minute brings. None per minute: it never empties.

    Each process has its own, so that nothing but the process itself can be down.
    """

    def __init__(self, per_minute: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = per_minute, clock
        self._left, self._at = float(per_minute or 0), clock()
        self._guard = threading.Lock()

    @property
    def has_room(self) -> bool:
        """Whether less is coming than could be stored."""
        return self._most is None or self._left > self._most / 2

    def take(self) -> bool:
        """Whether one more may be stored now."""
        if self._most is None:
            return True
        with self._guard:
            now = self._clock()
            self._left = min(self._most, self._left + (now - self._at) * self._most / 60)
            self._at = now
            if self._left < 1:
                return False
            self._left -= 1
            return True
