"""What a connection promises: durability, one writer at a time, readers that cannot write."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError

from geodata.errors import DatabaseFault
from geodata.tables import DatabaseMark, Report
from geodata.tables.changes import next_change
from geodata.tables.engine import choose_driver, is_sound, make_engine, reading, writing
from tests.geodata.tables.places import draft, place_at, served, stored


def _setting(engine: Engine, name: str) -> Any:
    word = "PRAGMA" if engine.dialect.name == "sqlite" else "SHOW"
    with reading(engine) as session:
        return session.connection().exec_driver_sql(f"{word} {name}").scalar_one()


class TestChooseDriver:
    @pytest.mark.parametrize("version", [(3, 44, 6), (3, 50, 7), (3, 51, 3), (3, 53, 4), (4, 0, 0)])
    def test_a_repaired_version_is_sound(self, version: tuple[int, ...]) -> None:
        assert is_sound(version)

    @pytest.mark.parametrize("version", [(3, 7, 0), (3, 40, 1), (3, 44, 5), (3, 50, 6), (3, 51, 2)])
    def test_one_that_loses_writes_is_not(self, version: tuple[int, ...]) -> None:
        assert not is_sound(version)

    def test_the_first_sound_driver_is_taken(self) -> None:
        old, good = (SimpleNamespace(sqlite_version_info=each) for each in ((3, 40, 1), (3, 53, 4)))
        assert choose_driver(old, good) is good  # type: ignore[arg-type]

    def test_with_none_it_refuses(self) -> None:
        old = SimpleNamespace(sqlite_version_info=(3, 40, 1), sqlite_version="3.40.1")
        with pytest.raises(DatabaseFault, match="sqlite_too_old"):
            choose_driver(old, old)  # type: ignore[arg-type]


class TestMakeEngine:
    @pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
    def test_every_name_of_postgresql_is_understood(self, scheme: str) -> None:
        assert make_engine(f"{scheme}://someone@127.0.0.1/x").url.drivername == "postgresql+psycopg"

    @pytest.mark.parametrize("url", ["", "mysql://x/y", "sqlite://", "tryggkarta.gpkg"])
    def test_anything_else_is_a_plain_fault(self, url: str) -> None:
        with pytest.raises(DatabaseFault, match="unknown_url"):
            make_engine(url)

    def test_sqlite_acknowledges_only_what_is_on_the_disk(self, sqlite_engine: Engine) -> None:
        settings = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        assert [_setting(sqlite_engine, name) for name in settings] == ["wal", 2, 1, 15_000]
        assert is_sound(sqlite_engine.dialect.loaded_dbapi.sqlite_version_info)

    def test_postgresql_acknowledges_only_what_is_on_the_disk(self, postgresql_engine: Engine) -> None:
        assert _setting(postgresql_engine, "synchronous_commit") == "on"
        assert _setting(postgresql_engine, "lock_timeout") == "15s"

    def test_a_database_that_cannot_keep_a_log_is_refused(self) -> None:
        engine = make_engine("sqlite:///:memory:")
        with pytest.raises(DatabaseFault, match="not_wal"), engine.connect():
            pass
        engine.dispose()


class TestWriting:
    def test_it_commits_at_the_end(self, engine: Engine) -> None:
        with writing(engine) as session:
            session.add(DatabaseMark(key="demo", value="1"))
        with reading(engine) as session:
            assert session.get_one(DatabaseMark, "demo").value == "1"

    def test_it_leaves_nothing_when_the_block_fails(self, engine: Engine) -> None:
        with suppress(RuntimeError), writing(engine) as session:
            stored(session, draft(place_at(0, 0)))
            raise RuntimeError
        with reading(engine) as session:
            assert session.scalar(select(func.count()).select_from(Report)) == 0

    def test_eight_writers_wait_for_each_other_and_none_is_refused(self, engine: Engine) -> None:
        with writing(engine) as session:
            home = served(session).id

        def write(_: int) -> int:
            with writing(engine) as session:
                session.scalar(select(func.count()).select_from(Report))
                return next_change(session, home)

        with ThreadPoolExecutor(8) as writers:
            assert sorted(writers.map(write, range(80))) == list(range(1, 81))


class TestReading:
    def test_it_cannot_write(self, engine: Engine) -> None:
        with reading(engine) as session:
            session.add(DatabaseMark(key="demo", value="1"))
            with pytest.raises(DBAPIError, match=r"readonly|read-only"):
                session.flush()

    def test_it_does_not_wait_for_a_writer_and_sees_one_moment(self, engine: Engine) -> None:
        count = select(func.count()).select_from(DatabaseMark)
        with reading(engine) as reader:
            assert reader.scalar(count) == 0
            with writing(engine) as writer:
                writer.add(DatabaseMark(key="demo", value="1"))
            assert reader.scalar(count) == 0
        with reading(engine) as later:
            assert later.scalar(count) == 1


class TestGeoPackage:
    def test_other_programs_read_a_closed_file_as_it_is(self, sqlite_url: str) -> None:
        engine = make_engine(sqlite_url)
        with engine.begin() as connection:
            marks = [
                connection.execute(text(f"PRAGMA {name}")).scalar()
                for name in ("application_id", "user_version")
            ]
        engine.dispose()
        assert marks == [0x47504B47, 10_300]
        assert not Path(sqlite_url.removeprefix("sqlite:///") + "-wal").exists()
