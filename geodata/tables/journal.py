"""The journal: one row for every change, never altered, each chained to the one before."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from geodata.tables.base import Base
from geodata.tables.columns import Digest, Int64, UtcTime


class JournalEntry(Base):
    """What was done, when and by whom; not what was said.

    seq: 1, 2, 3 … without gaps. actor_id: the account, null for the public and for time itself.
    role: the role acted in, or `system`, `command`, `public`. payload_mac: HMAC-SHA-256 of the content
    with a key kept by the object; without the object it can no longer be tied to anything.
    hash: SHA-256 of the row, `prev` included (`canonical`). No foreign keys: rows outlive all else.
    """

    __tablename__ = "journal"
    __table_args__ = (Index(None, "object_type", "object_id"),)

    seq: Mapped[int] = mapped_column(Int64, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcTime)
    municipality: Mapped[str | None] = mapped_column(Text)
    actor_id: Mapped[int | None] = mapped_column(Int64)
    role: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    object_type: Mapped[str] = mapped_column(Text)
    object_id: Mapped[str] = mapped_column(Text)
    object_rev: Mapped[int | None] = mapped_column(Int64)
    payload_mac: Mapped[str | None] = mapped_column(Digest)
    prev: Mapped[str] = mapped_column(Digest)
    hash: Mapped[str] = mapped_column(Digest)


class JournalTail(Base):
    """The one row that says where the journal ends. Locked by whoever appends."""

    __tablename__ = "journal_tail"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(Int64)
    hash: Mapped[str] = mapped_column(Digest)
