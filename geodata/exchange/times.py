"""When a row happened: dates, clocks and timestamps as files have them, made into hours of the week."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple

from geodata import hours
from geodata.errors import InvalidValue
from geodata.hours import HoursOfWeek

Day = date
"""The type, where a column is called date."""
FIRST_YEAR = 1900
_DATE = r"(\d{4})([-/.]?)(\d{1,2})\2(\d{1,2})"
_CLOCK = r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,9})?)?"
_ZONE = r"\s?(Z|[+-]\d{2}(?::?\d{2})?)?"
_ONLY_DATE = re.compile(_DATE, re.ASCII)
_ONLY_CLOCK = re.compile(_CLOCK, re.ASCII)
_STAMP = re.compile(rf"{_DATE}[T\s]\s?{_CLOCK}{_ZONE}", re.ASCII | re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
_WORDED = re.compile(
    r"(\d{1,2})(?: (jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec)[a-z]{0,6}\.?|/(\d{1,2})) (\d{4})"
    r"(?:,? (?:kl\.? )?(\d.{0,20}))?",
    re.ASCII | re.IGNORECASE,
)
_MIDNIGHT = time()


@dataclass(frozen=True)
class When:
    """What a row says of time. day: the local date it began, if any. shifted: a skipped hour was moved."""

    hours: HoursOfWeek
    day: date | None = None
    shifted: str = ""


class _Said(NamedTuple):
    """One cell: a date, a clock or both; next_day: the clock was 24:00; instant: it had an offset."""

    day: date | None = None
    clock: time | None = None
    next_day: bool = False
    instant: datetime | None = None

    @property
    def moment(self) -> datetime | None:
        if self.day is None or self.clock is None:
            return None
        return datetime.combine(self.day, self.clock) + timedelta(days=self.next_day)


NOTHING = _Said()


@dataclass(frozen=True)
class Clocks:
    """The names of a row's columns for time, and the last date that is not in the future."""

    date: str
    start: str
    end: str
    today: Day

    def when(self, day: str, start: str, end: str) -> When:
        """From the three cells. Raises InvalidValue with the column at fault."""
        dated = _said(day, self.date, "date.not_a_date")
        began, ended = _said(start, self.start), _said(end, self.end)
        if began == NOTHING and dated.clock is not None and (dated.clock != _MIDNIGHT or ended.clock):
            began, dated = dated, NOTHING
        self._refuse_date(dated, self.date)
        self._refuse_date(began, self.start)
        self._refuse_date(ended, self.end)
        if began.next_day and not began.day:
            raise InvalidValue("time.no_such_time", self.start, given=start[:40])
        if began == NOTHING:
            return self._undated_start(dated, ended)
        first = began.day or dated.day
        if first is None:
            raise InvalidValue("time.without_date", self.start, given=start[:40])
        return self._from_start(first, began, ended)

    def _refuse_date(self, cell: _Said, column: str) -> None:
        if cell.day is None:
            return
        if cell.day.year < FIRST_YEAR:
            raise InvalidValue("date.too_old", column, given=cell.day.isoformat(), first=str(FIRST_YEAR))
        if cell.day > self.today:
            raise InvalidValue("date.in_future", column, given=cell.day.isoformat())

    def _undated_start(self, dated: _Said, ended: _Said) -> When:
        if ended != NOTHING:
            raise InvalidValue("time.end_without_start", self.end)
        if dated.day is None:
            return When(hours.ANY_HOUR)
        return When(hours.whole_day(dated.day), dated.day)

    def _from_start(self, first: Day, began: _Said, ended: _Said) -> When:
        start = datetime.combine(first, began.clock or _MIDNIGHT)
        last = self._end(start, began, ended)
        if last is None and began.clock is None:
            return When(hours.whole_day(first), first)
        start, was_shifted = _shifted(start)
        shifted = self.start or self.date if was_shifted else ""
        if last is None or last == start:
            return When(hours.exact(start), first, shifted)
        last, was_shifted = _shifted(last)
        return When(hours.interval(start, last), first, shifted or (self.end if was_shifted else ""))

    def _end(self, start: datetime, began: _Said, ended: _Said) -> datetime | None:
        """The wall-clock end, or None for an exact time."""
        if ended == NOTHING:
            return None
        if ended.day is None:
            return _rolled(start, ended)
        end = ended.moment or datetime.combine(ended.day, _MIDNIGHT) + timedelta(days=1)
        if ended.instant < began.instant if began.instant and ended.instant else end < start:
            raise InvalidValue("time.end_before_start", self.end, start=str(start), end=str(end))
        return end


def _rolled(start: datetime, ended: _Said) -> datetime:
    """A clock without a date: the same day, or the next when it is earlier than the start."""
    end = datetime.combine(start.date(), ended.clock or _MIDNIGHT) + timedelta(days=ended.next_day)
    return end + timedelta(days=1) if end < start else end


def _shifted(moment: datetime) -> tuple[datetime, bool]:
    return hours.shifted_into_being(moment) if _switches(moment.date()) else (moment, False)


@lru_cache(maxsize=50_000)
def _switches(day: date) -> bool:
    """Whether the clocks are changed on this date."""
    midnight = datetime.combine(day, _MIDNIGHT, hours.ZONE)
    return midnight.utcoffset() != (midnight + timedelta(days=1)).utcoffset()


@lru_cache(maxsize=4096)
def _said(cell: str, column: str, unclear: str = "time.not_a_time") -> _Said:
    text = _in_digits(cell.strip())
    if not text:
        return NOTHING
    if found := _STAMP.fullmatch(text):
        clock, next_day = _clock(found[5], found[6], found[7], text, column)
        said = _Said(_date(found, text, column), clock, next_day)
        return _local(said, found[8], text, column) if found[8] else said
    if found := _ONLY_DATE.fullmatch(text):
        return _Said(_date(found, text, column))
    if found := _ONLY_CLOCK.fullmatch(text):
        return _Said(None, *_clock(found[1], found[2], found[3], text, column))
    raise InvalidValue(unclear, column, given=text[:40])


def _in_digits(text: str) -> str:
    """ "3 maj 2025 kl. 21.30" and "3/5 2025", as Swedes write them, with the year first."""
    found = _WORDED.fullmatch(text)
    if not found:
        return text
    month = int(found[3]) if found[3] else _MONTHS.index(found[2].lower()) + 1
    return f"{found[4]}-{month}-{found[1]}" + (f" {found[5]}" if found[5] else "")


def _date(found: re.Match[str], text: str, column: str) -> date:
    try:
        return date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError as fault:
        raise InvalidValue("date.no_such_date", column, given=text[:40]) from fault


def _clock(hour: str, minute: str, second: str | None, text: str, column: str) -> tuple[time, bool]:
    if (int(hour), int(minute), int(second or 0)) == (24, 0, 0):
        return _MIDNIGHT, True
    try:
        return time(int(hour), int(minute), int(second or 0)), False
    except ValueError as fault:
        raise InvalidValue("time.no_such_time", column, given=text[:40]) from fault


def _local(said: _Said, offset: str, text: str, column: str) -> _Said:
    """A time with an offset is an instant, and is put on Swedish wall clocks."""
    digits = "+0000" if offset in "Zz" else (offset.replace(":", "") + "00")[:5]
    ahead = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5])) * (-1 if digits[0] == "-" else 1)
    is_possible = said.day is not None and 2 <= said.day.year <= 9998 and abs(ahead) < timedelta(days=1)
    if not is_possible or said.moment is None:
        raise InvalidValue("time.no_such_time", column, given=text[:40])
    instant = said.moment.replace(tzinfo=timezone(ahead))
    wall = hours.local(instant)
    return _Said(wall.date(), wall.time(), False, instant)
