"""Hours of the week as a short text that a person can read and this program can read back."""

from __future__ import annotations

import re
from functools import lru_cache

from geodata.errors import InvalidValue
from geodata.hours import ALL_WORDS, HOURS, WEEKDAYS, HoursOfWeek
from geodata.hours.week import hours_in, words_of

ANY = "any"
_RUN = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)([0-9]{2})-(mon|tue|wed|thu|fri|sat|sun)([0-9]{2})")
_CODE = re.compile(
    r"(?P<runs>[a-z0-9,-]{3,1200})(?: ends (?P<ends>\d{1,3}-\d{1,3}))?(?: trim (?P<trim>\d{1,2}/\d{1,2}))?"
)


@lru_cache(maxsize=20_000)
def to_code(hours: HoursOfWeek) -> str:
    """`fri20-sat03`, several runs joined by commas, `any`; then ends and trimmed minutes where needed.

    A run is from an hour up to an hour; `trim 15/30` takes 15 minutes off the first hour and 30 off the last.
    """
    runs = _runs(hours)
    code = ANY if hours.words == ALL_WORDS else ",".join(f"{_name(a)}-{_name(b)}" for a, b in runs)
    if (hours.first_hour, hours.last_hour) != _ends(runs):
        code += f" ends {hours.first_hour}-{hours.last_hour}"
    if hours.minutes_before_first or hours.minutes_after_last:
        code += f" trim {hours.minutes_before_first}/{hours.minutes_after_last}"
    return code


def from_code(code: str, field: str = "hours") -> HoursOfWeek:
    """The hours back from their text. Raises InvalidValue."""
    found = _CODE.fullmatch(code.strip())
    runs = _parsed_runs(found["runs"]) if found else []
    if not found or not runs:
        raise InvalidValue("hours.not_a_code", field, given=code[:80])
    first, last = _pair(found["ends"], "-") or _ends(runs)
    before, after = _pair(found["trim"], "/") or (0, 0)
    if max(first, last) >= HOURS or max(before, after) >= 60:
        raise InvalidValue("hours.not_a_code", field, given=code[:80])
    held = ((a + step) % HOURS for a, b in runs for step in range((b - a) % HOURS or HOURS))
    hours = HoursOfWeek(words_of(held), first, last, before, after)
    if hours.span_minutes < 1:
        raise InvalidValue("hours.not_a_code", field, given=code[:80])
    return hours


def _name(hour: int) -> str:
    return f"{WEEKDAYS[hour // 24]}{hour % 24:02d}"


def _runs(hours: HoursOfWeek) -> list[tuple[int, int]]:
    """Runs of hours round the week, end not included, the one that holds the first hour first."""
    if hours.words == ALL_WORDS:
        return [(0, 0)]
    held = set(hours_in(hours.words))
    starts = sorted(hour for hour in held if (hour - 1) % HOURS not in held)
    runs = [(start, _end(start, held)) for start in starts]
    leading = next((place for place, run in enumerate(runs) if run[0] == hours.first_hour), 0)
    return runs[leading:] + runs[:leading]


def _end(start: int, held: set[int]) -> int:
    length = 1
    while (start + length) % HOURS in held:
        length += 1
    return (start + length) % HOURS


def _ends(runs: list[tuple[int, int]]) -> tuple[int, int]:
    if runs == [(0, 0)]:
        return 0, 0
    return runs[0][0], (runs[-1][1] - 1) % HOURS


def _pair(text: str | None, mark: str) -> tuple[int, int] | None:
    if not text:
        return None
    first, last = text.split(mark)
    return int(first), int(last)


def _parsed_runs(text: str) -> list[tuple[int, int]]:
    if text == ANY:
        return [(0, 0)]
    found = [_RUN.fullmatch(part) for part in text.split(",")]
    if not all(run and int(run[2]) < 24 and int(run[4]) < 24 for run in found):
        return []
    return [
        (WEEKDAYS.index(run[1]) * 24 + int(run[2]), WEEKDAYS.index(run[3]) * 24 + int(run[4]))
        for run in found
        if run
    ]
