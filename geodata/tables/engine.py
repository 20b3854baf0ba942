"""The connection to either database, and the two ways of using it: to read and to write."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from sqlalchemy import URL, Connection, CursorResult, Engine, Executable, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from geodata.errors import DatabaseFault
from geodata.tables import geopackage

try:
    import pysqlite3.dbapi2 as bundled_sqlite
except ImportError:
    # Wheels exist for Linux only; elsewhere the standard library's SQLite has to be a sound one.
    bundled_sqlite = sqlite3

BUSY_TIMEOUT_MS = 15_000
_IS_READING = "is_reading"
_IS_GLANCING = "is_glancing"
_PATIENCE_MS = "patience_ms"
_AS_SET = "as_set"
"""How a connection to SQLite waits, and whether it may write: said again only where that changes."""
_POSTGRESQL = {"postgres", "postgresql", "postgresql+psycopg"}

_DAMAGE = (sqlite3.DatabaseError, bundled_sqlite.DatabaseError)
_FAILURE = (sqlite3.OperationalError, bundled_sqlite.OperationalError)
"""What may pass, such as a lock; of the other kind are files that are broken or no databases."""

Version = tuple[int, ...]


def is_sound(version: Version) -> bool:
    """Whether this SQLite keeps acknowledged writes in WAL mode.

    3.7.0 to 3.51.2 may corrupt the file when the log is reset; 3.44.6 and 3.50.7 are repaired.
    """
    return version in {(3, 44, 6), (3, 50, 7)} or version > (3, 51, 2)


def choose_driver(*drivers: ModuleType) -> ModuleType:
    """The first sqlite3 module whose SQLite is sound. Raises DatabaseFault `database.sqlite_too_old`."""
    for driver in drivers:
        if is_sound(driver.sqlite_version_info):
            return driver
    raise DatabaseFault("database.sqlite_too_old", found=", ".join(each.sqlite_version for each in drivers))


def make_engine(url: str) -> Engine:
    """An engine for `sqlite:///…` or `postgresql://…`; opens nothing yet.

    Raises DatabaseFault `database.unknown_url`, and `database.not_wal` at the first connection to a
    file where write-ahead logging does not work (a network share, memory).
    """
    try:
        known = make_url(url)
    except ArgumentError as fault:
        raise DatabaseFault("database.unknown_url", "TRYGGKARTA_DATABASE_URL") from fault
    if known.drivername in _POSTGRESQL:
        return _postgresql(known.set(drivername="postgresql+psycopg"))
    if known.drivername == "sqlite" and known.database:
        return _sqlite(known)
    raise DatabaseFault("database.unknown_url", "TRYGGKARTA_DATABASE_URL", scheme=known.drivername)


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, hide_parameters=True, module=choose_driver(sqlite3, bundled_sqlite))
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    try:
        _set_up_sqlite(connection)
    except _DAMAGE as fault:
        if isinstance(fault, _FAILURE):
            raise
        raise DatabaseFault("database.corrupt", detail=str(fault)) from fault


def _set_up_sqlite(connection: Any) -> None:
    # BEGIN is ours to say: the driver would begin late and without IMMEDIATE.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    if cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        _turn_to_wal(cursor)
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.execute("PRAGMA cache_size = -32000")
    cursor.close()
    geopackage.register(connection)


def _turn_to_wal(cursor: Any) -> None:
    mode = cursor.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise DatabaseFault("database.not_wal", mode=mode)


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    is_reading = bool(options.get(_IS_READING))
    is_only_reading = is_reading and not options.get(_IS_GLANCING)
    wanted = (options.get(_PATIENCE_MS, BUSY_TIMEOUT_MS), is_only_reading)
    if connection.info.get(_AS_SET) != wanted:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {wanted[0]:d}")
        connection.exec_driver_sql(f"PRAGMA query_only = {int(is_only_reading)}")
        connection.info[_AS_SET] = wanted
    connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")


def _postgresql(url: URL) -> Engine:
    engine = create_engine(url, hide_parameters=True, pool_pre_ping=True)
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_postgresql(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("SET synchronous_commit = on")
    cursor.execute(f"SET lock_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("SET TIME ZONE 'UTC'")
    connection.commit()
    cursor.close()


def _reading_options(engine: Engine) -> dict[str, Any]:
    if engine.dialect.name == "sqlite":
        return {_IS_READING: True}
    return {_IS_READING: True, "isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that sees one moment of the database and cannot change it; begins at its first read."""
    with Session(engine.execution_options(**_reading_options(engine))) as session:
        yield session


@contextmanager
def glancing(engine: Engine) -> Iterator[Session]:
    """As `reading`, for a few reads before a write: quicker on SQLite, where a connection that is told to be
    read only, and not to be, prepares every statement anew. What would be written is rolled back.
    """
    with reading(engine.execution_options(**{_IS_GLANCING: True})) as session:
        yield session


def waiting_at_most(engine: Engine, patience_ms: int) -> Engine:
    """The same database, where who waits longer than this for SQLite's lock gets an OperationalError."""
    return engine.execution_options(**{_PATIENCE_MS: patience_ms})


@contextmanager
def writing(engine: Engine, patience_ms: int | None = None) -> Iterator[Session]:
    """A session that commits when the block ends well and leaves nothing behind otherwise.

    On SQLite it holds the one write lock from its first statement: read, parse and compute before it.
    patience_ms: as in `waiting_at_most`, else as the engine has it.
    """
    asked = engine if patience_ms is None else waiting_at_most(engine, patience_ms)
    with Session(asked, expire_on_commit=False) as session, session.begin():
        yield session


def run(session: Session, statement: Executable, values: Mapping[str, Any]) -> CursorResult[*tuple[Any, ...]]:
    """Run a statement over tables' columns, built once, in the session's transaction.

    In a quarter of the time that the session itself takes, which makes objects of what it reads. What it has
    to write is written before.
    """
    session.flush()
    return session.connection().execute(statement, values)
