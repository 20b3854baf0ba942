"""Formats whose cells have types: Excel and Parquet, and GeoPackage with either kind of text in pandas."""

from __future__ import annotations

import importlib.util
import zipfile
from datetime import date
from pathlib import Path
from uuid import UUID

import geopandas
import pandas
import pyarrow.parquet
import pytest
from python_calamine import CalamineWorkbook
from shapely.geometry import LineString, Point

from geodata.drafts import ReportDraft
from geodata.errors import FileFault
from geodata.exchange.reader import read
from geodata.exchange.writers import write
from geodata.hours import habit
from geodata.vocabulary import Kind, Origin, Polarity
from tests.geodata.exchange.files import EAST, NORTH, order
from tests.geodata.exchange.test_writers import CHOSEN, frame_of

RUNS = '=HYPERLINK("http://x";"klicka")'
DRAFT = ReportDraft(
    uid=UUID("6f1d3a52-7f0e-5c55-9a43-0c6f3f9b1470"),
    municipality="1470",
    place=Point(EAST, NORTH),
    kind=Kind.PERCEPTION,
    origin=Origin.SURVEY,
    polarity=Polarity.UNSAFE,
    categories=frozenset({"lighting"}),
    hours=habit([4], 20, 3),
    day=date(2025, 10, 18),
    text=RUNS,
    source="survey",
    severity=3,
)


def _written(tmp_path: Path, suffix: str, *drafts: ReportDraft, **columns: list[float]) -> Path:
    path = tmp_path / f"file.{suffix}"
    frame = frame_of(list(drafts) or [DRAFT])
    write(frame.assign(**columns), suffix, path, CHOSEN)
    return path


class TestExcel:
    def test_days_and_numbers_are_typed(self, tmp_path: Path) -> None:
        path = _written(tmp_path, "xlsx", share=[1 / 3])
        header, cells = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("reports").to_python()
        said = dict(zip(header, cells, strict=True))
        assert (said["day"], said["severity"], said["sweref99_e"]) == (date(2025, 10, 18), 3, EAST)
        assert said["share"] == pytest.approx(1 / 3, abs=1e-15)

    def test_nothing_in_it_is_a_formula(self, tmp_path: Path) -> None:
        path = _written(tmp_path, "xlsx")
        with zipfile.ZipFile(path) as archive:
            parts = b"".join(archive.read(name) for name in archive.namelist())
        assert b"<f>" not in parts
        assert b"'=HYPERLINK" in parts
        assert read(path.read_bytes(), path.name, order()).drafts[0].text == RUNS

    def test_the_filter_has_its_own_sheet(self, tmp_path: Path) -> None:
        book = CalamineWorkbook.from_path(str(_written(tmp_path, "xlsx")))
        said = dict(book.get_sheet_by_name("Filter").to_python())
        assert book.sheet_names == ["reports", "Filter"]
        assert said["weekdays"] == "fri"
        assert said["filter"] == "municipality=1470&weekdays=fri&hours=20-03"

    def test_no_working_file_is_left(self, tmp_path: Path) -> None:
        assert list(tmp_path.iterdir()) == [] != [_written(tmp_path, "xlsx")]
        assert [path.name for path in tmp_path.iterdir()] == ["file.xlsx"]

    def test_a_shape_that_has_no_room_in_a_cell_is_said(self, tmp_path: Path) -> None:
        line = LineString([(EAST + n % 9 + 0.123, NORTH + n + 0.123) for n in range(1_900)])
        with pytest.raises(FileFault) as caught:
            _written(tmp_path, "xlsx", ReportDraft(**{**vars(DRAFT), "place": line}))
        assert caught.value.code == "export.cell_too_long"
        assert list(tmp_path.iterdir()) == []

    def test_a_folder_that_is_not_there_is_said(self, tmp_path: Path) -> None:
        with pytest.raises(FileFault) as caught:
            _written(tmp_path / "nowhere", "xlsx")
        assert caught.value.code == "file.not_writable"


class TestParquet:
    def test_it_is_geoparquet_with_types(self, tmp_path: Path) -> None:
        back = geopandas.read_parquet(_written(tmp_path, "parquet"))
        (row,) = back.to_dict("records")
        assert back.crs.to_epsg() == 3006
        assert (row["uid"], row["day"], row["severity"]) == (str(DRAFT.uid), DRAFT.day, 3)
        assert (row["text"], row["geometry"]) == (RUNS, DRAFT.place)

    def test_the_filter_is_metadata(self, tmp_path: Path) -> None:
        said = pyarrow.parquet.read_schema(_written(tmp_path, "parquet")).metadata[b"PANDAS_ATTRS"]
        assert b"municipality=1470&weekdays=fri&hours=20-03" in said

    def test_without_the_extra_it_says_what_is_missing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
        with pytest.raises(FileFault) as caught:
            _written(tmp_path, "parquet")
        assert (caught.value.code, caught.value.values) == (
            "export.needs_pyarrow",
            {"extra": "tryggkarta[parquet]"},
        )


@pytest.mark.parametrize("storage", ["python", "pyarrow"])
@pytest.mark.parametrize("suffix", ["csv", "geojson", "gpkg", "xlsx"])
def test_both_kinds_of_text_in_pandas_give_the_same(tmp_path: Path, suffix: str, storage: str) -> None:
    with pandas.option_context("mode.string_storage", storage):
        path = _written(tmp_path, suffix)
        (draft,) = read(path.read_bytes(), path.name, order(kind=None, origin=None)).drafts
    assert (draft.text, draft.source_id, draft.day, draft.hours) == (RUNS, "", DRAFT.day, DRAFT.hours)
