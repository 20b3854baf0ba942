"""Ground and names from files of every kind, as a person and as a script use the command."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from geodata.exchange import drivers
from geodata.queries.areas import shapes_of
from geodata.queries.municipalities import home
from geodata.tables.areas import Area
from geodata.tables.chain import verify
from geodata.tables.engine import make_engine, reading, writing
from geodata.tables.journal import JournalEntry
from geodata.vocabulary import AreaKind
from tests import factories
from tests.webmap.cli import layer_files as files
from tests.webmap.cli.pbf import write_pbf
from webmap.cli import main
from webmap.services import area_layers
from webmap.services.area_layers import AreaOrder

Command = Callable[..., Result]
HERE = ("--municipality", "1470")


@pytest.fixture
def engine_here(sqlite_url: str):
    engine = make_engine(sqlite_url)
    with writing(engine) as session:
        factories.municipality(session)
    yield engine
    engine.dispose()


@pytest.fixture
def command(sqlite_url: str, engine_here: Engine, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("TRYGGKARTA_DATABASE_URL", sqlite_url)
    return lambda *words: CliRunner().invoke(main, ["area", *(str(word) for word in words)])


def said(result: Result) -> dict:
    return json.loads(result.stdout)


def stored(engine: Engine, kind: AreaKind) -> list:
    with reading(engine) as session:
        return shapes_of(session, home(session, "1470").id, [kind]).get(kind, [])


def names(engine: Engine, kind: str) -> list[str]:
    with reading(engine) as session:
        return sorted(name for (name,) in session.query(Area.name).filter(Area.kind == kind))


STREETS = files.frame(
    [*files.STREETS, files.ACROSS_THE_BORDER, files.OUTSIDE], ["Storgatan", "Å gatan", None, "x"]
)


class TestEveryFormat:
    @pytest.mark.parametrize(
        "make", [files.geopackage, files.geojson, files.shapefile], ids=lambda make: make.__name__
    )
    def test_streets_are_read_and_cut_at_the_border(
        self, command: Command, engine_here: Engine, tmp_path: Path, make: Callable[..., Path]
    ) -> None:
        suffix = {"geopackage": "gpkg", "geojson": "geojson", "shapefile": "zip"}[make.__name__]
        path = make(tmp_path / f"v.{suffix}", STREETS)
        result = command("import", path, *HERE, "--kind", "street", "--json")
        assert (result.exit_code, said(result)["stored"], said(result)["outside"]) == (0, {"street": 3}, 1)
        assert names(engine_here, "street") == ["", "Storgatan", "Å gatan"]
        assert sum(line.length for line in stored(engine_here, AreaKind.STREET)) == pytest.approx(
            1_100, abs=0.5
        )

    @pytest.mark.parametrize("system", ["EPSG:4326", "EPSG:3007", "EPSG:3857"])
    def test_the_system_of_the_file_is_believed(
        self, command: Command, engine_here: Engine, tmp_path: Path, system: str
    ) -> None:
        made = files.frame([files.HOUSE], [None], system)
        assert (
            command(
                "import", files.geopackage(tmp_path / "h.gpkg", made), *HERE, "--kind", "building"
            ).exit_code
            == 0
        )
        (house,) = stored(engine_here, AreaKind.BUILDING)
        assert house.symmetric_difference(files.HOUSE).area < 0.1

    def test_an_extract_gives_each_kind_its_own(
        self, command: Command, engine_here: Engine, tmp_path: Path
    ) -> None:
        path = files.town().write(tmp_path / "vara.osm")
        kinds = [word for kind in AreaKind for word in ("--kind", kind.value)]
        result = command("import", path, *HERE, *kinds, "--json")
        counts = dict.fromkeys(("locality", "path", "railway", "building", "water", "green", "school"), 1)
        assert said(result)["stored"] == {**counts, "place": 3, "street": 2}
        assert names(engine_here, "place") == ["Biblioteket", "Parken", "Resecentrum"]
        assert names(engine_here, "street") == ["Riksvägen", "Storgatan"]

    def test_an_extract_may_be_binary(self, command: Command, engine_here: Engine, tmp_path: Path) -> None:
        nodes = [(12.95, 58.26), (12.96, 58.26), (12.96, 58.265)]
        ways = [
            ((1, 2, 3), {"highway": "residential", "name": "Storgatan"}),
            ((1, 2, 3, 1), {"building": "yes"}),
        ]
        path = write_pbf(tmp_path / "vara.osm.pbf", nodes, ways)
        result = command("import", path, *HERE, "--kind", "street", "--kind", "building", "--json")
        assert said(result)["stored"] == {"street": 1, "building": 1}
        assert names(engine_here, "street") == ["Storgatan"]

    def test_the_points_of_an_extract_stand_for_what_is_around_them(
        self, command: Command, engine_here: Engine, tmp_path: Path
    ) -> None:
        path = files.town().write(tmp_path / "vara.osm")
        command("import", path, *HERE, "--kind", "locality", "--kind", "school")
        with reading(engine_here) as session:
            radii = dict(session.query(Area.name, Area.radius_m).all())
        assert radii == {"Vara": 1_000.0, "Skolan": 150.0}


class TestWhatIsWrong:
    def test_rows_that_are_wrong_are_named_and_nothing_is_stored(
        self, command: Command, engine_here: Engine, tmp_path: Path
    ) -> None:
        path = files.geopackage(tmp_path / "h.gpkg", files.frame([files.HOUSE, files.BOW_TIE], ["a", "b"]))
        result = command("import", path, *HERE, "--kind", "building")
        assert result.exit_code == 1
        assert "rad 2: Ytan korsar sig själv" in result.stderr
        assert "Inget sparades" in result.stdout
        assert stored(engine_here, AreaKind.BUILDING) == []

    def test_those_that_are_right_are_stored_when_told(
        self, command: Command, engine_here: Engine, tmp_path: Path
    ) -> None:
        path = files.geopackage(tmp_path / "h.gpkg", files.frame([files.HOUSE, files.BOW_TIE], ["a", "b"]))
        assert command("import", path, *HERE, "--kind", "building", "--skip-invalid").exit_code == 0
        assert len(stored(engine_here, AreaKind.BUILDING)) == 1

    def test_several_kinds_of_one_layer_is_wrong_use(self, command: Command, tmp_path: Path) -> None:
        path = files.geopackage(tmp_path / "v.gpkg", STREETS)
        result = command("import", path, *HERE, "--kind", "street", "--kind", "path")
        assert (result.exit_code, "Välj ett slag" in result.stderr) == (2, True)

    @pytest.mark.parametrize("data", [b"\0\0\0\x0d\n\x09OSMHeader but not really", b"<osm></osm>"])
    def test_a_binary_extract_that_is_none_is_said_so(
        self, command: Command, tmp_path: Path, data: bytes
    ) -> None:
        (tmp_path / "a.osm.pbf").write_bytes(data)
        assert "OpenStreetMap" in command("import", tmp_path / "a.osm.pbf", *HERE, "--kind", "street").stderr

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("a.osm", "<osm version='0.6'><node id='1'"),
            (
                "a.osm",
                '<?xml version="1.0"?><!DOCTYPE osm [<!ENTITY a SYSTEM "file:///etc/passwd">]><osm>&a;</osm>',
            ),
            ("a.osm", '<OGRVRTDataSource><osm/><OGRVRTLayer name="lines"/></OGRVRTDataSource>'),
            ("a.geojson", "<OGRVRTDataSource></OGRVRTDataSource>"),
        ],
    )
    def test_a_broken_or_disguised_file_stores_nothing(
        self, command: Command, engine_here: Engine, tmp_path: Path, name: str, text: str
    ) -> None:
        (tmp_path / name).write_text(text)
        result = command("import", tmp_path / name, *HERE, "--kind", "street")
        assert (result.exit_code, bool(result.stderr.strip())) == (1, True)
        assert stored(engine_here, AreaKind.STREET) == []


class TestAgain:
    def test_the_same_file_adds_nothing(self, command: Command, engine_here: Engine, tmp_path: Path) -> None:
        path = files.geopackage(tmp_path / "v.gpkg", STREETS)
        command("import", path, *HERE, "--kind", "street")
        result = command("import", path, *HERE, "--kind", "street", "--json")
        assert (said(result)["stored"], said(result)["already_there"]) == ({"street": 0}, 3)
        assert factories.rows(engine_here, JournalEntry) == {"journal": 1}

    def test_replacing_leaves_only_the_new(
        self, command: Command, engine_here: Engine, tmp_path: Path
    ) -> None:
        command("import", files.geopackage(tmp_path / "v.gpkg", STREETS), *HERE, "--kind", "street")
        newer = files.geopackage(tmp_path / "w.gpkg", files.frame([files.STREETS[1]], ["Nygatan"]))
        result = command("import", newer, *HERE, "--kind", "street", "--replace", "--json")
        assert (said(result)["removed"], names(engine_here, "street")) == (3, ["Nygatan"])

    def test_a_dry_run_stores_nothing(self, command: Command, engine_here: Engine, tmp_path: Path) -> None:
        path = files.geopackage(tmp_path / "v.gpkg", STREETS)
        result = command("import", path, *HERE, "--kind", "street", "--dry-run", "--json")
        assert (said(result)["usable"], said(result)["stored"]) == ({"street": 3}, {})
        assert stored(engine_here, AreaKind.STREET) == []

    def test_what_is_removed_comes_back_with_its_file(
        self, command: Command, engine_here: Engine, tmp_path: Path
    ) -> None:
        path = files.geopackage(tmp_path / "v.gpkg", STREETS)
        command("import", path, *HERE, "--kind", "street")
        assert said(command("remove", *HERE, "--kind", "street", "--json"))["removed"] == 3
        assert said(command("list", *HERE, "--json")) == []
        command("import", path, *HERE, "--kind", "street")
        assert len(stored(engine_here, AreaKind.STREET)) == 3


def test_either_database_stores_shapes_and_journal(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as session:
        factories.municipality(session)
    path = files.town().write(tmp_path / "vara.osm")
    kinds = (AreaKind.STREET, AreaKind.BUILDING, AreaKind.PLACE)
    area_layers.run(engine, AreaOrder(path, "1470", kinds))
    with reading(engine) as session:
        found = shapes_of(session, home(session, "1470").id, kinds)
        assert {kind: len(shapes) for kind, shapes in found.items()} == {
            kinds[0]: 2,
            kinds[1]: 1,
            kinds[2]: 3,
        }
        assert found[AreaKind.BUILDING][0].symmetric_difference(files.HOUSE).area < 0.1
        assert verify(session).is_whole


def test_gdal_can_open_extracts_and_nothing_else() -> None:
    asked = "import pyogrio; print(','.join(sorted(pyogrio.list_drivers())))"
    answer = subprocess.run(
        [sys.executable, "-c", asked],
        env={"GDAL_SKIP": drivers.LEFT_OUT},
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(answer.stdout.strip().split(",")) == drivers.ALLOWED
