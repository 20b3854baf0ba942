"""Anchors of the journal, a line each in a file: how many rows there were, and the hash of the last.

Each line holds the digest of the line before it, and is on the disk before it counts. The file is worth as
much as the place where it lies: on the same disk, whoever can write the journal anew can write it anew too.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from geodata.errors import FileFault
from geodata.hours import local
from geodata.tables.chain import BEGINNING
from geodata.tables.columns import utc_text
from webmap.words import Words

NAME = "anchors.jsonl"
_LETTERS_ON_PAPER = 32
_PAPER = re.compile(r"(?:rad|row)\s+(\d[\d\s.,]*)[^\w\s]*\s*·\s*([0-9a-f][0-9a-f\s-]{18,})", re.IGNORECASE)


@dataclass(frozen=True)
class Anchor:
    """What was true of the journal once. rows: how many it had. head: the hash of the last.

    kept: where the line was written after an older database was put back, the last row that is as it was;
    anchors before it of later rows hold no longer. reason: what was said of it.
    """

    at: datetime
    rows: int
    head: str
    kept: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class AnchorLines:
    """What a file holds. faulty_line: the first that is not what follows on the one before; 0 for none."""

    anchors: tuple[Anchor, ...] = ()
    faulty_line: int = 0

    @property
    def holding(self) -> list[Anchor]:
        """Those that the journal has to agree with, the fewest rows first."""
        held: list[Anchor] = []
        for each in self.anchors:
            held = [known for known in held if each.kept is None or known.rows <= each.kept] + [each]
        return sorted(held, key=lambda each: each.rows)


def read(path: Path) -> AnchorLines:
    """The lines of a file; none where there is no file. Raises FileFault `anchor.unreadable`."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return AnchorLines()
    except OSError as fault:
        raise FileFault("anchor.unreadable", detail=type(fault).__name__) from fault
    anchors: list[Anchor] = []
    before = BEGINNING
    for number, line in enumerate(_whole(content).splitlines(), 1):
        anchor = _parsed(line, before)
        if anchor is None:
            return AnchorLines(tuple(anchors), number)
        anchors.append(anchor)
        before = hashlib.sha256(line).hexdigest()
    return AnchorLines(tuple(anchors))


def add(path: Path, anchor: Anchor) -> None:
    """Write one more line, on the disk when it returns. Hold the file. Raises FileFault."""
    try:
        with path.open("r+b") as file:
            content = _whole(file.read())
            lines = content.splitlines()
            before = hashlib.sha256(lines[-1]).hexdigest() if lines else BEGINNING
            file.seek(len(content))
            file.truncate()  # half a line that a power cut left behind
            file.write(_line(anchor, before))
            file.flush()
            os.fsync(file.fileno())
    except OSError as fault:
        raise FileFault("anchor.unwritable", detail=type(fault).__name__) from fault


@contextmanager
def held(folder: Path) -> Iterator[Path]:
    """The file, made where it is not there, while no other process writes in it. Raises FileFault."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as fault:
        raise FileFault("anchor.unwritable", detail=type(fault).__name__) from fault
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield folder / NAME
    finally:
        os.close(handle)


def on_paper(anchor: Anchor, words: Words) -> str:
    """The anchor as a line that can be written down by hand: 2026-11-22 · rad 12 345 · 4f3a-…"""
    letters = anchor.head[:_LETTERS_ON_PAPER]
    head = "-".join(letters[begin : begin + 4] for begin in range(0, len(letters), 4))
    day, rows = local(anchor.at).date().isoformat(), words.number(anchor.rows)
    return words("%(day)s · rad %(rows)s · %(head)s", day=day, rows=rows, head=head)


def from_paper(line: str) -> tuple[int, str]:
    """How many rows, and the first letters of the hash. Raises FileFault `anchor.not_a_line`."""
    found = _PAPER.search(line)
    head = re.sub(r"[\s-]", "", found[2]).lower() if found else ""
    if found is None or not _LETTERS_ON_PAPER <= len(head) <= len(BEGINNING):
        raise FileFault("anchor.not_a_line")
    return int(re.sub(r"\D", "", found[1])), head


def _whole(content: bytes) -> bytes:
    """All but half a line at the end."""
    return content[: content.rfind(b"\n") + 1]


def _line(anchor: Anchor, before: str) -> bytes:
    said = {"at": utc_text(anchor.at), "rows": anchor.rows, "head": anchor.head, "prev": before}
    if anchor.kept is not None:
        said |= {"kept": anchor.kept, "reason": anchor.reason}
    return json.dumps(said, ensure_ascii=False).encode() + b"\n"


def _parsed(line: bytes, before: str) -> Anchor | None:
    try:
        said = json.loads(line)
        if said["prev"] != before:
            return None
        at = datetime.fromisoformat(said["at"]).astimezone(UTC)
        return Anchor(at, int(said["rows"]), str(said["head"]), said.get("kept"), said.get("reason", ""))
    except (ValueError, KeyError, TypeError):
        return None
