"""What a form, a phone, an API call or a row of a file must become before it may be stored."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID, uuid5

import shapely
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from geodata.errors import InvalidValue
from geodata.hours import HoursOfWeek
from geodata.vocabulary import AreaKind, Kind, Light, Origin, Owner, Polarity, PositionSource, State

LONGEST_TEXT = 4_000
MOST_ACCURACY_M = 100_000.0
"""A position less sure than this is none."""
_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))
_POINT = 0
"""Shapely's number for points, by far the most common place."""
_IMPORTED = UUID("6f1d3a52-7f0e-5c55-9a43-0c6f3f9b1470")
"""Namespace of the ids that imported rows get from what they are."""


@dataclass(frozen=True)
class ReportDraft:
    """A place somebody says something about, ready to be stored.

    place: geometry in EPSG:3006 that has been through the door, or None: stored, never drawn or counted.
    day: the local date it happened, or None. severity: 1 to 5. voice: a mark of who said it, never a name.
    source, source_id, source_category: where it came from, its id and its own word for the category there.
    place_text: where, in words, whether or not there is a place too. is_voice_ours: the mark was given by
    us and not said, so that the same saying from another session is still the same.
    """

    uid: UUID
    municipality: str
    place: BaseGeometry | None
    kind: Kind
    origin: Origin
    polarity: Polarity
    categories: frozenset[str]
    hours: HoursOfWeek
    day: date | None = None
    light: Light | None = None
    text: str = ""
    source: str = ""
    source_id: str = ""
    source_category: str = ""
    voice: str | None = None
    accuracy_m: float | None = None
    position_source: PositionSource | None = None
    severity: int | None = None
    state: State = State.ACCEPTED
    owner: Owner = Owner.MUNICIPALITY
    place_text: str = ""
    is_voice_ours: bool = False

    @property
    def content(self) -> str:
        """What the draft says, canonically: the same saying gives the same text, to the millimetre."""
        said = {
            "place": _place_text(self.place),
            "what": [self.kind, self.polarity, sorted(self.categories), self.source_category, self.severity],
            "hours": [*self.hours.words, self.hours.first_hour, self.hours.last_hour],
            "trimmed": [self.hours.minutes_before_first, self.hours.minutes_after_last],
            "day": self.day and self.day.isoformat(),
            "words": [self.light, self.text, None if self.is_voice_ours else self.voice, self.accuracy_m],
        }
        if self.place_text:  # so that what was stored before there were such words keeps its digest
            said["place_text"] = self.place_text
        return _CANONICAL.encode(said)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content, hexadecimal; reckoned once."""
        return hashlib.sha256(self.content.encode()).hexdigest()


def _place_text(place: BaseGeometry | None) -> str | None:
    if place is None:
        return None
    if shapely.get_type_id(place) == _POINT:
        return f"POINT ({shapely.get_x(place):.3f} {shapely.get_y(place):.3f})"
    return shapely.to_wkt(place, rounding_precision=3)


_ENUMS = {
    "kind": Kind,
    "origin": Origin,
    "polarity": Polarity,
    "light": Light,
    "position_source": PositionSource,
    "state": State,
    "owner": Owner,
}


def packed(draft: ReportDraft) -> dict[str, Any]:
    """A draft in JSON's own types, to lie in a file until it can be stored; nothing of it is lost."""
    said = {each.name: getattr(draft, each.name) for each in fields(draft)}
    return said | {
        "uid": str(draft.uid),
        "place": None if draft.place is None else shapely.to_wkb(draft.place, hex=True),
        "categories": sorted(draft.categories),
        "hours": asdict(draft.hours),
        "day": draft.day and draft.day.isoformat(),
    }


def unpacked(said: dict[str, Any]) -> ReportDraft:
    """The draft that was packed. Raises KeyError, TypeError or ValueError for anything else."""
    named = {name: said[name] and family(said[name]) for name, family in _ENUMS.items()}
    hours = said["hours"]
    return ReportDraft(
        **said
        | named
        | {
            "uid": UUID(said["uid"]),
            "place": said["place"] and _place_of(said["place"]),
            "categories": frozenset(said["categories"]),
            "hours": HoursOfWeek(**hours | {"words": tuple(hours["words"])}),
            "day": said["day"] and date.fromisoformat(said["day"]),
        }
    )


def _place_of(packed_place: str) -> BaseGeometry:
    try:
        return shapely.from_wkb(packed_place)
    except ShapelyError as fault:
        raise ValueError("not a packed place") from fault


def imported_uid(municipality: str, origin: Origin, source: str, source_id: str) -> UUID:
    """The id of an imported row: the same row gets the same id every time."""
    return uuid5(_IMPORTED, "\x1f".join((municipality, origin, source, source_id)))


def checked_severity(value: int | None, field: str = "severity") -> int | None:
    """A severity from 1 to 5, or none. Raises InvalidValue."""
    if value is not None and not 1 <= value <= 5:
        raise InvalidValue("severity.out_of_range", field, given=value)
    return value


def checked_accuracy_m(value: float, field: str = "accuracy_m") -> float:
    """How far off a position may be, in metres. Raises InvalidValue."""
    if not 0 <= value <= MOST_ACCURACY_M:
        raise InvalidValue("accuracy.out_of_range", field, most=round(MOST_ACCURACY_M))
    return value


def checked_text(text: str, field: str = "text") -> str:
    """A text no longer than is stored, with no control characters but line breaks. Raises InvalidValue."""
    clean = "".join(sign for sign in text if sign.isprintable() or sign in "\n\t").strip()
    if len(clean) > LONGEST_TEXT:
        raise InvalidValue("text.too_long", field, count=len(clean), most=LONGEST_TEXT)
    return clean


@dataclass(frozen=True, slots=True)
class AreaDraft:
    """A part of a context layer, ready to be stored.

    place: valid geometry in EPSG:3006, within the municipality. radius_m: what a point stands for, or None.
    """

    kind: AreaKind
    name: str
    place: BaseGeometry
    radius_m: float | None = None
