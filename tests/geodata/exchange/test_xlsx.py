"""Excel workbooks, as people make them."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import xlsxwriter

from geodata import hours
from geodata.errors import Fault
from geodata.exchange.reader import read
from geodata.exchange.reading import Reading
from tests.geodata.exchange.files import EAST, NORTH, order
from tests.geodata.exchange.packed import workbook

HEADER = ["Id", "Datum", "Från", "Öst", "Nord", "Typ", "Text"]
ROW = ["a", date(2025, 10, 18), time(21, 30), EAST, NORTH, "klotter", "Mörkt"]


def _read(rows: list[list[Any]], *sheets: str, **said: Any) -> Reading:
    return read(workbook(rows, *sheets), "file.xlsx", order(system="EPSG:3006", **said))


def _with(**cells: Any) -> list[Any]:
    return [cells.get(name, value) for name, value in zip(HEADER, ROW, strict=True)]


def _faults(*rows: list[Any]) -> list[tuple[int, str, str]]:
    return [(each.line, each.column, each.code) for each in _read([HEADER, *rows]).faults]


class TestValues:
    def test_dates_clocks_and_numbers_are_what_they_are(self) -> None:
        (draft,) = _read([HEADER, ROW]).drafts
        assert (draft.day, draft.hours) == (date(2025, 10, 18), hours.exact(datetime(2025, 10, 18, 21)))
        assert (draft.place.x, draft.place.y, draft.text) == (EAST, NORTH, "Mörkt")

    def test_dates_and_numbers_as_words_are_the_same(self) -> None:
        words = _with(Datum="18 oktober 2025", Från="21.30", Öst="380 000,0", Nord="6460000")
        assert _read([HEADER, words]).drafts == _read([HEADER, ROW]).drafts

    def test_a_whole_number_as_id_has_no_decimals(self) -> None:
        assert _read([HEADER, _with(Id=1001)]).drafts[0].source_id == "1001"

    def test_24_00_in_a_column_of_hours_is_midnight(self) -> None:
        header = ["Datum", "Från", "Till"]
        reading = _read([header, [date(2025, 10, 18), time(22), timedelta(hours=24)]])
        assert reading.drafts[0].hours.span_minutes == 120

    def test_a_date_among_timestamps_is_midnight(self) -> None:
        rows = [["Från"], [datetime(2025, 10, 18, 21, 30)], [datetime(2025, 10, 18)]]
        found = [
            draft.hours for draft in _read([["Från", "Text"], *[[row[0], "x"] for row in rows[1:]]]).drafts
        ]
        assert found == [hours.exact(datetime(2025, 10, 18, 21)), hours.exact(datetime(2025, 10, 18, 0))]

    def test_a_formula_is_the_value_it_had(self) -> None:
        target = io.BytesIO()
        with xlsxwriter.Workbook(target) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, ["Text", "severity"])
            sheet.write_formula(1, 0, '=WEBSERVICE("http://127.0.0.1:9/")', None, "svar")
            sheet.write_formula(1, 1, "=1+3", None, 4)
        (draft,) = read(target.getvalue(), "file.xlsx", order()).drafts
        assert (draft.text, draft.severity) == ("svar", 4)

    def test_an_error_is_a_fault_of_its_row(self) -> None:
        target = io.BytesIO()
        with xlsxwriter.Workbook(target) as book:
            sheet = book.add_worksheet()
            sheet.write_row(2, 1, ["Text", "severity"])
            sheet.write_row(3, 1, ["#N/A som ord", 3])
            sheet.write_formula(4, 2, "=1/0", None, "#DIV/0!")
        reading = read(target.getvalue(), "file.xlsx", order())
        assert [draft.text for draft in reading.drafts] == ["#N/A som ord"]
        fault = reading.faults[0]
        assert (fault.line, fault.column, fault.code) == (5, "severity", "excel.error_cell")
        assert fault.values == {"given": "#DIV/0!"}


class TestRows:
    def test_lines_are_as_excel_numbers_them(self) -> None:
        assert _faults(ROW, [], _with(Id="b", Datum="2025-13-01")) == [(4, "Datum", "date.no_such_date")]

    def test_a_title_above_the_heading_is_passed_over(self) -> None:
        reading = _read([["Otrygga platser 2025"], [], HEADER, ROW])
        assert (reading.lines, reading.rows) == ([4], 1)

    def test_a_table_may_stand_anywhere(self) -> None:
        data = workbook([HEADER, _with(Öst="x")], at=(4, 3))
        found = read(data, "file.xlsx", order(system="EPSG:3006")).faults
        assert [(each.line, each.column) for each in found] == [(6, "Öst")]

    def test_merged_cells_are_empty_but_for_the_first(self) -> None:
        target = io.BytesIO()
        with xlsxwriter.Workbook(target) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, ["Text", "severity"])
            sheet.merge_range(1, 0, 2, 0, "båda")
            sheet.write_column(1, 1, [2, 3])
        reading = read(target.getvalue(), "file.xlsx", order())
        assert [(draft.text, draft.severity) for draft in reading.drafts] == [("båda", 2), ("", 3)]


class TestSheets:
    def test_the_first_is_read_and_the_others_named(self) -> None:
        notes = _read([HEADER, ROW], "Förklaring").notes
        assert [(each.code, each.values["others"]) for each in notes] == [
            ("note.one_sheet_read", "Förklaring")
        ]

    def test_another_is_read_when_it_is_named(self) -> None:
        with pytest.raises(Fault) as refused:
            _read([HEADER, ROW], "Förklaring", layer="förklaring")
        assert (refused.value.code, refused.value.values["columns"]) == ("columns.none_known", "a")

    def test_one_that_is_not_there_is_said(self) -> None:
        with pytest.raises(Fault) as caught:
            _read([HEADER, ROW], layer="Blad9")
        assert (caught.value.code, caught.value.values["known"]) == ("layer.no_such", "Blad1")

    def test_a_macro_workbook_is_read_for_its_values(self) -> None:
        assert read(workbook([HEADER, ROW]), "file.xlsm", order(system="EPSG:3006")).rows == 1

    @pytest.mark.parametrize(
        ("head", "name"), [(b"\xd0\xcf\x11\xe0", "a.xlsx"), (b"\xd0\xcf\x11\xe0", "a.xls")]
    )
    def test_a_locked_or_old_one_is_refused_with_advice(self, head: bytes, name: str) -> None:
        with pytest.raises(Fault) as caught:
            read(head + bytes(600), name, order())
        assert caught.value.code == "excel.locked"
