"""What a municipality has chosen for itself: who to turn to, and how finely it publishes."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from geodata.tables.base import Base
from geodata.tables.columns import Int64


class Choice(Base):
    """One choice. key: a word of `vocabulary.ChoiceKey`. value: as text."""

    __tablename__ = "choice"

    municipality_id: Mapped[int] = mapped_column(
        Int64, ForeignKey("municipality.id"), primary_key=True, autoincrement=False
    )
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[str] = mapped_column(Text)
