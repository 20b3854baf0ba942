"""Fixtures for tests that kill processes: databases as they are in use, which wait for the disk."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import psycopg
import pytest

from tests import databases

_DURABLE = ("fsync=on", "full_page_writes=on", "synchronous_commit=on", "max_connections=60")


@pytest.fixture(scope="module")
def compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Where no bytecode may be kept, a start takes seconds, and some tests start a server again and again."""
    with pytest.MonkeyPatch.context() as patched:
        if sys.dont_write_bytecode:
            patched.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
            patched.setenv("PYTHONPYCACHEPREFIX", str(tmp_path_factory.mktemp("bytecode")))
        yield


@pytest.fixture(scope="session")
def durable_server() -> Iterator[databases.Server]:
    """A PostgreSQL that waits for the disk, as a real one does; the other tests' does not."""
    binaries = databases._binaries()
    if binaries is None:
        databases.absent("PostgreSQL is absent (Debian: postgresql-15-postgis-3)")
        return
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(databases, "_HASTE", _DURABLE)
        with databases._server(binaries) as url:
            with psycopg.connect(url + "postgres") as connection:
                assert connection.execute("SHOW fsync").fetchone() == ("on",)
            yield databases.Server(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def durable_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated database as it is in use, the test runs once on either."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    with request.getfixturevalue("durable_server").database() as url:
        yield url
