"""SIGKILL during single writes: what was acknowledged is there, and nothing is there by half."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event
from urllib.parse import urlencode
from uuid import UUID

import pytest
from sqlalchemy import Engine, select

from geodata.migrations import check
from geodata.tables.chain import Verdict, payload_mac, verify
from geodata.tables.changes import last_change
from geodata.tables.engine import make_engine, reading, writing
from geodata.tables.journal import JournalEntry
from geodata.tables.reports import Report
from geodata.tables.users import UserSession
from tests import factories
from tests.browser.site import House
from tests.factories import PASSWORD
from tests.faults.writer import READY, draft_of

pytestmark = [pytest.mark.faults, pytest.mark.usefixtures("compiled_once")]

ROOT = Path(__file__).parents[2]
IS_FULL = os.environ.get("FULL") == "1"
WRITER_KILLS = 40 if IS_FULL else 6
SERVER_KILLS = 20 if IS_FULL else 3
WRITERS = 2
STAFF = ("samordnare@vara.example", "planerare@vara.example", "admin@vara.example")
_START_S = 30
_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True)
class Figures:
    """What came of it: how much was told of, is there, is missing, is there twice."""

    kills: int
    acknowledged: int
    stored: int
    lost: int
    duplicates: int
    chain: Verdict

    def show(self, name: str) -> None:
        chain = f"whole, {self.chain.rows} rows" if self.chain.is_whole else f"broken: {self.chain}"
        counts = f"kills={self.kills} acknowledged={self.acknowledged} stored={self.stored}"
        faults = f"lost={self.lost} duplicates={self.duplicates} chain={chain}"
        print(f"\n{name}: {counts} {faults}")  # noqa: T201 - the figures are the result; -s shows them

    def assert_sound(self) -> None:
        assert (self.lost, self.duplicates, self.chain.reason) == (0, 0, "")
        assert self.acknowledged >= self.kills, "too little was written for the kills to say anything"


class TestWriter:
    def test_killed_between_any_two_steps_it_loses_nothing_it_told_of(self, durable_url: str) -> None:
        engine = make_engine(durable_url)
        with writing(engine) as session:
            there = factories.municipality(session).id
        acknowledged = _write_and_kill_side_by_side(durable_url, there)
        figures = _figures_of(engine, acknowledged)
        figures.show(f"writers killed, {engine.dialect.name}")
        figures.assert_sound()
        assert figures.stored - figures.acknowledged <= WRITER_KILLS
        _assert_whole(engine, there)
        assert check(engine) == []
        engine.dispose()


def _write_and_kill_side_by_side(url: str, municipality_id: int) -> list[UUID]:
    """Each writer is killed at moments of its own, most often while the other waits for it or writes on."""

    def lane(seed: int) -> list[UUID]:
        chance = random.Random(seed)
        told = []
        for _ in range(WRITER_KILLS // WRITERS):
            told += _write_and_kill(url, municipality_id, after_s=chance.uniform(0.1, 0.5))
        return told

    with ThreadPoolExecutor(WRITERS) as lanes:
        return [uid for told in lanes.map(lane, range(WRITERS)) for uid in told]


def _write_and_kill(url: str, municipality_id: int, after_s: float) -> list[UUID]:
    words = [sys.executable, "-m", "tests.faults.writer", url, str(municipality_id)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            first = process.stdout.readline()
            time.sleep(after_s)
        finally:
            process.kill()
        told = process.stdout.read()
    assert (first.strip(), process.returncode) == (READY, -signal.SIGKILL)
    return [UUID(line) for line in told.splitlines()]


def _figures_of(engine: Engine, acknowledged: list[UUID]) -> Figures:
    with reading(engine) as session:
        stored = session.scalars(select(Report.uid)).all()
        chain = verify(session)
    lost, twice = set(acknowledged) - set(stored), len(stored) - len(set(stored))
    return Figures(WRITER_KILLS, len(acknowledged), len(stored), len(lost), twice, chain)


def _assert_whole(engine: Engine, municipality_id: int) -> None:
    with reading(engine) as session:
        reports = session.scalars(select(Report).order_by(Report.change_seq)).all()
        entries = session.scalars(select(JournalEntry).order_by(JournalEntry.seq)).all()
        last = last_change(session, municipality_id)
    journalled = [(entry.object_id, entry.object_rev, entry.payload_mac) for entry in entries]
    assert [report.change_seq for report in reports] == list(range(1, last + 1))
    assert journalled == [_journalled(report) for report in reports]
    assert [report.uid for report in reports if not _is_whole(report)] == []


def _journalled(report: Report) -> tuple[str, int, str]:
    assert report.journal_key is not None
    return str(report.uid), report.change_seq, payload_mac(draft_of(report.uid).content, report.journal_key)


def _is_whole(report: Report) -> bool:
    draft, hours = draft_of(report.uid), draft_of(report.uid).hours
    ends = (report.first_hour, report.last_hour)
    trimmed = (report.minutes_before_first, report.minutes_after_last)
    return (
        report.digest == draft.digest
        and report.private_text == draft.text
        and report.geometry == draft.place
        and (report.east, report.north) == (draft.place.x, draft.place.y)
        and (report.week_a, report.week_b, report.week_c) == hours.words
        and ends == (hours.first_hour, hours.last_hour)
        and trimmed == (hours.minutes_before_first, hours.minutes_after_last)
    )


class TestServer:
    def test_killed_with_its_workers_it_still_knows_every_session(
        self, sqlite_url: str, tmp_path: Path
    ) -> None:
        house = House(tmp_path, Path(sqlite_url.removeprefix("sqlite:///")))
        engine = make_engine(sqlite_url)
        with writing(engine) as session:
            factories.municipality(session)
        for email in STAFF:
            factories.user(engine, email)
        answers = _log_in_while_killed(house)
        # Logins cut off by a kill count as attempts: on a busy machine somebody may be told to wait.
        assert {(status, cookie[:2]) for status, cookie in answers} <= {(303, "s="), (429, "")}
        cookies = [cookie for status, cookie in answers if status == 303]
        with _served(house, _free_port()) as port:
            opened = Counter(_account_opens(port, cookie) for cookie in cookies)
        figures = _session_figures(engine, cookies, lost=opened[False])
        figures.show("server killed, sqlite")
        figures.assert_sound()
        assert figures.stored - figures.acknowledged <= SERVER_KILLS * len(STAFF)
        assert check(engine) == []
        engine.dispose()


def _log_in_while_killed(house: House) -> list[tuple[int, str]]:
    chance, port, stop, answered = random.Random(20), _free_port(), Event(), Event()
    with ThreadPoolExecutor(len(STAFF)) as clients:
        told = [clients.submit(_log_in_until, stop, answered, port, email) for email in STAFF]
        try:
            for _ in range(SERVER_KILLS):
                with _served(house, port):
                    answered.clear()
                    answered.wait(_START_S)
                    time.sleep(chance.uniform(0.1, 0.7))
        finally:
            stop.set()
    return [answer for each in told for answer in each.result()]


@contextmanager
def _served(house: House, port: int) -> Iterator[int]:
    """The server on this port; at the end master and workers are killed at once, never asked to stop."""
    words = house.command("serve", "--port", str(port), "--workers", "2")
    with (house.folder / "server.log").open("ab") as log:
        process = subprocess.Popen(
            words, env=house.environment(), cwd=ROOT, stdout=log, stderr=log, start_new_session=True
        )
        try:
            _await_ready(port, process)
            yield port
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError, HTTPException), _asking(port) as connection:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.05)
    raise RuntimeError("the server did not start")


@contextmanager
def _asking(port: int) -> Iterator[HTTPConnection]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        yield connection
    finally:
        connection.close()


def _log_in_until(stop: Event, answered: Event, port: int, email: str) -> list[tuple[int, str]]:
    """Log in again and again; every answer that came whole, with the cookie it set."""
    answers = []
    while not stop.is_set():
        try:
            answers.append(_log_in(port, email))
        except (OSError, HTTPException):
            stop.wait(0.05)
        else:
            if answers[-1][0] == 303:
                answered.set()
    return answers


def _log_in(port: int, email: str) -> tuple[int, str]:
    with _asking(port) as connection:
        connection.request("GET", "/login")
        page = connection.getresponse()
        found, cookie = _CSRF.search(page.read().decode()), _cookie_of(page.headers["Set-Cookie"])
        assert found is not None
        form = urlencode({"email": email, "password": PASSWORD, "csrf_token": found[1]})
        said = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/login", form, said)
        answer = connection.getresponse()
        answer.read()
        return answer.status, _cookie_of(answer.headers["Set-Cookie"])


def _cookie_of(header: str | None) -> str:
    return (header or "").partition(";")[0]


def _account_opens(port: int, cookie: str) -> bool:
    with _asking(port) as connection:
        connection.request("GET", "/account", headers={"Cookie": cookie})
        return connection.getresponse().status == 200


def _session_figures(engine: Engine, cookies: list[str], lost: int) -> Figures:
    """A session and its row in the journal come together: one too many of either is a duplicate or a half."""
    begun = select(JournalEntry.seq).where(JournalEntry.action == "session.begin")
    with reading(engine) as session:
        stored, journalled = session.query(UserSession).count(), len(session.scalars(begun).all())
        chain = verify(session)
    twice = len(cookies) - len(set(cookies))
    assert journalled == stored
    return Figures(SERVER_KILLS, len(cookies), stored, lost, twice, chain)
