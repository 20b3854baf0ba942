"""Requests to see public records: what was chosen, what was masked and why, and marks of secrecy."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from geodata.tables.base import Base
from geodata.tables.columns import Digest, Int64, Uid, UtcTime


class Disclosure(Base):
    """A package of records to hand out. Who asks has a right to be nobody: there is no field for it.

    title: the staff's own words for the case. chosen: the filter as JSON words. state: `open` while masks are
    decided, `made` when every one is, `cancelled`. digest: SHA-256 of what was handed out, once made.
    """

    __tablename__ = "disclosure"
    __table_args__ = (Index(None, "municipality_id", "state"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    uid: Mapped[UUID] = mapped_column(Uid, unique=True)
    municipality_id: Mapped[int] = mapped_column(Int64, ForeignKey("municipality.id"))
    title: Mapped[str] = mapped_column(Text)
    chosen: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    digest: Mapped[str | None] = mapped_column(Digest)
    user_account_id: Mapped[int | None] = mapped_column(Int64, ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    made_at: Mapped[datetime | None] = mapped_column(UtcTime)
    version: Mapped[int] = mapped_column(Integer)


class DisclosureItem(Base):
    """One report of a package, as it stood when it was chosen. report_uid: it may be destroyed later."""

    __tablename__ = "disclosure_item"
    __table_args__ = (UniqueConstraint("disclosure_id", "report_uid"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    disclosure_id: Mapped[int] = mapped_column(Int64, ForeignKey("disclosure.id", ondelete="CASCADE"))
    report_uid: Mapped[UUID] = mapped_column(Uid)
    version: Mapped[int] = mapped_column(Integer)


class DisclosureMask(Base):
    """A stretch of a field that is taken out of what is handed out, or proposed to be.

    field: name of a field of the report. first, last: characters of its text, last excluded; 0 and 0 are the
    whole field. provision: where in the law it rests, for a confirmed one. state: `proposed`, `confirmed`,
    `kept`.
    """

    __tablename__ = "disclosure_mask"
    __table_args__ = (Index(None, "disclosure_id", "report_uid"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    disclosure_id: Mapped[int] = mapped_column(Int64, ForeignKey("disclosure.id", ondelete="CASCADE"))
    report_uid: Mapped[UUID] = mapped_column(Uid)
    field: Mapped[str] = mapped_column(Text)
    first: Mapped[int] = mapped_column(Integer)
    last: Mapped[int] = mapped_column(Integer)
    why: Mapped[str] = mapped_column(Text)
    provision: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    user_account_id: Mapped[int | None] = mapped_column(Int64, ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)


class SecrecyMark(Base):
    """A warning on one field of one object. It shuts nobody out: each request is judged anew."""

    __tablename__ = "secrecy_mark"
    __table_args__ = (
        Index(None, "municipality_id", "object_type", "object_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    uid: Mapped[UUID] = mapped_column(Uid, unique=True)
    municipality_id: Mapped[int] = mapped_column(Int64, ForeignKey("municipality.id"))
    object_type: Mapped[str] = mapped_column(Text)
    object_id: Mapped[str] = mapped_column(Text)
    field: Mapped[str] = mapped_column(Text)
    provision: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    user_account_id: Mapped[int | None] = mapped_column(Int64, ForeignKey("user_account.id"))
    set_at: Mapped[datetime] = mapped_column(UtcTime)
    review_on: Mapped[int | None] = mapped_column(Integer)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcTime)
