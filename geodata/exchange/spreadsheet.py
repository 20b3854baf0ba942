"""Reports into an Excel workbook: numbers and dates typed, words never run, the filter on its own sheet."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import geopandas
from xlsxwriter import Workbook
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.worksheet import Worksheet

from geodata.errors import FileFault
from geodata.exchange.guard import guarded
from geodata.exchange.records import (
    COLUMNS,
    FREE_WORDS,
    LAYER,
    POSITION_COLUMNS,
    Filter,
    in_words,
    positions,
    records,
)

FILTER_SHEET = "Filter"
_MOST_ROWS = 1_048_575
_LONGEST_CELL = 32_767
_FIRST_DATE = date(1900, 3, 1)
"""Excel takes 1900 for a leap year; days before its made-up one are written as words."""
_DECIMALS = {"sweref99_e": 3, "sweref99_n": 3, "lon": 7, "lat": 7}
_WIDTHS = {"uid": 38, "text": 60, "hours": 16, "day": 12}


def write_xlsx(frame: geopandas.GeoDataFrame, path: Path, chosen: Filter) -> None:
    """A sheet of reports and a sheet with the filter, row by row to disk. Raises FileFault and OSError."""
    if len(frame) > _MOST_ROWS:
        raise FileFault("export.too_many_rows", "--format", count=len(frame), most=_MOST_ROWS)
    # Its working files lie beside the target: what a stranger reported does not stay in a common folder.
    options = {"constant_memory": True, "tmpdir": str(path.parent), "strings_to_formulas": False}
    try:
        with Workbook(path, options) as book:
            _write_reports(book, frame)
            _write_filter(book, chosen)
    except XlsxWriterException as fault:
        raise FileFault("file.not_writable", "--out", name=path.name) from fault


def _write_reports(book: Workbook, frame: geopandas.GeoDataFrame) -> None:
    sheet = book.add_worksheet(LAYER)
    names = (*COLUMNS, *POSITION_COLUMNS)
    bold = book.add_format({"bold": True})
    for column, name in enumerate(names):
        sheet.set_column(column, column, _WIDTHS.get(name, 14))
        sheet.write_string(0, column, name, bold)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(frame)), len(names) - 1)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for row, (record, place) in enumerate(zip(records(frame), positions(frame), strict=True), start=1):
        cells = (*(record[name] for name in COLUMNS), *place)
        for column, (name, value) in enumerate(zip(names, cells, strict=True)):
            _write_cell(sheet, (row, column), _typed(name, value), day)


def _typed(name: str, value: Any) -> Any:
    if name == "day" and value:
        said = date.fromisoformat(value)
        return said if said >= _FIRST_DATE else value
    if name in FREE_WORDS and value:
        return guarded(value)
    return round(value, _DECIMALS[name]) if name in _DECIMALS and value is not None else value


def _write_cell(sheet: Worksheet, at: tuple[int, int], value: Any, day: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, date):
        sheet.write_datetime(*at, value, day)
    elif isinstance(value, int | float):
        sheet.write_number(*at, value)
    elif len(value) > _LONGEST_CELL:
        raise FileFault("export.cell_too_long", "--format", line=at[0] + 1, count=len(value))
    else:
        sheet.write_string(*at, str(value))


def _write_filter(book: Workbook, chosen: Filter) -> None:
    sheet = book.add_worksheet(FILTER_SHEET)
    sheet.set_column(0, 1, 30)
    for row, (name, value) in enumerate({**chosen, "filter": in_words(chosen)}.items()):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, guarded(str(value)))
