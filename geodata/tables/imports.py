"""Imports: which file became which reports."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from geodata.tables.base import Base
from geodata.tables.columns import Digest, Int64, UtcTime


class ImportBatch(Base):
    """One import. The file is known by its SHA-256, never by its name, which may hold a person's.

    user_account_id: null when it was done on the command line. undone_at: its reports are removed.
    """

    __tablename__ = "import_batch"
    __table_args__ = (Index(None, "municipality_id", "at"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    municipality_id: Mapped[int] = mapped_column(Int64, ForeignKey("municipality.id"))
    user_account_id: Mapped[int | None] = mapped_column(Int64, ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcTime)
    source: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Digest)
    rows: Mapped[int] = mapped_column(Integer)
    stored: Mapped[int] = mapped_column(Integer)
    journal_key: Mapped[bytes] = mapped_column(LargeBinary)
    change_seq: Mapped[int] = mapped_column(Int64)
    undone_at: Mapped[datetime | None] = mapped_column(UtcTime)
