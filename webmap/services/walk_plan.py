"""The plan of a town walk as it came from a form, and as it may be stored."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from geodata.drafts import checked_text
from geodata.errors import Fault, InvalidValue
from geodata.geometry import Place, parse_geojson
from geodata.privacy import mask_identity_numbers
from geodata.queries.municipalities import Home
from geodata.vocabulary import Light, Theme, WalkRole
from webmap.services.sayings import Refused

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

LONGEST_TITLE = 80
LONGEST_PLACE = 120
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
_FOLLOW_UP_AFTER = timedelta(days=16)
_SATURDAY = 5
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)", re.ASCII)


@dataclass(frozen=True)
class WalkSaid:
    """A walk as it came. Days as 2026-12-04 or "", starts as 18.30. meeting: GeoJSON in WGS 84, or None."""

    title: str = ""
    locality: str = ""
    day: str = ""
    starts: str = ""
    meeting_place: str = ""
    meeting: Mapping[str, Any] | None = None
    light: str = Light.DARK.value
    invited: frozenset[str] = frozenset()
    themes: frozenset[str] = frozenset()
    premap_until: str = ""
    follow_up_on: str = ""
    follow_up_place: str = ""
    is_ridden: bool = False


@dataclass(frozen=True)
class WalkDraft:
    """A walk that may be stored. meeting: east and north in EPSG:3006, inside the municipality.

    is_ridden: they go by car or bus from stop to stop.
    """

    title: str
    locality: str
    day: date
    starts: time
    meeting_place: str
    meeting: tuple[float, float] | None
    light: Light
    invited: tuple[WalkRole, ...]
    themes: tuple[Theme, ...]
    premap_until: date | None
    follow_up_on: date
    follow_up_place: str
    is_ridden: bool = False


def proposed_follow_up(day: date) -> date:
    """A weekday between two and three weeks after a walk."""
    after = day + _FOLLOW_UP_AFTER
    return after + timedelta(days=max(0, 7 - after.weekday())) if after.weekday() >= _SATURDAY else after


def draft_of(there: Home, said: WalkSaid) -> WalkDraft:
    """What was said as a draft. Raises Refused with every fault at once."""
    faults: list[Fault] = []

    def checked(check: Callable[[], T], otherwise: T) -> T:
        try:
            return check()
        except Fault as fault:
            faults.append(fault)
            return otherwise

    day = checked(lambda: _day(said.day, "day") or _missing("walk.day_missing", "day"), None)
    follow_up = checked(lambda: _after(day, _day(said.follow_up_on, "follow_up_on")), None)
    draft = WalkDraft(
        title=checked(lambda: _needed(said.title, LONGEST_TITLE, "title"), ""),
        locality=checked(lambda: _needed(said.locality, LONGEST_PLACE, "locality"), ""),
        day=day or EARLIEST,
        starts=checked(lambda: _clock(said.starts), time()),
        meeting_place=checked(lambda: _needed(said.meeting_place, LONGEST_PLACE, "meeting_place"), ""),
        meeting=checked(lambda: _metres(spot_of(there, said.meeting)), None),
        light=checked(lambda: _light(said.light), Light.DARK),
        invited=checked(lambda: _chosen(WalkRole, said.invited, "invited"), ()),
        themes=checked(lambda: _chosen(Theme, said.themes, "themes"), ()),
        premap_until=checked(lambda: _before(day, _day(said.premap_until, "premap_until")), None),
        follow_up_on=follow_up or proposed_follow_up(day or EARLIEST),
        follow_up_place=checked(lambda: _follow_up_place(said), ""),
        is_ridden=said.is_ridden,
    )
    if faults:
        raise Refused(faults)
    return draft


def short_text(text: str, most: int, name: str) -> str:
    """One line of at most so many signs, without identity numbers. Raises InvalidValue."""
    clean = " ".join(checked_text(text, name).split())
    if len(clean) > most:
        raise InvalidValue("text.too_long", name, count=len(clean), most=most)
    return mask_identity_numbers(clean)[0]


def spot_of(there: Home, place: Mapping[str, Any] | None) -> Place | None:
    """A place as one point in EPSG:3006; of a street or a park a point on it. Raises Fault at `place`."""
    if place is None:
        return None
    try:
        found = parse_geojson(place, there.served)
    except Fault as fault:
        raise fault.at("place") from fault
    return found if found.geom_type == "Point" else found.representative_point()


def _metres(spot: Place | None) -> tuple[float, float] | None:
    return None if spot is None else (float(spot.coords[0][0]), float(spot.coords[0][1]))


def _follow_up_place(said: WalkSaid) -> str:
    return short_text(said.follow_up_place, LONGEST_PLACE, "follow_up_place")


def _needed(text: str, most: int, name: str) -> str:
    return short_text(text, most, name) or _missing(f"walk.{name}_missing", name)


def _missing(code: str, name: str) -> Any:
    raise InvalidValue(code, name)


def _day(text: str, name: str) -> date | None:
    given = text.strip()
    if not given:
        return None
    try:
        day = date.fromisoformat(given)
    except ValueError as fault:
        raise InvalidValue("date.not_a_date", name, given=given[:20]) from fault
    if not EARLIEST <= day < LATEST:
        raise InvalidValue("date.not_a_date", name, given=given[:20])
    return day


def _after(day: date | None, follow_up: date | None) -> date | None:
    if day and follow_up and follow_up <= day:
        raise InvalidValue("walk.follow_up_too_early", "follow_up_on")
    return follow_up


def _before(day: date | None, until: date | None) -> date | None:
    if day and until and until > day:
        raise InvalidValue("walk.premap_too_late", "premap_until")
    return until


def starts_of(text: str) -> time | None:
    """18.30, 18:30 or 8.05 as a time of day; None where it is none."""
    found = _CLOCK.fullmatch(text.strip())
    return time(int(found[1]), int(found[2])) if found else None


def _clock(text: str) -> time:
    if not text.strip():
        raise InvalidValue("walk.starts_missing", "starts")
    starts = starts_of(text)
    if starts is None:
        raise InvalidValue("walk.not_a_clock", "starts", given=text.strip()[:20])
    return starts


def _light(word: str) -> Light:
    try:
        return Light(word)
    except ValueError as fault:
        raise InvalidValue("light.unknown", "light", given=word[:40]) from fault


def _chosen(family: type[E], words: Iterable[str], name: str) -> tuple[E, ...]:
    """In the order of the list. Raises InvalidValue for a word that is not in it."""
    unknown = set(words) - set(family)
    if unknown:
        raise InvalidValue("walk.word_unknown", name, given=min(unknown)[:40])
    return tuple(each for each in family if each in set(words))
