"""The days on which a Swedish office is open."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

_SATURDAY = 5
_FIXED = ((1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31))
_FROM_EASTER_SUNDAY = (-2, 1, 39)
"""Good Friday, Easter Monday, Ascension Day."""


def is_working_day(day: date) -> bool:
    """Whether an office is open: Monday to Friday, no public holiday and none of the three great eves.

    By lag (1989:253) and semesterlagen (1977:480) 3 a §. All Saints' Day and Midsummer Day are Saturdays.
    """
    return day.weekday() < _SATURDAY and day not in _holidays(day.year)


def working_days_after(day: date, count: int) -> date:
    """The working day that is so many working days after a day, which itself does not count."""
    found = day
    while count:
        found += timedelta(days=1)
        count -= is_working_day(found)
    return found


def easter_sunday(year: int) -> date:
    """Easter Sunday in the Gregorian calendar, by the method of Meeus, Jones and Butcher."""
    moon, (century, within) = year % 19, divmod(year, 100)
    leaps, rest = divmod(century, 4)
    skipped = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * moon + century - leaps - skipped + 15) % 30
    weekday = (32 + 2 * rest + 2 * (within // 4) - epact - within % 4) % 7
    late = (moon + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=16)
def _holidays(year: int) -> frozenset[date]:
    easter = easter_sunday(year)
    moving = [easter + timedelta(days=days) for days in _FROM_EASTER_SUNDAY]
    return frozenset([*(date(year, month, day) for month, day in _FIXED), *moving, _midsummer_eve(year)])


def _midsummer_eve(year: int) -> date:
    """The Friday from 19 to 25 June."""
    first = date(year, 6, 19)
    return first + timedelta(days=(4 - first.weekday()) % 7)
