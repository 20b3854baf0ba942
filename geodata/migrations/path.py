"""Walking a database along its migrations. Alembic does it, without a configuration file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from geodata.errors import DatabaseFault, Fault
from geodata.migrations.spatial import mend
from geodata.migrations.standing import fallen
from geodata.tables import Base
from geodata.tables.integrity import contradictions, damage

_FOREIGN_TABLES = ("gpkg_", "rtree_", "spatial_ref_sys")
_Steps = Callable[[Any, MigrationContext], Any]


def _script() -> ScriptDirectory:
    return ScriptDirectory(str(Path(__file__).parent))


def upgrade(engine: Engine, to: str = "head") -> bool:
    """Bring a database, empty or older, to revision `to`, all in one transaction. Whether it moved.

    Raises DatabaseFault `database.newer` for one that a later version of the program has migrated.
    """
    script = _script()
    before = revision(engine)
    if before is not None and before not in _known(script):
        raise DatabaseFault("database.newer", found=before)
    _walk(engine, script, lambda now, _: script._upgrade_revs(to, now), to)
    return revision(engine) != before


def downgrade(engine: Engine, to: str) -> None:
    """Take a database back to revision `to`; `base` is the empty one."""
    script = _script()
    _walk(engine, script, lambda now, _: script._downgrade_revs(to, now), to)


def revision(engine: Engine) -> str | None:
    """The revision a database stands at; None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_foreign(engine: Engine) -> bool:
    """Whether a file that never was migrated holds tables all the same: somebody else's."""
    if engine.dialect.name != "sqlite":
        return False
    with engine.connect() as connection:
        return bool(connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one())


def is_current(engine: Engine) -> bool:
    """Whether the database stands at the newest revision."""
    return revision(engine) == _script().get_current_head()


def _known(script: ScriptDirectory) -> set[str]:
    return {each.revision for each in script.walk_revisions()}


def _walk(engine: Engine, script: ScriptDirectory, steps: _Steps, to: str) -> None:
    environment = EnvironmentContext(Config(), script, fn=steps, destination_rev=to)
    with engine.begin() as connection, environment:
        # SQLite's DDL is transactional once BEGIN is said by us; Alembic assumes the driver's habits.
        environment.configure(connection=connection, target_metadata=Base.metadata, transactional_ddl=True)
        environment.run_migrations()
        if connection.dialect.name == "sqlite":
            mend(connection)


def differences(engine: Engine) -> list[Any]:
    """What Alembic would change to make the database's schema that of the mapped classes: nothing."""
    with engine.connect() as connection:
        options = {"include_name": _is_ours, "include_object": _is_comparable(connection)}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, Base.metadata))


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return not (kind == "table" and name is not None and name.startswith(_FOREIGN_TABLES))


def _is_comparable(connection: Connection) -> Callable[..., bool]:
    is_sqlite = connection.dialect.name == "sqlite"

    def is_comparable(item: Any, _name: str | None, kind: str, *_: object) -> bool:
        # The R*Tree is what SQLite has for GiST, and no index in Alembic's eyes.
        return not (is_sqlite and kind == "index" and item.dialect_kwargs.get("postgresql_using") == "gist")

    return is_comparable


def check(engine: Engine) -> list[Fault]:
    """Everything that is wrong with a database: its revision, its schema, and its content.

    Of a broken file nothing more is read than that it is broken.

    Codes: `database.foreign`, `database.empty`, `database.behind`, `database.schema`, and those of
    `integrity.findings` and `standing.fallen`.
    """
    if broken := damage(engine):
        return broken
    stands_at = revision(engine)
    if stands_at is None:
        return [DatabaseFault("database.foreign" if is_foreign(engine) else "database.empty")]
    if not is_current(engine):
        newest = _script().get_current_head()
        return [DatabaseFault("database.behind", found=stands_at, newest=newest)]
    schema = [DatabaseFault("database.schema", difference=str(each)[:200]) for each in differences(engine)]
    return [*schema, *fallen(engine), *contradictions(engine)]
