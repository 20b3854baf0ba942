"""Whether what a database holds agrees with itself."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from geodata.errors import DatabaseFault, Fault
from geodata.tables.chain import verify
from geodata.tables.engine import reading

_MOST = 20
"""Findings of one sort that are named; a broken file has thousands."""


def damage(engine: Engine) -> list[Fault]:
    """What is broken in an SQLite file itself, so that nothing in it can be trusted: `database.corrupt`."""
    if engine.dialect.name != "sqlite":
        return []
    try:
        with engine.connect() as connection:
            said = connection.exec_driver_sql(f"PRAGMA integrity_check({_MOST})").scalars().all()
    except DatabaseFault as fault:
        return [fault]
    except DBAPIError as error:
        said = [str(error.orig)]
    return [DatabaseFault("database.corrupt", detail=each) for each in said if each != "ok"]


def findings(engine: Engine) -> list[Fault]:
    """What is wrong with a migrated database's content; empty when all is well.

    Codes: those of `damage` and of `contradictions`.
    """
    return damage(engine) or contradictions(engine)


def contradictions(engine: Engine) -> list[Fault]:
    """What does not agree in a database whose file is whole.

    Codes: `database.dangling`, `database.index`, `journal.broken`.
    """
    with reading(engine) as session:
        connection = session.connection()
        is_sqlite = connection.dialect.name == "sqlite"
        found = _sqlite_findings(connection) if is_sqlite else _postgresql_findings(connection)
        verdict = verify(session)
    if not verdict.is_whole:
        found.append(DatabaseFault("journal.broken", seq=verdict.first_bad_seq, reason=verdict.reason))
    return found


def _sqlite_findings(connection: Connection) -> list[Fault]:
    rows = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(_MOST)
    found: list[Fault] = [
        DatabaseFault("database.dangling", table=row[0], row=row[1], parent=row[2]) for row in rows
    ]
    layers = connection.exec_driver_sql("SELECT table_name, column_name FROM gpkg_geometry_columns").all()
    return found + [fault for layer in layers for fault in _tree_findings(connection, *layer)]


def _tree_findings(connection: Connection, table: str, column: str) -> list[Fault]:
    tree = f"rtree_{table}_{column}"
    known = text("SELECT count(*) FROM sqlite_master WHERE name IN (:tree, :table)")
    if connection.execute(known, {"tree": tree, "table": table}).scalar_one() < len((tree, table)):
        return [DatabaseFault("database.index", table=table, detail="gone")]
    said = connection.execute(text("SELECT rtreecheck(:tree)"), {"tree": tree}).scalar_one()
    if said != "ok":
        return [DatabaseFault("database.index", table=table, detail=said)]
    stored = f"SELECT count(*) FROM {table} WHERE {column} NOT NULL AND NOT ST_IsEmpty({column})"  # noqa: S608 - a layer's own
    in_tree = f"SELECT count(*) FROM {tree}"  # noqa: S608 - a layer's own
    # The tree keeps 32-bit floats, rounded outwards: half a metre at most in Sweden.
    agreeing = (
        f"SELECT count(*) FROM {tree} JOIN {table} USING (id)"  # noqa: S608 - a layer's own
        f" WHERE ST_MinX({column}) BETWEEN minx AND minx + 1 AND ST_MaxX({column}) BETWEEN maxx - 1 AND maxx"
        f" AND ST_MinY({column}) BETWEEN miny AND miny + 1 AND ST_MaxY({column}) BETWEEN maxy - 1 AND maxy"
    )
    counts = [connection.exec_driver_sql(query).scalar_one() for query in (stored, in_tree, agreeing)]
    if len(set(counts)) == 1:
        return []
    detail = "{} rows, {} indexed, {} agree".format(*counts)
    return [DatabaseFault("database.index", table=table, detail=detail)]


def _postgresql_findings(connection: Connection) -> list[Fault]:
    broken = connection.exec_driver_sql(
        "SELECT indrelid::regclass::text, indexrelid::regclass::text FROM pg_index"
        " JOIN pg_class ON pg_class.oid = indrelid"
        " WHERE relnamespace = current_schema()::regnamespace AND NOT (indisvalid AND indisready)"
    ).all()
    unchecked = connection.exec_driver_sql(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint"
        " WHERE connamespace = current_schema()::regnamespace AND NOT convalidated"
    ).all()
    return [
        *(DatabaseFault("database.index", table=table, detail=name) for table, name in broken),
        *(DatabaseFault("database.dangling", table=table, row="", parent=name) for table, name in unchecked),
    ]
