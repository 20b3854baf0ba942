"""Whether the guards that the migrations put up still stand: triggers and checks, with what they say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from sqlalchemy import CheckConstraint, Connection, Engine, inspect

from geodata.errors import DatabaseFault, Fault
from geodata.migrations.append_only import EDITIONS, JOURNAL
from geodata.migrations.spatial import triggers
from geodata.tables import Base
from geodata.tables.engine import reading

_WORDS = re.compile(r"[^\s()]+")
_FIRING = ("O", "A")
"""How PostgreSQL marks a trigger that fires whenever a program writes."""


def fallen(engine: Engine) -> list[Fault]:
    """The triggers and checks that are gone, altered or switched off.

    Codes: `database.trigger`, `database.check`.
    """
    with reading(engine) as session:
        return fallen_in(session.connection())


def fallen_in(connection: Connection) -> list[Fault]:
    """The same, as one transaction sees it."""
    found = _on_sqlite(connection) if connection.dialect.name == "sqlite" else _on_postgresql(connection)
    return [*found, *_checks(connection)]


def _on_sqlite(connection: Connection) -> Iterator[Fault]:
    expected = JOURNAL.statements("sqlite") | EDITIONS.statements("sqlite")
    for table, column in _layers():
        expected |= triggers(table, column)
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    return _differing({name: str(said).split() for name, said in rows}, expected, str.split)


def _on_postgresql(connection: Connection) -> Iterator[Fault]:
    rows = connection.exec_driver_sql(
        "SELECT tgname, pg_get_triggerdef(pg_trigger.oid), prosrc, tgenabled::text,"
        " quote_ident(current_schema()) FROM pg_trigger"
        " JOIN pg_proc ON pg_proc.oid = tgfoid JOIN pg_class ON pg_class.oid = tgrelid"
        " WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace"
    ).all()
    for guard in (JOURNAL, EDITIONS):
        present = {
            name: _sorted_words(said.replace(f"{schema}.", ""))
            for name, said, body, enabled, schema in rows
            if enabled in _FIRING and body.split() == guard.body.split()
        }
        yield from _differing(present, guard.statements("postgresql"), _sorted_words)


def _sorted_words(statement: str) -> list[str]:
    """PostgreSQL says a trigger back with brackets and an order of its own."""
    return sorted(_WORDS.findall(statement.casefold()))


def _differing(
    present: Mapping[str, list[str]], expected: Mapping[str, str], read: Callable[[str], list[str]]
) -> Iterator[Fault]:
    for name, statement in expected.items():
        if present.get(name) != read(statement):
            yield DatabaseFault("database.trigger", name=name)


def _layers() -> Iterator[tuple[str, str]]:
    """Table and column of every geometry."""
    for table in Base.metadata.tables.values():
        for index in table.indexes:
            if index.dialect_kwargs.get("postgresql_using") == "gist":
                yield table.name, next(iter(index.columns)).name


def _checks(connection: Connection) -> Iterator[Fault]:
    inspector = inspect(connection)
    tables = set(inspector.get_table_names())
    for table in Base.metadata.tables.values():
        wanted = {str(each.name) for each in table.constraints if isinstance(each, CheckConstraint)}
        if wanted and table.name in tables:
            present = {each["name"] for each in inspector.get_check_constraints(table.name)}
            yield from (DatabaseFault("database.check", name=name) for name in sorted(wanted - present))
