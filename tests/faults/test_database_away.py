"""The database is really away: a report is taken in all the same, and stored once when it is back."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Engine, func, select

from geodata.migrations import check, upgrade
from geodata.tables import JournalEntry, Receipt, Report
from geodata.tables.engine import make_engine, reading
from tests import databases, factories
from tests.webmap.application import SECRET, application, closed, staff, token_in
from tests.webmap.teller import Teller
from tests.webmap.test_report_door import feature, put
from webmap.cli.keeping import work
from webmap.services import reception_spool
from webmap.services.report_spool import ReportSpool
from webmap.settings import Settings

pytestmark = pytest.mark.faults

ROOT = Path(__file__).parents[2]
_LONGEST_S = 30
REPORTS = 24
KILLED_AFTER_S = (0.1, 0.15, 0.2, 0.25, 0.3, 0.2, 0.15, 0.1)
_HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


class Stoppable:
    """A PostgreSQL server of one's own that goes away and comes back."""

    def __init__(self, folder: Path) -> None:
        found = databases._binaries()
        if found is None:
            databases.absent("PostgreSQL is absent (Debian: postgresql-15-postgis-3)")
        self._binaries, self._folder, self._port = found, folder, databases._free_port()
        self._process: subprocess.Popen[bytes] | None = None
        made = [found / "initdb", "-D", folder / "data", "-A", "trust", "-U", "postgres", "-E", "UTF8", "-N"]
        subprocess.run(
            [*made, "--locale=C.UTF-8"], check=True, capture_output=True, cwd=folder, **databases._owner()
        )

    def database(self) -> str:
        """The URL of a new one."""
        address = f"postgresql://postgres@127.0.0.1:{self._port}/"
        name = f"away_{uuid4().hex}"
        with psycopg.connect(f"{address}postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")  # type: ignore[arg-type]
        return address + name

    def start(self) -> None:
        place = ["-D", self._folder / "data", "-p", str(self._port), "-k", self._folder]
        words = [self._binaries / "postgres", *place, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
        self._process = subprocess.Popen(
            words, stderr=subprocess.DEVNULL, cwd=self._folder, **databases._owner()
        )
        deadline = time.monotonic() + _LONGEST_S
        while time.monotonic() < deadline and not self._answers():
            time.sleep(0.05)

    def stop(self) -> None:
        """At once, as if the power had gone."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(20)

    def _answers(self) -> bool:
        ready = [self._binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self._port)]
        return subprocess.run(ready).returncode == 0


@pytest.fixture(scope="module")
def server() -> Iterator[Stoppable]:
    folder = Path(tempfile.mkdtemp(prefix="tryggkarta-away-"))
    if who := databases._owner():
        os.chown(folder, who["user"], who["group"])
    made = Stoppable(folder)
    made.start()
    yield made
    made.stop()
    shutil.rmtree(folder, ignore_errors=True)


class Away:
    """A database under an application, and the ways to lose it and have it back."""

    def __init__(self, url: str, folder: Path) -> None:
        engine = make_engine(url)
        staff(engine)
        engine.dispose()
        self.url, self.app, self.folder = url, application(url, folder), folder

    @property
    def settings(self) -> Settings:
        return Settings(data_dir=str(self.folder), database_url=self.url, secret_key=SECRET)

    def waiting(self) -> int:
        return len(ReportSpool(self.folder).uids())

    def counted(self) -> dict[str, int]:
        return factories.rows(self.app.extensions["works"].engine, Report, Receipt)


class AwayServer(Away):
    """PostgreSQL that is stopped."""

    def __init__(self, server: Stoppable, folder: Path) -> None:
        url = server.database()
        engine = make_engine(url)
        upgrade(engine)
        engine.dispose()
        super().__init__(url, folder)
        self._server = server

    @contextmanager
    def gone(self) -> Iterator[None]:
        self._server.stop()
        try:
            yield
        finally:
            self._server.start()


class AwayFile(Away):
    """A SQLite file that another process keeps locked."""

    @contextmanager
    def gone(self) -> Iterator[None]:
        words = [sys.executable, "-c", _HOLD, self.url.removeprefix("sqlite:///")]
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
            assert holder.stdout is not None
            holder.stdout.readline()
            yield
            holder.communicate()


@pytest.fixture(params=["file", "server"])
def away(request: pytest.FixtureRequest, sqlite_url: str, tmp_path: Path, monkeypatch) -> Iterator[Away]:
    monkeypatch.setattr(reception_spool, "PATIENCE_MS", 300)
    if request.param == "server":
        made: Away = AwayServer(request.getfixturevalue("server"), tmp_path)
    else:
        made = AwayFile(sqlite_url, tmp_path)
    yield made
    closed(made.app)


def test_it_waits_and_is_stored_once_by_the_job_process(away: Away) -> None:
    before = away.counted()["report"]
    sent = [(uuid4(), feature(text=f"Mörkt {number}")) for number in range(3)]
    with away.gone():
        told = [put(away.app.test_client(), body, uid) for uid, body in sent for _ in range(2)]
        assert [answer.status_code for answer in told] == [202] * 6
        assert [told[0].json, told[2].json] == [told[1].json, told[3].json]
        other = put(away.app.test_client(), feature(text="Ljust"), sent[0][0])
        assert (other.status_code, away.waiting()) == (409, 3)
    work(away.settings, is_once=True)
    work(away.settings, is_once=True)
    assert away.waiting() == 0
    assert away.counted() == {"report": before + 3, "receipt": 3}
    again = put(away.app.test_client(), sent[0][1], sent[0][0])
    assert (again.status_code, again.json["receipt"]) == (200, told[0].json["receipt"])


def test_the_next_report_brings_those_that_wait(away: Away) -> None:
    before = away.counted()["report"]
    with away.gone():
        assert put(away.app.test_client(), feature()).status_code == 202
    assert put(away.app.test_client(), feature()).status_code == 201
    assert (away.counted()["report"], away.waiting()) == (before + 2, 0)


def test_one_sent_by_the_form_waits_too_and_its_sender_gets_the_code(away: Away) -> None:
    before = away.counted()["report"]
    client = away.app.test_client()
    Teller(client).answer()
    token = token_in(client.get("/report/check"))
    with away.gone():
        answer = client.post("/report/send", data={"csrf_token": token})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/report/done")
        told = client.get("/report/done/receipt.txt")
        assert (told.status_code, away.waiting()) == (200, 1)
    work(away.settings, is_once=True)
    assert (away.counted()["report"], away.waiting()) == (before + 1, 0)
    assert client.get("/report/done/receipt.txt").text == told.text


def test_what_waits_is_what_counts(away: Away) -> None:
    """Other words under the same id come when the database is back, and before it has what waited."""
    uid = uuid4()
    with away.gone():
        assert put(away.app.test_client(), feature(text="Mörkt"), uid).status_code == 202
    assert put(away.app.test_client(), feature(text="Ljust"), uid).status_code == 409
    assert put(away.app.test_client(), feature(text="Mörkt"), uid).status_code == 200


def test_faults_are_told_and_nothing_waits(away: Away) -> None:
    with away.gone():
        assert put(away.app.test_client(), feature(severity=9)).status_code == 422
        assert put(away.app.test_client(), feature(municipality="9999")).status_code in (422, 503)
    assert away.waiting() == 0


def _counted(engine: Engine) -> tuple[int, int]:
    """How many reports are stored, and how many arrivals the journal tells of."""
    arrived = select(func.count()).select_from(JournalEntry).where(JournalEntry.action == "report.receive")
    with reading(engine) as session:
        return factories.rows(engine, Report)["report"], session.scalar(arrived) or 0


def test_killed_again_and_again_while_storing_it_stores_each_once(away: Away) -> None:
    engine = away.app.extensions["works"].engine
    before = _counted(engine)
    with away.gone():
        for _ in range(REPORTS):
            assert put(away.app.test_client(), feature()).status_code == 202
    kills = sum(_drain_and_kill(away, after_s) for after_s in KILLED_AFTER_S)
    left = away.waiting()
    work(away.settings, is_once=True)
    stored, journalled = (now - then for now, then in zip(_counted(engine), before, strict=True))
    print(f"\n{REPORTS} waited, {kills} kills while storing, {left} left to the last: stored {stored}")  # noqa: T201
    assert (stored, journalled, away.waiting()) == (REPORTS, REPORTS, 0)
    assert check(engine) == []


def _drain_and_kill(away: Away, after_s: float) -> int:
    """Whether it was killed before it was done. Forked: a process started anew takes seconds to begin."""
    child = os.fork()
    if child == 0:
        reception_spool.drain(make_engine(away.url), ReportSpool(away.folder), SECRET)
        os._exit(0)
    time.sleep(after_s)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])
