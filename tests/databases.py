"""Real databases for tests: a throw-away PostgreSQL with PostGIS, SQLite files, both migrated once.

The server runs as the user postgres when the tests run as root, because it refuses to run as root. A test
gets a database of its own, copied from a migrated template.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata.migrations import upgrade
from geodata.tables.engine import make_engine, writing

_START_SECONDS = 30
# What a test leaves behind is thrown away: the server need not wait for the disk.
_HASTE = ("fsync=off", "full_page_writes=off", "autovacuum=off", "max_connections=60", "shared_buffers=64MB")


def _binaries() -> Path | None:
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    found = str(debian[-1]) if debian else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def absent(reason: str) -> None:
    """Skip with the reason; where everything is meant to be installed, fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _owner() -> dict[str, Any]:
    if os.getuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _server(binaries: Path) -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="tryggkarta-postgresql-"))
    owner = _owner()
    if owner:
        os.chown(folder, owner["user"], owner["group"])
    initdb = [binaries / "initdb", "-D", folder / "data", "-A", "trust", "-U", "postgres"]
    options = ["-E", "UTF8", "--locale=C.UTF-8", "-N"]
    subprocess.run([*initdb, *options], check=True, capture_output=True, cwd=folder, **owner)
    port = _free_port()
    place = ["-D", folder / "data", "-p", str(port), "-k", folder, "-c", "listen_addresses=127.0.0.1"]
    haste = [word for setting in _HASTE for word in ("-c", setting)]
    log = (folder / "log").open("wb")
    process = subprocess.Popen([binaries / "postgres", *place, *haste], stderr=log, cwd=folder, **owner)
    try:
        yield _answering(f"postgresql://postgres@127.0.0.1:{port}/", folder / "log")
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(20)
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


def _answering(url: str, log: Path) -> str:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        try:
            psycopg.connect(url + "postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return url
    raise RuntimeError(log.read_text(errors="replace"))


def _command(url: str, statement: str) -> None:
    with psycopg.connect(url + "postgres", autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]


class Server:
    """A running server that hands out databases."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._numbers = count(1)
        self._has_template = False

    @contextmanager
    def database(self, *, migrated: bool = True) -> Iterator[str]:
        """The URL of a new database, dropped afterwards."""
        name = f"test_{next(self._numbers)}"
        template = self._template() if migrated else "template0"
        _command(self._url, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        yield self._url + name
        _command(self._url, f"DROP DATABASE {name} WITH (FORCE)")

    def _template(self) -> str:
        if not self._has_template:
            _command(self._url, "CREATE DATABASE migrated")
            engine = make_engine(self._url + "migrated")
            upgrade(engine)
            engine.dispose()
            self._has_template = True
        return "migrated"


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """One server for all tests of a process."""
    binaries = _binaries()
    if binaries is None:
        absent("PostgreSQL is absent (Debian: postgresql-15-postgis-3)")
        return
    with _server(binaries) as url:
        if not _has_postgis(url):
            absent("PostGIS is absent (Debian: postgresql-15-postgis-3)")
        yield Server(url)


def _has_postgis(url: str) -> bool:
    with psycopg.connect(url + "postgres") as connection:
        known = connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'postgis'")
        return known.fetchone() is not None


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy; nobody has it open."""
    path = tmp_path_factory.mktemp("migrated") / "template.gpkg"
    engine = make_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@contextmanager
def _disposed(url: str) -> Iterator[Engine]:
    engine = make_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


@pytest.fixture
def sqlite_url(tmp_path: Path, migrated_file: Path) -> str:
    """A migrated SQLite database of the test's own."""
    path = tmp_path / "test.gpkg"
    shutil.copy(migrated_file, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url(postgresql_server: Server) -> Iterator[str]:
    """A migrated PostgreSQL database of the test's own."""
    with postgresql_server.database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database, the test runs once on either."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a single table, the test runs once on either."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.gpkg'}"
        return
    with request.getfixturevalue("postgresql_server").database(migrated=False) as url:
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a migrated database, once on either kind."""
    with _disposed(database_url) as made:
        yield made


@pytest.fixture
def empty_engine(empty_url: str) -> Iterator[Engine]:
    """An engine on an empty database, once on either kind."""
    with _disposed(empty_url) as made:
        yield made


@pytest.fixture
def sqlite_engine(sqlite_url: str) -> Iterator[Engine]:
    """An engine on a migrated SQLite file."""
    with _disposed(sqlite_url) as made:
        yield made


@pytest.fixture
def postgresql_engine(postgresql_url: str) -> Iterator[Engine]:
    """An engine on a migrated PostgreSQL database."""
    with _disposed(postgresql_url) as made:
        yield made


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A writing session, committed at the end; use `engine` where several are needed."""
    with writing(engine) as opened:
        yield opened


@pytest.fixture
def second_engine(database_url: str) -> Iterator[Callable[[], Engine]]:
    """More engines on the same database, as other processes would have."""
    made: list[Engine] = []

    def another() -> Engine:
        made.append(make_engine(database_url))
        return made[-1]

    yield another
    for each in made:
        each.dispose()
