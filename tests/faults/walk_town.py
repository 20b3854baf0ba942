"""A walk that is served by real processes, which can be killed, and a look at what it has stored."""

from __future__ import annotations

import os
import random
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, select

from geodata.migrations import check
from geodata.queries.walks import KnownWalk
from geodata.tables.chain import Verdict, verify
from geodata.tables.engine import make_engine, reading, writing
from geodata.tables.findings import WalkEntry
from geodata.tables.journal import JournalEntry
from geodata.tables.reports import Report
from tests import factories, walks
from tests.browser.site import ROOT, House, await_ready, free_port
from tests.faults.walkers import Phone

WORKERS = 2


@dataclass(frozen=True)
class WalkHouse(House):
    """A house whose database is named by its URL, and where one may send as much as people may."""

    url: str = ""

    def environment(self) -> dict[str, str]:
        return super().environment() | {
            "TRYGGKARTA_DATABASE_URL": self.url,
            "TRYGGKARTA_RATE_LIMITS": "on",
        }


@dataclass
class WalkTown:
    """A house with a walk in it, and the server over it."""

    house: WalkHouse
    engine: Engine
    walk: KnownWalk
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def phones(self, count: int, address: str = "") -> list[Phone]:
        """So many that have joined."""
        return [Phone(address or self.address, self.walk).join() for _ in range(count)]

    def start(self) -> None:
        words = self.house.command("serve", "--port", str(self.port), "--workers", str(WORKERS))
        log = self.house.folder / "server.log"
        with log.open("ab") as lines:
            self.process = subprocess.Popen(
                words,
                env=self.house.environment(),
                cwd=ROOT,
                stdout=lines,
                stderr=lines,
                start_new_session=True,
            )
        await_ready(self.address, self.process, log)

    def kill(self) -> None:
        """Master, workers and jobs at once, never asked to stop."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def kill_one(self, chance: random.Random) -> None:
        """One process of the server that has a parent: a worker, or the keeper of its jobs."""
        assert self.process is not None
        there = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        children = [int(pid) for pid in there.read_text().split()]
        if children:
            with suppress(ProcessLookupError):
                os.kill(chance.choice(children), signal.SIGKILL)


@contextmanager
def walk_town(folder: Path, url: str) -> Iterator[WalkTown]:
    """A town with a walk that is open, and its server."""
    engine = make_engine(url)
    with writing(engine) as session:
        factories.municipality(session)
    town = WalkTown(WalkHouse(folder, folder / "unused", url), engine, walks.walk(engine))
    town.start()
    try:
        yield town
    finally:
        town.kill()
        engine.dispose()


@dataclass(frozen=True)
class Stored:
    """What is there of a walk, in the order of its numbers, and how the journal was found."""

    uids: tuple[UUID, ...]
    seqs: tuple[int, ...]
    sums: dict[UUID, str]
    reports: tuple[UUID, ...]
    journalled: tuple[str, ...]
    chain: Verdict


def stored(town: WalkTown) -> Stored:
    """Everything, read in one moment."""
    received = select(JournalEntry.object_id).where(JournalEntry.action == "finding.receive")
    with reading(town.engine) as session:
        rows = session.scalars(select(WalkEntry).order_by(WalkEntry.seq)).all()
        return Stored(
            tuple(row.uid for row in rows),
            tuple(row.seq for row in rows),
            {row.uid: row.sha256 for row in rows},
            tuple(session.scalars(select(Report.uid))),
            tuple(session.scalars(received)),
            verify(session),
        )


@dataclass(frozen=True)
class Figures:
    """What phones were told, beside what is there."""

    written: int
    attempts: int
    acknowledged: int
    stored: int
    lost: int
    duplicates: int
    uninvited: int
    chain: Verdict

    def said(self) -> str:
        chain = f"whole, {self.chain.rows} rows" if self.chain.is_whole else f"broken: {self.chain}"
        told = f"{self.attempts} sent, {self.acknowledged} of {self.written} acknowledged"
        return f"{told}, {self.stored} stored, lost {self.lost}, duplicates {self.duplicates}, chain {chain}"


def history(town: WalkTown, phones: Sequence[Phone]) -> Figures:
    """Told ⊆ stored ⊆ asked for, nothing twice, and each as it was told: checked, and counted."""
    there = stored(town)
    told = {uid: each for phone in phones for uid, each in phone.told.items()}
    sums = {uid: each for phone in phones for uid, each in phone.written.items()}
    twice = len(there.uids) - len(set(there.uids)) + len(there.reports) - len(set(there.reports))
    numbers = dict(zip(there.uids, there.seqs, strict=True))
    assert {uid: numbers.get(uid) for uid in told} == {uid: each.seq for uid, each in told.items()}
    assert all(sums.get(uid) == each for uid, each in there.sums.items())
    return Figures(
        len(sums),
        sum(phone.attempts for phone in phones),
        len(told),
        len(there.uids),
        len(set(told) - set(there.uids)),
        twice,
        len(set(there.uids) - set(sums)),
        there.chain,
    )


def assert_sound(town: WalkTown, figures: Figures) -> None:
    """Nothing lost, doubled or made up, numbers without a gap, a row of the journal and a report for each."""
    there = stored(town)
    assert (figures.lost, figures.duplicates, figures.uninvited, figures.chain.reason) == (0, 0, 0, "")
    assert there.seqs == tuple(range(1, len(there.seqs) + 1))
    assert sorted(there.journalled) == sorted(map(str, there.uids))
    assert set(there.reports) == set(there.uids)
    assert check(town.engine) == []
