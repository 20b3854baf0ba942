"""The one database: opened, migrated when empty, and lent out a session at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from geodata import migrations
from geodata.errors import DatabaseFault
from geodata.tables.engine import make_engine


def open_database(address: str, on_create: Callable[[], None] = lambda: None) -> Engine:
    """The database at a URL; an empty one is migrated. Raises DatabaseFault where it cannot be used."""
    prepare_folder(address)
    engine = make_engine(address)
    if migrations.revision(engine) is None:
        on_create()
        migrations.upgrade(engine)
    elif not migrations.is_current(engine):
        raise DatabaseFault("database.not_current")
    return engine


def prepare_folder(address: str) -> None:
    """Make the folder of a database that is a file."""
    url = make_url(address)
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)


def is_ready(engine: Engine) -> bool:
    """Whether the database answers and is of this version."""
    try:
        return migrations.is_current(engine)
    except (DatabaseFault, SQLAlchemyError):
        return False
