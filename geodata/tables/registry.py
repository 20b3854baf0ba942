"""The register of public records: a number, a day, from whom and about what, for each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from geodata.tables.base import Base
from geodata.tables.columns import Int64, UtcTime


class Registration(Base):
    """One record. It outlives the object, so it says nothing that a person could be known by.

    number: 1, 2, 3 … in the municipality and year, shown as `TK 2026-000123`. counterpart: a word:
    `anonymous`, `staff`, `meeting`, `file` … subject: a message id in the vocabulary of `words`, never a text
    of somebody's.
    """

    __tablename__ = "registration"
    __table_args__ = (
        UniqueConstraint("object_type", "object_id"),
        UniqueConstraint("municipality_id", "year", "number"),
        Index(None, "municipality_id", "at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    municipality_id: Mapped[int] = mapped_column(Int64, ForeignKey("municipality.id"))
    year: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    object_type: Mapped[str] = mapped_column(Text)
    object_id: Mapped[str] = mapped_column(Text)
    direction: Mapped[str] = mapped_column(Text)
    counterpart: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcTime)


class RegistrationCounter(Base):
    """The last number given in a municipality and year."""

    __tablename__ = "registration_counter"

    municipality_id: Mapped[int] = mapped_column(
        Int64, ForeignKey("municipality.id"), primary_key=True, autoincrement=False
    )
    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Integer)
