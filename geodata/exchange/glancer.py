"""The confined looker-over: like `child`, but it says what the table holds before it tries to understand it.

Started by `cage`, never by hand.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata import crs
from geodata.errors import Fault, InvalidValue
from geodata.exchange import handover
from geodata.exchange.cage import ending_out_of_memory
from geodata.exchange.figures import parse_number
from geodata.exchange.glance import ROWS_SHOWN
from geodata.exchange.handover import Message
from geodata.exchange.instructions import Instructions, from_json
from geodata.exchange.layout import Layout, lay_out
from geodata.exchange.reader import read_pieces
from geodata.exchange.reading import Table, cut
from geodata.exchange.rows import understand
from geodata.exchange.survey import Survey, assigned_anyhow, survey
from geodata.exchange.ticker import Tally
from geodata.exchange.values import Categories

_WORDS_SHOWN = 60
_LONGEST_CELL = 300
_FITS = 0.8
"""The part of the points that has to fall in the municipality for a system to be guessed."""


def _messages(descriptor: int, name: str) -> Iterator[Message]:
    try:
        asked = json.loads(sys.stdin.read())
        order = from_json(asked["order"])
        with os.fdopen(descriptor, "rb") as file:
            format_name, pieces = read_pieces(file, name, order.layer)
            if asked["lines"]:
                yield {"raw": _raw(pieces, set(asked["lines"]))}
                return
            seen = survey(pieces, order)
        guessed = _guessed_system(seen.sample, order)
        order = replace(order, system=order.system or guessed)
        yield {"glance": _seen(seen, format_name, order) | {"guessed_system": guessed}}
        yield from handover.told(*understand(cut(seen.beginning), format_name, order, Tally()))
    except Fault as fault:
        yield handover.told_fault(fault)


def _seen(seen: Survey, format_name: str, order: Instructions) -> Message:
    table = seen.beginning
    fields = assigned_anyhow(table, order)
    return {
        "format": format_name,
        "system": table.system,
        "columns": table.columns,
        "rows": seen.rows,
        "lines": table.lines[:ROWS_SHOWN],
        "cells": [[cell[:_LONGEST_CELL] for cell in row] for row in table.rows[:ROWS_SHOWN]],
        "fields": {name: table.columns[place] for name, place in fields.items()},
        "words": _words(seen, order, fields.get("category")),
        "xy": _xy(seen.sample, order),
    }


def _words(seen: Survey, order: Instructions, place: int | None) -> list[tuple[str, int, str]]:
    """The most common words of the category column, those that nobody knows first."""
    if place is None:
        return []
    categories = Categories(replace(order, category=""), seen.beginning.columns[place])
    counted: Counter[tuple[str, str]] = Counter()
    for cell, count in seen.words.items():
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
    x, y = _given(table, layout)
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
    x, y = _given(table, layout)
    west, south, east, north = order.area.boundary.bounds
    fitting = []
    for system in crs.ACCEPTED:
        xs, ys = crs.transform_xy(x, y, system, crs.METRES)
        is_near = (west < xs) & (xs < east) & (south < ys) & (ys < north)
        if len(x) and is_near.mean() >= _FITS:
            fitting.append(system)
    return fitting[0] if len(fitting) == 1 else ""


def _given(table: Table, layout: Layout) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if table.places is not None:
        places = [place for place in table.places if isinstance(place, BaseGeometry)]
        middles = shapely.centroid(np.array(places, dtype=object))
        return shapely.get_x(middles), shapely.get_y(middles)
    if layout.pair is None:
        return np.empty(0), np.empty(0)
    first, second = (layout.fields[name] for name in layout.pair)
    pairs = [(parse_number(cells[first]), parse_number(cells[second])) for cells in table.rows]
    known = np.array([pair for pair in pairs if None not in pair], dtype=np.float64).reshape(-1, 2)
    return known[:, 0], known[:, 1]


def _raw(pieces: Iterable[Table], lines: set[int]) -> Message:
    """Rows as they stood; a geometry is put last, as well-known text."""
    columns: tuple[str, ...] = ()
    cells: dict[int, list[str]] = {}
    for table in pieces:
        found = {line: list(row) for line, row in table.spoilt.items() if line in lines}
        found |= {line: list(row) for line, row in zip(table.lines, table.rows, strict=True) if line in lines}
        columns = _with_places(table, found)
        cells |= found
    return {"columns": columns, "cells": list(cells.items())}


def _with_places(table: Table, cells: dict[int, list[str]]) -> tuple[str, ...]:
    """The columns, and the geometries put to the cells where the table has them beside."""
    if table.places is None or "wkt" in (name.casefold() for name in table.columns):
        return table.columns
    for line, place in zip(table.lines, table.places, strict=True):
        if line in cells:
            cells[line].append(shapely.to_wkt(place) if isinstance(place, BaseGeometry) else "")
    return (*table.columns, "wkt")


def main(descriptor: str, name: str) -> None:
    """Look over the file on this descriptor, which goes by this name."""
    gc.disable()  # as in `child`
    with ending_out_of_memory():
        for message in _messages(int(descriptor), name):
            sys.stdout.write(handover.as_line(message))
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
