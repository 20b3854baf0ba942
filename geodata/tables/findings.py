"""What phones sent from a walk: each thing once, its changes, its photos, and what is done about it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, Integer, SmallInteger, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from geodata.tables.base import Base
from geodata.tables.columns import Digest, Int64, Uid, UtcTime, Word
from geodata.vocabulary import (
    EntryKind,
    FindingState,
    LandOwner,
    QuarantineOutcome,
    QuarantineReason,
    RevisionState,
    StopSource,
)


class WalkEntry(Base):
    """One thing sent from a walk. A finding is a report too; what was deleted stays here as a tombstone.

    seq: without gaps within the walk. device_seq: the phone's own count. said_at: when it was said, by a
    clock set right. sha256: of the bytes as sent. answers: JSON of theme to answer, for a checklist.
    revision: 1, and one more for each change taken in. report_id: null for a checklist, and when gone.
    stop_source: how its stop is known where the phone did not say it.
    """

    __tablename__ = "walk_entry"
    __table_args__ = (
        UniqueConstraint("walk_id", "seq"),
        Index(None, "walk_stop_id"),
        Index(None, "walk_device_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    uid: Mapped[UUID] = mapped_column(Uid, unique=True)
    walk_id: Mapped[int] = mapped_column(Int64, ForeignKey("walk.id"))
    kind: Mapped[EntryKind] = mapped_column(Word(EntryKind))
    report_id: Mapped[int | None] = mapped_column(
        Int64, ForeignKey("report.id", ondelete="SET NULL"), unique=True
    )
    walk_device_id: Mapped[int | None] = mapped_column(Int64, ForeignKey("walk_device.id"))
    walk_stop_id: Mapped[int | None] = mapped_column(Int64, ForeignKey("walk_stop.id", ondelete="SET NULL"))
    stop_source: Mapped[StopSource | None] = mapped_column(Word(StopSource))
    seq: Mapped[int] = mapped_column(Int64)
    device_seq: Mapped[int] = mapped_column(Integer)
    said_at: Mapped[datetime] = mapped_column(UtcTime)
    received_at: Mapped[datetime] = mapped_column(UtcTime)
    sha256: Mapped[str] = mapped_column(Digest)
    answers: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(Integer)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    deleted_reason: Mapped[str] = mapped_column(Text)


class ExpectedPhoto(Base):
    """A photo that a finding said it has. It has come when there is a photo of that uid. number: from 1."""

    __tablename__ = "expected_photo"
    __table_args__ = (Index(None, "walk_entry_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    photo_uid: Mapped[UUID] = mapped_column(Uid, unique=True)
    walk_entry_id: Mapped[int] = mapped_column(Int64, ForeignKey("walk_entry.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(SmallInteger)


class FindingRevision(Base):
    """A change to a finding as the phone sent it. base_revision: what it looked at. body: the bytes, as text;
    empty once it is settled and no longer needed.
    """

    __tablename__ = "finding_revision"
    __table_args__ = (Index(None, "walk_entry_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    uid: Mapped[UUID] = mapped_column(Uid, unique=True)
    walk_entry_id: Mapped[int] = mapped_column(Int64, ForeignKey("walk_entry.id", ondelete="CASCADE"))
    walk_device_id: Mapped[int | None] = mapped_column(Int64, ForeignKey("walk_device.id"))
    base_revision: Mapped[int] = mapped_column(Integer)
    state: Mapped[RevisionState] = mapped_column(Word(RevisionState))
    sha256: Mapped[str] = mapped_column(Digest)
    body: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(UtcTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcTime)


class Quarantine(Base):
    """What a phone sent that could not be taken in, kept until somebody looks. body: what it says, identity
    numbers masked; empty once it was taken in. sha256: of the bytes as sent.
    """

    __tablename__ = "walk_quarantine"
    __table_args__ = (
        UniqueConstraint("uid", "sha256"),
        Index(None, "walk_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    uid: Mapped[UUID] = mapped_column(Uid)
    walk_id: Mapped[int] = mapped_column(Int64, ForeignKey("walk.id", ondelete="CASCADE"))
    walk_device_id: Mapped[int | None] = mapped_column(Int64, ForeignKey("walk_device.id"))
    reason: Mapped[QuarantineReason] = mapped_column(Word(QuarantineReason))
    sha256: Mapped[str] = mapped_column(Digest)
    body: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(UtcTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcTime)
    outcome: Mapped[QuarantineOutcome | None] = mapped_column(Word(QuarantineOutcome))


class FollowUp(Base):
    """What is done about a finding, decided at the follow-up meeting. unit: who answers for it, no person.

    words: the finding as the minutes tell it, written by staff. action: what is done, in public words.
    due_day, done_day: days since 1970-01-01. reason: why it is not possible. measure_id: the measure that
    everybody sees, once the minutes are published. told_at: when those who asked were last told.
    """

    __tablename__ = "follow_up"

    walk_entry_id: Mapped[int] = mapped_column(
        Int64, ForeignKey("walk_entry.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    state: Mapped[FindingState] = mapped_column(Word(FindingState))
    words: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(Text)
    land_owner: Mapped[LandOwner] = mapped_column(Word(LandOwner))
    is_cost_driving: Mapped[bool | None] = mapped_column(Boolean)
    action: Mapped[str] = mapped_column(Text)
    due_day: Mapped[int | None] = mapped_column(Integer)
    done_day: Mapped[int | None] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    measure_id: Mapped[int | None] = mapped_column(Int64, ForeignKey("measure.id", ondelete="SET NULL"))
    version: Mapped[int] = mapped_column(Integer)
    changed_at: Mapped[datetime] = mapped_column(UtcTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcTime)
