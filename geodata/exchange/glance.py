"""A stranger's file looked over before it is imported: its columns, its first rows, where its points fall."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geodata.errors import Fault, FileFault
from geodata.exchange.handover import Receiver
from geodata.exchange.instructions import Instructions, to_json
from geodata.exchange.limited import Question, converse
from geodata.exchange.reading import Reading

GLANCER = "geodata.exchange.glancer"
ROWS_UNDERSTOOD = 2_000
ROWS_SHOWN = 10


@dataclass(frozen=True)
class Word:
    """A word of the category column: in how many rows it stands, and the code it means or ""."""

    word: str
    count: int
    code: str


@dataclass
class Glance:
    """A file as a table. system: the coordinate system it names itself, or "". rows: all of them.

    lines, cells: of the first rows. fields: field → header. words: of the category column, most common
    first, unknown ones before known. xy: points of rows spread over the file, EPSG:3006, in or outside.
    guessed_system: the only one that puts the points in the municipality, where neither file nor order
    names one. reading: the first rows understood, or None and why not in `fault`.
    """

    format: str
    system: str
    columns: tuple[str, ...]
    rows: int
    lines: list[int]
    cells: list[tuple[str, ...]]
    fields: dict[str, str]
    words: list[Word]
    xy: list[tuple[float, float]] = field(default_factory=list)
    guessed_system: str = ""
    reading: Reading | None = None
    fault: Fault | None = None


@dataclass
class RawRows:
    """Rows as they stood. cells: by line; a row may have more or fewer cells than there are columns."""

    columns: tuple[str, ...]
    cells: dict[int, tuple[str, ...]]


def glance(path: Path, order: Instructions) -> Glance:
    """Look a file over in a confined process. Raises FileFault where it cannot be read as a table."""
    listener = _Listener(order.municipality)
    converse(Question(path, GLANCER, _asked(order, ())), listener)
    if listener.glance is None:
        raise FileFault("file.unreadable", "file")
    listener.glance.reading = listener.reading
    return listener.glance


def raw_rows(path: Path, order: Instructions, lines: Sequence[int]) -> RawRows:
    """These lines of a file as they stand in it, read by a confined process. Raises FileFault."""
    listener = _Listener(order.municipality)
    converse(Question(path, GLANCER, _asked(order, lines)), listener)
    return listener.raw


def _asked(order: Instructions, lines: Sequence[int]) -> str:
    return json.dumps({"order": to_json(order), "lines": list(lines)})


class _Listener:
    """Takes the answer of `glancer`."""

    def __init__(self, municipality: str) -> None:
        self._receiver = Receiver(municipality)
        self.glance: Glance | None = None
        self.raw = RawRows((), {})
        self._is_over = False

    @property
    def part(self) -> float:
        return self._receiver.part

    @property
    def is_whole(self) -> bool:
        return self._is_over or self._receiver.is_whole

    @property
    def reading(self) -> Reading | None:
        return None if self.glance and self.glance.fault else self._receiver.reading

    def take(self, line: bytes) -> None:
        said = json.loads(line)
        if "glance" in said:
            self.glance = _glance(said["glance"])
        elif "raw" in said:
            cells = {line: tuple(row) for line, row in said["raw"]["cells"]}
            self.raw, self._is_over = RawRows(tuple(said["raw"]["columns"]), cells), True
        elif "refused" in said and self.glance is not None:
            self._keep_refusal(line)
        else:
            self._receiver.take(line)

    def _keep_refusal(self, line: bytes) -> None:
        try:
            self._receiver.take(line)
        except Fault as fault:
            if self.glance is not None:
                self.glance.fault = fault
            self._is_over = True


def _glance(said: dict[str, Any]) -> Glance:
    said["columns"] = tuple(said["columns"])
    said["cells"] = [tuple(row) for row in said["cells"]]
    said["words"] = [Word(*each) for each in said["words"]]
    said["xy"] = [(east, north) for east, north in said["xy"]]
    return Glance(**said)
