"""Rows with too few cells: spreadsheets leave the last empty ones out; other rows are torn."""

from __future__ import annotations

from dataclasses import replace

from geodata.exchange.layout import Layout
from geodata.exchange.reading import RowFault, Table


def without_torn(table: Table, layout: Layout) -> tuple[Table, int]:
    """The table with its torn rows among the faults, and how many short ones are left, filled up."""
    if not table.short:
        return table, 0
    torn = {line: count for line, count in table.short.items() if count < layout.shortest}
    here = torn.keys() & set(table.lines)
    filled = len(table.short.keys() & set(table.lines)) - len(here)
    if not here:
        return table, filled
    kept = [row for row, line in enumerate(table.lines) if line not in here]
    spoilt = {line: table.rows[row][: torn[line]] for row, line in enumerate(table.lines) if line in here}
    expected = sum(name != "" for name in layout.headers)
    faults = [RowFault(line, "", "row.ragged", {"count": torn[line], "expected": expected}) for line in here]
    whole = replace(
        table,
        rows=[table.rows[row] for row in kept],
        lines=[table.lines[row] for row in kept],
        faults=[*table.faults, *faults],
        spoilt=table.spoilt | spoilt,
    )
    return whole, filled
