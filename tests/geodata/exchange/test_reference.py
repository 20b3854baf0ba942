"""The extract as Swedish Excel saves it: ten rows are faulty on purpose, eight are special."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from geodata import sweden
from geodata.drafts import ReportDraft
from geodata.exchange.instructions import Instructions
from geodata.exchange.reader import read
from geodata.exchange.reading import Reading
from geodata.geometry import ServedArea
from geodata.vocabulary import Kind, Origin

Shared = Callable[[str], Path]


@pytest.fixture(scope="module")
def extract(shared: Shared) -> Reading:
    area = ServedArea("Vara", sweden.municipality("1470").boundary, sweden.TOLERANCE_M)
    order = Instructions(
        "1470", area, date(2026, 11, 22), Kind.OBSERVATION, Origin.STATISTICS, system="EPSG:3006"
    )
    return read(shared("data/utdrag_excel.csv").read_bytes(), "utdrag_excel.csv", order)


@pytest.fixture(scope="module")
def at_line(extract: Reading) -> Callable[[int], ReportDraft]:
    by_line = dict(zip(extract.lines, extract.drafts, strict=True))
    return by_line.__getitem__


def test_it_finds_the_ten_faults_no_more_and_no_fewer(extract: Reading, shared: Shared) -> None:
    expected = json.loads(shared("reference/utdrag_excel.json").read_text())["faults"]
    found = [(each.line, each.column) for each in extract.faults]
    assert found == [(each["line"], each["column"]) for each in expected]


def test_it_says_why(extract: Reading) -> None:
    assert [each.code for each in extract.faults] == [
        "geometry.axes_swapped",
        "geometry.degrees_in_metres",
        "geometry.outside",
        "number.not_a_number",
        "number.not_a_number",
        "date.no_such_date",
        "date.in_future",
        "time.no_such_time",
        "category.unknown",
        "id.other_content",
    ]


def test_it_keeps_the_other_fifty(extract: Reading) -> None:
    assert (extract.rows, len(extract.drafts), extract.without_position) == (60, 50, 1)


def test_a_row_without_position_is_kept(at_line: Callable[[int], ReportDraft]) -> None:
    assert at_line(45).place is None


def test_an_interval_over_midnight_is_four_hours(at_line: Callable[[int], ReportDraft]) -> None:
    assert at_line(46).hours.span_minutes == 240


def test_a_date_alone_is_any_hour_of_that_weekday(at_line: Callable[[int], ReportDraft]) -> None:
    hours = at_line(47).hours
    assert (hours.first_hour, hours.last_hour, hours.span_minutes) == (120, 143, 1440)


def test_the_night_of_the_switch_is_two_wall_clock_hours(at_line: Callable[[int], ReportDraft]) -> None:
    assert at_line(48).hours.span_minutes == 120


def test_a_formula_is_kept_as_text(at_line: Callable[[int], ReportDraft]) -> None:
    assert at_line(49).text == '=HYPERLINK("x";"klicka")'


def test_a_quoted_field_keeps_its_quotes(at_line: Callable[[int], ReportDraft]) -> None:
    assert at_line(50).text == 'Citat; med semikolon och "citattecken"'


def test_a_personal_number_is_masked_and_noted(
    extract: Reading, at_line: Callable[[int], ReportDraft]
) -> None:
    assert at_line(51).text == "Ring 0512-310 00, pnr ******-****"
    assert [(each.line, each.code) for each in extract.notes] == [(51, "note.identity_number_masked")]


def test_a_script_is_only_text(at_line: Callable[[int], ReportDraft]) -> None:
    assert at_line(52).text == "<img src=x onerror=alert(1)> ${alert(1)} `"
