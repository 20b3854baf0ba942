"""Which hours of the week a reader asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from geodata.errors import InvalidValue
from geodata.hours.week import ALL_WORDS, Words, habit

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"(\d{1,2})(?::00)?\s*[-–]\s*(\d{1,2})(?::00)?")


@dataclass(frozen=True, slots=True)
class HourFilter:
    """Weekdays (empty: every day) and a span of the clock (None: all day round), whole hours.

    A night belongs to the day it begins: fri, 20–03 holds Friday 20 to Saturday 03.
    """

    weekdays: tuple[str, ...] = ()
    clock: tuple[int, int] | None = None

    @property
    def is_open(self) -> bool:
        """Whether it lets every hour through."""
        return self.words == ALL_WORDS

    @property
    def words(self) -> Words:
        """The hours as three words of 56 bits."""
        days = [WEEKDAYS.index(day) for day in self.weekdays] or range(7)
        return habit(days, *(self.clock or (0, 0))).words

    @property
    def count(self) -> int:
        """How many hours of the week it holds, 1 to 168."""
        return sum(word.bit_count() for word in self.words)

    @classmethod
    def parse(cls, weekdays: str = "", hours: str = "") -> HourFilter:
        """From `fri,sat` and `20-03`. Raises InvalidValue with the field at fault."""
        return cls(_weekdays(weekdays), _clock(hours))


def _weekdays(text: str) -> tuple[str, ...]:
    named = {part.strip().casefold() for part in text.split(",") if part.strip()}
    unknown = sorted(named.difference(WEEKDAYS))
    if unknown:
        raise InvalidValue("weekdays.unknown", "weekdays", given=", ".join(unknown)[:80])
    chosen = tuple(day for day in WEEKDAYS if day in named)
    return () if len(chosen) == len(WEEKDAYS) else chosen


def _clock(text: str) -> tuple[int, int] | None:
    if not text.strip():
        return None
    found = _SPAN.fullmatch(text.strip())
    if not found or int(found[1]) > 23 or int(found[2]) > 24:
        raise InvalidValue("hours.not_a_span", "hours", given=text.strip()[:40])
    first, end = int(found[1]), int(found[2]) % 24
    return None if first == end else (first, end)
