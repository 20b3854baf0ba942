"""Having what was deleted gone from the files too, and not only from sight."""

from __future__ import annotations

from contextlib import closing

from sqlalchemy import Engine, text

from geodata.errors import DatabaseFault

_TOUCHED = (
    *("report", "photo", "review_act", "reply", "contact", "outgoing_mail", "confirmation"),
    *("walk_entry", "expected_photo", "finding_revision", "walk_quarantine", "follow_up"),
)


def wipe(engine: Engine) -> None:
    """Rewrite the file without what was deleted (SQLite), or free its place to be written over (PostgreSQL).

    On SQLite no byte of it is left in the file or in the log beside it. Raises DatabaseFault `wipe.busy`
    where somebody reads or writes for too long: try again later.
    """
    if engine.dialect.name == "sqlite":
        _wipe_sqlite(engine)
    else:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"VACUUM {', '.join(_TOUCHED)}"))


def _wipe_sqlite(engine: Engine) -> None:
    with closing(engine.raw_connection()) as pooled:
        cursor = pooled.cursor()
        try:
            cursor.execute("PRAGMA query_only = 0")
            cursor.execute("VACUUM")
            is_busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except engine.dialect.loaded_dbapi.OperationalError as fault:
            raise DatabaseFault("wipe.busy") from fault
        finally:
            cursor.close()
    if is_busy:
        raise DatabaseFault("wipe.busy")
