"""The same ground several times over: by season, year, light, kind or weekday, on the same classes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from geodata.hours import WEEKDAYS, HourFilter
from geodata.queries.selection import Period
from geodata.queries.window import Window
from geodata.vocabulary import Kind, Light
from webmap.services.heat import Heat
from webmap.services.heat_room import HeatRoom
from webmap.words import Words
from webmap.words.labels import N_

MOST = 8
_SEASONS = (N_("Vinter %(year)s"), N_("Vår %(year)s"), N_("Sommar %(year)s"), N_("Höst %(year)s"))
_MONTHS_OF_SEASON = 3
_DAY = timedelta(days=1)


class By(StrEnum):
    """What tells the maps apart."""

    SEASON = "season"
    YEAR = "year"
    LIGHT = "light"
    WEEKDAY = "weekday"
    KIND = "kind"


@dataclass(frozen=True)
class Part:
    """One of the maps. detail: what its title leaves out, or empty."""

    title: str
    detail: str
    window: Window


@dataclass(frozen=True)
class Multiple:
    """A part with its surface."""

    part: Part
    heat: Heat


def multiples_of(room: HeatRoom, heat: Heat, by: By, words: Words) -> list[Multiple]:
    """One to eight maps of a filter: the last eight where there are more, the oldest first."""
    code, look = heat.home.code, heat.look
    return [
        Multiple(part, room.heat(code, part.window, look)) for part in list(_PARTS[by](heat, words))[-MOST:]
    ]


def is_on_one_scale(multiples: list[Multiple]) -> bool:
    """Whether a colour means the same on all of them."""
    return len({(each.heat.kind, each.heat.limits, each.heat.unit) for each in multiples}) <= 1


def _by_season(heat: Heat, words: Words) -> Iterator[Part]:
    for season in _seasons(heat.period):
        since, until = max(season.since, heat.period.since), min(season.until, heat.period.until)
        first = season.since.year
        year = f"{first}/{(first + 1) % 100:02d}" if season.until.year > first else f"{first}"
        title = words(_SEASONS[season.until.month // _MONTHS_OF_SEASON % 4], year=year)
        detail = words.period(since, until)
        days, every = (until - since).days + 1, (season.until - season.since).days + 1
        if days < every:
            detail = words("%(period)s, %(days)s av %(every)s dagar", period=detail, days=days, every=every)
        yield Part(title, detail, replace(heat.window, since=since, until=until))


def _seasons(period: Period) -> Iterator[Period]:
    """Whole seasons, from the one the period begins in to the one it ends in; winter begins in December."""
    since = date(period.since.year, period.since.month // _MONTHS_OF_SEASON * _MONTHS_OF_SEASON or 12, 1)
    if since > period.since:
        since = since.replace(year=since.year - 1)
    while since <= period.until:
        following = (since + 93 * _DAY).replace(day=1)
        yield Period(since, following - _DAY)
        since = following


def _by_year(heat: Heat, words: Words) -> Iterator[Part]:
    """Whole years counted back from the last day, so that all are as long; without one, the period."""
    since, until = heat.period.since, heat.period.until
    years = []
    end = until
    while (start := _a_year_before(end)) >= since:
        years.append(Period(start, end))
        end = start - _DAY
    for year in reversed(years or [heat.period]):
        title = words.period(year.since, year.until)
        yield Part(title, "", replace(heat.window, since=year.since, until=year.until))


def _a_year_before(last: date) -> date:
    """The first day of the year that ends on this day."""
    is_leap_day = (last.month, last.day) == (2, 29)
    return last.replace(year=last.year - 1, day=28 if is_leap_day else last.day) + _DAY


def _by_light(heat: Heat, words: Words) -> Iterator[Part]:
    for light in Light:
        yield Part(words.label(light), "", replace(heat.window, light=light))


def _by_weekday(heat: Heat, words: Words) -> Iterator[Part]:
    hours = heat.window.hours
    days = hours.weekdays if len(hours.weekdays) > 1 else WEEKDAYS
    for day in days:
        one = HourFilter((day,), hours.clock)
        title = words.weekday_name(day).capitalize()
        detail = words.hours(HourFilter((), hours.clock))
        yield Part(title, detail, replace(heat.window, hours=one))


def _by_kind(heat: Heat, words: Words) -> Iterator[Part]:
    for kind in Kind:
        yield Part(words.label(kind), "", replace(heat.window, kinds=frozenset({kind})))


_PARTS = {
    By.SEASON: _by_season,
    By.YEAR: _by_year,
    By.LIGHT: _by_light,
    By.WEEKDAY: _by_weekday,
    By.KIND: _by_kind,
}
