"""What the processes of a server share: a report accepted in one shows in the next tile of every other."""

from __future__ import annotations

import gc
import os
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine

from geodata import crs
from geodata.errors import NotFound
from geodata.queries.window import Window
from geodata.tables.chain import Entry, append
from geodata.tables.engine import make_engine, writing
from tests import factories
from tests.browser.site import House, serving
from tests.places import place_at
from webmap import create_app
from webmap.services import scales
from webmap.services.heat import Look
from webmap.services.heat_room import HeatRoom
from webmap.services.situation import SituationRoom
from webmap.settings import Settings

WORKERS = 4
STAFF = "samordnare@vara.example"
ALONE_M = (6_000.0, 6_000.0)
"""Where nobody has said anything before the test does, and how far from the middle."""
_WAIT_S = 60
_AT_ONCE = 8


def accept(engine: Engine, there, drafts) -> None:
    """A write as the service makes it: rows, change number and journal in one transaction."""
    with writing(engine) as session:
        factories.store(session, there, drafts)
        append(session, Entry("command", "report.accept", "municipality", there.code, there.code))


@pytest.fixture
def towns(sqlite_engine):
    """Three municipalities of as many reports each."""
    made = []
    for code in ("1470", "1446", "1480"):
        with writing(sqlite_engine) as session:
            made.append(factories.municipality(session, code, code))
        accept(sqlite_engine, made[-1], [factories.draft(municipality=code) for _ in range(40)])
    return made


class TestRoom:
    def test_two_processes_look_at_the_same_pages(self, sqlite_engine, towns, tmp_path):
        rooms = [SituationRoom(sqlite_engine, tmp_path / "columns") for _ in range(2)]
        first, second = (room.now("1470").columns for room in rooms)
        assert np.array_equal(first.east, second.east)
        assert not first.east.flags.writeable
        assert not second.east.flags.writeable

    def test_its_layout_takes_no_memory_of_its_own(self, sqlite_engine, towns, tmp_path):
        accept(sqlite_engine, towns[0], [*factories.spread(200), factories.without_position()])
        found = SituationRoom(sqlite_engine, tmp_path / "columns").now("1470")
        assert np.shares_memory(found.layout.east_m, found.columns.east)
        assert found.nbytes == found.columns.nbytes
        assert len(found.layout) == len(found.columns) - 1

    def test_the_least_recently_used_municipality_leaves_first(self, sqlite_engine, towns):
        gone: list[str] = []
        size = SituationRoom(sqlite_engine).now("1470").columns.nbytes
        room = SituationRoom(sqlite_engine, most_bytes=2 * size, on_leave=gone.append)
        for code in ("1470", "1446", "1470"):
            room.now(code)
        gone.clear()
        room.now("1480")
        assert gone == ["1480", "1446"]
        assert list(room._kept) == ["1470", "1480"]

    def test_the_last_one_stays_whatever_its_size(self, sqlite_engine, towns):
        room = SituationRoom(sqlite_engine, most_bytes=1)
        assert room.now("1470") is room.now("1470")
        assert room.now("1446") is room.now("1446")
        assert list(room._kept) == ["1446"]

    def test_what_is_not_there_is_not_found(self, sqlite_engine, tmp_path):
        with pytest.raises(NotFound):
            SituationRoom(sqlite_engine, tmp_path / "columns").now("1470")


class TestSurfaces:
    @pytest.fixture
    def room(self, sqlite_engine, towns, tmp_path):
        return HeatRoom(sqlite_engine, tmp_path / "columns")

    def test_they_are_let_go_of_with_their_columns(self, sqlite_engine, room, towns):
        kept = weakref.ref(room.heat("1470", Window(), Look()))
        other = weakref.ref(room.heat("1446", Window(), Look()))
        accept(sqlite_engine, towns[0], [factories.draft()])
        assert room.heat("1470", Window(), Look()).selection.n == 41
        gc.collect()
        assert (kept(), other() is None) == (None, False)

    def test_one_that_is_held_stays_whole(self, sqlite_engine, room, towns):
        before = room.heat("1470", Window(), Look())
        accept(sqlite_engine, towns[0], [factories.draft()])
        room.heat("1470", Window(), Look())
        assert before.selection.n == 40
        assert before.field.at([place_at(0, 0).x], [place_at(0, 0).y]).density[0] > 0


@dataclass(frozen=True)
class Anywhere(House):
    """A house whose database may be on a server."""

    url: str

    def environment(self) -> dict[str, str]:
        return super().environment() | {"TRYGGKARTA_DATABASE_URL": self.url}


@dataclass(frozen=True)
class Visitor:
    """Somebody who asks, on a new connection each time, and notes which worker it was that answered."""

    address: str
    cookie: str

    def ask(self, path: str) -> tuple[int | None, bytes]:
        """The worker's process, if it had not hung up yet, and what it said."""
        with closing(HTTPConnection(self.address.removeprefix("http://"), timeout=30)) as connection:
            connection.request("GET", path, headers={"Cookie": self.cookie})
            answer = connection.getresponse()
            content = answer.read()
            assert answer.status == 200, (path, answer.status, content[:200])
            return worker_of(connection), content

    def ask_every_worker(self, path: str) -> Answers:
        """Ask until each has answered; everything that was said meanwhile."""
        found = Answers(set(), set())
        deadline = time.monotonic() + _WAIT_S
        with ThreadPoolExecutor(_AT_ONCE) as clients:
            while len(found.workers) < WORKERS and time.monotonic() < deadline:
                for worker, content in clients.map(self.ask, [path] * _AT_ONCE):
                    found.contents.add(content)
                    found.workers.update({worker} - {None})
        return found


@dataclass(frozen=True)
class Answers:
    """Who answered, and the different things that were said."""

    workers: set[int]
    contents: set[bytes]


def worker_of(connection: HTTPConnection) -> int | None:
    """The process at the other end, by /proc: the socket with these two ports, and who has it open."""
    theirs, ours = connection.sock.getpeername()[1], connection.sock.getsockname()[1]
    for row in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        words = row.split()
        if words[1].endswith(f":{theirs:04X}") and words[2].endswith(f":{ours:04X}"):
            held = f"socket:[{words[9]}]"
            return next((pid for pid in server_processes(theirs) if held in open_files(pid)), None)
    return None


def server_processes(port: int) -> list[int]:
    """Every process that was told to serve at the port: the master and its workers."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if b"serve" in words and str(port).encode() in words:
                found.append(int(folder.name))
    return found


def open_files(pid: int) -> set[str]:
    found = set()
    with suppress(OSError):
        for path in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                found.add(os.readlink(path))
    return found


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="workers are told apart by /proc")
class TestFourWorkers:
    @pytest.fixture
    def engine_there(self, database_url):
        engine = make_engine(database_url)
        with writing(engine) as session:
            there = factories.municipality(session)
        accept(engine, there, [*factories.spread(60), *(self.draft() for _ in range(2))])
        scales.refresh(engine, there)
        factories.user(engine, STAFF)
        yield engine, there
        engine.dispose()

    @staticmethod
    def draft():
        return factories.draft(place_at(*ALONE_M))

    @pytest.fixture
    def cookie(self, engine_there, database_url, tmp_path):
        """A session as the server signs it: with the secret in its data folder."""
        app = create_app(Settings(data_dir=str(tmp_path), database_url=database_url), engine_there[0])
        client = app.test_client()
        with client.session_transaction() as said:
            said["sid"] = factories.session_of(engine_there[0], STAFF)
        return f"s={client.get_cookie('s').value}"

    def test_a_report_shows_in_the_next_tile_of_each(self, engine_there, database_url, cookie, tmp_path):
        house = Anywhere(tmp_path, tmp_path / "unused", database_url)
        value, tile = self.addresses()
        with serving(house, WORKERS) as address:
            visitor = Visitor(address, cookie)
            before = visitor.ask_every_worker(tile)
            accept(*engine_there, [self.draft()])
            after, said = visitor.ask_every_worker(tile), visitor.ask_every_worker(value)
            mapped = [self.mapped(pid, tmp_path) for pid in said.workers]
        assert len(before.workers) == len(after.workers) == len(mapped) == WORKERS
        assert len(before.contents) == len(after.contents) == len(said.contents) == 1
        assert before.contents.isdisjoint(after.contents)
        assert set(mapped) == {1}

    @staticmethod
    def addresses():
        """The value where the test writes, and the tile that holds the place."""
        place = place_at(*ALONE_M)
        (longitude,), (latitude,) = crs.to_degrees_xy([place.x], [place.y])
        across = int(2**12 * (longitude + 180) / 360)
        down = int(2**12 * (1 - np.arcsinh(np.tan(np.radians(latitude))) / np.pi) / 2)
        told = "municipality=1470&kinds=perception"
        value = f"/api/v1/heat/value?{told}&lon={longitude:.6f}&lat={latitude:.6f}"
        return value, f"/heat/staff/12/{across}/{down}.png?{told}"

    @staticmethod
    def mapped(pid, folder):
        """How many column files a process has in its memory now."""
        maps = Path(f"/proc/{pid}/maps").read_text().splitlines()
        return len(
            {row.split()[-1] for row in maps if f"{folder}/columns/" in row and "(deleted)" not in row}
        )
