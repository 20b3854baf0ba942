"""Copies of the whole database, made while it is in use, and their return. Never a copied live file."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, PoolProxiedConnection
from sqlalchemy.exc import DatabaseError

from geodata.errors import DatabaseFault, FileFault
from geodata.tables.engine import make_engine
from geodata.tables.geopackage import APPLICATION_ID
from geodata.tables.integrity import findings

_DEBIAN = Path("/usr/lib/postgresql")
# What the target has for itself, and may not belong to the one who restores.
_NOT_OURS = (" EXTENSION ", " COMMENT - EXTENSION ", " SCHEMA - ", " COMMENT - SCHEMA ")


def backup(engine: Engine, target: Path) -> None:
    """Write a checked copy to `target`: a GeoPackage from SQLite, a pg_dump archive from PostgreSQL.

    `target` appears whole or not at all. Raises DatabaseFault `backup.no_program`, `backup.failed`, and for
    a copy that is not sound its findings, or FileFault `backup.unreadable` or `file.not_writable`.
    """
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise FileFault("file.not_writable", "file", name=target.name)
    part = target.with_name(f"{target.name}.part")
    try:
        if engine.dialect.name == "sqlite":
            _copy_sqlite(engine, part)
        else:
            _run(engine, "pg_dump", "--format=custom", f"--file={part}")
            _check_archive(engine, part)
        _settle(part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def restore(engine: Engine, source: Path) -> None:
    """Put a backup in the place of the database's content, all of it or nothing.

    Raises FileFault `backup.not_ours` or `backup.unreadable` before anything is touched. On SQLite the
    copy's own findings (DatabaseFault) are raised first too; on PostgreSQL run `check` afterwards.
    """
    if engine.dialect.name == "sqlite":
        _restore_sqlite(engine, source)
    else:
        _restore_postgresql(engine, source)


def _settle(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _copy_sqlite(engine: Engine, part: Path) -> None:
    part.unlink(missing_ok=True)
    with closing(engine.raw_connection()) as live, closing(_plain(engine, part)) as copy:
        _bare(live).backup(copy, pages=10_000)
        # One file that any program can open, not a file and its log.
        copy.execute("PRAGMA journal_mode = DELETE")
    _check_file(engine, part)


def _bare(pooled: PoolProxiedConnection) -> Any:
    return pooled.driver_connection


def _plain(engine: Engine, path: Path) -> Any:
    """A bare connection of the same driver: the backup call takes no other."""
    return engine.dialect.loaded_dbapi.connect(str(path))


def _check_file(engine: Engine, path: Path) -> None:
    """Look at a copy of the copy, because a look through an engine leaves a log beside it."""
    try:
        with closing(_plain(engine, path)) as connection:
            is_ours = connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
            known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'journal_tail'").fetchone()
    except engine.dialect.loaded_dbapi.Error as fault:
        raise FileFault("backup.unreadable", "file", name=path.name) from fault
    if not is_ours or known is None:
        raise FileFault("backup.not_ours", "file", name=path.name)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        _check_content(Path(shutil.copy(path, folder)))


def _check_content(path: Path) -> None:
    engine = make_engine(f"sqlite:///{path}")
    try:
        found = findings(engine)
    except DatabaseError as fault:
        raise FileFault("backup.unreadable", "file", name=path.name) from fault
    finally:
        engine.dispose()
    if found:
        raise found[0]


def _restore_sqlite(engine: Engine, source: Path) -> None:
    if not source.is_file():
        raise FileFault("backup.unreadable", "file", name=source.name)
    _check_file(engine, source)
    with closing(engine.raw_connection()) as live, closing(_plain(engine, source)) as copy:
        # One transaction of the live database: others wait for it or see it whole.
        copy.backup(_bare(live))


def _restore_postgresql(engine: Engine, source: Path) -> None:
    listed = _check_archive(engine, source)
    with tempfile.TemporaryDirectory() as folder:
        chosen = Path(folder) / "list"
        chosen.write_text("\n".join(line for line in listed if not any(each in line for each in _NOT_OURS)))
        whole = ("--single-transaction", "--exit-on-error", "--clean", "--if-exists", "--no-owner")
        database = f"--dbname={engine.url.database}"
        _run(engine, "pg_restore", *whole, f"--use-list={chosen}", database, str(source))


def _check_archive(engine: Engine, source: Path) -> list[str]:
    """Read every block of an archive and unpack it to nowhere; what it lists."""
    lines = _run(engine, "pg_restore", "--list", str(source), unreadable=source).splitlines()
    if not any(" TABLE " in line and " journal_tail " in line for line in lines):
        raise FileFault("backup.not_ours", "file", name=source.name)
    _run(engine, "pg_restore", f"--file={os.devnull}", str(source), unreadable=source)
    return lines


def _program(name: str) -> str:
    newest_last = sorted(_DEBIAN.glob(f"*/bin/{name}"), key=lambda path: float(path.parts[4]))
    found = str(newest_last[-1]) if newest_last else shutil.which(name)
    if found is None:
        raise DatabaseFault("backup.no_program", program=name)
    return found


def _run(engine: Engine, name: str, *words: str, unreadable: Path | None = None) -> str:
    """One of PostgreSQL's programs on the engine's database; the password goes by the environment."""
    url = engine.url
    said = {"PGHOST": url.host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password}
    environment = {key: str(value) for key, value in said.items() if value is not None}
    environment |= {"PGDATABASE": str(url.database), "LC_ALL": "C.UTF-8"}
    done = subprocess.run([_program(name), *words], env=environment, capture_output=True, text=True)
    if done.returncode == 0:
        return done.stdout
    if unreadable is not None:
        raise FileFault("backup.unreadable", "file", name=unreadable.name)
    raise DatabaseFault("backup.failed", program=name, detail=done.stderr.strip()[-300:])
