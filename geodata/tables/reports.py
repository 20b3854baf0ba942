"""Reports: places somebody says something about."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from shapely.geometry.base import BaseGeometry
from sqlalchemy import (
    CheckConstraint,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from geodata.tables.base import Base
from geodata.tables.columns import Digest, Int64, Uid, UtcTime, Word
from geodata.tables.place import Geometry
from geodata.vocabulary import Kind, Light, Origin, Owner, Polarity, PositionSource, State


class Report(Base):
    """One report. A report without geometry is kept, never drawn and never counted on a map.

    geometry: EPSG:3006; east, north: a point that stands for it, metres, null together with it.
    categories: bit set, see `vocabulary.bits`. week_a, week_b, week_c: the 168 hours, 56 bits each;
    first_hour, last_hour: 0-167; minutes_before_first, minutes_after_last: trimmed off those two.
    day: days since 1970-01-01. digest: of the content, to tell the same id from the same saying.
    journal_key: what the journal's mark of this report was made with; gone with the row.
    change_seq: the municipality's change that last touched the row.
    place_text: where, in the words of whoever said it. version: counts changes to the one report, from 1.
    """

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("municipality_id", "origin", "source", "source_id"),
        CheckConstraint(
            "(geometry IS NULL) = (east IS NULL) AND (geometry IS NULL) = (north IS NULL)", name="position"
        ),
        Index("ix_report_geometry", "geometry", postgresql_using="gist"),
        Index(None, "municipality_id", "change_seq"),
        Index(None, "import_id"),
        Index(
            "ix_report_waiting",
            "municipality_id",
            "created_at",
            sqlite_where=text("state = 'new'"),
            postgresql_where=text("state = 'new'"),
        ),
        Index(
            None,
            "duplicate_of",
            sqlite_where=text("duplicate_of IS NOT NULL"),
            postgresql_where=text("duplicate_of IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    uid: Mapped[UUID] = mapped_column(Uid, unique=True)
    municipality_id: Mapped[int] = mapped_column(Int64, ForeignKey("municipality.id"))
    geometry: Mapped[BaseGeometry | None] = mapped_column(Geometry)
    east: Mapped[float | None] = mapped_column(Double)
    north: Mapped[float | None] = mapped_column(Double)
    accuracy_m: Mapped[float | None] = mapped_column(Double)
    position_source: Mapped[PositionSource | None] = mapped_column(Word(PositionSource))
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    origin: Mapped[Origin] = mapped_column(Word(Origin))
    polarity: Mapped[Polarity] = mapped_column(Word(Polarity))
    owner: Mapped[Owner] = mapped_column(Word(Owner))
    severity: Mapped[int | None] = mapped_column(SmallInteger)
    categories: Mapped[int] = mapped_column(Int64)
    week_a: Mapped[int] = mapped_column(Int64)
    week_b: Mapped[int] = mapped_column(Int64)
    week_c: Mapped[int] = mapped_column(Int64)
    first_hour: Mapped[int] = mapped_column(SmallInteger)
    last_hour: Mapped[int] = mapped_column(SmallInteger)
    minutes_before_first: Mapped[int] = mapped_column(SmallInteger)
    minutes_after_last: Mapped[int] = mapped_column(SmallInteger)
    day: Mapped[int | None] = mapped_column(Integer)
    light: Mapped[Light | None] = mapped_column(Word(Light))
    place_text: Mapped[str] = mapped_column(Text, server_default="")
    private_text: Mapped[str] = mapped_column(Text)
    public_text: Mapped[str | None] = mapped_column(Text)
    state: Mapped[State] = mapped_column(Word(State))
    voice: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    source_id: Mapped[str | None] = mapped_column(Text)
    source_category: Mapped[str] = mapped_column(Text)
    import_id: Mapped[int | None] = mapped_column(Int64, ForeignKey("import_batch.id"))
    duplicate_of: Mapped[int | None] = mapped_column(Int64, ForeignKey("report.id", ondelete="SET NULL"))
    digest: Mapped[str] = mapped_column(Digest)
    journal_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    change_seq: Mapped[int] = mapped_column(Int64)
    version: Mapped[int] = mapped_column(Integer, server_default="1")


class Removed(Base):
    """That a report is gone, for readers who keep columns: which one, and since which change."""

    __tablename__ = "removed"
    __table_args__ = (Index(None, "municipality_id", "change_seq"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Int64, primary_key=True)
    report_id: Mapped[int] = mapped_column(Int64)
    uid: Mapped[UUID] = mapped_column(Uid)
    municipality_id: Mapped[int] = mapped_column(Int64, ForeignKey("municipality.id"))
    change_seq: Mapped[int] = mapped_column(Int64)
