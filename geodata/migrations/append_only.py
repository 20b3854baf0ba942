"""Triggers that keep the journal and the editions append-only: no row is changed, replaced or taken away.

They stop programs and people with ordinary rights; who can alter the schema can drop them, and the chain
shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection


@dataclass(frozen=True)
class Guard:
    """Triggers that refuse. on_sqlite, on_postgresql: name → when. says: what they refuse with."""

    name: str
    says: str
    on_sqlite: Mapping[str, str]
    on_postgresql: Mapping[str, str]

    @property
    def body(self) -> str:
        """What the triggers' function does on PostgreSQL."""
        return f" BEGIN RAISE EXCEPTION '{self.says}'; END "

    def statements(self, dialect: str) -> dict[str, str]:
        """Name and statement of each trigger."""
        if dialect == "sqlite":
            does = f"BEGIN SELECT RAISE(ABORT, '{self.says}'); END"
            return {name: f"CREATE TRIGGER {name} {when} {does}" for name, when in self.on_sqlite.items()}
        does = f"EXECUTE FUNCTION {self.name}_refuse()"
        return {name: f"CREATE TRIGGER {name} {when} {does}" for name, when in self.on_postgresql.items()}

    def put_up(self, connection: Connection) -> None:
        """Create the triggers."""
        dialect = connection.dialect.name
        if dialect != "sqlite":
            connection.exec_driver_sql(
                f"CREATE FUNCTION {self.name}_refuse() RETURNS trigger LANGUAGE plpgsql AS $${self.body}$$"
            )
        for statement in self.statements(dialect).values():
            connection.exec_driver_sql(statement)

    def take_down(self, connection: Connection) -> None:
        """Drop the triggers, before the tables themselves are dropped."""
        if connection.dialect.name == "sqlite":
            for name in self.on_sqlite:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            return
        for name, when in self.on_postgresql.items():
            connection.exec_driver_sql(f"DROP TRIGGER {name} ON {when.split(' ON ')[1].split()[0]}")
        connection.exec_driver_sql(f"DROP FUNCTION {self.name}_refuse()")


# A replaced row is deleted by SQLite without asking the delete trigger, so inserting has a guard of its own.
JOURNAL = Guard(
    "journal",
    "the journal is append-only",
    {
        "journal_no_update": "BEFORE UPDATE ON journal",
        "journal_no_delete": "BEFORE DELETE ON journal",
        "journal_no_replace": (
            "BEFORE INSERT ON journal WHEN EXISTS (SELECT 1 FROM journal WHERE seq = NEW.seq)"
        ),
        "journal_tail_no_delete": "BEFORE DELETE ON journal_tail",
        "journal_tail_no_replace": "BEFORE INSERT ON journal_tail WHEN EXISTS (SELECT 1 FROM journal_tail)",
        "journal_tail_onward": (
            "BEFORE UPDATE ON journal_tail WHEN NEW.seq != OLD.seq + 1 OR NEW.id != OLD.id"
        ),
    },
    {
        "journal_no_change": "BEFORE UPDATE OR DELETE ON journal FOR EACH ROW",
        "journal_no_truncate": "BEFORE TRUNCATE ON journal FOR EACH STATEMENT",
        "journal_tail_no_delete": "BEFORE DELETE ON journal_tail FOR EACH ROW",
        "journal_tail_no_truncate": "BEFORE TRUNCATE ON journal_tail FOR EACH STATEMENT",
        "journal_tail_onward": "BEFORE UPDATE ON journal_tail FOR EACH ROW WHEN (NEW.seq <> OLD.seq + 1)",
    },
)
EDITIONS = Guard(
    "edition",
    "an edition is never altered",
    {
        "edition_no_update": "BEFORE UPDATE ON edition",
        "edition_no_delete": "BEFORE DELETE ON edition",
        "edition_no_replace": (
            "BEFORE INSERT ON edition WHEN EXISTS (SELECT 1 FROM edition WHERE id = NEW.id OR uid = NEW.uid"
            " OR (municipality_id = NEW.municipality_id AND number = NEW.number))"
        ),
    },
    {
        "edition_no_change": "BEFORE UPDATE OR DELETE ON edition FOR EACH ROW",
        "edition_no_truncate": "BEFORE TRUNCATE ON edition FOR EACH STATEMENT",
    },
)
