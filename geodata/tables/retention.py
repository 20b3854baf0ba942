"""How long what is kept: rules with decisions, runs with protocols, and holds that stop them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from geodata.tables.base import Base
from geodata.tables.columns import Digest, Int64, Uid, UtcTime


class RetentionRule(Base):
    """What is destroyed, and when. Without a decision number nothing is.

    record: a class of records, a word of `vocabulary.RecordClass`. after: what the clock starts from, a word
    of `vocabulary.Trigger`. years, days: how long after, see `vocabulary.due_day`. decision: number of the
    decision, or "".
    """

    __tablename__ = "retention_rule"
    __table_args__ = (Index(None, "municipality_id", "is_active"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    uid: Mapped[UUID] = mapped_column(Uid, unique=True)
    municipality_id: Mapped[int] = mapped_column(Int64, ForeignKey("municipality.id"))
    record: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    years: Mapped[int] = mapped_column(Integer)
    days: Mapped[int] = mapped_column(Integer)
    decision: Mapped[str] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(Boolean)
    user_account_id: Mapped[int | None] = mapped_column(Int64, ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    version: Mapped[int] = mapped_column(Integer)


class RetentionRun(Base):
    """A list of what is due, its approval, and what came of it.

    state: `proposed`, `approved`, `done`, `cancelled`. digest: SHA-256 of the list that was approved.
    protocol: JSON, kept for good: counts, ids, decisions, who and when; never what was destroyed.
    """

    __tablename__ = "retention_run"
    __table_args__ = (Index(None, "municipality_id", "state"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    uid: Mapped[UUID] = mapped_column(Uid, unique=True)
    municipality_id: Mapped[int] = mapped_column(Int64, ForeignKey("municipality.id"))
    state: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Digest)
    proposed_by: Mapped[int | None] = mapped_column(Int64, ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime] = mapped_column(UtcTime)
    approved_by: Mapped[int | None] = mapped_column(Int64, ForeignKey("user_account.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UtcTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcTime)
    protocol: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)


class RetentionItem(Base):
    """One object on a run's list. object_id: its uid. outcome: `due`, `held`, `deleted` or `gone`."""

    __tablename__ = "retention_item"
    __table_args__ = (Index(None, "retention_run_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    retention_run_id: Mapped[int] = mapped_column(Int64, ForeignKey("retention_run.id", ondelete="CASCADE"))
    retention_rule_id: Mapped[int] = mapped_column(Int64, ForeignKey("retention_rule.id"))
    record: Mapped[str] = mapped_column(Text)
    object_id: Mapped[str] = mapped_column(Text)
    due_on: Mapped[int] = mapped_column(Integer)
    outcome: Mapped[str] = mapped_column(Text)


class Hold(Base):
    """That something may not be destroyed for now: somebody has asked to see it, or a case is open.

    object_id: the uid of the object, or "" for everything of the class in the municipality.
    """

    __tablename__ = "hold"
    __table_args__ = (Index(None, "municipality_id", "record", "object_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    uid: Mapped[UUID] = mapped_column(Uid, unique=True)
    municipality_id: Mapped[int] = mapped_column(Int64, ForeignKey("municipality.id"))
    record: Mapped[str] = mapped_column(Text)
    object_id: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    user_account_id: Mapped[int | None] = mapped_column(Int64, ForeignKey("user_account.id"))
    set_at: Mapped[datetime] = mapped_column(UtcTime)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcTime)
