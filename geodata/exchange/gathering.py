"""Batches of rows made one reading: each id once, and every fault in the order of the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from geodata.drafts import ReportDraft, imported_uid
from geodata.exchange.naming import name_of, saying
from geodata.exchange.reading import Batch, Reading, RowFault


def gathered(reading: Reading, batches: Iterable[Batch]) -> Reading:
    """The reading with all that its batches hold."""
    gatherer = Gatherer(reading)
    for batch in batches:
        gatherer.add(batch)
    gatherer.finish()
    return reading


class Gatherer:
    """Keeps the first of the drafts that share an id, and gives those that say the same ids of their own."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._column = reading.columns.get("uid") or reading.columns.get("id", "")
        self._places: dict[int, int] = {}
        self._nameless = bytearray()
        self._is_of_many = not reading.columns.keys().isdisjoint(("source", "origin"))
        self._counts: Counter[int | bytes] = Counter()

    def add(self, batch: Batch) -> None:
        """Take in the next rows of the file."""
        reading = self._reading
        reading.rows += batch.rows
        reading.faults += batch.faults
        reading.notes += batch.notes
        for draft, line, is_nameless in zip(batch.drafts, batch.lines, batch.nameless, strict=True):
            self._add(self._numbered(draft) if is_nameless else draft, line, is_nameless)

    def finish(self) -> None:
        """There are no more: put what was found in the order of the file, what concerns all of it first."""
        self._reading.faults.sort(key=lambda fault: fault.line)
        self._reading.notes.sort(key=lambda note: note.line)

    def _numbered(self, draft: ReportDraft) -> ReportDraft:
        """The draft, which is called the first that says this, with the number that it has."""
        if self._is_of_many:
            # the same in the name of two sources has two ids, and is numbered all the same
            key: int | bytes = saying(vars(draft))
        else:
            key = draft.uid.int
            first = self._places.get(key)
            if first is None:
                return draft
            if not self._counts[key] and self._nameless[first]:
                self._counts[key] = 1
        self._counts[key] += 1
        if self._counts[key] == 1:
            return draft
        name = name_of(saying(vars(draft)), self._counts[key])
        return replace(draft, uid=imported_uid(draft.municipality, draft.origin, draft.source, name))

    def _add(self, draft: ReportDraft, line: int, is_nameless: bool) -> None:
        reading = self._reading
        first = self._places.setdefault(draft.uid.int, len(reading.drafts))
        if first == len(reading.drafts):
            reading.drafts.append(draft)
            reading.lines.append(line)
            self._nameless.append(is_nameless)
        elif draft.digest == reading.drafts.digest(first):
            reading.repeated += 1
        else:
            values = {"first_line": reading.lines[first], "id": draft.source_id}
            reading.faults.append(RowFault(line, self._column, "id.other_content", values))
