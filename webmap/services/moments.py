"""When something was, as people say it: a moment, between two, a day, a habit, or they do not know."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from geodata.errors import InvalidValue
from geodata.hours import (
    ANY_HOUR,
    WEEKDAYS,
    HoursOfWeek,
    exact,
    habit,
    interval,
    local,
    shifted_into_being,
    today,
    whole_day,
)
from geodata.vocabulary import Light

EARLIEST = date(2000, 1, 1)
"""What happened before is not what the place is like."""
_CLOCK = re.compile(r"([01]?[0-9]|2[0-4])(?:[:.]([0-5][0-9]))?", re.ASCII)


@dataclass(frozen=True)
class When:
    """Hours of the week, the local day where there is one, and the light a habit was said to be in."""

    hours: HoursOfWeek = ANY_HOUR
    day: date | None = None
    light: Light | None = None


ANYTIME = When()


def at(moment: datetime, field: str = "time") -> When:
    """A moment: aware, or wall clock. Raises InvalidValue for the future, long ago and the skipped hour."""
    wall = _wall(moment, field)
    return When(exact(wall), _checked(wall.date(), field))


def between(start: datetime, end: datetime, field: str = "interval") -> When:
    """Some time between two moments. Raises InvalidValue, also where the end is not after the start."""
    first, last = _wall(start, field), _wall(end, field)
    _checked(last.date(), field)
    are_instants = start.tzinfo is not None and end.tzinfo is not None
    if (end.timestamp() <= start.timestamp()) if are_instants else (last <= first):
        raise InvalidValue("time.end_not_after_start", field)
    # In the hour that autumn has twice, a later instant may be no later on the wall.
    hours = interval(first, last) if last > first else exact(first)
    return When(hours, _checked(first.date(), field))


def on(day: date, field: str = "day") -> When:
    """Any hour of a day. Raises InvalidValue for the future and for long ago."""
    return When(whole_day(_checked(day, field)), day)


def often(weekdays: Collection[str], start: str, end: str, field: str = "hours") -> When:
    """A habit: the same hours (clock times, widened to whole hours) on some weekdays, none meaning all.

    Equal times, an end earlier in the hour it begins in and none at all mean all day round. A night belongs
    to the day it begins.
    """
    unknown = sorted(set(weekdays).difference(WEEKDAYS))
    if unknown:
        raise InvalidValue("weekdays.unknown", field, given=", ".join(unknown)[:80])
    days = [WEEKDAYS.index(day) for day in WEEKDAYS if day in weekdays] or list(range(7))
    first, last = (_clock(start, field), _clock(end, field)) if start or end else ((0, 0), (0, 0))
    is_all_day = first[0] == last[0] and last <= first
    end_hour = first[0] if is_all_day else last[0] + (last[1] > 0)
    return When(habit(days, first[0], end_hour % 24))


def clock_time(text: str, field: str = "clock") -> time:
    """A time of day as people write it: 20.30, 20:30 or 20. Raises InvalidValue."""
    hour, minute = _clock(text, field)
    return time(hour % 24, minute)


def _clock(text: str, field: str) -> tuple[int, int]:
    found = _CLOCK.fullmatch(text.strip())
    if not found or (found[1] == "24" and found[2] not in (None, "00")):
        raise InvalidValue("clock.not_a_time", field, given=text.strip()[:20])
    return int(found[1]), int(found[2] or 0)


def _wall(moment: datetime, field: str) -> datetime:
    if moment.tzinfo is not None:
        return local(moment)
    wall, was_skipped = shifted_into_being(moment)
    if was_skipped:
        raise InvalidValue("time.skipped", field, given=f"{moment:%H.%M}")
    return wall


def _checked(day: date, field: str) -> date:
    # A day of grace: a clock that is wrong, a zone that is another.
    if day > today() + timedelta(days=1):
        raise InvalidValue("time.in_future", field, given=day.isoformat())
    if day < EARLIEST:
        raise InvalidValue("time.too_old", field, given=day.isoformat())
    return day
