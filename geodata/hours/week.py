"""One record's hours of the week."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

HOURS = 168
_WORD_HOURS = 56
_WEEK = timedelta(days=7)

Words = tuple[int, int, int]


def hour_of_week(moment: datetime) -> int:
    """0 (Monday 00–01) to 167 (Sunday 23–24), of a wall-clock time."""
    return moment.weekday() * 24 + moment.hour


def words_of(hours: Iterable[int]) -> Words:
    """A set of hours as three words of 56 bits, which fit signed 64-bit columns."""
    words = [0, 0, 0]
    for hour in hours:
        words[hour // _WORD_HOURS] |= 1 << hour % _WORD_HOURS
    return words[0], words[1], words[2]


def hours_in(words: Words) -> list[int]:
    """The hours of three words, rising."""
    return [hour for hour in range(HOURS) if words[hour // _WORD_HOURS] >> hour % _WORD_HOURS & 1]


ALL_WORDS: Words = words_of(range(HOURS))


@dataclass(frozen=True, slots=True)
class HoursOfWeek:
    """The hours in which something is, or may have been.

    words: the set. minutes_before_first, minutes_after_last: what is trimmed off first_hour and last_hour.
    A record's share in a filter is the part of its minutes that the filter holds (aoristic weighting,
    Ratcliffe 2000, exact to the minute).
    """

    words: Words
    first_hour: int = 0
    last_hour: int = 0
    minutes_before_first: int = 0
    minutes_after_last: int = 0

    @property
    def span_minutes(self) -> int:
        """How many minutes of the week it covers, at least one."""
        hours = sum(word.bit_count() for word in self.words)
        return 60 * hours - self.minutes_before_first - self.minutes_after_last

    def share(self, allowed: Words) -> float:
        """The part of it, 0 to 1, that falls in the allowed hours."""
        minutes = 60 * sum((word & keep).bit_count() for word, keep in zip(self.words, allowed, strict=True))
        minutes -= self.minutes_before_first * _holds(allowed, self.first_hour)
        minutes -= self.minutes_after_last * _holds(allowed, self.last_hour)
        return minutes / self.span_minutes


def _holds(words: Words, hour: int) -> int:
    return words[hour // _WORD_HOURS] >> hour % _WORD_HOURS & 1


ANY_HOUR = HoursOfWeek(ALL_WORDS)


def exact(moment: datetime) -> HoursOfWeek:
    """The one hour in which a wall-clock time lies."""
    hour = hour_of_week(moment)
    return HoursOfWeek(words_of((hour,)), hour, hour)


def interval(start: datetime, end: datetime) -> HoursOfWeek:
    """The hours between two wall-clock times, trimmed to the minute.

    An end at or before the start is an exact time at the start; a week or more is any hour.
    """
    start, end = start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0)
    if end <= start:
        return exact(start)
    if end - start >= _WEEK:
        return ANY_HOUR
    first, last = hour_of_week(start), hour_of_week(end - timedelta(minutes=1))
    before, after = start.minute, (60 - end.minute) % 60
    if first == last and end - start > timedelta(hours=1):
        return HoursOfWeek(ALL_WORDS, first, last, before + after - 60, 0)
    covered = (last - first) % HOURS + 1
    return HoursOfWeek(
        words_of((first + step) % HOURS for step in range(covered)), first, last, before, after
    )


def whole_day(day: date) -> HoursOfWeek:
    """Any hour of that weekday."""
    first = day.weekday() * 24
    return HoursOfWeek(words_of(range(first, first + 24)), first, first + 23)


def habit(weekdays: Iterable[int], first_clock: int, end_clock: int) -> HoursOfWeek:
    """The same hours on several weekdays (Monday is 0), from first_clock up to end_clock, whole hours.

    A night belongs to the day it begins: Friday 20–03 ends on Saturday at 3. Equal clocks mean all day round.
    """
    length = (end_clock - first_clock) % 24 or 24
    hours = {(day * 24 + first_clock + step) % HOURS for day in weekdays for step in range(length)}
    return HoursOfWeek(words_of(hours), min(hours, default=0), max(hours, default=0))
