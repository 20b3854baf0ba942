"""Reads about where and when somebody walked: what is known to have been looked at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from geodata.hours import from_day_number, local, to_day_number
from geodata.tables.walks import HeadCount, Walk, WalkStop
from geodata.vocabulary import WalkState

_WALKED = (WalkState.CLOSED, WalkState.FOLLOWED_UP, WalkState.PUBLISHED)
_USUAL = timedelta(hours=2)
"""How long a walk takes whose beginning or end nobody told."""


@dataclass(frozen=True)
class WalkedGround:
    """What a walk has seen. route: a line, or None where there is none or they went by car between the stops;
    stops: points where people stood; in EPSG:3006. starts, ends: local time, without a zone.

    heads: how many walked along; 0 where they were not counted.
    """

    uid: UUID
    title: str
    route: BaseGeometry | None
    stops: tuple[BaseGeometry, ...]
    starts: datetime
    ends: datetime
    heads: int

    @property
    def day(self) -> date:
        """The day it began."""
        return self.starts.date()


def walked_hours(
    plan: datetime, walked_from: datetime | None, walked_until: datetime | None
) -> tuple[datetime, datetime]:
    """When people walked, local time without a zone. plan: when they were to begin, as local time.

    Where only a beginning is known, and on another day than the planned one, the plan is nearer the truth.
    """
    starts = local(walked_from) if walked_from else plan
    if walked_until is None:
        starts = starts if starts.date() == plan.date() else plan
        return starts, starts + _USUAL
    return starts, max(starts, local(walked_until))


def walked_grounds(
    session: Session, municipality_id: int, since: date | None = None, until: date | None = None
) -> list[WalkedGround]:
    """What walks have seen from one day to another, both included, the newest first."""
    wanted = [Walk.municipality_id == municipality_id, Walk.state.in_(_WALKED)]
    wanted += [] if since is None else [Walk.day >= to_day_number(since)]
    wanted += [] if until is None else [Walk.day <= to_day_number(until)]
    return _grounds(session, wanted)


def published_grounds(session: Session, municipality_id: int) -> list[WalkedGround]:
    """What walks have seen whose minutes everybody may read, the newest first."""
    public = [Walk.municipality_id == municipality_id, Walk.state == WalkState.PUBLISHED]
    return _grounds(session, public)


def _grounds(session: Session, wanted: list[ColumnElement[bool]]) -> list[WalkedGround]:
    heads = (
        select(func.coalesce(func.sum(HeadCount.count), 0))
        .where(HeadCount.walk_id == Walk.id)
        .scalar_subquery()
    )
    rows = session.execute(select(Walk, heads).where(*wanted).order_by(Walk.day.desc(), Walk.id)).all()
    stops = _stops(session, [walk.id for walk, _ in rows])
    grounds = (_ground(walk, stops[walk.id], count) for walk, count in rows)
    return [each for each in grounds if each.route is not None or each.stops]


def _stops(session: Session, walks: Sequence[int]) -> dict[int, list[BaseGeometry]]:
    """Where people stood, by walk. Where that is known roughly nobody is known to have looked."""
    asked = select(WalkStop.walk_id, WalkStop.geometry).where(
        WalkStop.walk_id.in_(walks), WalkStop.geometry.is_not(None), WalkStop.is_rough.is_(False)
    )
    found: dict[int, list[BaseGeometry]] = defaultdict(list)
    for walk_id, place in session.execute(asked.order_by(WalkStop.number, WalkStop.id)):
        found[walk_id] += [place] if place is not None else []
    return found


def _ground(walk: Walk, stops: Sequence[BaseGeometry], heads: int) -> WalkedGround:
    plan = datetime.combine(from_day_number(walk.day), datetime.min.time())
    plan += timedelta(minutes=walk.starts_minute)
    hours = walked_hours(plan, walk.walked_from, walk.walked_until)
    route = None if walk.is_ridden else walk.geometry
    return WalkedGround(walk.uid, walk.title, route, tuple(stops), *hours, int(heads))
