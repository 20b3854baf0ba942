"""Long work that somebody asked for and may leave: what it is, how it stands, what came of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from geodata.tables.base import Base
from geodata.tables.columns import Int64, Uid, UtcTime, Word


class JobState(StrEnum):
    """How far a job has come. A draft is being prepared; a done one may have been refused."""

    DRAFT = "draft"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(Base):
    """One job. The file it works on lies in the data folder under the job's uid, never under its own name.

    kind: `import`. instructions, outcome: JSON in the program's own words. outcome is written in the
    transaction that stores, so a job has one exactly when its work is stored or refused. role: the actor's,
    as the journal writes it. worker: host and process that took it last. How far a running job has come is
    not here: while it stores, SQLite lets nobody else write.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index(None, "state", "asked_at"),
        Index(None, "municipality_id", "asked_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    uid: Mapped[UUID] = mapped_column(Uid, unique=True)
    municipality_id: Mapped[int] = mapped_column(Int64, ForeignKey("municipality.id"))
    user_account_id: Mapped[int | None] = mapped_column(Int64, ForeignKey("user_account.id"))
    role: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[JobState] = mapped_column(Word(JobState))
    language: Mapped[str] = mapped_column(Text)
    instructions: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    import_id: Mapped[int | None] = mapped_column(Int64, ForeignKey("import_batch.id"))
    worker: Mapped[str | None] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcTime)
