"""What was written, as names that may be meant: with and without a house number, a town and small words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

SHORTEST = 2
"""In letters, of what is looked for."""
_NUMBER = re.compile(r"\s+\d{1,4}\s?[a-zåäö]?$")
_POSTCODE = re.compile(r"\b\d{3} ?\d{2}\b(?=\s+[^\W\d])")
_WORDS_BEFORE = re.compile(
    r"^(?:(?:vid|i|på|nära|utanför|bakom|framför|mitt emot|intill|bredvid|at|in|on|near|outside|behind)\s+)+"
)


@dataclass(frozen=True)
class Reading:
    """One way to understand what was written. name: what may be one, folded."""

    name: str
    number: str = ""
    locality: str = ""


def folded(text: str) -> str:
    """In lower case, without accents (å, ä, ö stay) and signs, one blank between words."""
    composed = unicodedata.normalize("NFC", text.casefold())
    kept = (each if each in "åäö" else unicodedata.normalize("NFD", each)[:1] for each in composed)
    return " ".join("".join(each if each.isalnum() or each == "," else " " for each in kept).split())


def in_swedish_order(text: str) -> str:
    """A key to sort names by: å, ä and ö come last."""
    return folded(text).replace("å", "z1").replace("ä", "z2").replace("ö", "z3")


def house_number_in(written: str) -> str:
    """The house number after a street, as it was written, or ""."""
    said = _NUMBER.search(folded(written).partition(",")[0])
    return said[0].strip() if said else ""


def readings_of(written: str, localities: Iterable[str]) -> Iterator[Reading]:
    """What was written as a name, then less a house number, a locality, a postcode and small words."""
    name, _, locality = (part.strip() for part in written.partition(","))
    seen: set[Reading] = set()
    for each, where in _with_locality(
        _POSTCODE.sub("", name), _POSTCODE.sub("", locality).strip(), localities
    ):
        number = _NUMBER.search(each)
        bare = _NUMBER.sub("", each)
        for reading in (
            Reading(each, "", where),
            Reading(bare, number[0].strip() if number else "", where),
            Reading(_WORDS_BEFORE.sub("", bare), number[0].strip() if number else "", where),
        ):
            if len(reading.name) >= SHORTEST and reading not in seen:
                seen.add(reading)
                yield reading


def _with_locality(name: str, locality: str, known: Iterable[str]) -> Iterator[tuple[str, str]]:
    clean = " ".join(name.split())
    yield clean, locality
    for each in known:
        if clean.endswith(f" {each}"):
            yield clean.removesuffix(f" {each}"), each
