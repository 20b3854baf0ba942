"""Occasions at which many said something at once: a dialogue evening counts as one voice."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from geodata.tables.base import Base
from geodata.tables.columns import Int64, Uid, UtcTime, Word
from geodata.vocabulary import Origin


class Occasion(Base):
    """A dialogue evening or the like. Its reports carry the voice `occasion-<uid>`.

    day: days since 1970-01-01. head_count: how many came, when it was counted; no names.
    """

    __tablename__ = "occasion"
    __table_args__ = (Index(None, "municipality_id", "day"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    uid: Mapped[UUID] = mapped_column(Uid, unique=True)
    municipality_id: Mapped[int] = mapped_column(Int64, ForeignKey("municipality.id"))
    user_account_id: Mapped[int | None] = mapped_column(Int64, ForeignKey("user_account.id"))
    origin: Mapped[Origin] = mapped_column(Word(Origin))
    title: Mapped[str] = mapped_column(Text)
    day: Mapped[int] = mapped_column(Integer)
    head_count: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
