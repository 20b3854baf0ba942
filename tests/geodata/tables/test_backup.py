"""A backup is a whole database, and comes back whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pyogrio
import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from geodata.errors import DatabaseFault, Fault, FileFault
from geodata.migrations import check
from geodata.tables import Report, backup
from geodata.tables.chain import Entry, append
from geodata.tables.engine import reading, writing
from tests.geodata.tables.places import EAST, draft, place_at, stored


def _fill(session: Session, count: int) -> None:
    stored(session, *(draft(place_at(number, 0)) for number in range(count)))
    append(session, Entry("command", "import", "import_batch", "1"))


def _count(engine: Engine) -> int | None:
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(Report))


@pytest.fixture
def filled(engine: Engine) -> Engine:
    with writing(engine) as session:
        _fill(session, 25)
    return engine


class TestBackup:
    def test_what_is_restored_is_what_was_there(self, filled: Engine, tmp_path: Path) -> None:
        backup.backup(filled, tmp_path / "copy")
        with writing(filled) as session:
            session.execute(Report.__table__.delete())
        backup.restore(filled, tmp_path / "copy")
        assert _count(filled) == 25
        assert check(filled) == []

    def test_it_sees_only_what_is_committed_and_waits_for_nobody(
        self, filled: Engine, tmp_path: Path
    ) -> None:
        with writing(filled) as session:
            session.connection().exec_driver_sql("UPDATE report SET private_text = 'half'")
            backup.backup(filled, tmp_path / "copy")
            session.rollback()
        assert [path.name for path in tmp_path.glob("copy*")] == ["copy"]

    def test_a_copy_of_sqlite_opens_in_a_geographic_program(
        self, sqlite_engine: Engine, tmp_path: Path
    ) -> None:
        with writing(sqlite_engine) as session:
            _fill(session, 3)
        copy = tmp_path / "copy.gpkg"
        backup.backup(sqlite_engine, copy)
        frame = pyogrio.read_dataframe(copy, layer="report")
        assert sorted(frame.geometry.x) == [EAST, EAST + 1, EAST + 2]
        assert frame.crs.to_epsg() == 3006
        assert set(Report.__table__.c.keys()) - {"id", "geometry"} <= set(frame.columns)


class TestRestore:
    def test_a_file_that_is_no_backup_changes_nothing(self, filled: Engine, tmp_path: Path) -> None:
        other = tmp_path / "other"
        other.write_bytes(b"SQLite format 3\x00 or so it says" * 40)
        with pytest.raises(FileFault, match="unreadable"):
            backup.restore(filled, other)
        assert _count(filled) == 25

    def test_a_truncated_backup_changes_nothing(self, filled: Engine, tmp_path: Path) -> None:
        copy = tmp_path / "copy"
        backup.backup(filled, copy)
        copy.write_bytes(copy.read_bytes()[: copy.stat().st_size // 2])
        with pytest.raises(Fault):
            backup.restore(filled, copy)
        assert _count(filled) == 25

    def test_a_file_that_is_not_there_is_a_plain_fault(self, filled: Engine, tmp_path: Path) -> None:
        with pytest.raises(FileFault, match="unreadable"):
            backup.restore(filled, tmp_path / "absent")


class TestProgram:
    def test_one_that_is_not_installed_is_named(self, postgresql_engine: Engine) -> None:
        with pytest.raises(DatabaseFault, match="no_program"):
            backup._run(postgresql_engine, "pg_no_such_program")
