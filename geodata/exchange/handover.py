"""A reading as JSON lines between two processes: nothing in it can run, and every word is parsed again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.drafts import ReportDraft
from geodata.errors import Fault, FileFault, InvalidValue
from geodata.exchange.reading import Reading, RowFault, RowNote
from geodata.exchange.ticker import Tally
from geodata.hours import HoursOfWeek, from_day_number, to_day_number
from geodata.vocabulary import Kind, Light, Origin, Polarity, PositionSource

Message = dict[str, Any]
_AT_ONCE = 500
_POINT = 0
_FAMILIES = {family.__name__: family for family in (Fault, FileFault, InvalidValue)}
_KINDS = {word.value: word for word in Kind}
_ORIGINS = {word.value: word for word in Origin}
_POLARITIES = {word.value: word for word in Polarity}


def as_line(message: Message) -> str:
    """One message as one line."""
    return json.dumps(message, ensure_ascii=True, separators=(",", ":")) + "\n"


def told_fault(fault: Fault) -> Message:
    """That the file as a whole was refused."""
    family = type(fault).__name__
    return {"refused": [family if family in _FAMILIES else "Fault", fault.code, fault.field, fault.values]}


def raised(refused: list[Any]) -> Fault:
    """The fault that `told_fault` told of."""
    family, code, field, values = refused
    return _FAMILIES[family](code, field, **values)


def told(reading: Reading) -> Iterator[Message]:
    """A reading, a few thousand rows at a time; the last message is the one with `end`."""
    plain = ("format", "system", "columns", "ignored", "rows", "repeated", "digest")
    yield {"head": {name: getattr(reading, name) for name in plain}}
    for first in range(0, len(reading.drafts), _AT_ONCE):
        some = reading.drafts[first : first + _AT_ONCE]
        done = first / len(reading.drafts)
        yield {
            "part": 0.9 + 0.1 * done,
            "places": _places_said(some),
            "drafts": [_draft_said(draft) for draft in some],
            "lines": reading.lines[first : first + _AT_ONCE],
        }
    for name in ("faults", "notes"):
        rows = getattr(reading, name)
        for first in range(0, len(rows), _AT_ONCE):
            yield {name: [list(asdict(each).values()) for each in rows[first : first + _AT_ONCE]]}
    yield {"end": True}


def _places_said(drafts: list[ReportDraft]) -> dict[str, Any]:
    """Points as numbers by row, everything else as hexadecimal well-known binary."""
    places = np.array([draft.place for draft in drafts], dtype=object)
    points = np.flatnonzero(shapely.get_type_id(places) == _POINT)
    others = [row for row, place in enumerate(places) if place is not None and place.geom_type != "Point"]
    return {
        "rows": points.tolist(),
        "xy": shapely.get_coordinates(places[points]).tolist(),
        "others": [[row, shapely.to_wkb(places[row], hex=True)] for row in others],
    }


def _draft_said(draft: ReportDraft) -> list[Any]:
    hours = draft.hours
    ends = (hours.first_hour, hours.last_hour, hours.minutes_before_first, hours.minutes_after_last)
    return [
        draft.uid.hex,
        [draft.kind, draft.origin, draft.polarity],
        sorted(draft.categories),
        [*hours.words, *ends],
        None if draft.day is None else to_day_number(draft.day),
        draft.light,
        [draft.text, draft.source, draft.source_id, draft.source_category, draft.voice],
        draft.accuracy_m,
        draft.severity,
    ]


class Receiver:
    """Puts a reading together again from its messages."""

    def __init__(self, municipality: str, tally: Tally | None = None) -> None:
        self._municipality = municipality
        self._tally = tally or Tally()
        self._reading: Reading | None = None
        self.part = 0.0
        self.is_whole = False

    @property
    def reading(self) -> Reading:
        """What has been received. Raises FileFault before the first message of a reading."""
        if self._reading is None:
            raise FileFault("file.unreadable", "file")
        return self._reading

    def take(self, line: bytes) -> None:
        """One line. Raises the fault it tells of."""
        message = json.loads(line)
        self.part = message.get("part", self.part)
        if "tally" in message:
            self._tally.rows, self._tally.faulty = message["tally"]
        if "refused" in message:
            raise raised(message["refused"])
        if "head" in message:
            head = message["head"]
            self._tally.rows = head["rows"]
            self._reading = Reading(**{**head, "ignored": tuple(head["ignored"])})
        if "drafts" in message:
            self._take_drafts(message)
        if "faults" in message:
            self.reading.faults += [RowFault(*each) for each in message["faults"]]
        if "notes" in message:
            self.reading.notes += [RowNote(*each) for each in message["notes"]]
        self.is_whole = self.is_whole or "end" in message

    def _take_drafts(self, message: Message) -> None:
        places = _places(message["places"], len(message["drafts"]))
        self.reading.lines += message["lines"]
        drafts = [self._draft(said, place) for said, place in zip(message["drafts"], places, strict=True)]
        for draft in drafts:
            _ = draft.digest  # reckoned here, while the reader is still busy with what comes next
        self.reading.drafts += drafts

    def _draft(self, said: list[Any], place: Any) -> ReportDraft:
        uid, (kind, origin, polarity), categories, hours, day, light, words, accuracy_m, severity = said
        text, source, source_id, source_category, voice = words
        return ReportDraft(
            uid=UUID(uid),
            municipality=self._municipality,
            place=place,
            kind=_KINDS[kind],
            origin=_ORIGINS[origin],
            polarity=_POLARITIES[polarity],
            categories=frozenset(categories),
            hours=HoursOfWeek((hours[0], hours[1], hours[2]), *hours[3:]),
            day=None if day is None else from_day_number(day),
            light=light and Light(light),
            text=text,
            source=source,
            source_id=source_id,
            source_category=source_category,
            voice=voice,
            accuracy_m=accuracy_m,
            position_source=None if place is None else PositionSource.FILE,
            severity=severity,
        )


def _places(said: dict[str, Any], count: int) -> NDArray[np.object_]:
    places = np.full(count, None, dtype=object)
    if said["rows"]:
        places[np.array(said["rows"])] = shapely.points(np.array(said["xy"], dtype=np.float64))
    for row, text in said["others"]:
        places[row] = shapely.from_wkb(text)
    return places
