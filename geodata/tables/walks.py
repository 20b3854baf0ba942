"""Town walks: when and where, their stops, how many came, and the phones that walk along. No names."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from shapely.geometry.base import BaseGeometry
from sqlalchemy import Boolean, Double, ForeignKey, Index, Integer, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from geodata.tables.base import Base
from geodata.tables.columns import Digest, Int64, Uid, UtcTime, Word
from geodata.tables.place import Geometry
from geodata.vocabulary import Light, Polarity, RouteSource, WalkRole, WalkState


class Walk(Base):
    """A walk with its three meetings. geometry: the route, a line in EPSG:3006, or null until there is one.

    day, premap_until, follow_up_day: days since 1970-01-01. starts_minute: of the local day. code: what one
    joins with. invited, themes: comma-separated words of `WalkRole` and `Theme`. meeting_east,
    meeting_north: EPSG:3006. group_count: how many it is split into. finding_seq: the last number given to an
    entry, without gaps. safe_seq: the last one known to lie in a checked backup. repeat_of: the walk it goes
    again. started_at, ended_at: when it was opened, and last ended. walked_from, walked_until: when people
    walked, as the first opening and the first ending or the leader say; null where that is not known.
    route_way: the points the route was made of, as links name them, with commas; "" where nobody knows.
    route_straight_m: how much of its told length goes straight for want of streets. is_ridden: they go by
    car or bus from stop to stop, so that the route was not walked. version: counts changes to the plan.
    """

    __tablename__ = "walk"
    __table_args__ = (
        Index("ix_walk_geometry", "geometry", postgresql_using="gist"),
        Index(None, "municipality_id", "day"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    uid: Mapped[UUID] = mapped_column(Uid, unique=True)
    municipality_id: Mapped[int] = mapped_column(Int64, ForeignKey("municipality.id"))
    geometry: Mapped[BaseGeometry | None] = mapped_column(Geometry)
    route_source: Mapped[RouteSource | None] = mapped_column(Word(RouteSource))
    route_way: Mapped[str] = mapped_column(Text, default="")
    route_straight_m: Mapped[float | None] = mapped_column(Double)
    is_ridden: Mapped[bool] = mapped_column(Boolean, default=False)
    title: Mapped[str] = mapped_column(Text)
    locality: Mapped[str] = mapped_column(Text)
    day: Mapped[int] = mapped_column(Integer)
    starts_minute: Mapped[int] = mapped_column(SmallInteger)
    meeting_place: Mapped[str] = mapped_column(Text)
    meeting_east: Mapped[float | None] = mapped_column(Double)
    meeting_north: Mapped[float | None] = mapped_column(Double)
    light: Mapped[Light] = mapped_column(Word(Light))
    state: Mapped[WalkState] = mapped_column(Word(WalkState))
    code: Mapped[str] = mapped_column(Text, unique=True)
    invited: Mapped[str] = mapped_column(Text)
    themes: Mapped[str] = mapped_column(Text)
    premap_until: Mapped[int | None] = mapped_column(Integer)
    group_count: Mapped[int] = mapped_column(SmallInteger)
    follow_up_day: Mapped[int | None] = mapped_column(Integer)
    follow_up_place: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    repeat_of: Mapped[int | None] = mapped_column(Int64, ForeignKey("walk.id", ondelete="SET NULL"))
    user_account_id: Mapped[int | None] = mapped_column(Int64, ForeignKey("user_account.id"))
    started_at: Mapped[datetime | None] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcTime)
    walked_from: Mapped[datetime | None] = mapped_column(UtcTime)
    walked_until: Mapped[datetime | None] = mapped_column(UtcTime)
    finding_seq: Mapped[int] = mapped_column(Int64)
    safe_seq: Mapped[int] = mapped_column(Int64)
    version: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    change_seq: Mapped[int] = mapped_column(Int64)


class EarlierCode(Base):
    """A code that a walk had before it was given another; whoever shows it is told to read the new one."""

    __tablename__ = "earlier_code"
    __table_args__ = (Index(None, "walk_id"),)

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    walk_id: Mapped[int] = mapped_column(Int64, ForeignKey("walk.id", ondelete="CASCADE"))


class WalkStop(Base):
    """Where a walk stops. geometry: a point in EPSG:3006, or null until it is placed. number: from 1.

    same_as: the stop of the earlier walk that it is compared with. is_rough: it lies in the middle of its
    locality, and nobody has said where one meets.
    """

    __tablename__ = "walk_stop"
    __table_args__ = (
        Index("ix_walk_stop_geometry", "geometry", postgresql_using="gist"),
        Index(None, "walk_id", "number"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    uid: Mapped[UUID] = mapped_column(Uid, unique=True)
    walk_id: Mapped[int] = mapped_column(Int64, ForeignKey("walk.id", ondelete="CASCADE"))
    geometry: Mapped[BaseGeometry | None] = mapped_column(Geometry)
    number: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    is_rough: Mapped[bool] = mapped_column(Boolean, default=False)
    same_as: Mapped[int | None] = mapped_column(Int64, ForeignKey("walk_stop.id", ondelete="SET NULL"))


class HeadCount(Base):
    """How many of a role walked along in a group. group_number: from 1."""

    __tablename__ = "head_count"

    walk_id: Mapped[int] = mapped_column(
        Int64, ForeignKey("walk.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    group_number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    role: Mapped[WalkRole] = mapped_column(Word(WalkRole), primary_key=True)
    count: Mapped[int] = mapped_column(SmallInteger)


class WalkDevice(Base):
    """A phone that walks along; whose, nobody knows. token_digest: SHA-256 of what it shows when it sends.

    unsent_entries, unsent_photos: what it last said it still had. seen_at: when it last said anything.
    """

    __tablename__ = "walk_device"
    __table_args__ = (Index(None, "walk_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    uid: Mapped[UUID] = mapped_column(Uid, unique=True)
    walk_id: Mapped[int] = mapped_column(Int64, ForeignKey("walk.id", ondelete="CASCADE"))
    token_digest: Mapped[str] = mapped_column(Digest, unique=True)
    group_number: Mapped[int] = mapped_column(SmallInteger)
    unsent_entries: Mapped[int] = mapped_column(Integer)
    unsent_photos: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcTime)


class WalkMark(Base):
    """A place one of the invited marked before the walk, to go there or because it is liked.

    geometry: a point in EPSG:3006. categories: bit set. voice: a mark of the session, never a name.
    """

    __tablename__ = "walk_mark"
    __table_args__ = (
        Index("ix_walk_mark_geometry", "geometry", postgresql_using="gist"),
        Index(None, "walk_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    uid: Mapped[UUID] = mapped_column(Uid, unique=True)
    walk_id: Mapped[int] = mapped_column(Int64, ForeignKey("walk.id", ondelete="CASCADE"))
    geometry: Mapped[BaseGeometry] = mapped_column(Geometry)
    polarity: Mapped[Polarity] = mapped_column(Word(Polarity))
    categories: Mapped[int] = mapped_column(Int64)
    text: Mapped[str] = mapped_column(Text)
    voice: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class WalkContact(Base):
    """Where to send a walk's minutes, apart from everything that was said. No name.

    key_digest: SHA-256 of what stops the letters. delete_after: its own clock.
    """

    __tablename__ = "walk_contact"
    __table_args__ = (
        Index(None, "walk_id", "email", unique=True),
        Index(None, "delete_after"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    walk_id: Mapped[int] = mapped_column(Int64, ForeignKey("walk.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    key_digest: Mapped[str] = mapped_column(Digest, unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    delete_after: Mapped[datetime] = mapped_column(UtcTime)
