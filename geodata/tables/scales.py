"""The fixed scales that surfaces are classed by."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Double, ForeignKey, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from geodata.tables.base import Base
from geodata.tables.columns import Int64, UtcTime, Word
from geodata.vocabulary import Kind


class Scale(Base):
    """The tops of both scales of one (municipality, kind, kernel, bandwidth), reports per km² and year.

    years: length of the full period. n: reports it was made from.
    """

    __tablename__ = "scale"
    __table_args__ = (
        UniqueConstraint("municipality_id", "kind", "kernel", "bandwidth_m"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    municipality_id: Mapped[int] = mapped_column(Int64, ForeignKey("municipality.id"))
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    kernel: Mapped[str] = mapped_column(Text)
    bandwidth_m: Mapped[int] = mapped_column(Integer)
    years: Mapped[float] = mapped_column(Double)
    n: Mapped[float] = mapped_column(Double)
    whole_top: Mapped[float] = mapped_column(Double)
    part_top: Mapped[float] = mapped_column(Double)
    made_at: Mapped[datetime] = mapped_column(UtcTime)
