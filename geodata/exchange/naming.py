"""What rows without an id are called: what they say, and which of those that say the same they are."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry


def saying(said: Mapping[str, Any]) -> bytes:
    """The same for rows that say the same, to the millimetre. said: as the fields of a `ReportDraft`."""
    hours, place = said["hours"], said["place"]
    plain = (
        None if place is None else _written(place),
        *(str(said[name]) for name in ("kind", "polarity", "source_category", "text", "light", "voice")),
        sorted(said["categories"]),
        (*hours.words, hours.first_hour, hours.last_hour),
        (hours.minutes_before_first, hours.minutes_after_last),
        said["day"] and said["day"].isoformat(),
        (said["accuracy_m"], said["severity"]),
    )
    return hashlib.sha256(repr(plain).encode()).digest()


def name_of(said: bytes, number: int) -> str:
    """The id of the nth row, from 1, that says this. It must never change: stored ids hang on it."""
    return f"{said.hex()}-{number}"


def _written(place: BaseGeometry) -> str:
    if isinstance(place, shapely.Point):
        return f"{place.x:.3f} {place.y:.3f}"
    return shapely.to_wkt(place, rounding_precision=3)
