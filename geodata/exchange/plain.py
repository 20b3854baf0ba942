"""Drafts as plain values, to be written as text, and back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from sys import intern
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.drafts import ReportDraft
from geodata.hours import HoursOfWeek, from_day_number, to_day_number
from geodata.vocabulary import Kind, Light, Origin, Polarity, PositionSource

Plain = dict[str, Any]
_POINT = 0
_KINDS = {word.value: word for word in Kind}
_ORIGINS = {word.value: word for word in Origin}
_POLARITIES = {word.value: word for word in Polarity}
# Thousands of drafts share what they have in common.
_categories = lru_cache(maxsize=4_096)(frozenset[str])
_day = lru_cache(maxsize=50_000)(from_day_number)


def plain(drafts: Sequence[ReportDraft]) -> Plain:
    """What the drafts of one municipality say, without its code."""
    return {"places": _places_said(drafts), "drafts": [_draft_said(draft) for draft in drafts]}


def drafts_of(said: Plain, municipality: str) -> list[ReportDraft]:
    """The drafts that `plain` made plain."""
    places = _places(said["places"], len(said["drafts"]))
    return [_draft(each, place, municipality) for each, place in zip(said["drafts"], places, strict=True)]


def _places_said(drafts: Sequence[ReportDraft]) -> dict[str, Any]:
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


@lru_cache(maxsize=50_000)
def _hours(first: int, second: int, third: int, *ends: int) -> HoursOfWeek:
    return HoursOfWeek((first, second, third), *ends)


def _draft(said: list[Any], place: Any, municipality: str) -> ReportDraft:
    uid, (kind, origin, polarity), categories, hours, day, light, words, accuracy_m, severity = said
    text, source, source_id, source_category, voice = words
    return ReportDraft(
        uid=UUID(uid),
        municipality=municipality,
        place=place,
        kind=_KINDS[kind],
        origin=_ORIGINS[origin],
        polarity=_POLARITIES[polarity],
        categories=_categories(tuple(categories)),
        hours=_hours(*hours),
        day=None if day is None else _day(day),
        light=light and Light(light),
        text=text,
        source=intern(source),
        source_id=source_id,
        source_category=intern(source_category),
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
