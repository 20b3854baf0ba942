"""Reads about what the invited marked before a walk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geodata.queries.walks import degrees_of
from geodata.tables.walks import WalkMark
from geodata.vocabulary import Polarity, codes


@dataclass(frozen=True)
class KnownMark:
    """A marked place. place: a point in EPSG:3006. voice: of the session it was made in, or None."""

    id: int
    uid: UUID
    place: BaseGeometry
    polarity: Polarity
    categories: frozenset[str]
    text: str
    voice: str | None
    created_at: datetime

    @property
    def position(self) -> tuple[float, float]:
        """Longitude and latitude."""
        lon, lat = degrees_of(self.place) or (0.0, 0.0)
        return lon, lat


def marks_of(session: Session, walk_id: int, voice: str | None = None) -> list[KnownMark]:
    """The marks of a walk in the order they came; with a voice, only those of that session."""
    asked = select(WalkMark).where(WalkMark.walk_id == walk_id).order_by(WalkMark.id)
    if voice is not None:
        asked = asked.where(WalkMark.voice == voice)
    return [_known(row) for row in session.scalars(asked)]


def mark_counts(session: Session, walk_id: int, voice: str) -> tuple[int, int]:
    """How many marks the walk has, and how many of them this session made."""
    counted = select(func.count()).where(WalkMark.walk_id == walk_id)
    every, own = session.scalar(counted), session.scalar(counted.where(WalkMark.voice == voice))
    return every or 0, own or 0


def _known(row: WalkMark) -> KnownMark:
    return KnownMark(
        row.id,
        row.uid,
        row.geometry,
        row.polarity,
        codes(row.categories),
        row.text,
        row.voice,
        row.created_at,
    )
