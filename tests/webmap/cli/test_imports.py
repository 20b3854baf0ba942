"""Jobs and imports from the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from geodata.tables.engine import make_engine, writing
from tests import factories
from tests.webmap.imports import asked, drafted, file_of, ticket
from webmap.cli import main
from webmap.services.spool import Spool

ROOT = Path(__file__).parents[3]


@pytest.fixture
def engine(sqlite_url, tmp_path, monkeypatch):
    monkeypatch.setenv("TRYGGKARTA_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("TRYGGKARTA_DATA_DIR", str(tmp_path))
    made = make_engine(sqlite_url)
    with writing(made) as session:
        factories.municipality(session)
    yield made
    made.dispose()


@pytest.fixture
def spool(tmp_path):
    return Spool(tmp_path)


def said(*words):
    result = CliRunner().invoke(main, [*words, "--json"])
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_what_waits_is_done_listed_and_undone(engine, spool):
    for count in (3, 5):
        asked(engine, spool, file_of(count))
    drafted(engine, spool, file_of(1))
    assert said("jobs", "run", "--once") == {"done": 2}
    (latest, first) = said("imports", "list", "--municipality", "1470")
    assert (latest["stored"], first["stored"], first["undone_at"]) == (2, 3, None)
    assert said("imports", "undo", str(first["id"]), "--municipality", "1470")["removed"] == 3
    assert said("imports", "list", "--municipality", "1470")[1]["undone_at"]


@pytest.mark.faults
def test_the_job_process_begins_again_and_ends_with_the_server(engine, spool, tmp_path):
    code = (
        "import sys, time; from webmap.settings import Settings; from webmap.cli.keeping import job_process\n"
    )
    code += "with job_process(Settings.from_environment()): time.sleep(60)"
    server = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=os.environ)
    first = done_by(engine, spool)
    os.kill(first, signal.SIGKILL) if is_there(first) else None
    second = done_by(engine, spool)
    assert first != second
    server.kill()
    server.wait()
    until(lambda: not [pid for pid in (first, second) if is_there(pid)] and not kin_of(tmp_path))


def done_by(engine, spool):
    """The process that has done a job."""
    uid = asked(engine, spool, file_of(2))
    until(lambda: ticket(engine, uid).state == "done")
    return int(ticket(engine, uid).worker.rpartition("/")[2])


def is_there(pid):
    return Path(f"/proc/{pid}").exists()


def kin_of(folder):
    """Processes that still work on this data folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            said = path.read_bytes()
        except OSError:
            continue
        if int(path.parent.name) != os.getpid() and f"TRYGGKARTA_DATA_DIR={folder}".encode() in said:
            found.append(path.parent.name)
    return found


def until(is_so):
    deadline = time.monotonic() + 40
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)
