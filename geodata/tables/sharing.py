"""What one authority lets the other see: nothing crosses between municipality and police without it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from geodata.tables.base import Base
from geodata.tables.columns import Int64, Uid, UtcTime, Word
from geodata.vocabulary import Owner


class Sharing(Base):
    """A decision that the other authority may see what `owner` has, until it is ended.

    kinds: words of `vocabulary.Kind` with commas between; empty is all. precision_m: side of the squares that
    places are moved to the middle of; 0 leaves them as they are. ground: the provision it rests on, in words.
    """

    __tablename__ = "sharing"
    __table_args__ = (Index(None, "municipality_id", "ended_at"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    uid: Mapped[UUID] = mapped_column(Uid, unique=True)
    municipality_id: Mapped[int] = mapped_column(Int64, ForeignKey("municipality.id"))
    owner: Mapped[Owner] = mapped_column(Word(Owner))
    kinds: Mapped[str] = mapped_column(Text)
    precision_m: Mapped[int] = mapped_column(Integer)
    ground: Mapped[str] = mapped_column(Text)
    user_account_id: Mapped[int | None] = mapped_column(Int64, ForeignKey("user_account.id"))
    begun_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
