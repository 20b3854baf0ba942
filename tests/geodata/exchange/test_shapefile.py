"""Zipped Shapefiles, read as GDAL reads them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from geodata.errors import Fault
from geodata.exchange.reader import read
from geodata.exchange.shapefile import read_shapefile
from geodata.exchange.ticker import Ticker, silent
from tests.geodata.exchange.files import EAST, NORTH, order
from tests.geodata.exchange.packed import changed, entries, shapefile, zipped
from tests.geodata.exchange.test_writers import PLACES

HERE = Point(EAST, NORTH)
ONE = shapefile({"text": ["Mörkt på Ågatan"], "severity": [3], "datum": [date(2025, 5, 3)]}, [HERE])


def _refused(data: bytes, **said: Any) -> str:
    with pytest.raises(Fault) as caught:
        read(data, "file.zip", order(**said))
    return caught.value.code


def _places(*places: BaseGeometry | None) -> list[Any]:
    data = shapefile({"id": range(len(places))}, places)
    return read_shapefile(data, "", Ticker(silent)).places or []


def test_it_reads_what_gdal_writes() -> None:
    reading = read(ONE, "file.zip", order())
    (draft,) = reading.drafts
    assert (draft.text, draft.severity, draft.day) == ("Mörkt på Ågatan", 3, date(2025, 5, 3))
    assert (draft.place, reading.system, reading.notes) == (HERE, "EPSG:3006", [])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(["Point", "LineString", "Polygon"]), st.lists(PLACES, min_size=1, max_size=4))
def test_shapes_come_back_as_they_were(kind: str, places: list[BaseGeometry | None]) -> None:
    of_one_kind = [place if place is None or place.geom_type == kind else None for place in places]
    for was, now in zip(of_one_kind, _places(*of_one_kind, *([HERE] * (kind == "Point"))), strict=False):
        assert was is None is now or was.equals(now)


def test_holes_and_heights_and_parts_are_told_apart() -> None:
    holed = Polygon(box(0, 0, 9, 9).exterior, [box(1, 1, 2, 2).exterior, box(3, 3, 4, 4).exterior])
    two = MultiPolygon([box(0, 0, 1, 1), box(5, 5, 6, 6)])
    found = _places(holed, two)
    assert (found[0].area, len(found[0].interiors), found[1].geom_type) == (79, 2, "MultiPolygon")
    assert _places(Point(1, 2, 3))[0].has_z


class TestSystem:
    def test_one_that_is_missing_has_to_be_named(self) -> None:
        bare = changed(ONE, prj=None)
        assert _refused(bare) == "crs.needed"
        assert read(bare, "file.zip", order(system="EPSG:3006")).drafts[0].place == HERE

    def test_one_that_contradicts_is_refused(self) -> None:
        assert _refused(ONE, system="EPSG:3857") == "crs.contradicts"

    def test_words_that_are_no_system_are_refused(self) -> None:
        assert _refused(changed(ONE, prj=b"+init=/etc/passwd:x")) == "crs.unknown"


class TestLetters:
    def test_windows_letters_are_read_where_the_file_says_so(self) -> None:
        table = entries(ONE)["platser.dbf"].replace(
            "Mörkt på Ågatan".encode(), "Mörkt på Ågatan   ".encode("cp1252")
        )
        assert (
            read(changed(ONE, dbf=table, cpg=b"1252"), "a.zip", order()).drafts[0].text == "Mörkt på Ågatan"
        )
        guessed = read(changed(ONE, dbf=table, cpg=None), "a.zip", order())
        assert (guessed.drafts[0].text, guessed.notes[0].code) == ("Mörkt på Ågatan", "note.encoding_guessed")

    def test_letters_that_are_none_are_a_fault_of_their_row(self) -> None:
        data = shapefile({"text": ["Mörkt", "Ljust"]}, [HERE, HERE])
        table = entries(data)["platser.dbf"].replace("Mörkt ".encode(), b"M\xf6rkt  ")
        reading = read(changed(data, dbf=table), "file.zip", order())
        assert [(each.line, each.code) for each in reading.faults] == [(1, "row.encoding")]
        assert (reading.lines, reading.drafts[0].text) == ([2], "Ljust")


class TestLayers:
    TWO = zipped({**entries(ONE), **entries(shapefile({"text": ["b"]}, [HERE], name="andra"))})

    def test_several_have_to_be_chosen_among(self) -> None:
        assert _refused(self.TWO) == "zip.several_layers"
        assert read(self.TWO, "file.zip", order(layer="Andra")).drafts[0].text == "b"

    def test_one_that_is_not_there_is_said(self) -> None:
        assert _refused(self.TWO, layer="tredje") == "layer.no_such"

    def test_what_apple_adds_is_passed_over(self) -> None:
        added = zipped({"__MACOSX/._platser.shp": b"x", **entries(ONE)})
        assert read(added, "file.zip", order()).rows == 1


def test_deleted_records_are_left_out() -> None:
    data = shapefile({"text": ["a", "b"]}, [HERE, HERE])
    table = bytearray(entries(data)["platser.dbf"])
    table[int.from_bytes(table[8:10], "little")] = ord("*")
    reading = read(changed(data, dbf=bytes(table)), "file.zip", order())
    assert (reading.lines, reading.drafts[0].text) == ([2], "b")


def test_a_part_alone_is_refused_with_advice() -> None:
    with pytest.raises(Fault) as caught:
        read(b"\0\0\x27\x0a", "file.shp", order())
    assert caught.value.code == "shp.not_zipped"
