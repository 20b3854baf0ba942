"""A place in a text where somebody may be pointed out, and texts made even before they are searched."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class SuspectKind(StrEnum):
    """What it seems to be. Where two lie over each other, the one named first here is told."""

    EMAIL = "email"
    IDENTITY_NUMBER = "identity_number"
    PHONE = "phone"
    PLATE = "plate"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Suspect:
    """text[start:end] seems to be what `kind` says."""

    kind: SuspectKind
    start: int
    end: int


_DASHES = dict.fromkeys("‐‑‒–—―−﹘﹣－\u00ad", "-")
_BLANKS = dict.fromkeys("\t\u00a0\u2007\u2008\u2009\u200a\u200b\u200c\u200d\u202f\u2060\ufeff", " ")
_SIGNS = {"＠": "@", "．": ".", "＋": "+", "’": "'", "´": "'"}
_EVEN = str.maketrans({**_DASHES, **_BLANKS, **_SIGNS})


def even(text: str) -> str:
    """The text with one kind of dash, blank and digit; as long as before, so that places stay the same."""
    plain = text.translate(_EVEN)
    if plain.isascii():
        return plain
    return "".join(
        str(unicodedata.decimal(sign)) if sign.isdecimal() and not sign.isascii() else sign for sign in plain
    )


def merged(suspects: list[Suspect]) -> list[Suspect]:
    """In order, with those that lie over each other made one."""
    told: list[Suspect] = []
    for suspect in sorted(suspects, key=lambda one: (one.start, -one.end)):
        if told and suspect.start < told[-1].end:
            before = told.pop()
            kind = min(before.kind, suspect.kind, key=list(SuspectKind).index)
            suspect = Suspect(kind, before.start, max(before.end, suspect.end))
        told.append(suspect)
    return told
