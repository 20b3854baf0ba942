"""Editions of the public map. What was published is never altered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Integer, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from geodata.tables.base import Base
from geodata.tables.columns import Digest, Int64, Uid, UtcTime


class Edition(Base):
    """One edition. Rows are only ever added; triggers refuse the rest.

    number: 1, 2, 3 … in the municipality. content: canonical JSON, see `analysis.publication.edition`.
    digest: SHA-256 of the content. note: what the one who published wrote about it, for the public.
    """

    __tablename__ = "edition"
    __table_args__ = (UniqueConstraint("municipality_id", "number"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    uid: Mapped[UUID] = mapped_column(Uid, unique=True)
    municipality_id: Mapped[int] = mapped_column(Int64, ForeignKey("municipality.id"))
    number: Mapped[int] = mapped_column(Integer)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(Digest)
    note: Mapped[str] = mapped_column(Text)
    user_account_id: Mapped[int | None] = mapped_column(Int64, ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UtcTime)
