"""Photos: what was made of them, never what was sent."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from geodata.tables.base import Base
from geodata.tables.columns import Digest, Int64, Uid, UtcTime, Word
from geodata.vocabulary import PhotoState


class Photo(Base):
    """A photo as re-encoded from its pixels. The files lie in the data folder under `address`.

    report_id: null until the report it was taken for is sent. address: random, in every file name and link,
    and another after a redaction. digest: SHA-256 of what was sent, to tell the same photo from another.
    """

    __tablename__ = "photo"
    __table_args__ = (Index(None, "report_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    uid: Mapped[UUID] = mapped_column(Uid, unique=True)
    report_id: Mapped[int | None] = mapped_column(Int64, ForeignKey("report.id", ondelete="CASCADE"))
    state: Mapped[PhotoState] = mapped_column(Word(PhotoState))
    address: Mapped[str] = mapped_column(Text, unique=True)
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    size: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(Digest)
    is_redacted: Mapped[bool] = mapped_column(Boolean)
    version: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
