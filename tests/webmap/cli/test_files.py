"""The commands import and export, as a person and as a script use them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from shapely import Point

from tests.geodata.exchange.packed import gpx, shapefile, waypoint, workbook
from webmap.cli import main

Command = Callable[..., Result]
EXTRACT = ("--municipality", "1470", "--origin", "statistics", "--kind", "observation", "--crs", "EPSG:3006")


@pytest.fixture
def command(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("TRYGGKARTA_DATABASE_URL", sqlite_url)
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def extract(shared: Callable[[str], Path]) -> Path:
    return shared("data/utdrag_excel.csv")


class TestTheExtract:
    def test_its_faults_are_listed_and_nothing_is_stored(self, command: Command, extract: Path) -> None:
        result = command("import", extract, *EXTRACT)
        assert result.exit_code == 1
        assert "rad 17, Öst: ”saknas” är inte ett tal" in result.stderr
        assert "Inget sparades" in result.stdout

    def test_as_json_it_is_one_document(self, command: Command, extract: Path) -> None:
        result = command("import", extract, *EXTRACT, "--skip-invalid", "--json")
        said = json.loads(result.stdout)
        assert (result.exit_code, said["rows"], said["stored"], said["without_position"]) == (0, 60, 50, 1)
        assert set(said["faults"][0]) == {"line", "column", "code", "reason"}
        assert len(said["faults"]) == 10

    def test_a_second_run_adds_none(self, command: Command, extract: Path) -> None:
        command("import", extract, *EXTRACT, "--skip-invalid")
        said = json.loads(command("import", extract, *EXTRACT, "--skip-invalid", "--json").stdout)
        assert (said["stored"], said["already_there"]) == (0, 50)

    def test_a_dry_run_stores_none(self, command: Command, extract: Path) -> None:
        assert command("import", extract, *EXTRACT, "--skip-invalid", "--dry-run").exit_code == 0
        assert json.loads(command("import", extract, *EXTRACT, "--json").stdout)["already_there"] == 0

    def test_every_reason_is_a_sentence(self, command: Command, extract: Path) -> None:
        said = json.loads(command("import", extract, *EXTRACT, "--json").stdout)
        assert [
            each["code"] for each in said["faults"] + said["notes"] if each["reason"] == each["code"]
        ] == []


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--crs", "EPSG:3006", "--kind", "observation"),
        ("--kind", "observation", "--origin", "statistics"),
        ("--kind", "observation", "--origin", "statistics", "--crs", "EPSG:3006", "--columns", "Öst"),
        ("--kind", "drake", "--origin", "statistics"),
    ],
)
def test_wrong_use_is_exit_2(command: Command, tmp_path: Path, words: tuple[str, ...]) -> None:
    path = tmp_path / "file.csv"
    path.write_text("Öst;Nord\n380000;6460000\n", encoding="utf-8")
    assert command("import", path, "--municipality", "1470", *words).exit_code == 2


def test_a_file_that_is_not_there_is_exit_1(command: Command, tmp_path: Path) -> None:
    assert command("import", tmp_path / "no.csv", *EXTRACT).exit_code == 1


def test_an_export_says_what_it_wrote(command: Command, extract: Path, tmp_path: Path) -> None:
    command("import", extract, *EXTRACT, "--skip-invalid")
    out = tmp_path / "out.geojson"
    words = (
        "--municipality",
        "1470",
        "--format",
        "geojson",
        "--since",
        "2025-10-18",
        "--until",
        "2025-10-18",
    )
    said = json.loads(command("export", "reports", *words, "--out", out, "--json").stdout)
    assert (said["rows"], said["filter"]["since"]) == (1, "2025-10-18")
    assert said["filter"].items() <= json.loads(out.read_text())["filter"].items()


HERE = Point(379_900, 6_459_600)
OBSERVED = ("--municipality", "1470", "--origin", "statistics", "--kind", "observation")


class TestOtherFormats:
    @pytest.mark.parametrize("suffix", ["xlsx", "zip", "gpx"])
    def test_they_become_reports(self, command: Command, tmp_path: Path, suffix: str) -> None:
        made = {
            "xlsx": lambda: workbook([["Text", "Öst", "Nord"], ["Mörkt", HERE.x, HERE.y]]),
            "zip": lambda: shapefile({"text": ["Mörkt"]}, [HERE]),
            "gpx": lambda: gpx(waypoint("<desc>Mörkt</desc>", 12.95, 58.262)),
        }
        path = tmp_path / f"file.{suffix}"
        path.write_bytes(made[suffix]())
        system = ("--crs", "EPSG:3006") if suffix == "xlsx" else ()
        result = command("import", path, *OBSERVED, *system, "--json")
        assert (result.exit_code, json.loads(result.stdout)["stored"]) == (0, 1)

    def test_a_sheet_can_be_named(self, command: Command, tmp_path: Path) -> None:
        path = tmp_path / "file.xlsx"
        path.write_bytes(workbook([["Text"], ["Mörkt"]], "Förklaring"))
        assert json.loads(command("import", path, *OBSERVED, "--json").stdout)["rows"] == 1
        named = command("import", path, *OBSERVED, "--sheet", "Förklaring")
        assert named.exit_code != 0  # the first sheet would have been read
        assert "kolumn" in named.stderr
        assert command("import", path, *OBSERVED, "--sheet", "Blad9").exit_code == 2

    @pytest.mark.parametrize("suffix", ["csv", "geojson", "gpkg", "xlsx"])
    def test_an_export_is_an_import_that_adds_nothing(
        self, command: Command, tmp_path: Path, suffix: str
    ) -> None:
        path, out = tmp_path / "file.xlsx", tmp_path / f"out.{suffix}"
        path.write_bytes(workbook([["Text", "Öst", "Nord"], ["=1+1", HERE.x, HERE.y], ["b", None, None]]))
        command("import", path, *OBSERVED, "--crs", "EPSG:3006")
        words = ("--municipality", "1470", "--format", suffix, "--out", out)
        assert command("export", "reports", *words).exit_code == 0
        again = json.loads(command("import", out, "--municipality", "1470", "--json").stdout)
        assert (again["rows"], again["stored"], again["already_there"]) == (2, 0, 2)
