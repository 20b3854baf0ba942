"""The confined looker-over: like `child`, but it says what the table holds before it tries to understand it.

Started by `cage`, never by hand.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata import crs
from geodata.errors import Fault, FileFault, InvalidValue
from geodata.exchange import handover
from geodata.exchange.figures import parse_number
from geodata.exchange.glance import ROWS_SHOWN, ROWS_UNDERSTOOD
from geodata.exchange.handover import Message
from geodata.exchange.instructions import Instructions, from_json
from geodata.exchange.layout import Layout, assigned, lay_out
from geodata.exchange.reader import read_table
from geodata.exchange.reading import Table
from geodata.exchange.rows import understand
from geodata.exchange.ticker import Tally, Ticker, silent
from geodata.exchange.values import Categories

_POINTS_SHOWN = 2_000
_WORDS_SHOWN = 60
_LONGEST_CELL = 300
_FITS = 0.8
"""The part of the points that has to fall in the municipality for a system to be guessed."""


def _messages(descriptor: int, name: str) -> Iterator[Message]:
    try:
        asked = json.loads(sys.stdin.read())
        order = from_json(asked["order"])
        with os.fdopen(descriptor, "rb") as file:
            format_name, table = read_table(file.read(), name, order)
        if asked["lines"]:
            yield {"raw": _raw(table, set(asked["lines"]))}
        else:
            guessed = _guessed_system(table, order)
            order = replace(order, system=order.system or guessed)
            yield {"glance": _seen(table, format_name, order) | {"guessed_system": guessed}}
            yield from handover.told(understand(_first(table), format_name, order, Ticker(silent), Tally()))
    except MemoryError:
        yield handover.told_fault(FileFault("file.too_heavy", "file"))
    except Fault as fault:
        yield handover.told_fault(fault)


def _seen(table: Table, format_name: str, order: Instructions) -> Message:
    fields = _assigned(table, order)
    return {
        "format": format_name,
        "system": table.system,
        "columns": table.columns,
        "rows": len(table.rows) + len(table.faults),
        "lines": table.lines[:ROWS_SHOWN],
        "cells": [[cell[:_LONGEST_CELL] for cell in row] for row in table.rows[:ROWS_SHOWN]],
        "fields": {name: table.columns[place] for name, place in fields.items()},
        "words": _words(table, order, fields.get("category")),
        "xy": _xy(table, order),
    }


def _assigned(table: Table, order: Instructions) -> dict[str, int]:
    try:
        return assigned(table, order)[0]
    except Fault:
        return {}


def _words(table: Table, order: Instructions, place: int | None) -> list[tuple[str, int, str]]:
    """The most common words of the category column, those that nobody knows first."""
    if place is None:
        return []
    categories = Categories(replace(order, category=""), table.columns[place])
    counted: Counter[tuple[str, str]] = Counter()
    for cell, count in Counter(row[place].strip() for row in table.rows).items():
        for word, code in categories.words_in(cell):
            counted[word[:_LONGEST_CELL], code] += count
    found = [(word, count, code) for (word, code), count in counted.most_common()]
    return sorted(found, key=lambda each: bool(each[2]))[:_WORDS_SHOWN]


def _xy(table: Table, order: Instructions) -> list[list[float]]:
    """Where rows spread over the whole file lie, metres, also when it is not in the municipality."""
    try:
        layout = lay_out(table, order)
    except Fault:
        return []
    step = max(1, len(table.rows) // _POINTS_SHOWN)
    rows = range(0, len(table.rows), step)
    x, y = _given(table, layout, rows)
    east, north = crs.transform_xy(x, y, layout.system or crs.METRES, crs.METRES)
    whole = np.isfinite(east) & np.isfinite(north)
    found: list[list[float]] = np.column_stack([east[whole], north[whole]]).round(1).tolist()
    return found


def _guessed_system(table: Table, order: Instructions) -> str:
    """The one system in which the points fall in the municipality, where neither file nor order names any."""
    if order.system or table.system:
        return ""
    try:
        lay_out(table, order)
    except InvalidValue as fault:
        return _only_fitting(table, order) if fault.code == "crs.needed" else ""
    except Fault:
        return ""
    return ""


def _only_fitting(table: Table, order: Instructions) -> str:
    layout = lay_out(table, replace(order, system=crs.METRES))
    x, y = _given(table, layout, range(0, len(table.rows), max(1, len(table.rows) // _POINTS_SHOWN)))
    west, south, east, north = order.area.boundary.bounds
    fitting = []
    for system in crs.ACCEPTED:
        xs, ys = crs.transform_xy(x, y, system, crs.METRES)
        is_near = (west < xs) & (xs < east) & (south < ys) & (ys < north)
        if len(x) and is_near.mean() >= _FITS:
            fitting.append(system)
    return fitting[0] if len(fitting) == 1 else ""


def _given(
    table: Table, layout: Layout, rows: Sequence[int]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if table.places is not None:
        places = [place for row in rows if isinstance(place := table.places[row], BaseGeometry)]
        middles = shapely.centroid(np.array(places, dtype=object))
        return shapely.get_x(middles), shapely.get_y(middles)
    if layout.pair is None:
        return np.empty(0), np.empty(0)
    first, second = (layout.fields[name] for name in layout.pair)
    pairs = [(parse_number(table.rows[row][first]), parse_number(table.rows[row][second])) for row in rows]
    known = np.array([pair for pair in pairs if None not in pair], dtype=np.float64).reshape(-1, 2)
    return known[:, 0], known[:, 1]


def _first(table: Table) -> Table:
    """The beginning of the table, with the faults that lie there."""
    if len(table.rows) <= ROWS_UNDERSTOOD:
        return table
    last = table.lines[ROWS_UNDERSTOOD - 1]
    return replace(
        table,
        rows=table.rows[:ROWS_UNDERSTOOD],
        lines=table.lines[:ROWS_UNDERSTOOD],
        places=table.places and table.places[:ROWS_UNDERSTOOD],
        faults=[fault for fault in table.faults if fault.line <= last],
    )


def _raw(table: Table, lines: set[int]) -> Message:
    """Rows as they stood; a geometry is put last, as well-known text."""
    columns, cells = list(table.columns), {line: list(row) for line, row in table.spoilt.items()}
    cells |= {line: list(row) for line, row in zip(table.lines, table.rows, strict=True) if line in lines}
    if table.places is not None and "wkt" not in (name.casefold() for name in columns):
        columns.append("wkt")
        for line, place in zip(table.lines, table.places, strict=True):
            if line in cells:
                cells[line].append(shapely.to_wkt(place) if isinstance(place, BaseGeometry) else "")
    return {"columns": columns, "cells": [[line, row] for line, row in cells.items() if line in lines]}


def main(descriptor: str, name: str) -> None:
    """Look over the file on this descriptor, which goes by this name."""
    gc.disable()  # as in `child`
    for message in _messages(int(descriptor), name):
        sys.stdout.write(handover.as_line(message))
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
