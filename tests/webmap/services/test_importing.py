"""Files into reports, on both databases."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from geodata.errors import Conflict, Fault
from geodata.migrations.path import check
from geodata.tables import ImportBatch, JournalEntry, Report
from geodata.tables.chain import verify
from geodata.tables.engine import make_engine, reading
from geodata.vocabulary import Kind, Origin
from webmap.services.importing import ImportOrder, ImportResult, run

ROOT = Path(__file__).parents[3]
GOOD = "id;lon;lat;datum;typ;text\n1;12,955;58,262;2025-01-01;klotter;hej\n2;;;2025-01-02;litter;då\n"
BAD = GOOD + "3;12,955;58,262;2025-02-30;klotter;fel\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file.csv"


def _import(engine: Engine, path: Path, text: str, **said: Any) -> ImportResult:
    path.write_text(text, encoding="utf-8")
    order = ImportOrder(path, "1470", Kind.OBSERVATION, Origin.STATISTICS, **said)
    return run(engine, order)


def _texts(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return list(session.scalars(select(Report.private_text).order_by(Report.id)))


def _count(engine: Engine, table: type[Any]) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_it_stores_what_the_file_says(engine: Engine, path: Path) -> None:
    result = _import(engine, path, GOOD)
    assert (result.stored, result.already_there, result.reading.without_position) == (2, 0, 1)
    assert _texts(engine) == ["hej", "då"]
    assert result.was_added


def test_the_same_file_again_adds_nothing(engine: Engine, path: Path) -> None:
    _import(engine, path, GOOD)
    again = _import(engine, path, GOOD)
    assert (again.stored, again.already_there) == (0, 2)
    assert (_count(engine, Report), _count(engine, ImportBatch)) == (2, 1)


def test_it_leaves_one_line_in_the_journal(engine: Engine, path: Path) -> None:
    _import(engine, path, GOOD)
    with reading(engine) as session:
        actions = session.scalars(select(JournalEntry.action).order_by(JournalEntry.seq)).all()
        assert actions == ["municipality.add", "import"]
        assert verify(session).is_whole


def test_one_fault_keeps_everything_out(engine: Engine, path: Path) -> None:
    result = _import(engine, path, BAD)
    assert (result.is_refused, result.stored, _count(engine, Report)) == (True, 0, 0)
    assert [(fault.line, fault.column) for fault in result.faults] == [(4, "datum")]


def test_the_good_rows_can_be_taken_all_the_same(engine: Engine, path: Path) -> None:
    result = _import(engine, path, BAD, skips_invalid=True)
    assert (result.is_refused, result.stored) == (False, 2)


def test_a_dry_run_foresees_and_stores_nothing(engine: Engine, path: Path) -> None:
    result = _import(engine, path, BAD, is_dry_run=True)
    assert (len(result.faults), result.stored, result.was_added) == (1, 0, False)
    assert _count(engine, Report) == _count(engine, JournalEntry) == 0


class TestKnownIds:
    @pytest.fixture(autouse=True)
    def _stored(self, engine: Engine, path: Path) -> None:
        _import(engine, path, GOOD)

    def test_other_content_is_a_fault_of_the_row(self, engine: Engine, path: Path) -> None:
        result = _import(engine, path, GOOD.replace("hej", "hej då"))
        assert [(each.line, each.column, each.code) for each in result.faults] == [
            (2, "id", "id.stored_otherwise")
        ]

    def test_other_content_replaces_it_when_told_to(self, engine: Engine, path: Path) -> None:
        result = _import(engine, path, GOOD.replace("hej", "hej då"), is_update=True)
        assert (result.stored, result.updated, result.already_there) == (0, 1, 1)
        assert _texts(engine) == ["hej då", "då"]

    def test_an_id_of_another_municipality_is_refused(self, engine: Engine, path: Path) -> None:
        with reading(engine) as session:
            uid = session.scalars(select(Report.uid)).first()
        path.write_text(f"uid;hours;text\n{uid};any;x\n")
        with pytest.raises(Conflict):
            run(engine, ImportOrder(path, "1471", Kind.OBSERVATION, Origin.STATISTICS))


def test_a_municipality_nobody_knows_is_a_fault(sqlite_engine: Engine, path: Path) -> None:
    path.write_text(GOOD)
    with pytest.raises(Fault) as caught:
        run(sqlite_engine, ImportOrder(path, "9999", Kind.OBSERVATION, Origin.STATISTICS))
    assert caught.value.code == "municipality.unknown"


@pytest.mark.faults
def test_killed_in_the_middle_it_leaves_nothing_half_stored(sqlite_url: str, tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    rows = 4_000
    path.write_text("datum;text\n" + "".join(f"2025-01-01;rad {row}\n" for row in range(rows)))
    kills = 40 if os.environ.get("FULL") == "1" else 4
    for kill in range(kills):
        _import_and_kill(path, sqlite_url, after_s=0.7 + 1.6 * kill / kills)
        engine = make_engine(sqlite_url)
        assert _count(engine, Report) in (0, rows)
        assert _count(engine, Report) == rows * _count(engine, ImportBatch)
        assert check(engine) == []
        engine.dispose()


def _import_and_kill(path: Path, url: str, after_s: float) -> None:
    said = ["import", str(path), "--municipality", "1470", "--kind", "observation", "--origin", "statistics"]
    process = subprocess.Popen(
        [sys.executable, "-m", "webmap", *said],
        env={**os.environ, "TRYGGKARTA_DATABASE_URL": url},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(after_s)
    process.send_signal(signal.SIGKILL)
    process.wait()
