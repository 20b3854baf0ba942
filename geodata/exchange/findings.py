"""What is wrong with the rows of a table, collected: a reader never stops at the first fault."""

from __future__ import annotations

from typing import Any

from geodata.errors import Fault
from geodata.exchange.reading import RowFault, RowNote, Table


class Findings:
    """Faults and notes by row; a row with a fault is no draft."""

    def __init__(self, table: Table) -> None:
        self._lines = table.lines
        self.faults: list[RowFault] = list(table.faults)
        self.notes: list[RowNote] = list(table.notes)
        self.faulty: set[int] = set()

    def fault(self, row: int, column: str, code: str, **values: Any) -> None:
        """Something is wrong with a row."""
        self.faults.append(RowFault(self._lines[row], column, code, values))
        self.faulty.add(row)

    def caught(self, row: int, fault: Fault) -> None:
        """The same, from a fault whose field is the column."""
        self.fault(row, fault.field, fault.code, **fault.values)

    def note(self, row: int, column: str, code: str, **values: Any) -> None:
        """Something was done to a row."""
        self.notes.append(RowNote(self._lines[row], column, code, values))

    @property
    def sorted_faults(self) -> list[RowFault]:
        """In the order of the file."""
        return sorted(self.faults, key=lambda fault: fault.line)
