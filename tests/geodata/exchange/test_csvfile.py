"""CSV in the shapes it comes in."""

from __future__ import annotations

import csv
import io
import time

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
    @pytest.mark.parametrize("mark", [";", ",", "\t"])
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
        assert faults_of("datum;text\n2025-01-01\n2025-01-01;a;b\n2025-01-01;c\n") == [
            (2, "", "row.ragged"),
            (3, "", "row.ragged"),
        ]

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


@given(st.lists(st.tuples(_CELLS, _CELLS), min_size=1, max_size=5), st.sampled_from(";,\t"))
def test_what_csv_writes_it_reads(rows: list[tuple[str, str]], mark: str) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=mark).writerows([("a", "b"), *rows])
    table = join(read_csv(io.BytesIO(file.getvalue().encode()), Ticker(silent)))
    assert (table.rows, table.faults) == (rows, [])
