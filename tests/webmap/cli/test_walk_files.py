"""Findings out to files, and a phone's file in, from the command line; on both databases."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path

import pyogrio
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from geodata.queries.walks import KnownWalk
from geodata.tables.engine import writing
from geodata.vocabulary import Polarity, State
from tests import factories, findings, walks
from tests.webmap.test_walk_aside import outbox
from webmap.cli import main

Command = Callable[..., Result]


@pytest.fixture
def command(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    url = engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("TRYGGKARTA_DATABASE_URL", url)
    monkeypatch.setenv("TRYGGKARTA_DATA_DIR", str(tmp_path))
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def walk(engine: Engine) -> KnownWalk:
    """A walk with an accepted finding that is followed up, a good place, one that is new, and noise."""
    with writing(engine) as session:
        factories.put_noise(session, factories.municipality(session))
    made = walks.walk(engine)
    stop = walks.stops(engine, made)[1]
    done = findings.found(engine, made, stop, state=State.ACCEPTED, text="=1+1")
    findings.decided(engine, done, due=date(2020, 1, 1))
    findings.found(engine, made, None, state=State.ACCEPTED, polarity=Polarity.SAFE)
    findings.found(engine, made, stop)
    other = walks.walk(engine)
    findings.found(engine, other, walks.stops(engine, other)[0], state=State.ACCEPTED)
    return made


class TestExport:
    def exported(self, command: Command, path: Path, *words: object) -> dict[str, object]:
        kind = path.suffix.removeprefix(".")
        words = ("export", "findings", "--municipality", "1470", "--format", kind, "--out", path, *words)
        said: dict[str, object] = json.loads(command(*words, "--json").stdout)
        return said

    def test_as_csv_it_holds_what_is_done_and_runs_nothing(
        self, command: Command, walk: KnownWalk, tmp_path: Path
    ) -> None:
        said = self.exported(command, tmp_path / "f.csv", "--walk", walk.uid)
        text = (tmp_path / "f.csv").read_text(encoding="utf-8-sig")
        rows = list(csv.DictReader(StringIO(text), delimiter=";"))
        assert (said["rows"], len(rows)) == (2, 2)
        assert (rows[0]["text"], rows[0]["unit"], rows[0]["overdue"]) == ("'=1+1", "Gata/park", "true")

    @pytest.mark.parametrize(
        ("words", "count"),
        [((), 3), (("--polarity", "safe"), 1), (("--states", "new"), 1), (("--until", "2020-01-01"), 0)],
    )
    def test_it_is_what_the_filter_lets_through(
        self, command: Command, walk: KnownWalk, tmp_path: Path, words: tuple[str, ...], count: int
    ) -> None:
        said = self.exported(command, tmp_path / "f.geojson", *words)
        written = json.loads((tmp_path / "f.geojson").read_text(encoding="utf-8"))
        assert (said["rows"], len(written["features"])) == (count, count)
        assert written["filter"] == said["filter"]

    def test_as_geopackage_it_opens_with_its_filter(
        self, command: Command, walk: KnownWalk, tmp_path: Path
    ) -> None:
        self.exported(command, tmp_path / "f.gpkg", "--walk", walk.uid)
        known = pyogrio.read_info(tmp_path / "f.gpkg")
        assert (known["features"], known["crs"]) == (2, "EPSG:3006")
        assert f"walk={walk.uid}" in known["layer_metadata"]["filter"]

    def test_a_walk_that_is_not_there_is_said_so(
        self, command: Command, walk: KnownWalk, tmp_path: Path
    ) -> None:
        words = (
            "export",
            "findings",
            "--municipality",
            "1446",
            "--format",
            "csv",
            "--out",
            tmp_path / "f.csv",
        )
        result = command(*words, "--walk", walk.uid)
        assert result.exit_code == 1
        assert "Vandringen finns inte." in result.stderr


class TestTakeIn:
    def test_a_phones_file_comes_in_once(self, command: Command, walk: KnownWalk, tmp_path: Path) -> None:
        file = tmp_path / "utkorg.zip"
        file.write_bytes(outbox(walk, [walks.finding(walk), walks.finding(walk)]))
        first, second = (
            json.loads(command("walk", "take-in", file, "--walk", walk.uid, "--json").stdout)
            for _ in range(2)
        )
        assert (first["entries"], second["entries"]) == ({"new": 2}, {"already": 2})

    def test_it_is_told_in_words(self, command: Command, walk: KnownWalk, tmp_path: Path) -> None:
        file = tmp_path / "utkorg.zip"
        file.write_bytes(outbox(walk, [walks.finding(walk)]))
        assert "1 post är ny" in command("walk", "take-in", file, "--walk", walk.uid).stdout
