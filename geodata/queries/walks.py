"""Reads about town walks: the plan, its stops, its heads and its phones. Findings: `queries.findings`."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Row, Select, and_, bindparam, select
from sqlalchemy.orm import Session

from geodata import crs
from geodata.hours import from_day_number
from geodata.tables.engine import run
from geodata.tables.municipalities import Municipality
from geodata.tables.walks import EarlierCode, Walk, WalkDevice, WalkStop
from geodata.vocabulary import Light, RouteSource, Theme, WalkRole, WalkState

_AS_STORED = (
    *("id", "uid", "municipality_id", "title", "locality", "meeting_place", "light", "state", "group_count"),
    *("follow_up_place", "summary", "route_source", "repeat_of", "started_at", "ended_at", "published_at"),
    *("finding_seq", "safe_seq", "version", "created_at", "walked_from", "walked_until", "is_ridden"),
    *("route_way", "route_straight_m"),
)
JOINABLE = (WalkState.PLANNED, WalkState.OPEN)
"""While a phone may join, and what it sends is taken in."""


@dataclass(frozen=True)
class KnownStop:
    """Where a walk stops. place: a point in EPSG:3006, or None until it is placed. is_rough: it is only the
    middle of a locality.
    """

    id: int
    uid: UUID
    number: int
    name: str
    note: str
    place: BaseGeometry | None
    same_as: int | None
    is_rough: bool = False

    @property
    def position(self) -> tuple[float, float] | None:
        """Longitude and latitude."""
        return degrees_of(self.place)


@dataclass(frozen=True)
class KnownWalk:
    """A walk as it is stored. code: of its municipality; join_code: what one joins with.

    starts: local time of day. route: a line in EPSG:3006, or None. meeting: east and north in EPSG:3006, or
    None. repeat_of: key of the walk it goes again. started_at, ended_at: opened, and last ended; walked_from,
    walked_until: when people walked, where that is known. route_way: the points the route was made of.
    """

    id: int
    uid: UUID
    municipality_id: int
    code: str
    municipality: str
    title: str
    locality: str
    day: date
    starts: time
    meeting_place: str
    meeting: tuple[float, float] | None
    light: Light
    state: WalkState
    join_code: str
    invited: tuple[WalkRole, ...]
    themes: tuple[Theme, ...]
    premap_until: date | None
    group_count: int
    follow_up_on: date | None
    follow_up_place: str
    summary: str
    route: BaseGeometry | None
    route_source: RouteSource | None
    repeat_of: int | None
    started_at: datetime | None
    ended_at: datetime | None
    published_at: datetime | None
    finding_seq: int
    safe_seq: int
    version: int
    created_at: datetime
    walked_from: datetime | None = None
    walked_until: datetime | None = None
    is_ridden: bool = False
    route_way: str = ""
    route_straight_m: float | None = None

    @property
    def is_joinable(self) -> bool:
        """Whether phones may join and send."""
        return self.state in JOINABLE

    @property
    def is_public(self) -> bool:
        """Whether everybody may read its minutes."""
        return self.state == WalkState.PUBLISHED


@dataclass(frozen=True)
class KnownDevice:
    """A phone that walks along. unsent_*: what it last said that it still has."""

    id: int
    uid: UUID
    walk_id: int
    group_number: int
    unsent_entries: int
    unsent_photos: int
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    seen_at: datetime | None


def degrees_of(place: BaseGeometry | None) -> tuple[float, float] | None:
    """Longitude and latitude of a point in EPSG:3006, six decimals; None of none."""
    if place is None:
        return None
    spot = crs.to_degrees(place)
    return round(float(shapely.get_x(spot)), 6), round(float(shapely.get_y(spot)), 6)


def walks_of(session: Session, municipality_id: int) -> list[KnownWalk]:
    """Every walk of a municipality, newest day first."""
    return _read(session, _all().where(Walk.municipality_id == municipality_id))


def published_walks(session: Session, municipality_id: int) -> list[KnownWalk]:
    """The same, only those whose minutes everybody may read."""
    public = (Walk.municipality_id == municipality_id, Walk.state == WalkState.PUBLISHED)
    return _read(session, _all().where(*public))


def walk_with(session: Session, uid: UUID, municipality_id: int | None = None) -> KnownWalk | None:
    """One walk, of the municipality where one is named."""
    asked = _all().where(Walk.uid == uid)
    if municipality_id is not None:
        asked = asked.where(Walk.municipality_id == municipality_id)
    return next(iter(_read(session, asked)), None)


def walk_by_code(session: Session, join_code: str) -> KnownWalk | None:
    """The walk that is joined with this code, written in capitals."""
    return next(iter(_read(session, _all().where(Walk.code == join_code))), None)


def is_earlier_code(session: Session, join_code: str) -> bool:
    """Whether a walk was joined with this code, written in capitals, before it was given another."""
    return session.get(EarlierCode, join_code) is not None


def walk_by_id(session: Session, walk_id: int) -> KnownWalk | None:
    """The walk with this key."""
    return next(iter(_read(session, _all().where(Walk.id == walk_id))), None)


def stops_of(session: Session, walk_id: int) -> list[KnownStop]:
    """The stops of a walk in the order they are gone."""
    asked = select(WalkStop).where(WalkStop.walk_id == walk_id).order_by(WalkStop.number, WalkStop.id)
    return [
        KnownStop(row.id, row.uid, row.number, row.name, row.note, row.geometry, row.same_as, row.is_rough)
        for row in session.scalars(asked)
    ]


def devices_of(session: Session, walk_id: int) -> list[KnownDevice]:
    """The phones of a walk, in the order they joined."""
    asked = select(WalkDevice).where(WalkDevice.walk_id == walk_id).order_by(WalkDevice.id)
    return [_device(row) for row in session.scalars(asked)]


def device_of_token(session: Session, token_digest: str) -> KnownDevice | None:
    """The phone that shows a token. token_digest: SHA-256 of the token, hexadecimal."""
    row = session.scalar(select(WalkDevice).where(WalkDevice.token_digest == token_digest))
    return None if row is None else _device(row)


_TOWN, _WALK, _PHONE = Municipality.__table__, Walk.__table__, WalkDevice.__table__
_PHONE_ON_WALK = (
    select(
        *_WALK.c,
        _TOWN.c.code.label("town_code"),
        _TOWN.c.name.label("town_name"),
        *(_PHONE.c[each.name].label(f"phone_{each.name}") for each in fields(KnownDevice)),
    )
    .join_from(_WALK, _TOWN, _TOWN.c.id == _WALK.c.municipality_id)
    .outerjoin(_PHONE, and_(_PHONE.c.walk_id == _WALK.c.id, _PHONE.c.token_digest == bindparam("digest")))
    .where(_WALK.c.uid == bindparam("of"))
)


def phone_on_walk(
    session: Session, uid: UUID, token_digest: str
) -> tuple[KnownWalk | None, KnownDevice | None]:
    """A walk, and the phone of it that shows a token, as in `device_of_token`; None where there is none."""
    row = run(session, _PHONE_ON_WALK, {"of": uid, "digest": token_digest}).one_or_none()
    if row is None:
        return None, None
    walk = _walk(row, row.town_code, row.town_name)
    if row.phone_id is None:
        return walk, None
    return walk, KnownDevice(
        **{each.name: getattr(row, f"phone_{each.name}") for each in fields(KnownDevice)}
    )


def _all() -> Select[Walk, str, str]:
    named = select(Walk, Municipality.code, Municipality.name)
    return named.join(Municipality, Municipality.id == Walk.municipality_id).order_by(
        Walk.day.desc(), Walk.id.desc()
    )


def _read(session: Session, asked: Select[Walk, str, str]) -> list[KnownWalk]:
    return [_walk(*row) for row in session.execute(asked).all()]


def _walk(row: Walk | Row[*tuple[Any, ...]], code: str, municipality: str) -> KnownWalk:
    has_meeting = row.meeting_east is not None and row.meeting_north is not None
    return KnownWalk(
        **{name: getattr(row, name) for name in _AS_STORED},
        code=code,
        municipality=municipality,
        day=from_day_number(row.day),
        starts=time(*divmod(row.starts_minute, 60)),
        meeting=(row.meeting_east, row.meeting_north) if has_meeting else None,  # type: ignore[arg-type]
        join_code=row.code,
        invited=tuple(WalkRole(word) for word in row.invited.split(",") if word),
        themes=tuple(Theme(word) for word in row.themes.split(",") if word),
        premap_until=None if row.premap_until is None else from_day_number(row.premap_until),
        follow_up_on=None if row.follow_up_day is None else from_day_number(row.follow_up_day),
        route=row.geometry,
    )


def _device(row: WalkDevice) -> KnownDevice:
    return KnownDevice(**{each.name: getattr(row, each.name) for each in fields(KnownDevice)})
