"""What an edition of the public map is made from, read from the database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely import unary_union
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Text, exists, select, type_coerce
from sqlalchemy.orm import Session

from geodata.hours import HourColumns, local, to_day_number
from geodata.queries.columns import NO_DAY, NO_VOICE, SAID, voice_mark
from geodata.queries.municipalities import LOCALITY, Home
from geodata.tables.findings import WalkEntry
from geodata.tables.reports import Report
from geodata.vocabulary import Channel, Kind, Origin, Owner, Polarity, State

KINDS = (Kind.PERCEPTION, Kind.OBSERVATION, Kind.WALK_FINDING)
AROUND_A_POINT_M = 1_000.0
_ROWS_AT_ONCE = 50_000
_FROM_THE_PUBLIC = frozenset({Channel.FORM.value, Channel.API.value, Channel.MACHINE.value})
_EFFORTS = frozenset({Origin.WALK.value, Origin.PATROL.value})


@dataclass(frozen=True)
class ReviewedRows:
    """n reports side by side, of those that count for an edition.

    belongs: the day each tells of, else that on which it came in. capped: of what came from the public
    itself, the day whose voices are capped, or NO_DAY. voice: a mark, or NO_VOICE. is_effort: from a walk or
    a patrol.
    """

    east: NDArray[np.float64]
    north: NDArray[np.float64]
    hours: HourColumns
    categories: NDArray[np.int64]
    voice: NDArray[np.int64]
    belongs: NDArray[np.int32]
    capped: NDArray[np.int32]
    is_unsafe: NDArray[np.bool_]
    is_safe: NDArray[np.bool_]
    is_effort: NDArray[np.bool_]


def reviewed(session: Session, municipality_id: int) -> Iterator[ReviewedRows]:
    """All of the municipality's own reports that count for an edition: accepted, and never statistics.

    What was found on a walk of ours is told in its minutes, one by one. It is left out here: who subtracts
    the minutes from a square would learn how few others wrote there.
    """
    for rows in _rows(session, municipality_id):
        yield _part(rows)


def _rows(session: Session, municipality_id: int) -> Iterator[Sequence[Any]]:
    words = [type_coerce(getattr(Report, name), Text) for name in ("polarity", "origin", "source")]
    asked = (
        select(
            *SAID,
            Report.created_at,
            *words,
        )
        .where(
            Report.municipality_id == municipality_id,
            Report.state == State.ACCEPTED,
            Report.owner == Owner.MUNICIPALITY,
            Report.kind.in_(KINDS),
            ~exists().where(WalkEntry.report_id == Report.id),
        )
        .execution_options(yield_per=_ROWS_AT_ONCE)
    )
    yield from session.execute(asked).partitions()


def _part(rows: Sequence[Any]) -> ReviewedRows:
    across = zip(*rows, strict=True)
    east, north, *told, day, categories, voice, came, polarity, origin, source = across
    belongs = [_arrival(at) if each is None else each for each, at in zip(day, came, strict=True)]
    capped = [_capped(*each) for each in zip(origin, source, day, came, strict=True)]
    return ReviewedRows(
        np.array(east, dtype=np.float64),
        np.array(north, dtype=np.float64),
        HourColumns.of(np.array(told[:3], dtype=np.uint64), np.array(told[3:], dtype=np.uint8)),
        np.array(categories, dtype=np.int64),
        np.array([_mark(*each) for each in zip(voice, source, strict=True)], dtype=np.int64),
        np.array(belongs, dtype=np.int32),
        np.array(capped, dtype=np.int32),
        np.array([word == Polarity.UNSAFE for word in polarity], dtype=bool),
        np.array([word == Polarity.SAFE for word in polarity], dtype=bool),
        np.array([word in _EFFORTS for word in origin], dtype=bool),
    )


def _mark(voice: str | None, source: str) -> int:
    """What a program filled in counts as nobody's voice."""
    return NO_VOICE if source == Channel.MACHINE else voice_mark(voice)


@lru_cache(maxsize=10_000)
def _arrival(came: datetime) -> int:
    return to_day_number(local(came).date())


def _capped(origin: str, source: str, day: int | None, came: datetime) -> int:
    """The day whose voices of the public are capped: when it came by our doors, else the one it tells of."""
    if origin != Origin.PUBLIC:
        return NO_DAY
    if source in _FROM_THE_PUBLIC:
        return _arrival(came)
    return NO_DAY if day is None else day


def localities(home: Home) -> BaseGeometry | None:
    """Where squares may be fine: the localities as they were read in, else 1 km around every named point."""
    named = [place for place in home.places if place.kind == LOCALITY] or home.places
    grounds = [
        place.geometry.buffer(AROUND_A_POINT_M) if place.geometry.geom_type == "Point" else place.geometry
        for place in named
    ]
    return unary_union(grounds) if grounds else None
