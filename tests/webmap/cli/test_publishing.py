"""Publishing from the command line: what would be, what is, and what is refused."""

from __future__ import annotations

import json

import pytest
import time_machine
from click.testing import CliRunner

from geodata.tables.editions import Edition as Row
from geodata.tables.engine import writing
from tests import factories
from tests.webmap.services.test_publishing import voices
from webmap.cli import main
from webmap.services import editions


@pytest.fixture
def command(sqlite_engine, sqlite_url, monkeypatch):
    monkeypatch.setenv("TRYGGKARTA_DATABASE_URL", sqlite_url)
    with writing(sqlite_engine) as session:
        factories.store(session, factories.municipality(session), voices(12))
    with time_machine.travel("2026-11-22T12:00:00Z", tick=True):
        yield lambda *words: CliRunner().invoke(main, ["publish", "--municipality", *words])


class TestPublish:
    def test_a_dry_run_tells_what_would_be_and_stores_nothing(self, command, sqlite_engine):
        said = json.loads(command("1470", "--dry-run", "--json").stdout)
        assert (said["is_published"], said["edition"], said["squares"], said["k"]) == (False, 1, 1, 5)
        assert (said["reports"], said["left_out"], said["audit"]["narrower_than_k"]) == (12, 0, 0)
        assert said["may_from"] == "2026-11-22"
        assert factories.rows(sqlite_engine, Row) == {"edition": 0}

    def test_it_publishes_what_the_dry_run_told_of(self, command, sqlite_engine):
        before = json.loads(command("1470", "--dry-run", "--json").stdout)
        done = json.loads(command("1470", "--json", "--note", "Den första").stdout)
        assert (done.pop("is_published"), before.pop("is_published")) == (True, False)
        assert done == before
        found = editions.newest(sqlite_engine, "1470")
        assert (found.number, found.note, found.digest) == (1, "Den första", done["digest"])

    def test_it_says_so_in_words(self, command):
        assert "Utgåva 1 är publicerad." in command("1470").stdout

    @pytest.mark.parametrize(
        ("words", "says"),
        [(("1470",), "2026-12-22"), (("1470", "--note", "x" * 501), "500"), (("1499",), "1499")],
    )
    def test_what_may_not_be_ends_in_one_and_one_line(self, command, words, says):
        command("1470")
        refused = command(*words)
        assert refused.exit_code == 1
        assert says in refused.stderr.replace("\N{NO-BREAK SPACE}", " ")
        assert refused.stderr.count("\n") == 1
