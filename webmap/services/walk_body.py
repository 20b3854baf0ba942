"""What a phone sends from a walk, read: as much as can be used, and no fault that would lose the rest."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from geodata.drafts import MOST_ACCURACY_M, checked_severity, checked_text
from geodata.errors import Fault, InvalidValue
from geodata.vocabulary import (
    CheckAnswer,
    EntryKind,
    Polarity,
    PositionSource,
    QuarantineReason,
    Theme,
    checked_codes,
)
from webmap.services.sayings import LONGEST_PLACE_TEXT

SCHEMA = 1
LONGEST_TEXT = 500
MOST_PHOTOS = 3
_MOST_DEVICE_SEQ = 2**31 - 1
_LONGEST_WHOLE = 18
"""Digits. What is longer is read as a real number: a whole one of thousands of digits takes its time."""
_MOST_DEPTH = 20
_SHARED = {"schema", "kind", "id", "walk", "device_seq", "created_at", "clock_offset_s", "stop"}
_OF_FINDING = {"polarity", "categories", "position", "place_text", "text", "severity", "photos"}
_MEMBERS = {EntryKind.FINDING: _SHARED | _OF_FINDING, EntryKind.CHECK: _SHARED | {"answers"}}
_OF_REVISION = {"revision", "withdrawn"}


class NotUnderstood(Exception):
    """It is JSON, but not what is known here: somebody has to look at it. reason: why it is kept aside."""

    def __init__(self, reason: QuarantineReason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Sent:
    """What came, as it came: the text, its SHA-256, and the document it is, None where that is too deep."""

    text: str
    sha256: str
    document: Any


@dataclass(frozen=True)
class Address:
    """What a body must say of itself: the walk, the entry, and the change where it is one."""

    walk: UUID
    entry: UUID
    revision: UUID | None = None


@dataclass(frozen=True)
class Position:
    """A position as the phone had it. longitude, latitude: None where they are no numbers."""

    longitude: float | None
    latitude: float | None
    accuracy_m: float | None
    source: PositionSource


@dataclass(frozen=True)
class Told:
    """What was sent, read. created_at: by the phone's clock; offset_s: what to add to set it right.

    answers: of a checklist, theme to answer. is_withdrawn: of a change that takes the entry back.
    """

    kind: EntryKind
    device_seq: int
    created_at: datetime | None = None
    offset_s: float | None = None
    stop: UUID | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    polarity: Polarity = Polarity.UNSAFE
    categories: frozenset[str] = frozenset()
    position: Position | None = None
    place_text: str = ""
    text: str = ""
    severity: int | None = None
    photos: tuple[UUID, ...] = ()
    is_withdrawn: bool = False

    @property
    def answers_text(self) -> str:
        """The answers as they are stored; "" where there are none."""
        return json.dumps(dict(self.answers), sort_keys=True) if self.answers else ""


def sent(raw: bytes) -> Sent:
    """The body of a request. Raises InvalidValue `json.not_json`.

    Taken more widely than by other doors: a number that is none, or a name said twice, is no reason to lose
    what somebody stood in the dark and wrote.
    """
    try:
        text = raw.decode("utf-8")
        document = _shallow(json.loads(text, parse_int=_whole))
    except RecursionError:
        document = None
    except ValueError as fault:  # which faults of JSON and of UTF-8 are, both
        raise InvalidValue("json.not_json") from fault
    return Sent(text, hashlib.sha256(raw).hexdigest(), document)


def _shallow(document: Any) -> Any:
    """The document, or None where it is too deep to be ours: whoever goes through it gets to its end."""
    level = [document]
    for _ in range(_MOST_DEPTH):
        level = [inner for each in level for inner in _within(each)]
        if not level:
            return document
    return None


def _within(each: Any) -> Iterable[Any]:
    if isinstance(each, dict):
        return each.values()
    return each if isinstance(each, list) else ()


def read(document: Any, address: Address) -> Told:
    """What a body says. Raises NotUnderstood."""
    if not isinstance(document, dict):
        raise NotUnderstood(QuarantineReason.CONTENT_UNKNOWN)
    if document.get("schema") != SCHEMA or isinstance(document["schema"], bool):
        raise NotUnderstood(QuarantineReason.SCHEMA_UNKNOWN)
    try:
        return _told(document, address)
    except (Fault, AttributeError, KeyError, TypeError, ValueError) as fault:
        raise NotUnderstood(QuarantineReason.CONTENT_UNKNOWN) from fault


def _told(said: Mapping[str, Any], address: Address) -> Told:
    kind = EntryKind(said["kind"])
    known = _MEMBERS[kind] | (_OF_REVISION if address.revision else set())
    names = [("id", address.entry), ("walk", address.walk)]
    names += [("revision", address.revision)] if address.revision else []
    if said.keys() - known or any(_uid(said[name]) != uid for name, uid in names):
        raise ValueError
    told = Told(
        kind,
        _device_seq(said["device_seq"]),
        _moment(said.get("created_at")),
        _finite(said.get("clock_offset_s")),
        None if said.get("stop") is None else _uid(said["stop"]),
        is_withdrawn=said.get("withdrawn") is True,
    )
    if told.is_withdrawn:
        return told
    return _with_answers(told, said) if kind == EntryKind.CHECK else _with_finding(told, said)


def _with_answers(told: Told, said: Mapping[str, Any]) -> Told:
    answers = {Theme(theme).value: CheckAnswer(answer).value for theme, answer in said["answers"].items()}
    return Told(told.kind, told.device_seq, told.created_at, told.offset_s, told.stop, answers)


def _with_finding(told: Told, said: Mapping[str, Any]) -> Told:
    return Told(
        told.kind,
        told.device_seq,
        told.created_at,
        told.offset_s,
        told.stop,
        polarity=Polarity(said["polarity"]),
        categories=checked_codes(map(str, said.get("categories") or ())),
        position=_position(said.get("position")),
        place_text=_text(said.get("place_text"), LONGEST_PLACE_TEXT),
        text=_text(said.get("text"), LONGEST_TEXT),
        severity=_severity(said.get("severity")),
        photos=_photos(said.get("photos") or []),
    )


def _whole(digits: str) -> float:
    return int(digits) if len(digits) <= _LONGEST_WHOLE else float(digits)


def _uid(given: Any) -> UUID:
    if not isinstance(given, str):
        raise TypeError
    return UUID(given)


def _device_seq(given: Any) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given <= _MOST_DEVICE_SEQ:
        raise ValueError
    return given


def _finite(given: Any) -> float | None:
    """A number; None for anything else, also for one that is none."""
    is_number = isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given)
    return float(given) if is_number else None


def _moment(given: Any) -> datetime | None:
    """An instant; None for what cannot be read as one: the server's own clock is there too."""
    try:
        moment = datetime.fromisoformat(given)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo is not None else None


def _position(given: Any) -> Position | None:
    """A bad position never stands in the way: what cannot be used of it is left out."""
    if not isinstance(given, dict):
        return None
    accuracy = _finite(given.get("accuracy_m"))
    is_usable = accuracy is not None and 0 <= accuracy <= MOST_ACCURACY_M
    source = given.get("source")
    return Position(
        _finite(given.get("lon")),
        _finite(given.get("lat")),
        accuracy if is_usable else None,
        PositionSource(source) if source in (PositionSource.MAP, PositionSource.STOP) else PositionSource.GPS,
    )


def _text(given: Any, most: int) -> str:
    if given is not None and not isinstance(given, str):
        raise TypeError
    clean = checked_text(given or "")
    if len(clean) > most:
        raise ValueError
    return clean


def _severity(given: Any) -> int | None:
    if given is not None and (not isinstance(given, int) or isinstance(given, bool)):
        raise TypeError
    return checked_severity(given)


def _photos(given: Any) -> tuple[UUID, ...]:
    """The first few: one too many is no reason to keep what was said aside. It is tied to nothing when it
    comes, and the phone is told so.
    """
    if not isinstance(given, list):
        raise TypeError
    return tuple(dict.fromkeys(map(_uid, given)))[:MOST_PHOTOS]
