"""A reading as JSON lines between two processes: nothing in it can run, and every word is parsed again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from geodata.errors import Fault, FileFault, InvalidValue
from geodata.exchange.gathering import Gatherer
from geodata.exchange.plain import drafts_of, plain
from geodata.exchange.reading import Batch, Reading, RowFault, RowNote
from geodata.exchange.ticker import Tally

Message = dict[str, Any]
_FAMILIES = {family.__name__: family for family in (Fault, FileFault, InvalidValue)}


def as_line(message: Message) -> str:
    """One message as one line."""
    return json.dumps(message, ensure_ascii=True, separators=(",", ":")) + "\n"


def told_fault(fault: Fault) -> Message:
    """That the file as a whole was refused."""
    family = type(fault).__name__
    return {"refused": [family if family in _FAMILIES else "Fault", fault.code, fault.field, fault.values]}


def raised(refused: list[Any]) -> Fault:
    """The fault that `told_fault` told of."""
    family, code, field, values = refused
    return _FAMILIES[family](code, field, **values)


def told(reading: Reading, batches: Iterable[Batch]) -> Iterator[Message]:
    """A reading that is empty yet, then what is to be gathered in it; `end` is in the last message."""
    whole = ("format", "system", "columns", "ignored", "digest")
    yield {"head": {name: getattr(reading, name) for name in whole}}
    for batch in batches:
        yield {
            "rows": batch.rows,
            **plain(batch.drafts),
            "lines": batch.lines,
            "nameless": batch.nameless,
            "faults": [_found_said(each) for each in batch.faults],
            "notes": [_found_said(each) for each in batch.notes],
        }
    yield {"end": True}


def _found_said(found: RowFault) -> list[Any]:
    return [found.line, found.column, found.code, found.values]


class Receiver:
    """Puts a reading together again from its messages."""

    def __init__(self, municipality: str, tally: Tally | None = None) -> None:
        self._municipality = municipality
        self._tally = tally or Tally()
        self._reading: Reading | None = None
        self._gatherer: Gatherer | None = None
        self.part = 0.0
        self.is_whole = False

    @property
    def reading(self) -> Reading:
        """What has been received. Raises FileFault before the first message of a reading."""
        if self._reading is None:
            raise FileFault("file.unreadable", "file")
        return self._reading

    def take(self, line: bytes) -> None:
        """One line. Raises the fault it tells of."""
        message = json.loads(line)
        self.part = message.get("part", self.part)
        if "tally" in message:
            self._tally.rows, self._tally.faulty = message["tally"]
        if "refused" in message:
            raise raised(message["refused"])
        if "head" in message:
            head = message["head"]
            self._reading = Reading(**{**head, "ignored": tuple(head["ignored"])})
            self._gatherer = Gatherer(self._reading)
        if self._gatherer and "drafts" in message:
            self._gatherer.add(self._batch(message))
        if self._gatherer and "end" in message:
            self._gatherer.finish()
            self.is_whole = True

    def _batch(self, message: Message) -> Batch:
        drafts = drafts_of(message, self._municipality)
        for draft in drafts:
            _ = draft.digest  # reckoned here, while the reader is still busy with what comes next
        faults = [RowFault(*each) for each in message["faults"]]
        notes = [RowNote(*each) for each in message["notes"]]
        return Batch(message["rows"], drafts, message["lines"], message["nameless"], faults, notes)
