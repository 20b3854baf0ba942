"""The command hotspots: the same places as the page, in words and as one document."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from geodata.tables.engine import make_engine, writing
from tests import factories
from tests.places import place_at
from webmap.cli import main


@pytest.fixture
def command(sqlite_url, monkeypatch):
    engine = make_engine(sqlite_url)
    with writing(engine) as session:
        there = factories.municipality(session)
        factories.locality(session, there, "Vara", place_at(0, 0), 1_000.0)
        drafts = [factories.draft(voice=f"{number}") for number in range(31)]
        factories.store(session, there, [*drafts, *(factories.draft(place_at(3_000, 0)) for _ in range(4))])
    engine.dispose()
    monkeypatch.setenv("TRYGGKARTA_DATABASE_URL", sqlite_url)
    return lambda *words: CliRunner().invoke(main, ["hotspots", "--municipality", "1470", *words])


class TestWords:
    def test_each_place_is_a_line(self, command):
        lines = command().stdout.splitlines()
        assert lines[0] == "Vara: Upplevd otrygghet"
        assert lines[3] == " 1 · Centrala Vara: 31 rapporter från 31 röster. Mest fre 22–23."
        assert lines[4].startswith(" 2 · 3 km öster om Vara: 4 rapporter.")

    def test_none_is_said(self, command):
        result = command("--categories", "event")
        assert result.exit_code == 0
        assert "Ingen plats har tillräckligt många rapporter." in result.stdout

    def test_at_most_so_many(self, command):
        assert " 2 · " not in command("--most", "1").stdout


class TestJson:
    def test_it_is_geojson_with_the_filter(self, command):
        said = json.loads(command("--json", "--weekdays", "fri", "--bandwidth", "100").stdout)
        assert said["filter"] == {
            "municipality": "1470",
            "weekdays": "fri",
            "kinds": "perception",
            "polarity": "unsafe",
            "states": "accepted",
            "bandwidth": "100",
        }
        first = said["features"][0]["properties"]
        assert (first["rank"], first["n_near"], first["voices"]) == (1, 31, 31)
        assert said["features"][0]["geometry"]["type"] == "Point"


class TestWrongUse:
    @pytest.mark.parametrize(
        "words", [("--bandwidth", "77"), ("--kernel", "round"), ("--most", "0"), ("--weekdays", "fre")]
    )
    def test_it_ends_in_two(self, command, words):
        assert command(*words).exit_code == 2

    def test_a_municipality_that_is_not_there_is_one(self, command):
        assert command("--municipality", "1446").exit_code == 1
