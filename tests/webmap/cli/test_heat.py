"""The command heat: three files, the keys others rely on, and figures that add up."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from PIL import Image

from geodata.tables.engine import make_engine, writing
from geodata.vocabulary import Kind
from tests import factories
from webmap.cli import main

KEYS = {
    "crs",
    "origin",
    "cell_m",
    "shape",
    "kernel",
    "bandwidth_m",
    "unit",
    "n",
    "reports",
    "voices",
    "period",
    "filter",
}


@pytest.fixture
def command(sqlite_url, monkeypatch):
    engine = make_engine(sqlite_url)
    with writing(engine) as session:
        there = factories.municipality(session)
        factories.store(session, there, factories.spread(90))
    engine.dispose()
    monkeypatch.setenv("TRYGGKARTA_DATABASE_URL", sqlite_url)
    return lambda *words: CliRunner().invoke(main, ["heat", "--municipality", "1470", *map(str, words)])


def written(command, path, *words):
    result = command("--out", path, *words)
    assert result.exit_code == 0, result.stderr
    return json.loads(path.read_text(encoding="utf-8"))


class TestJson:
    def test_it_has_the_keys_and_the_shape(self, command, tmp_path):
        said = written(command, tmp_path / "s.json")
        rows, columns = said["shape"]
        assert set(said) == KEYS | {"values"}
        assert [len(said["values"]), {len(row) for row in said["values"]}] == [rows, {columns}]
        assert (said["crs"], said["cell_m"], said["bandwidth_m"], said["kernel"]) == (
            "EPSG:3006",
            50,
            300,
            "quartic",
        )

    def test_over_the_whole_period_it_adds_up_to_the_count(self, command, tmp_path):
        said = written(command, tmp_path / "s.json", "--per", "total")
        total = sum(map(sum, said["values"])) * said["cell_m"] ** 2 / 1e6
        assert said["unit"] == "reports/km2"
        assert total == pytest.approx(said["n"], rel=0.01)

    def test_per_year_is_the_same_by_the_years(self, command, tmp_path):
        each, total = (written(command, tmp_path / f"{per}.json", "--per", per) for per in ("year", "total"))
        ratio = max(map(max, total["values"])) / max(map(max, each["values"]))
        assert each["unit"] == "reports/km2/year"
        assert 2.5 < ratio < 3.1

    def test_the_filter_and_its_defaults_are_written(self, command, tmp_path):
        said = written(command, tmp_path / "s.json", "--weekdays", "fri", "--hours", "20-03")
        expected = {"municipality": "1470", "weekdays": "fri", "hours": "20-03", "kinds": "perception"}
        assert said["filter"] == expected | {"polarity": "unsafe", "states": "accepted"}
        assert said["voices"] is None

    def test_nothing_chosen_is_numbers_all_the_same(self, command, tmp_path):
        said = written(command, tmp_path / "s.json", "--categories", "event")
        assert said["n"] == 0
        assert {value for row in said["values"] for value in row} == {0}

    def test_the_answer_is_one_document(self, command, tmp_path):
        result = command("--out", tmp_path / "s.json", "--json")
        assert set(json.loads(result.stdout)) == KEYS


class TestPictures:
    def test_a_sheet_is_a_picture(self, command, tmp_path):
        assert command("--out", tmp_path / "s.png").exit_code == 0
        with Image.open(tmp_path / "s.png") as sheet:
            assert min(sheet.size) > 100

    def test_a_geotiff_has_a_pixel_for_each_cell(self, command, tmp_path):
        rows, columns = written(command, tmp_path / "s.json")["shape"]
        assert command("--out", tmp_path / "s.tif").exit_code == 0
        with Image.open(tmp_path / "s.tif") as raster:
            assert raster.size == (columns, rows)


class TestWrongUse:
    @pytest.mark.parametrize(
        "words",
        [
            ("--out", "s.docx"),
            ("--out", "s.json", "--cell", "33"),
            ("--out", "s.json", "--bandwidth", "77"),
            ("--out", "s.json", "--kernel", "round"),
            ("--out", "s.json", "--kinds", "perception,observation"),
            ("--out", "s.json", "--since", "i-går"),
            ("--out", "s.json", "--weekdays", "fre"),
            ("--per", "total"),
        ],
    )
    def test_it_ends_in_two(self, command, tmp_path, words, monkeypatch):
        monkeypatch.chdir(tmp_path)
        assert command(*words).exit_code == 2
        assert list(tmp_path.glob("s.*")) == []

    def test_several_kinds_and_none_named_too(self, command, sqlite_url, tmp_path):
        engine = make_engine(sqlite_url)
        with writing(engine) as session:
            factories.store(session, factories.home_in(session), [factories.draft(kind=Kind.OBSERVATION)])
        engine.dispose()
        assert command("--out", tmp_path / "s.json").exit_code == 2
        assert command("--out", tmp_path / "s.json", "--kinds", "observation").exit_code == 0

    def test_a_municipality_that_is_not_there_is_one(self, command, tmp_path):
        result = command("--out", tmp_path / "s.json", "--municipality", "1446")
        assert result.exit_code == 1
        assert len(result.stderr.strip().splitlines()) == 1
