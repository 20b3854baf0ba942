"""Columns in files: what was put there is found by all, and what is not right is made anew, never trusted."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text, update

from geodata.queries import column_files, column_shelf
from geodata.queries.column_files import open_file, write_file
from geodata.queries.column_shelf import ColumnShelf, KnownColumns
from geodata.queries.columns import Columns, read_columns
from geodata.queries.history import Past
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.engine import make_engine, reading, writing
from geodata.tables.reports import Report
from geodata.vocabulary import State
from tests import factories
from tests.geodata.queries.test_columns import as_rows

NOBODY = 65_534


def is_mapped(columns: Columns) -> bool:
    return not columns.east.flags.writeable


def journalled(session, there, drafts=()):
    """Store and say so in the journal, as every write does."""
    change = factories.store(session, there, drafts)
    append(session, Entry("command", "report.accept", "municipality", there.code, there.code))
    return change


def fresh(engine, there):
    with reading(engine) as session:
        return read_columns(session, there.id)


def shared(shelf, engine, there, known=None):
    """As a process asks: what another has put there, else made in its turn."""
    with reading(engine) as session:
        found = shelf.find(session, there.id)
    if found is not None:
        return found
    with shelf.turn(there.id) as has_turn, reading(engine) as session:
        return shelf.read(session, there.id, known, has_turn)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "columns"


@pytest.fixture
def shelf(folder):
    return ColumnShelf(folder)


@pytest.fixture
def filled(engine, there):
    with writing(engine) as session:
        journalled(session, there, [*factories.spread(20), factories.without_position(voice="anna")])
    return there


@pytest.fixture
def made(shelf, engine, filled, folder):
    """The file of the filled municipality."""
    assert is_mapped(shared(shelf, engine, filled).columns)
    return next(folder.glob("*.columns"))


class TestFile:
    def test_it_holds_what_was_read_for_its_owner_alone(self, engine, filled, shelf, made):
        found = shared(shelf, engine, filled).columns
        assert as_rows(found) == as_rows(fresh(engine, filled))
        assert stat.S_IMODE(made.stat().st_mode) == 0o600
        assert stat.S_IMODE(made.parent.stat().st_mode) == 0o700

    def test_it_holds_nothing_that_anybody_wrote(self, engine, there, shelf, folder):
        with writing(engine) as session:
            journalled(session, there, [factories.draft(text="Skumt vid Ekallén", voice="anna")])
        shared(shelf, engine, there)
        content = next(folder.glob("*.columns")).read_bytes()
        assert not [word for word in ("Skumt", "Ekall", "anna") if word.encode() in content]

    def test_a_second_process_maps_the_same(self, engine, filled, folder, made, monkeypatch):
        monkeypatch.setattr(column_shelf, "read_columns", None)
        other = shared(ColumnShelf(folder), engine, filled)
        assert is_mapped(other.columns)
        assert len(other.columns) == 21

    def test_a_map_outlives_its_file(self, engine, filled, shelf, made):
        known = shared(shelf, engine, filled).columns
        before = as_rows(known)
        made.unlink()
        assert as_rows(known) == before

    def test_a_new_version_takes_the_place_of_the_old(self, engine, filled, shelf, folder, made):
        before = shared(shelf, engine, filled)
        with writing(engine) as session:
            journalled(session, filled, [factories.draft()])
        after = shared(shelf, engine, filled, before)
        assert (len(before.columns), len(after.columns)) == (21, 22)
        assert list(folder.glob("*.columns")) == [made]

    def test_no_reports_are_a_file_too(self, engine, there, shelf):
        with writing(engine) as session:
            journalled(session, there)
        assert [len(shared(shelf, engine, there).columns) for _ in range(2)] == [0, 0]

    def test_every_array_has_its_place(self):
        columns = {name for name in Columns.__dataclass_fields__ if name not in ("version", "hours")}
        assert set(column_files._OWN) == columns


def cut(path):
    os.truncate(path, path.stat().st_size - 1)


def lengthen(path):
    with path.open("ab") as file:
        file.write(b"\0")


def flip(place):
    def act(path):
        content = bytearray(path.read_bytes())
        content[place] ^= 1
        path.write_bytes(content)

    return act


def empty(path):
    path.write_bytes(b"")


def folder_instead(path):
    path.unlink()
    path.mkdir()
    (path / "in the way").touch()


def link_instead(path):
    target = path.with_name("elsewhere")
    path.rename(target)
    path.symlink_to(target)


def pipe_instead(path):
    path.unlink()
    os.mkfifo(path)


DAMAGES = {
    "cut": cut,
    "longer": lengthen,
    "magic": flip(0),
    "length of header": flip(8),
    "header": flip(40),
    "first report": flip(4096),
    "last sign": flip(-1),
    "empty": empty,
    "link": link_instead,
    "pipe": pipe_instead,
}


class TestDamage:
    @pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
    def test_it_is_noticed_and_made_anew(self, engine, filled, made, folder, damage):
        damage(made)
        found = shared(ColumnShelf(folder), engine, filled).columns
        assert as_rows(found) == as_rows(fresh(engine, filled))
        assert is_mapped(found)
        assert stat.S_ISREG(made.lstat().st_mode)

    def test_what_cannot_be_replaced_costs_memory_only(self, engine, filled, made, folder):
        folder_instead(made)
        found = shared(ColumnShelf(folder), engine, filled).columns
        assert as_rows(found) == as_rows(fresh(engine, filled))
        assert not is_mapped(found)

    def test_another_vocabulary_is_another_format(self, made, filled, monkeypatch):
        monkeypatch.setattr(column_files, "_FORMAT", "another")
        assert open_file(made, filled.id) is None

    def test_another_municipality_is_not_taken_for_this_one(self, made, filled):
        assert open_file(made, filled.id) is not None
        assert open_file(made, filled.id + 1) is None

    def test_what_a_kill_left_is_written_over(self, engine, filled, shelf, made, folder):
        made.with_suffix(".part").write_bytes(b"half")
        made.unlink()
        assert is_mapped(shared(shelf, engine, filled).columns)
        assert list(folder.glob("*.part")) == []

    def test_a_full_disk_leaves_nothing_behind(self, engine, filled, shelf, folder, monkeypatch):
        def full(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(column_files, "_write_arrays", full)
        found = shared(shelf, engine, filled).columns
        assert as_rows(found) == as_rows(fresh(engine, filled))
        assert list(folder.glob("*.[cp]*")) == []


class TestFolder:
    def test_without_one_the_process_has_its_own(self, engine, filled):
        found = shared(ColumnShelf(), engine, filled).columns
        assert as_rows(found) == as_rows(fresh(engine, filled))
        assert not is_mapped(found)

    def test_one_that_cannot_be_made_is_as_good_as_none(self, engine, filled, tmp_path):
        (tmp_path / "a file").touch()
        found = shared(ColumnShelf(tmp_path / "a file" / "columns"), engine, filled).columns
        assert (len(found), is_mapped(found)) == (21, False)

    @pytest.mark.skipif(os.getuid() != 0, reason="only root may become somebody else")
    def test_one_of_somebody_else_is_as_good_as_none(self, sqlite_engine, tmp_path):
        with writing(sqlite_engine) as session:
            there = factories.municipality(session)
            journalled(session, there, factories.spread(5))
        (tmp_path / "columns").mkdir(mode=0o700)
        with reading(sqlite_engine) as session:
            session.connection()
            os.seteuid(NOBODY)
            try:
                with ColumnShelf(tmp_path / "columns").turn(there.id) as has_turn:
                    found = ColumnShelf(tmp_path / "columns").read(session, there.id, None, has_turn)
            finally:
                os.seteuid(0)
        assert (has_turn, len(found.columns), is_mapped(found.columns)) == (False, 5, False)

    def test_what_nobody_opens_for_long_is_deleted(self, engine, filled, shelf, made, folder):
        forgotten, used = folder / "0-1.columns", folder / "0-2.columns"
        for path in (forgotten, used):
            path.touch()
        os.utime(forgotten, (1, 1))
        os.utime(made, (1, 1))
        with writing(engine) as session:
            journalled(session, filled, [factories.draft()])
        shared(shelf, engine, filled)
        assert sorted(folder.glob("*.columns")) == sorted([used, made])

    def test_an_empty_journal_has_nothing_to_be_told_by(self, engine, there, shelf, folder):
        with writing(engine) as session:
            factories.store(session, there, factories.spread(3))
        assert not is_mapped(shared(shelf, engine, there).columns)
        assert list(folder.glob("*.columns")) == []


class TestTurn:
    def test_one_makes_it_at_a_time(self, shelf, monkeypatch):
        monkeypatch.setattr(column_shelf, "_PATIENCE_S", 0.05)
        with shelf.turn(1) as first, shelf.turn(1) as second, shelf.turn(2) as other:
            assert (first, second, other) == (True, False, True)
        with shelf.turn(1) as again:
            assert again

    def test_who_waited_too_long_reads_for_itself_and_writes_nothing(
        self, engine, filled, shelf, folder, monkeypatch
    ):
        monkeypatch.setattr(column_shelf, "_PATIENCE_S", 0.05)
        with shelf.turn(filled.id):
            found = shared(ColumnShelf(folder), engine, filled).columns
        assert (len(found), is_mapped(found)) == (21, False)
        assert list(folder.glob("*.columns")) == []


class TestOtherDatabase:
    @pytest.fixture
    def path(self, sqlite_url):
        return Path(sqlite_url.removeprefix("sqlite:///"))

    @pytest.fixture
    def home(self, path):
        with opened(path) as engine, writing(engine) as session:
            there = factories.municipality(session)
            journalled(session, there, factories.spread(10))
            return there

    def test_a_backup_put_back_and_written_in_is_not_given_what_was_after_it(self, path, home, shelf):
        shutil.copy(path, path.with_suffix(".backup"))
        write_and_read(path, home, shelf, [factories.draft(voice="before")])
        put_back(path)
        found, expected = write_and_read(path, home, shelf, [factories.draft(voice="after")])
        assert as_rows(found.columns) == as_rows(expected)
        assert is_mapped(found.columns)

    def test_a_backup_put_back_is_itself_again(self, path, home, shelf):
        shutil.copy(path, path.with_suffix(".backup"))
        write_and_read(path, home, shelf, factories.spread(5))
        put_back(path)
        with opened(path) as engine:
            assert len(shared(shelf, engine, home).columns) == 10

    def test_what_a_process_knew_before_is_not_gone_on_from(self, path, home, shelf, folder):
        shutil.copy(path, path.with_suffix(".backup"))
        known, _ = write_and_read(path, home, shelf, factories.spread(5))
        put_back(path)
        shutil.rmtree(folder)
        write_and_read(path, home, ColumnShelf(), factories.spread(1))
        with opened(path) as engine, writing(engine) as session:
            journalled(session, home, factories.spread(2))
        with opened(path) as engine:
            found = shared(shelf, engine, home, known)
            assert as_rows(found.columns) == as_rows(fresh(engine, home))

    def test_two_databases_in_one_folder_keep_apart(self, path, home, shelf, migrated_file, folder):
        other = path.with_name("other.gpkg")
        shutil.copy(migrated_file, other)
        with opened(other) as engine, writing(engine) as session:
            there = factories.municipality(session)
            journalled(session, there, factories.spread(4))
        for file, expected in ((path, 10), (other, 4), (path, 10)):
            with opened(file) as engine:
                assert len(shared(shelf, engine, home).columns) == expected
        assert len(list(folder.glob("*.columns"))) == 2

    def test_another_revision_of_the_schema_reads_anew(self, engine, filled, shelf, made):
        with writing(engine) as session:
            session.execute(text("UPDATE alembic_version SET version_num = 'later'"))
            session.execute(update(Report).values(day=7))
        assert (shared(shelf, engine, filled).columns.day == 7).all()


@contextmanager
def opened(path: Path) -> Iterator[Engine]:
    """A SQLite file for as long as the block lasts: nobody has it open when it is replaced."""
    engine = make_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


def write_and_read(path, home, shelf, drafts):
    """One journalled change, and then what the shelf and a fresh read say."""
    with opened(path) as engine:
        with writing(engine) as session:
            journalled(session, home, drafts)
        return shared(shelf, engine, home), fresh(engine, home)


def put_back(path):
    for name in (path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        name.unlink(missing_ok=True)
    shutil.copy(path.with_suffix(".backup"), path)


_codes = count(2000)
_ACTS = st.lists(
    st.tuples(st.sampled_from(["add", "change", "remove", "say"]), st.integers(0, 50), st.integers(0, 2)),
    max_size=12,
)


class TestAnyWrites:
    @given(_ACTS)
    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_every_process_reads_what_a_fresh_read_says(self, engine, folder, acts):
        with writing(engine) as session:
            there = factories.municipality(session, str(next(_codes)), "Vara")
            journalled(session, there)
        readers = [ColumnShelf(folder), ColumnShelf(folder), ColumnShelf()]
        known: list[KnownColumns | None] = [None] * len(readers)
        for act, number, reader in acts:
            with writing(engine) as session:
                self.write(session, there, act, number)
            known[reader] = shared(readers[reader], engine, there, known[reader])
            assert as_rows(known[reader].columns) == as_rows(fresh(engine, there))

    @staticmethod
    def write(session, there, act, number):
        ids = session.query(Report.id).where(Report.municipality_id == there.id).order_by(Report.id).all()
        chosen = ids[number % len(ids)][0] if ids else None
        if act == "add":
            factories.store(
                session, there, [factories.draft(municipality=there.code) for _ in range(number % 4)]
            )
        elif act == "remove" and chosen:
            factories.remove(session, there, chosen)
        elif act == "change" and chosen:
            change = next_change(session, there.id)
            state = list(State)[number % len(State)]
            changed = update(Report).where(Report.id == chosen)
            session.execute(changed.values(state=state, change_seq=change))
        append(session, Entry("command", f"report.{act}", "municipality", there.code, there.code))


class TestWriting:
    def test_a_file_written_and_read_is_the_same_to_the_bit(self, tmp_path, engine, filled):
        columns, path = fresh(engine, filled), tmp_path / "any.columns"
        write_file(path, 1, columns, Past("a", 1, "b", "0001"))
        found = open_file(path, 1)
        assert found is not None
        assert np.array_equal(found.columns().hours.words, columns.hours.words)
        assert found.header.past == Past("a", 1, "b", "0001")
