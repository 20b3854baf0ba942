"""The one database: opened, migrated when empty, and lent out a session at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from geodata import migrations
from geodata.errors import DatabaseFault
from geodata.tables.engine import make_engine


def open_database(address: str, on_create: Callable[[], None] = lambda: None) -> Engine:
    """The database at a URL; an empty one is migrated. Raises DatabaseFault where it cannot be used."""
    prepare_folder(address)
    engine = make_engine(address)
    try:
        return _current(engine, on_create)
    except (DBAPIError, UnicodeDecodeError) as error:
        raise fault_of(error) from error


def _current(engine: Engine, on_create: Callable[[], None]) -> Engine:
    if migrations.revision(engine) is None:
        if migrations.is_foreign(engine):
            raise DatabaseFault("database.foreign")
        on_create()
        migrations.upgrade(engine)
    elif not migrations.is_current(engine):
        raise DatabaseFault("database.not_current")
    return engine


def prepare_folder(address: str) -> None:
    """Make the folder of a database that is a file."""
    url = make_url(address)
    if url.get_backend_name() != "sqlite" or not url.database:
        return
    folder = Path(url.database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseFault("database.folder", folder=str(folder)) from error


def fault_of(error: DBAPIError | UnicodeDecodeError) -> DatabaseFault:
    """What a database could not do, as a sentence says it."""
    if isinstance(error, UnicodeDecodeError):
        return DatabaseFault("database.corrupt", detail=error.reason)
    said = str(error.orig).partition("\n")[0][:200]
    is_file = type(error.orig).__module__.startswith(("sqlite3", "pysqlite3"))
    is_failing = isinstance(error, OperationalError)
    if is_file:
        return DatabaseFault("database.failed" if is_failing else "database.corrupt", detail=said)
    return DatabaseFault("database.unreachable" if is_failing else "database.failed", detail=said)


def is_ready(engine: Engine) -> bool:
    """Whether the database answers and is of this version."""
    try:
        return migrations.is_current(engine)
    except (DatabaseFault, SQLAlchemyError):
        return False
