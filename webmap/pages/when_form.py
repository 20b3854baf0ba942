"""The fields that ask when, and what is meant by them; the public's page and the staff's share them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from werkzeug.datastructures import MultiDict

from geodata.errors import InvalidValue
from geodata.hours import WEEKDAYS
from webmap.pages.report_answers import WhenAnswer
from webmap.services.moments import ANYTIME, When, at, between, clock_time, often, on
from webmap.words import Words

_FIELDS = ("day", "clock", "end_day", "end_clock")


def typed_when(form: MultiDict[str, str]) -> WhenAnswer:
    """The fields as they were sent. `way`: which of them count."""
    way = form.get("when", "")
    weekdays = tuple(day for day in WEEKDAYS if day in form.getlist("weekdays"))
    # The ways that are not chosen may hold something too, left from a change of mind.
    fields = {name: form.get(f"{way}_{name}", "").strip()[:20] for name in _FIELDS}
    return WhenAnswer(way, **fields, weekdays=weekdays if way == "often" else ())


def day_choices(typed: WhenAnswer, words: Words) -> list[tuple[str, str, bool]]:
    """Code, name and whether it is chosen, of every weekday."""
    return [(day, words.weekday_name(day), day in typed.weekdays) for day in WEEKDAYS]


def when_of(typed: WhenAnswer) -> When:
    """What was typed, as hours of the week. Raises InvalidValue with the field on the page."""
    read = _WAYS.get(typed.way)
    if read is None:
        raise InvalidValue("when.no_way", "when")
    return read(typed)


def _moment(typed: WhenAnswer) -> When:
    return at(_joined(typed.day, typed.clock, "moment_day", "moment_clock"), "moment_day")


def _between(typed: WhenAnswer) -> When:
    start = _joined(typed.day, typed.clock, "between_day", "between_clock")
    end = _joined(typed.end_day or typed.day, typed.end_clock, "between_end_day", "between_end_clock")
    if not typed.end_day and end < start:  # the same night, past midnight
        end += timedelta(days=1)
    return between(start, end, "between_end_clock")


def _often(typed: WhenAnswer) -> When:
    if not (typed.weekdays or typed.clock or typed.end_clock):
        raise InvalidValue("when.no_habit", "often_clock")
    if bool(typed.clock) != bool(typed.end_clock):
        raise InvalidValue("when.half_a_span", "often_end_clock" if typed.clock else "often_clock")
    return often(typed.weekdays, typed.clock, typed.end_clock, "often_clock")


def _day(typed: WhenAnswer) -> When:
    return on(_date(typed.day, "day_day"), "day_day")


_WAYS: dict[str, Callable[[WhenAnswer], When]] = {
    "moment": _moment,
    "between": _between,
    "often": _often,
    "day": _day,
    "unknown": lambda _: ANYTIME,
}


def _joined(day: str, clock: str, day_field: str, clock_field: str) -> datetime:
    return datetime.combine(_date(day, day_field), clock_time(clock, clock_field))


def _date(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        code = "date.not_a_date" if text else "when.no_day"
        raise InvalidValue(code, field, given=text) from fault
