"""Triggers that keep the journal and the editions append-only: no row is changed, replaced or taken away.

They stop programs and people with ordinary rights; who can alter the schema can drop them, and the chain
shows it.
"""

from __future__ import annotations

from sqlalchemy import Connection

# A replaced row is deleted by SQLite without asking the delete trigger, so inserting has a guard of its own.
_ON_SQLITE = {
    "journal_no_update": "BEFORE UPDATE ON journal",
    "journal_no_delete": "BEFORE DELETE ON journal",
    "journal_no_replace": "BEFORE INSERT ON journal WHEN EXISTS (SELECT 1 FROM journal WHERE seq = NEW.seq)",
    "journal_tail_no_delete": "BEFORE DELETE ON journal_tail",
    "journal_tail_no_replace": "BEFORE INSERT ON journal_tail WHEN EXISTS (SELECT 1 FROM journal_tail)",
    "journal_tail_onward": "BEFORE UPDATE ON journal_tail WHEN NEW.seq != OLD.seq + 1 OR NEW.id != OLD.id",
}
_ON_POSTGRESQL = {
    "journal_no_change": "BEFORE UPDATE OR DELETE ON journal FOR EACH ROW",
    "journal_no_truncate": "BEFORE TRUNCATE ON journal FOR EACH STATEMENT",
    "journal_tail_no_delete": "BEFORE DELETE ON journal_tail FOR EACH ROW",
    "journal_tail_no_truncate": "BEFORE TRUNCATE ON journal_tail FOR EACH STATEMENT",
    "journal_tail_onward": "BEFORE UPDATE ON journal_tail FOR EACH ROW WHEN (NEW.seq <> OLD.seq + 1)",
}
_REFUSAL = (
    "CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$"
)


def guard_journal(connection: Connection) -> None:
    """Create the triggers."""
    if connection.dialect.name == "sqlite":
        for name, when in _ON_SQLITE.items():
            connection.exec_driver_sql(
                f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
            )
        return
    connection.exec_driver_sql(_REFUSAL)
    for name, when in _ON_POSTGRESQL.items():
        connection.exec_driver_sql(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION journal_refuse()")


def unguard_journal(connection: Connection) -> None:
    """Drop the triggers, before the tables themselves are dropped."""
    if connection.dialect.name == "sqlite":
        for name in _ON_SQLITE:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        return
    for name, when in _ON_POSTGRESQL.items():
        connection.exec_driver_sql(f"DROP TRIGGER {name} ON {when.split(' ON ')[1].split()[0]}")
    connection.exec_driver_sql("DROP FUNCTION journal_refuse()")


_EDITIONS_ON_SQLITE = {
    "edition_no_update": "BEFORE UPDATE ON edition",
    "edition_no_delete": "BEFORE DELETE ON edition",
    "edition_no_replace": (
        "BEFORE INSERT ON edition WHEN EXISTS (SELECT 1 FROM edition WHERE id = NEW.id OR uid = NEW.uid"
        " OR (municipality_id = NEW.municipality_id AND number = NEW.number))"
    ),
}
_EDITIONS_ON_POSTGRESQL = {
    "edition_no_change": "BEFORE UPDATE OR DELETE ON edition FOR EACH ROW",
    "edition_no_truncate": "BEFORE TRUNCATE ON edition FOR EACH STATEMENT",
}
_EDITION_REFUSAL = (
    "CREATE FUNCTION edition_refuse() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'an edition is never altered'; END $$"
)


def guard_editions(connection: Connection) -> None:
    """Create the triggers that leave every edition as it was published."""
    if connection.dialect.name == "sqlite":
        for name, when in _EDITIONS_ON_SQLITE.items():
            connection.exec_driver_sql(
                f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, 'an edition is never altered'); END"
            )
        return
    connection.exec_driver_sql(_EDITION_REFUSAL)
    for name, when in _EDITIONS_ON_POSTGRESQL.items():
        connection.exec_driver_sql(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION edition_refuse()")


def unguard_editions(connection: Connection) -> None:
    """Drop them, before the table itself is dropped."""
    if connection.dialect.name == "sqlite":
        for name in _EDITIONS_ON_SQLITE:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        return
    for name in _EDITIONS_ON_POSTGRESQL:
        connection.exec_driver_sql(f"DROP TRIGGER {name} ON edition")
    connection.exec_driver_sql("DROP FUNCTION edition_refuse()")
