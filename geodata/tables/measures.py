"""Measures: what is done, or will be, at a place."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from shapely.geometry.base import BaseGeometry
from sqlalchemy import Boolean, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from geodata.tables.base import Base
from geodata.tables.columns import Int64, Uid, UtcTime, Word
from geodata.tables.place import Geometry
from geodata.vocabulary import MeasureState


class Measure(Base):
    """A measure. geometry: EPSG:3006. categories: bit set, see `vocabulary.bits`.

    title: in public words. responsible: a unit, never a person. due_day: days since 1970-01-01.
    reason: why it is not possible. is_published: only then does anybody outside see it.
    """

    __tablename__ = "measure"
    __table_args__ = (
        Index("ix_measure_geometry", "geometry", postgresql_using="gist"),
        Index(None, "municipality_id", "is_published"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    uid: Mapped[UUID] = mapped_column(Uid, unique=True)
    municipality_id: Mapped[int] = mapped_column(Int64, ForeignKey("municipality.id"))
    geometry: Mapped[BaseGeometry] = mapped_column(Geometry)
    title: Mapped[str] = mapped_column(Text)
    responsible: Mapped[str] = mapped_column(Text)
    categories: Mapped[int] = mapped_column(Int64)
    due_day: Mapped[int | None] = mapped_column(Integer)
    state: Mapped[MeasureState] = mapped_column(Word(MeasureState))
    reason: Mapped[str] = mapped_column(Text)
    is_published: Mapped[bool] = mapped_column(Boolean)
    version: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    change_seq: Mapped[int] = mapped_column(Int64)
