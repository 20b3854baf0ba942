"""Column types that say the same on both databases.

A GeoPackage reader drops columns of a type it does not know (VARCHAR, CHAR(32), BIGINT), so on SQLite
every column is one of TEXT, INTEGER, SMALLINT, DOUBLE, BOOLEAN, DATETIME and BLOB.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Integer, LargeBinary, Text, Uuid
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from geodata.errors import InvalidValue

Int64 = BigInteger().with_variant(Integer(), "sqlite")
"""A signed 64-bit integer: SQLite's INTEGER already is one, and only that name makes an automatic key."""


def utc_text(moment: datetime) -> str:
    """An aware moment as GeoPackage writes it: 2026-11-21T22:48:45.905Z. Raises InvalidValue if naive."""
    if moment.tzinfo is None:
        raise InvalidValue("time.without_zone", given=moment.isoformat())
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class _DateTimeText(UserDefinedType[str]):
    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "DATETIME"


class UtcTime(TypeDecorator[datetime]):
    """An aware moment, whole milliseconds: timestamptz, or GeoPackage DATETIME text ending in Z.

    QGIS may write a moment back without its Z: what has no zone is read as UTC.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """DATETIME text on SQLite, timestamptz elsewhere."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(_DateTimeText())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Aware moments only."""
        if value is None:
            return None
        written = utc_text(value)
        return written if dialect.name == "sqlite" else datetime.fromisoformat(written)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """An aware moment in UTC."""
        if value is None:
            return None
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Uid(TypeDecorator[UUID]):
    """A UUID: uuid on PostgreSQL, its 36 characters on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """TEXT on SQLite, uuid elsewhere."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Uuid())

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> Any:
        """Text on SQLite."""
        return str(value) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> UUID | None:
        """A UUID."""
        return UUID(value) if isinstance(value, str) else value


class Word(TypeDecorator[StrEnum]):
    """One word of a closed list, stored as its text: a new word needs no migration."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:
        """The word's text; a word outside the list is a ValueError."""
        return None if value is None else self.words(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        """The member of the list."""
        return None if value is None else self.words(value)


class Digest(TypeDecorator[str]):
    """A hexadecimal digest, stored as its bytes."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """The bytes."""
        return None if value is None else bytes.fromhex(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Hexadecimal, lower case."""
        return None if value is None else bytes(value).hex()
