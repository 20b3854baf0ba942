"""Marks on the database itself."""

from __future__ import annotations

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from geodata.tables.base import Base


class DatabaseMark(Base):
    """A word about the whole database: that its content is invented (`demo`), for one."""

    __tablename__ = "database_mark"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[str] = mapped_column(Text)
