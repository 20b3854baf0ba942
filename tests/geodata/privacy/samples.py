"""Samples of free text with what is to be found in them marked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from geodata.privacy import Suspect, SuspectKind

FOLDER = Path(__file__).parent / "samples"
_MARKED = re.compile(r"\{(?P<kind>[netpi])\|(?P<text>[^}]*)\}")
_KINDS = {
    "n": SuspectKind.NAME,
    "e": SuspectKind.EMAIL,
    "t": SuspectKind.PHONE,
    "p": SuspectKind.PLATE,
    "i": SuspectKind.IDENTITY_NUMBER,
}


@dataclass(frozen=True)
class Sample:
    """A text as it was written, and what is to be found in it."""

    text: str
    expected: tuple[Suspect, ...]


def samples(name: str) -> list[Sample]:
    """The samples of a file in the folder."""
    return [_sample(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


def _sample(line: str) -> Sample:
    expected, taken = [], 0
    for found in _MARKED.finditer(line):
        start = found.start() - taken
        expected.append(Suspect(_KINDS[found["kind"]], start, start + len(found["text"])))
        taken += len(found[0]) - len(found["text"])
    return Sample(_MARKED.sub(lambda found: found["text"], line), tuple(expected))
