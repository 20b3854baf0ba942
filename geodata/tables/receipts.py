"""What ties a report to the one who sent it, and no person: a receipt, and the address left for an answer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from geodata.tables.base import Base
from geodata.tables.columns import Digest, Int64, Uid, UtcTime, Word
from geodata.vocabulary import Stage, Verdict


class Receipt(Base):
    """The code a report can be followed by. code_digest: slow digest of it; the code itself is not kept."""

    __tablename__ = "receipt"

    report_id: Mapped[int] = mapped_column(
        Int64, ForeignKey("report.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    code_digest: Mapped[str] = mapped_column(Digest, unique=True)


class Contact(Base):
    """Where to send the answer, apart from the report and deleted before it.

    language: in which to write. delete_after: its own clock, moved closer when the report is closed.
    """

    __tablename__ = "contact"
    __table_args__ = (Index(None, "delete_after"),)

    report_id: Mapped[int] = mapped_column(
        Int64, ForeignKey("report.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    email: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    delete_after: Mapped[datetime] = mapped_column(UtcTime)


class OutgoingMail(Base):
    """A letter to write to the contact of a report or of a walk; what it says is made when it is sent.

    kind: `receipt`, `reply` or `state` for a report, `minutes`, `done` or `cancelled` for a walk. not_before:
    when it may go at the earliest. claimed_until: whoever sends it has it until then. sent_at, given_up_at:
    how it ended. fault: the last one's code, or "".
    """

    __tablename__ = "outgoing_mail"
    __table_args__ = (Index(None, "not_before"), Index(None, "report_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    report_id: Mapped[int | None] = mapped_column(Int64, ForeignKey("report.id", ondelete="CASCADE"))
    walk_contact_id: Mapped[int | None] = mapped_column(
        Int64, ForeignKey("walk_contact.id", ondelete="CASCADE")
    )
    kind: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    not_before: Mapped[datetime] = mapped_column(UtcTime)
    attempts: Mapped[int] = mapped_column(Integer)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcTime)
    given_up_at: Mapped[datetime | None] = mapped_column(UtcTime)
    fault: Mapped[str] = mapped_column(Text)


class Reply(Base):
    """A public answer to one report, and how far it brings it. uid: made by the page that sent it."""

    __tablename__ = "reply"
    __table_args__ = (Index(None, "report_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    uid: Mapped[UUID] = mapped_column(Uid, unique=True)
    report_id: Mapped[int] = mapped_column(Int64, ForeignKey("report.id", ondelete="CASCADE"))
    user_account_id: Mapped[int | None] = mapped_column(Int64, ForeignKey("user_account.id"))
    stage: Mapped[Stage] = mapped_column(Word(Stage))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcTime)


class Confirmation(Base):
    """That somebody says it is still so, or better now. voice: as a report's, or null."""

    __tablename__ = "confirmation"
    __table_args__ = (Index(None, "report_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    uid: Mapped[UUID] = mapped_column(Uid, unique=True)
    report_id: Mapped[int] = mapped_column(Int64, ForeignKey("report.id", ondelete="CASCADE"))
    verdict: Mapped[Verdict] = mapped_column(Word(Verdict))
    voice: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcTime)
