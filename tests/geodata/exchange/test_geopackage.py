"""GeoPackage, as GDAL writes it and as somebody with bad intentions does."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import geopandas
import pyogrio
import pytest
from shapely.geometry import Point

from geodata.errors import Fault
from geodata.exchange.reader import read
from tests.geodata.exchange.files import EAST, NORTH, order


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A layer with two points, one of them without geometry."""
    columns = {"text": ["hej", "då"], "severity": [3, 4]}
    frame = geopandas.GeoDataFrame(columns, geometry=[Point(EAST, NORTH), None], crs="EPSG:3006")
    path = tmp_path / "file.gpkg"
    pyogrio.write_dataframe(frame, path, layer="platser", driver="GPKG")
    return path


class TestSystem:
    @pytest.mark.parametrize(
        ("organization", "number"), [("GDAL", 99999), ("NONE", -1), ("none", 0)], ids=str
    )
    def test_one_that_nobody_named_is_told(self, written: Path, organization: str, number: int) -> None:
        said = f"organization = '{organization}', organization_coordsys_id = {number}"
        changed = f"UPDATE gpkg_spatial_ref_sys SET {said} WHERE srs_id = 3006"  # noqa: S608
        data = _change(written, changed)
        assert _refused(data) == "crs.needed"
        reading = read(data, "file.gpkg", order(system="EPSG:3006"))
        assert reading.drafts[0].place.coords[0] == (EAST, NORTH)


def _change(path: Path, *statements: str) -> bytes:
    database = sqlite3.connect(path)
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()
    return path.read_bytes()


def _refused(data: bytes, **said: object) -> str:
    with pytest.raises(Fault) as caught:
        read(data, "file.gpkg", order(**said))
    return caught.value.code


def test_it_reads_what_gdal_writes(written: Path) -> None:
    reading = read(written.read_bytes(), "file.gpkg", order())
    assert [(draft.text, draft.severity) for draft in reading.drafts] == [("hej", 3), ("då", 4)]
    assert (reading.system, reading.lines, reading.without_position) == ("EPSG:3006", [1, 2], 1)


def test_it_reads_a_file_in_wal_mode(written: Path) -> None:
    database = sqlite3.connect(written)
    database.execute("PRAGMA journal_mode = WAL")
    database.close()
    assert read(written.read_bytes(), "file.gpkg", order()).rows == 2


def test_a_system_that_contradicts_the_file_is_refused(written: Path) -> None:
    assert _refused(written.read_bytes(), system="EPSG:4326") == "crs.contradicts"


@pytest.mark.parametrize("size", [16, 60, 100, 5_000])
def test_a_file_cut_short_is_refused(written: Path, size: int) -> None:
    assert _refused(written.read_bytes()[:size]) in ("gpkg.broken", "gpkg.no_layer")


def test_a_view_is_not_run(written: Path) -> None:
    data = _change(
        written,
        "ALTER TABLE platser RENAME TO hidden",
        "CREATE VIEW platser AS SELECT fid, geom, load_extension('x') AS text FROM hidden",
        "UPDATE gpkg_geometry_columns SET table_name = 'platser'",
    )
    assert _refused(data) in ("gpkg.not_a_table", "gpkg.broken")


def test_a_column_that_computes_something_huge_is_refused(written: Path) -> None:
    data = _change(written, "ALTER TABLE platser ADD COLUMN big TEXT AS (hex(zeroblob(900000000))) VIRTUAL")
    assert _refused(data) == "gpkg.broken"


def test_a_geometry_that_cannot_be_read_is_a_fault_of_its_row(written: Path) -> None:
    database = sqlite3.connect(written)
    triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    database.close()
    drops = [f"DROP TRIGGER {name}" for (name,) in triggers]
    data = _change(written, *drops, "UPDATE platser SET geom = x'4750000100000000FF' WHERE fid = 1")
    faults = read(data, "file.gpkg", order()).faults
    assert [(fault.line, fault.code) for fault in faults] == [(1, "geometry.not_readable")]
