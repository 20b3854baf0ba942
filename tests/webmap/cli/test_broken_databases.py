"""A database that cannot be used ends a command in one line and one, whatever is wrong with it."""

from __future__ import annotations

import json
import shutil
import socket
import sqlite3

import pytest
from click.testing import CliRunner

from geodata.tables.engine import make_engine, writing
from tests import factories
from webmap.cli import main

COMMANDS = [
    ("db", "check"),
    ("db", "check", "--json"),
    ("municipality", "list"),
    ("serve", "--port", "1"),
]


def _damaged(path):
    data = bytearray(path.read_bytes())
    data[100:140] = bytes(byte ^ 255 for byte in data[100:140])
    path.write_bytes(data)


def _truncated(path):
    path.write_bytes(path.read_bytes()[:5000])


def _text(path):
    path.write_text("inte någon databas alls\n" * 200, encoding="utf-8")


def _foreign(path):
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE gpkg_spatial_ref_sys (srs_id INTEGER)")


@pytest.fixture
def run(tmp_path, monkeypatch):
    def run_on(url, *words):
        monkeypatch.setenv("TRYGGKARTA_DATABASE_URL", url)
        return CliRunner().invoke(main, list(words))

    return run_on


@pytest.fixture
def filled_url(sqlite_url):
    engine = make_engine(sqlite_url)
    with writing(engine) as session:
        factories.store(session, factories.municipality(session), factories.spread(40))
    engine.dispose()
    return sqlite_url


def assert_told_in_one_line(result, words):
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    if "--json" in words:
        assert json.loads(result.stdout)["is_sound"] is False
    else:
        assert len(result.output.strip().splitlines()) == 1
    assert "Traceback" not in result.output


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
class TestBroken:
    @pytest.mark.parametrize("spoil", [_damaged, _truncated, _text, _foreign])
    def test_a_file_that_is_no_sound_database(self, run, migrated_file, tmp_path, spoil, words):
        path = tmp_path / "spoilt.gpkg"
        shutil.copy(migrated_file, path)
        spoil(path)
        assert_told_in_one_line(run(f"sqlite:///{path}", *words), words)

    def test_a_server_that_does_not_answer(self, run, words):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            url = f"postgresql://nobody@127.0.0.1:{taken.getsockname()[1]}/none"
            assert_told_in_one_line(run(url, *words), words)

    def test_a_folder_that_is_none(self, run, tmp_path, words):
        (tmp_path / "a").write_text("")
        result = run(f"sqlite:///{tmp_path}/a/b/c.gpkg", *words)
        assert (result.exit_code, "Traceback" in result.output) == (1, False)


def test_a_foreign_file_is_left_as_it_was(run, tmp_path):
    path = tmp_path / "theirs.gpkg"
    path.touch()
    _foreign(path)
    before = path.read_bytes()
    result = run(f"sqlite:///{path}", "municipality", "list")
    assert "någon annans" in result.stderr
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("gpkg_spatial_ref_sys",)]
    assert len(before) == path.stat().st_size


class TestUnwritable:
    @pytest.mark.parametrize("suffix", ["json", "png", "tif", "pdf"])
    def test_a_surface_has_nowhere_to_go(self, run, filled_url, tmp_path, suffix):
        out = tmp_path / "saknas" / f"x.{suffix}"
        words = ("heat", "--municipality", "1470", "--kinds", "perception", "--out", str(out))
        result = run(filled_url, *words)
        assert (result.exit_code, result.stderr.strip().splitlines()[-1][:5]) == (1, "Filen")
        assert isinstance(result.exception, SystemExit)

    def test_a_backup_has_nowhere_to_go(self, run, filled_url, tmp_path):
        result = run(filled_url, "db", "backup", str(tmp_path / "saknas" / "x"))
        assert (result.exit_code, len(result.stderr.strip().splitlines())) == (1, 1)


class TestWrongUse:
    @pytest.mark.parametrize(
        "words", [("serve", "--port", "99999"), ("municipality", "add", "1470", "--name", "   ")]
    )
    def test_it_ends_in_two(self, run, sqlite_url, words):
        assert run(sqlite_url, *words).exit_code == 2

    @pytest.mark.parametrize("columns", ["text=färg", "saknas=text"])
    def test_a_column_told_wrongly_ends_in_two(self, run, sqlite_url, tmp_path, columns):
        path = tmp_path / "a.csv"
        path.write_text("text\na\n", encoding="utf-8")
        words = ("--municipality", "1470", "--kind", "observation", "--origin", "statistics")
        assert run(sqlite_url, "import", str(path), *words, "--columns", columns).exit_code == 2
