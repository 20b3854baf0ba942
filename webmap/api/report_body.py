"""A report as a GeoJSON Feature: what may stand in it, and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from geodata.errors import Fault, InvalidValue
from geodata.geojson import from_geojson
from geodata.vocabulary import Channel, Kind, Origin, Polarity, PositionSource, category, polarity_of
from webmap.services.moments import ANYTIME, When, at, between, often
from webmap.services.sayings import Saying

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")

MEMBERS = ("type", "id", "geometry", "properties")
PROPERTIES = (
    *("municipality", "kind", "origin", "polarity", "categories", "text", "severity", "place_text"),
    *("accuracy_m", "position_source", "time", "interval", "hours"),
)
_GEOMETRY = {"type", "coordinates"}
"""Of a geometry. Its form is told with the other faults; whether it lies here, the one door says."""
_TIMES = ("time", "interval", "hours")
_LONGEST_WORD = 80
_LATEST_YEAR = 2200


@dataclass
class Reading:
    """A body being read: every fault is kept, and reading goes on."""

    said: Mapping[str, Any]
    faults: list[Fault] = field(default_factory=list)

    def checked(self, check: Callable[[], T], otherwise: T) -> T:
        """What the check finds; otherwise where it finds a fault."""
        try:
            return check()
        except Fault as fault:
            self.faults.append(fault)
            return otherwise

    def refuse(self, code: str, name: str, **values: Any) -> None:
        """Note a fault."""
        self.faults.append(InvalidValue(code, name, **values))

    def refuse_others(self, known: tuple[str, ...]) -> None:
        """A name that nobody knows may be a misspelt one: it is told and not passed over."""
        for name in self.said:
            if name not in known:
                self.refuse("field.unknown", name[:_LONGEST_WORD])

    def text(self, name: str) -> str:
        """A text, "" where there is none."""
        given = self.said.get(name)
        if given is None or isinstance(given, str):
            return given or ""
        self.refuse("field.not_text", name)
        return ""

    def one_of(self, name: str, family: type[E]) -> E | None:
        """A word of a closed list."""
        given = self.said.get(name)
        if given is None or given in list(family):
            return None if given is None else family(given)
        self.refuse("field.not_one_of", name, accepted=", ".join(family))
        return None

    def number(self, name: str) -> float | None:
        """A number, never a truth."""
        given = self.said.get(name)
        if given is None or _is_number(given):
            return given
        self.refuse("field.not_a_number", name)
        return None

    def texts(self, name: str) -> list[str]:
        """A list of short texts."""
        given = self.said.get(name)
        if given is None:
            return []
        if not isinstance(given, list) or any(not isinstance(word, str) for word in given):
            self.refuse("field.not_words", name)
            return []
        return given


def saying_in(document: Any, uid: UUID) -> tuple[Saying, str, list[Fault]]:
    """The saying, the code of its municipality ("" where none is named), and everything that is wrong.

    Raises InvalidValue only for what is no object at all.
    """
    if not isinstance(document, dict):
        raise InvalidValue("feature.not_one", "type")
    feature = Reading(document)
    feature.refuse_others(MEMBERS)
    if document.get("type") != "Feature":
        feature.refuse("feature.not_one", "type")
    if "id" in document and document["id"] != str(uid):
        feature.refuse("feature.other_id", "id")
    said = document.get("properties")
    if not isinstance(said, dict):
        feature.refuse("field.not_an_object", "properties")
        said = {}
    properties = Reading(said, feature.faults)
    saying = Saying(uid, channel=Channel.API, place=_place(feature), **_properties(properties))
    return saying, properties.text("municipality"), feature.faults


def _place(feature: Reading) -> Mapping[str, Any] | None:
    if "geometry" not in feature.said:
        feature.refuse("field.missing", "geometry")
    given = feature.said.get("geometry")
    if given is None:
        return None
    if not isinstance(given, dict) or given.keys() - _GEOMETRY:
        feature.refuse("geometry.not_geojson", "geometry")
        return None
    return feature.checked(lambda: _formed(given), None)


def _formed(given: dict[str, Any]) -> Mapping[str, Any]:
    from_geojson(given)
    return given


def _is_number(given: Any) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool)


def _properties(said: Reading) -> dict[str, Any]:
    said.refuse_others(PROPERTIES)
    if "municipality" not in said.said:
        said.refuse("field.missing", "municipality")
    categories = _categories(said)
    return {
        "kind": said.one_of("kind", Kind) or Kind.PERCEPTION,
        "origin": said.one_of("origin", Origin) or Origin.PUBLIC,
        "polarity": said.one_of("polarity", Polarity) or polarity_of(categories),
        "categories": categories,
        "place_text": said.text("place_text"),
        "accuracy_m": said.number("accuracy_m"),
        "position_source": said.one_of("position_source", PositionSource),
        "when": said.checked(lambda: _when(said), ANYTIME),
        "text": said.text("text"),
        "severity": _severity(said),
    }


def _categories(said: Reading) -> frozenset[str]:
    given = sorted(set(said.texts("categories")))
    return frozenset(code for code in given if said.checked(partial(_is_known, code), otherwise=False))


def _is_known(code: str) -> bool:
    return category(code).code == code


def _severity(said: Reading) -> int | None:
    given = said.number("severity")
    if given is not None and given != int(given):
        said.refuse("severity.out_of_range", "severity", given=given)
        return None
    return None if given is None else int(given)


def _when(said: Reading) -> When:
    given = [name for name in _TIMES if said.said.get(name) is not None]
    if len(given) > 1:
        raise InvalidValue("time.several", "/".join(given))
    readers = {"time": _time, "interval": _interval, "hours": _hours}
    return readers[given[0]](said) if given else ANYTIME


def _time(said: Reading) -> When:
    return at(_moment(said.said["time"], "time"), "time")


def _interval(said: Reading) -> When:
    given = said.said["interval"]
    if not isinstance(given, list) or len(given) != 2:
        raise InvalidValue("interval.not_two", "interval")
    return between(_moment(given[0], "interval"), _moment(given[1], "interval"), "interval")


def _hours(said: Reading) -> When:
    given = said.said["hours"]
    if not isinstance(given, dict):
        raise InvalidValue("field.not_an_object", "hours")
    habit = Reading({f"hours.{name}": value for name, value in given.items()}, said.faults)
    before = len(said.faults)
    habit.refuse_others(("hours.weekdays", "hours.from", "hours.to"))
    days = habit.texts("hours.weekdays")
    start, end = habit.text("hours.from"), habit.text("hours.to")
    return often(days, start, end, "hours") if len(said.faults) == before else ANYTIME


def _moment(given: Any, name: str) -> datetime:
    """An instant. One in year 1 or 9999 has no name in another zone, so it is told apart here."""
    if not isinstance(given, str):
        raise InvalidValue("field.not_text", name)
    try:
        moment = datetime.fromisoformat(given)
    except ValueError as fault:
        raise InvalidValue("time.not_an_instant", name, given=given[:_LONGEST_WORD]) from fault
    if moment.tzinfo is None:
        raise InvalidValue("time.without_zone", name, given=given[:_LONGEST_WORD])
    if moment.year > _LATEST_YEAR:
        raise InvalidValue("time.in_future", name, given=f"{moment.date()}")
    if moment.year < 1900:
        raise InvalidValue("time.too_old", name, given=f"{moment.date()}")
    return moment
