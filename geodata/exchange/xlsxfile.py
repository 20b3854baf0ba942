"""Excel workbooks: values as they are stored; no formula is reckoned, no macro is run."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, XmlError, ZipError

from geodata.errors import FileFault
from geodata.exchange.guard import unguarded
from geodata.exchange.reading import RowFault, RowNote, Table, as_headers
from geodata.exchange.ticker import Ticker
from geodata.exchange.workbook import Sheet, look_through

PREFERRED = "reports"
"""The sheet an export writes its rows in."""
_HALF_SECOND = timedelta(seconds=0.5)
_LONGEST_WHOLE = 1e15

Cells = list[list[Any]]


def read_xlsx(data: bytes, layer: str, ticker: Ticker) -> Table:
    """The named sheet, or the first. Its heading is the first row with two filled cells. Raises FileFault.

    Lines are row numbers as Excel shows them.
    """
    chosen = look_through(data, layer)
    ticker.tell(0.2)
    sheet = _opened(data, chosen.name)
    ticker.tell(0.5)
    left = sheet.start[1] if sheet.start else 0
    rows = list(sheet.iter_rows())
    heading = _heading(rows)
    columns = _columns(rows[heading])
    table = Table(columns)
    if chosen.others and not layer and chosen.name != PREFERRED:
        names = {"sheet": chosen.name[:80], "others": ", ".join(chosen.others)[:200]}
        table.notes.append(RowNote(0, "", "note.one_sheet_read", names))
    _fill(table, rows[heading + 1 :], _Errors(chosen, heading + 2, left), ticker)
    return table


def _opened(data: bytes, name: str) -> CalamineSheet:
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(name)
    except PasswordError as fault:
        raise FileFault("excel.locked", "file") from fault
    except (CalamineError, XmlError, ZipError, OSError, ValueError) as fault:
        raise FileFault("excel.broken", "file") from fault


def _heading(rows: Cells) -> int:
    """A title may stand above the heading, alone in its row."""
    filled = [(row, sum(_text(cell).strip() != "" for cell in cells)) for row, cells in enumerate(rows[:50])]
    found = next((row for row, count in filled if count > 1), None)
    if found is None:
        found = next((row for row, count in filled if count), None)
    if found is None:
        raise FileFault("file.empty", "file")
    return found


def _columns(cells: list[Any]) -> tuple[str, ...]:
    names = [_text(cell).strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    return as_headers(names)


class _Errors:
    """Cells that hold an error, by row of the table and column."""

    def __init__(self, sheet: Sheet, first_line: int, left: int) -> None:
        self.first_line = first_line
        self._found: dict[int, dict[int, str]] = {}
        for (row, column), name in sheet.errors.items():
            self._found.setdefault(row + 1, {})[column - left] = name

    def at(self, line: int) -> dict[int, str]:
        """Column → error in this row."""
        return self._found.get(line, {})


def _fill(table: Table, rows: Cells, errors: _Errors, ticker: Ticker) -> None:
    width = len(table.columns)
    stamped = {
        column for cells in rows for column, cell in enumerate(cells[:width]) if type(cell) is datetime
    }
    for line, cells in enumerate(ticker.over(rows), start=errors.first_line):
        wrong = {column: name for column, name in errors.at(line).items() if column < width}
        said = tuple(_text(cell, column in stamped) for column, cell in enumerate(cells[:width]))
        if wrong:
            headings = "/".join(table.columns[column] for column in sorted(wrong))
            given = ", ".join(dict.fromkeys(wrong.values()))
            table.faults.append(RowFault(line, headings, "excel.error_cell", {"given": given}))
            table.spoilt[line] = said
        elif any(said):
            table.lines.append(line)
            table.rows.append(said)


def _text(value: Any, is_stamp: bool = False) -> str:
    """A cell as a person would write it. is_stamp: others in its column have a clock: a date is midnight."""
    if isinstance(value, str):
        return unguarded(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float | int):
        return str(int(value)) if abs(value) < _LONGEST_WHOLE and value == int(value) else repr(value)
    if isinstance(value, datetime):
        return (value + _HALF_SECOND).replace(microsecond=0).isoformat(" ")
    if isinstance(value, date):
        return value.isoformat() + (" 00:00" if is_stamp else "")
    if isinstance(value, time):
        return (
            (datetime.combine(date(2000, 1, 1), value) + _HALF_SECOND)
            .time()
            .replace(microsecond=0)
            .isoformat()
        )
    return _hours(value) if isinstance(value, timedelta) else ""


def _hours(value: timedelta) -> str:
    """A stretch of time in a column of clocks: 24:00 is midnight that ends a day."""
    minutes = round(value.total_seconds() / 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
