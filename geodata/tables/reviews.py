"""The review of reports: who has one before them, and what was done to it, so that it can be undone."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from geodata.tables.base import Base
from geodata.tables.columns import Int64, Uid, UtcTime


class Claim(Base):
    """That somebody is reviewing a report just now; void after `until`."""

    __tablename__ = "claim"

    report_id: Mapped[int] = mapped_column(
        Int64, ForeignKey("report.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    user_account_id: Mapped[int] = mapped_column(Int64, ForeignKey("user_account.id"))
    until: Mapped[datetime] = mapped_column(UtcTime)


class ReviewAct(Base):
    """One act of review on one report. It goes with the report.

    uid: the act as a whole; those of a bulk share it. action: `accept`, `reject`, `duplicate`, `edit`,
    `move` … reason: a word of `vocabulary.Refusal`, or null. before, after: JSON of what was changed, in
    EPSG:3006 where it is a place: the original is never lost. version: the report's after it.
    """

    __tablename__ = "review_act"
    __table_args__ = (
        Index(None, "uid"),
        Index(None, "report_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    uid: Mapped[UUID] = mapped_column(Uid)
    report_id: Mapped[int] = mapped_column(Int64, ForeignKey("report.id", ondelete="CASCADE"))
    user_account_id: Mapped[int | None] = mapped_column(Int64, ForeignKey("user_account.id"))
    role: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcTime)
