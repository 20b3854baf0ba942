"""Named places inside a municipality: localities first, other context layers by their kind."""

from __future__ import annotations

from shapely.geometry.base import BaseGeometry
from sqlalchemy import Double, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from geodata.tables.base import Base
from geodata.tables.columns import Int64
from geodata.tables.place import Geometry


class Area(Base):
    """A named place. geometry: EPSG:3006; a point stands for what lies within `radius_m` of it."""

    __tablename__ = "area"
    __table_args__ = (
        Index("ix_area_geometry", "geometry", postgresql_using="gist"),
        Index(None, "municipality_id", "kind", "name"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    municipality_id: Mapped[int] = mapped_column(Int64, ForeignKey("municipality.id"))
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    geometry: Mapped[BaseGeometry] = mapped_column(Geometry)
    radius_m: Mapped[float | None] = mapped_column(Double)
    source: Mapped[str] = mapped_column(Text)
