"""Reads about where and when somebody walked: what is known to have been looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from geodata.hours import from_day_number, local, to_day_number
from geodata.tables.walks import HeadCount, Walk
from geodata.vocabulary import WalkState

_WALKED = (WalkState.CLOSED, WalkState.FOLLOWED_UP, WalkState.PUBLISHED)
_USUAL = timedelta(hours=2)
"""How long a walk takes whose beginning or end nobody told."""


@dataclass(frozen=True)
class WalkedRoute:
    """A route that was walked. route: a line in EPSG:3006. starts, ends: local time, without a zone.

    heads: how many walked along; 0 where they were not counted.
    """

    uid: UUID
    title: str
    route: BaseGeometry
    starts: datetime
    ends: datetime
    heads: int

    @property
    def day(self) -> date:
        """The day it began."""
        return self.starts.date()


def walked_routes(
    session: Session, municipality_id: int, since: date | None = None, until: date | None = None
) -> list[WalkedRoute]:
    """Every route that was walked from one day to another, both included, the newest first."""
    wanted = [Walk.municipality_id == municipality_id, Walk.state.in_(_WALKED)]
    wanted += [] if since is None else [Walk.day >= to_day_number(since)]
    wanted += [] if until is None else [Walk.day <= to_day_number(until)]
    return _routes(session, wanted)


def routes_near(
    session: Session, municipality_id: int, place: BaseGeometry, distance_m: float
) -> list[WalkedRoute]:
    """Every route that was walked at most so far from a place (EPSG:3006), the newest first."""
    near = Walk.geometry.within_m(place, distance_m)
    return _routes(session, [Walk.municipality_id == municipality_id, Walk.state.in_(_WALKED), near])


def published_routes(session: Session, municipality_id: int) -> list[BaseGeometry]:
    """The routes of walks whose minutes everybody may read, EPSG:3006."""
    asked = select(Walk.geometry).where(
        Walk.municipality_id == municipality_id,
        Walk.state == WalkState.PUBLISHED,
        Walk.geometry.is_not(None),
    )
    return [route for route in session.scalars(asked.order_by(Walk.id)) if route is not None]


def _routes(session: Session, wanted: list[ColumnElement[bool]]) -> list[WalkedRoute]:
    heads = (
        select(func.coalesce(func.sum(HeadCount.count), 0))
        .where(HeadCount.walk_id == Walk.id)
        .scalar_subquery()
    )
    asked = select(Walk, heads).where(*wanted, Walk.geometry.is_not(None))
    return [_route(walk, count) for walk, count in session.execute(asked.order_by(Walk.day.desc(), Walk.id))]


def _route(walk: Walk, heads: int) -> WalkedRoute:
    planned = datetime.combine(from_day_number(walk.day), datetime.min.time())
    starts = local(walk.started_at) if walk.started_at else None
    starts = starts or planned + timedelta(minutes=walk.starts_minute)
    ends = local(walk.ended_at) if walk.ended_at else starts + _USUAL
    if walk.geometry is None:
        raise ValueError("a walk without route")
    return WalkedRoute(walk.uid, walk.title, walk.geometry, starts, max(starts, ends), int(heads))
