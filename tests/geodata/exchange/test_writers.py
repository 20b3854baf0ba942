"""What is written is what is read back."""

from __future__ import annotations

import json
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import geopandas
import pandas
import pyogrio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, box
from shapely.geometry.base import BaseGeometry

from geodata.drafts import ReportDraft, checked_text
from geodata.errors import FileFault
from geodata.exchange.guard import guarded, unguarded
from geodata.exchange.hourcode import from_code, to_code
from geodata.exchange.reader import read
from geodata.exchange.writers import FRAME_COLUMNS, HOUR_COLUMNS, write
from geodata.hours import ANY_HOUR, HoursOfWeek, exact, habit, interval, whole_day
from geodata.privacy import mask_identity_numbers
from geodata.vocabulary import BY_CODE, Kind, Light, Origin, Polarity
from tests.geodata.exchange.files import EAST, NORTH, order

CHOSEN = {"municipality": "1470", "weekdays": "fri", "hours": "20-03"}
_MOMENTS = st.datetimes(pandas.Timestamp(2000, 1, 1), pandas.Timestamp(2026, 1, 1))
HOURS = st.one_of(
    st.just(ANY_HOUR),
    _MOMENTS.map(exact),
    _MOMENTS.map(lambda moment: whole_day(moment.date())),
    st.builds(
        lambda start, minutes: interval(start, start + timedelta(minutes=minutes)),
        _MOMENTS,
        st.integers(1, 10_200),
    ),
    st.builds(habit, st.sets(st.integers(0, 6), min_size=1), st.integers(0, 23), st.integers(0, 23)),
)
_OFFSETS = st.integers(-9_000_000, 9_000_000).map(lambda millimetres: millimetres / 1000)
POINTS = st.builds(lambda east, north: Point(EAST + east, NORTH + north), _OFFSETS, _OFFSETS)
PLACES = st.one_of(
    st.none(),
    POINTS,
    POINTS.map(lambda point: LineString([point, (point.x + 10, point.y + 5)])),
    POINTS.map(lambda point: box(point.x, point.y, point.x + 10, point.y + 5)),
)
_PIECES = st.sampled_from(
    ["=1+1", "+", "-2", "@x", "'=", "''-", "\n", '"', ";", ",", "🦌", "å", "<b>", "\t", " "]
)
TEXTS = st.lists(st.one_of(_PIECES, st.text(max_size=5)), max_size=6).map(
    lambda parts: mask_identity_numbers(checked_text("".join(parts)))[0]
)
WORDS = st.sampled_from(["", "=1", "Gata 5", "-", "'@"])
DRAFTS = st.builds(
    ReportDraft,
    uid=st.builds(uuid4),
    municipality=st.just("1470"),
    place=PLACES,
    kind=st.sampled_from(Kind),
    origin=st.sampled_from(Origin),
    polarity=st.sampled_from(Polarity),
    categories=st.frozensets(st.sampled_from(sorted(BY_CODE)), max_size=3),
    hours=HOURS,
    day=st.one_of(st.none(), st.dates(date(1900, 1, 1), date(2026, 1, 1))),
    light=st.one_of(st.none(), st.sampled_from(Light)),
    text=TEXTS,
    source=st.sampled_from(["statistics", "=x", "Enkät 2025"]),
    source_id=WORDS,
    source_category=WORDS,
    accuracy_m=st.one_of(st.none(), st.integers(0, 5000).map(float)),
    severity=st.one_of(st.none(), st.integers(1, 5)),
)


def _row(draft: ReportDraft) -> dict[str, Any]:
    hours = draft.hours
    ends = (hours.first_hour, hours.last_hour, hours.minutes_before_first, hours.minutes_after_last)
    plain = ("kind", "origin", "polarity", "severity", "light", "text", "source", "accuracy_m", "state")
    return {
        **{name: getattr(draft, name) for name in plain},
        "uid": str(draft.uid),
        "categories": "|".join(sorted(draft.categories)),
        "day": draft.day.isoformat() if draft.day else "",
        "source_id": draft.source_id or None,
        "source_category": draft.source_category,
        **dict(zip(HOUR_COLUMNS, (*hours.words, *ends), strict=True)),
    }


def frame_of(drafts: list[ReportDraft]) -> geopandas.GeoDataFrame:
    """Drafts as the frame that an export writes."""
    table = pandas.DataFrame.from_records([_row(draft) for draft in drafts], columns=list(FRAME_COLUMNS))
    return geopandas.GeoDataFrame(table, geometry=[draft.place for draft in drafts], crs="EPSG:3006")


def _said(draft: ReportDraft) -> tuple[Any, ...]:
    said = (draft.uid, draft.hours, draft.day, draft.text, draft.categories, draft.severity, draft.light)
    return *said, draft.kind, draft.polarity, draft.source, draft.source_id, draft.accuracy_m


def _are_alike(was: BaseGeometry | None, now: BaseGeometry | None) -> bool:
    """To the millimetre."""
    return was is now if was is None or now is None else bool(was.equals_exact(now, 0.002))


def _there_and_back(drafts: list[ReportDraft], format_name: str) -> list[ReportDraft]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file.{format_name}"
        write(frame_of(drafts), format_name, path, CHOSEN)
        reading = read(path.read_bytes(), path.name, order(kind=None, origin=None))
    assert reading.faults == []
    return reading.drafts


@pytest.mark.parametrize("format_name", ["csv", "geojson", "gpkg", "xlsx"])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drafts=st.lists(DRAFTS, max_size=4))
def test_reading_gives_back_what_was_written(format_name: str, drafts: list[ReportDraft]) -> None:
    back = _there_and_back(drafts, format_name)
    assert list(map(_said, back)) == list(map(_said, drafts))
    assert all(_are_alike(was.place, now.place) for was, now in zip(drafts, back, strict=True))


@given(HOURS)
def test_hours_have_one_code_that_means_them(hours: HoursOfWeek) -> None:
    assert from_code(to_code(hours)) == hours


def test_the_code_of_hours_can_be_read_by_people() -> None:
    assert to_code(habit([4], 20, 3)) == "fri20-sat03"


@given(st.text(alphabet="'=+-@\t\r\n\0a1", max_size=6))
def test_a_guarded_text_never_runs_and_comes_back(text: str) -> None:
    assert guarded(text)[:1] not in tuple("=+-@＝＋－＠\t\r\n\0")
    assert unguarded(guarded(text)) == text


class TestTheFilter:
    @pytest.fixture
    def files(self, tmp_path: Path) -> dict[str, Path]:
        for name in ("csv", "geojson", "gpkg"):
            write(frame_of([]), name, tmp_path / f"file.{name}", CHOSEN)
        return {name: tmp_path / f"file.{name}" for name in ("csv", "geojson", "gpkg")}

    def test_csv_has_it_as_the_heading_of_an_empty_column(self, files: dict[str, Path]) -> None:
        header = files["csv"].read_bytes().decode("utf-8-sig")
        assert header.endswith(";filter: municipality=1470&weekdays=fri&hours=20-03\r\n")

    def test_geojson_has_it_as_a_member(self, files: dict[str, Path]) -> None:
        assert json.loads(files["geojson"].read_text())["filter"] == CHOSEN

    def test_geopackage_has_it_in_the_layers_metadata(self, files: dict[str, Path]) -> None:
        said = pyogrio.read_info(files["gpkg"])["layer_metadata"]["filter"]
        assert said == "municipality=1470&weekdays=fri&hours=20-03"


def test_a_file_that_cannot_be_written_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(FileFault) as caught:
        write(frame_of([]), "csv", tmp_path / "nowhere" / "file.csv", CHOSEN)
    assert caught.value.code == "file.not_writable"
    assert list(tmp_path.iterdir()) == []
