"""What somebody has answered so far, kept in their own browser's signed session until it is sent."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import session

from geodata.vocabulary import Polarity, PositionSource

_KEPT, _VOICE = "report", "voice"
KEPT_FOR = timedelta(hours=2)
"""So long an answer waits for the next: a computer at the library is soon somebody else's."""


@dataclass(frozen=True)
class PlaceAnswer:
    """Where. way: `words`, `list`, `map` or `unknown`. label: as it is read back. lon, lat: or None.

    key: of a place in the list that is no point: `report_place.geometry_of` knows its shape.
    """

    way: str
    label: str = ""
    words: str = ""
    lon: float | None = None
    lat: float | None = None
    radius_m: float | None = None
    accuracy_m: float | None = None
    source: PositionSource | None = None
    key: str = ""


@dataclass(frozen=True)
class WhenAnswer:
    """When, as it was typed. way: `moment`, `between`, `often`, `day` or `unknown`."""

    way: str
    day: str = ""
    clock: str = ""
    end_day: str = ""
    end_clock: str = ""
    weekdays: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answers:
    """One report on its way. uid: made at the beginning, so that sending twice is sending once.

    is_text_looked_over, is_crime_told: whether the writer has seen what may be personal, and whom to call.
    is_trapped: a field was filled in that people are told to leave empty, and most never meet.
    """

    uid: UUID
    municipality: str = ""
    polarity: Polarity | None = None
    categories: frozenset[str] = field(default_factory=frozenset)
    place: PlaceAnswer | None = None
    when: WhenAnswer | None = None
    text: str = ""
    photos: tuple[UUID, ...] = ()
    email: str = ""
    is_text_looked_over: bool = False
    is_crime_told: bool = False
    is_trapped: bool = False
    begun_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    touched_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def is_begun(self) -> bool:
        """Whether anything has been answered."""
        return self.polarity is not None

    def is_by_program(self, quickest: timedelta) -> bool:
        """Whether it was told as programs do: a field that nobody meets is filled in, or it went too fast."""
        return self.is_trapped or datetime.now(UTC) - self.begun_at < quickest


def answers() -> Answers:
    """What has been answered; a beginning where there is nothing, or nothing that is still kept."""
    found = kept()
    return found if found else Answers(uuid4())


def kept() -> Answers | None:
    """What has been answered, or None where there is nothing, it is too old or not to be read."""
    said = session.get(_KEPT)
    if not isinstance(said, dict):
        return None
    try:
        found = _read(said)
    except (KeyError, TypeError, ValueError):
        return None
    return found if datetime.now(UTC) - found.touched_at < KEPT_FOR else None


def is_too_old() -> bool:
    """Whether there were answers that are no longer kept."""
    return _KEPT in session and kept() is None


def keep(now: Answers) -> None:
    """Remember this until the next answer. The voice of the session is made with the first."""
    session.setdefault(_VOICE, secrets.token_hex(16))
    session[_KEPT] = _written(replace(now, touched_at=datetime.now(UTC)))


def voice() -> str | None:
    """The random mark of this session: whoever sends twice is still one voice."""
    return session.get(_VOICE)


def wipe() -> None:
    """Forget what was answered."""
    session.pop(_KEPT, None)


def wipe_all() -> None:
    """Forget everything that this browser's session holds of a report, the mark and the receipt too."""
    for key in (_KEPT, _VOICE, "report_done", "follow"):
        session.pop(key, None)


def _written(now: Answers) -> dict[str, Any]:
    place, when = now.place, now.when
    said = {
        "u": now.uid.hex,
        "m": now.municipality,
        "o": now.polarity,
        "c": sorted(now.categories),
        "p": place
        and [place.way, place.label, place.words, place.lon, place.lat, place.radius_m]
        + [place.accuracy_m, place.source, place.key],
        "w": when and [when.way, when.day, when.clock, when.end_day, when.end_clock, list(when.weekdays)],
        "t": now.text,
        "f": [each.hex for each in now.photos],
        "e": now.email,
        "l": now.is_text_looked_over,
        "k": now.is_crime_told,
        "h": now.is_trapped,
        "b": now.begun_at.isoformat(timespec="milliseconds"),
        "a": now.touched_at.isoformat(timespec="seconds"),
    }
    return {key: value for key, value in said.items() if value}


def _read(said: dict[str, Any]) -> Answers:
    return Answers(
        uid=UUID(said["u"]),
        municipality=said.get("m", ""),
        polarity=_maybe(Polarity, said.get("o")),
        categories=frozenset(said.get("c", ())),
        place=_maybe(_place, said.get("p")),
        when=_maybe(_when, said.get("w")),
        text=said.get("t", ""),
        photos=tuple(UUID(each) for each in said.get("f", ())),
        email=said.get("e", ""),
        is_text_looked_over=said.get("l", False),
        is_crime_told=said.get("k", False),
        is_trapped=said.get("h", False),
        begun_at=datetime.fromisoformat(said.get("b", said["a"])),
        touched_at=datetime.fromisoformat(said["a"]),
    )


def _place(said: list[Any]) -> PlaceAnswer:
    return PlaceAnswer(*[*said[:7], _maybe(PositionSource, said[7]), said[8]])


def _when(said: list[Any]) -> WhenAnswer:
    return WhenAnswer(*[*said[:5], tuple(said[5])])


def _maybe(read: Callable[[Any], Any], said: Any) -> Any:
    return read(said) if said else None
