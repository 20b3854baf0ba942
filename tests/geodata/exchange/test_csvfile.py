"""CSV in the shapes it comes in."""

from __future__ import annotations

import csv
import io
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import FileFault
from geodata.exchange.csvfile import read_csv
from geodata.exchange.reader import read
from geodata.exchange.reading import join
from geodata.exchange.ticker import Ticker, silent
from tests.geodata.exchange.files import faults_of, order, read_csv_text

SAID = "datum;text\n2025-01-01;Blåbär på Ängen – snett\n"


def _refused(data: bytes) -> str:
    with pytest.raises(FileFault) as caught:
        read(data, "file.csv", order())
    return caught.value.code


class TestEncodings:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    def test_it_reads_them_all(self, encoding: str) -> None:
        reading = read(SAID.encode(encoding), "file.csv", order())
        assert reading.drafts[0].text == "Blåbär på Ängen – snett"

    def test_a_mixture_is_refused_with_the_line(self) -> None:
        with pytest.raises(FileFault) as caught:
            read("datum;text\n;å\n".encode() + ";ö\n".encode("cp1252"), "file.csv", order())
        assert (caught.value.code, caught.value.values) == ("file.mixed_encodings", {"line": 2})

    def test_what_holds_null_is_no_text(self) -> None:
        assert _refused(b"a,b\n" * 2000 + b"\0,1\n") == "file.not_text"


class TestDialects:
    @pytest.mark.parametrize("mark", [";", ",", "\t", "|"])
    def test_it_finds_the_mark_between_cells(self, mark: str) -> None:
        assert read_csv_text(SAID.replace(";", mark)).columns == {"date": "datum", "text": "text"}

    def test_excels_own_hint_is_a_line_of_its_own(self) -> None:
        assert read_csv_text("sep=;\r\ndatum;text\r\n2025-01-01;x\r\n").lines == [3]

    def test_empty_columns_and_rows_of_excel_are_nothing(self) -> None:
        reading = read_csv_text("datum;text;;\n2025-01-01;x;;\n;;;\n")
        assert (reading.rows, reading.faults) == (1, [])


class TestRows:
    def test_a_line_is_where_the_record_begins(self) -> None:
        reading = read_csv_text('datum;text\r\n2025-01-01;"a\r\nb\r\nc"\r\n\r\n2025-01-02;d\r\n')
        assert reading.lines == [2, 6]
        assert reading.drafts[0].text == "a\nb\nc"

    def test_a_ragged_row_is_a_fault_of_that_row(self) -> None:
        said = "text;datum;id\nx;2025-01-01\nx;2025-01-01;1;b\nx;2025-01-01;2\n"
        assert faults_of(said) == [(2, "", "row.ragged"), (3, "", "row.ragged")]

    def test_last_cells_that_a_spreadsheet_left_out_are_empty(self) -> None:
        said = "2;379900;6459601;2025-05-02;bråk\n3;379900;6459601;2025-05-02;bråk;x\n"
        reading = read_csv_text("id;E;N;datum;typ;text;\n" + said, system="EPSG:3006")
        assert [draft.text for draft in reading.drafts] == ["", "x"]
        assert [(each.line, each.code, each.values) for each in reading.notes] == [
            (0, "note.cells_missing", {"count": 1})
        ]

    def test_an_empty_header_at_the_end_asks_for_no_cell(self) -> None:
        reading = read_csv_text("id;datum;text;;\n1;2025-05-02;a\n2;2025-05-02;b;\n")
        assert (len(reading.drafts), reading.faults, reading.notes) == (2, [], [])

    def test_a_row_torn_in_its_position_is_a_fault(self) -> None:
        said = "id;E;N;text\n1;379900\n2;379900;6459601;a\n"
        found = read_csv_text(said, system="EPSG:3006")
        assert [(each.line, each.code, each.values) for each in found.faults] == [
            (2, "row.ragged", {"count": 2, "expected": 4})
        ]
        assert [draft.source_id for draft in found.drafts] == ["2"]

    @pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
    def test_lines_end_as_on_any_machine(self, end: str) -> None:
        said = end.join(["id;E;N", "1;379900;6459601", "2;379901;6459602", ""])
        assert read_csv_text(said, system="EPSG:3006").rows == 2

    def test_too_many_columns_are_refused(self) -> None:
        assert _refused((";".join(f"c{n}" for n in range(501)) + "\n").encode()) == "columns.too_many"

    def test_an_open_quote_is_a_fault_where_it_opens(self) -> None:
        assert faults_of('datum;text\n2025-01-01;a\n2025-01-01;"b\nc\n') == [(3, "", "csv.quotes")]

    def test_the_same_header_twice_is_refused(self) -> None:
        assert _refused(b"datum;Text;text\n") == "columns.duplicate"

    def test_an_empty_file_is_refused(self) -> None:
        assert _refused(b"\n \n") == "file.empty"

    def test_a_line_of_thirty_megabytes_is_refused_quickly(self) -> None:
        began_s = time.monotonic()
        assert _refused(b"a" * 30_000_000) == "csv.broken_header"
        assert time.monotonic() - began_s < 5


_CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0'"), max_size=20).map(
    lambda text: "x" + text
)

_DAYS = st.dates(date(2020, 1, 1), date(2026, 1, 1)).map(lambda day: day.isoformat())


@given(st.lists(st.tuples(_CELLS, _CELLS), min_size=1, max_size=5), st.sampled_from(";,\t"))
def test_what_csv_writes_it_reads(rows: list[tuple[str, str]], mark: str) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=mark).writerows([("a", "b"), *rows])
    table = join(read_csv(io.BytesIO(file.getvalue().encode()), Ticker(silent)))
    assert (table.rows, table.faults) == (rows, [])


@given(
    st.lists(st.tuples(_DAYS, _CELLS, _CELLS), min_size=1, max_size=6),
    st.lists(st.integers(1, 3), min_size=6, max_size=6),
)
def test_a_row_cut_off_after_its_date_is_the_row_with_empty_cells(
    rows: list[tuple[str, str, str]], kept: list[int]
) -> None:
    file = io.StringIO(newline="")
    short = [row[:count] for row, count in zip(rows, kept, strict=False)]
    csv.writer(file, delimiter=";").writerows([("datum", "text", "egen"), *short])
    reading = read(file.getvalue().encode(), "file.csv", order())
    assert reading.faults == []
    assert len(reading.drafts) + reading.repeated == len(rows)
