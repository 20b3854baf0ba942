"""The one filter that every read shares, with the same words on the page, the command line and in files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import TypeVar

from geodata.errors import InvalidValue
from geodata.hours import HourFilter
from geodata.vocabulary import Kind, Light, Origin, Polarity, State, category

E = TypeVar("E", bound=StrEnum)
Box = tuple[float, float, float, float]

_FIRST_YEAR, _LAST_YEAR = 1900, 2199


@dataclass(frozen=True)
class Window:
    """What is asked for. An empty set or None lets everything through.

    since, until: inclusive local dates. bbox: west, south, east, north in degrees. area: a locality's name.
    """

    since: date | None = None
    until: date | None = None
    hours: HourFilter = field(default_factory=HourFilter)
    kinds: frozenset[Kind] = frozenset()
    origins: frozenset[Origin] = frozenset()
    polarity: frozenset[Polarity] = frozenset()
    categories: frozenset[str] = frozenset()
    light: Light | None = None
    states: frozenset[State] = frozenset()
    bbox: Box | None = None
    area: str = ""

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> Window:
        """From the words of a query string or a command. Raises InvalidValue, the first field at fault."""
        since, until = day_in(given, "since"), day_in(given, "until")
        if since and until and until < since:
            raise InvalidValue("dates.reversed", "until")
        return cls(
            since,
            until,
            HourFilter.parse(given.get("weekdays", ""), given.get("hours", "")),
            _members(Kind, given, "kinds"),
            _members(Origin, given, "origins"),
            _members(Polarity, given, "polarity"),
            frozenset(category(code).code for code in _listed(given, "categories")),
            next(iter(_members(Light, given, "light")), None),
            _members(State, given, "states"),
            _box(given.get("bbox", "")),
            given.get("area", "").strip(),
        )

    def as_words(self) -> dict[str, str]:
        """The same filter as words, only those that are set, in a fixed order: what links and files carry."""
        clock = self.hours.clock
        said = {
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
            "weekdays": ",".join(self.hours.weekdays),
            "hours": f"{clock[0]:02d}-{clock[1]:02d}" if clock else "",
            "kinds": _joined(Kind, self.kinds),
            "origins": _joined(Origin, self.origins),
            "polarity": _joined(Polarity, self.polarity),
            "categories": ",".join(sorted(self.categories)),
            "light": self.light or "",
            "states": _joined(State, self.states),
            "bbox": ",".join(f"{edge:.6f}" for edge in self.bbox) if self.bbox else "",
            "area": self.area,
        }
        return {name: value for name, value in said.items() if value}

    def with_defaults(self) -> Window:
        """For a surface: unsafe and accepted, unless something else was asked for."""
        return replace(
            self,
            polarity=self.polarity or frozenset({Polarity.UNSAFE}),
            states=self.states or frozenset({State.ACCEPTED}),
        )

    @property
    def is_whole_week(self) -> bool:
        """Whether no hour, weekday or light is asked for."""
        return self.hours.is_open and self.light is None

    @property
    def has_dates(self) -> bool:
        """Whether a first or last day is asked for."""
        return self.since is not None or self.until is not None


def _listed(given: Mapping[str, str], name: str) -> list[str]:
    return [part.strip() for part in given.get(name, "").split(",") if part.strip()]


def _joined(family: type[E], chosen: Iterable[E]) -> str:
    return ",".join(member for member in family if member in chosen)


_UNKNOWN = {
    "kinds": "kind.unknown",
    "origins": "origin.unknown",
    "polarity": "polarity.unknown",
    "states": "state.unknown",
    "light": "light.unknown",
}


def _members(family: type[E], given: Mapping[str, str], name: str) -> frozenset[E]:
    try:
        return frozenset(family(word.casefold()) for word in _listed(given, name))
    except ValueError as fault:
        known = set(family)
        unknown = next(word for word in _listed(given, name) if word.casefold() not in known)
        raise InvalidValue(_UNKNOWN[name], name, given=unknown[:80]) from fault


def day_in(given: Mapping[str, str], name: str) -> date | None:
    """A day among the words of a query string. Raises InvalidValue, also for one far from our time: reckoning
    in years from it would leave the calendar.
    """
    text = given.get(name, "").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as fault:
        raise InvalidValue("date.not_a_date", name, given=text[:40]) from fault
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        years = {"first": f"{_FIRST_YEAR}", "last": f"{_LAST_YEAR}"}
        raise InvalidValue("date.far_away", name, given=text[:40], **years)
    return day


def _box(text: str) -> Box | None:
    if not text.strip():
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as fault:
        raise InvalidValue("bbox.bad", "bbox", given=text[:80]) from fault
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise InvalidValue("bbox.bad", "bbox", given=text[:80])
    return west, south, east, north
