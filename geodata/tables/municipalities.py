"""Municipalities, and the counter that says how far each has changed."""

from __future__ import annotations

from shapely.geometry.base import BaseGeometry
from sqlalchemy import Boolean, Double, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from geodata.tables.base import Base
from geodata.tables.columns import Int64
from geodata.tables.place import Geometry


class Municipality(Base):
    """A municipality that is served here.

    boundary: polygon or multipolygon in EPSG:3006. is_exact: from a file, not the built-in outline.
    tolerance_m: how far outside the boundary a place may lie and still belong.
    """

    __tablename__ = "municipality"
    __table_args__ = (
        Index("ix_municipality_boundary", "boundary", postgresql_using="gist"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    boundary: Mapped[BaseGeometry] = mapped_column(Geometry)
    is_exact: Mapped[bool] = mapped_column(Boolean)
    tolerance_m: Mapped[float] = mapped_column(Double)


class ChangeCounter(Base):
    """How many changes a municipality has seen. Locked first by every write (`changes.next_change`).

    Apart from the municipality, so that a change does not write a long boundary again.
    """

    __tablename__ = "change_counter"

    municipality_id: Mapped[int] = mapped_column(
        Int64, ForeignKey("municipality.id"), primary_key=True, autoincrement=False
    )
    seq: Mapped[int] = mapped_column(Int64)
