"""E-mail addresses in free text, also as people write them to be left alone by machines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from geodata.privacy.suspects import Suspect, SuspectKind

_AT_WORDS = "at|a|snabel-?a|snabel a|alfa"
_AT = re.compile(
    rf" ?@ ?| ?[(\[{{<] ?(?:{_AT_WORDS}|@) ?[)\]}}>] ?| (?:at|snabel-?a|snabel a) ", re.IGNORECASE
)
_LOCAL_PART = re.compile(r"[\w.+%'-]{1,64}$")
_DOMAIN = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){0,5}")
_SPOKEN_DOT = re.compile(
    r" ?[(\[{] ?(?:punkt|dot|\.) ?[)\]}] ?(?P<label>[\w-]{2,63})| (?:punkt|dot) (?P<word>[\w-]{2,63})"
    r"| ?\. ?(?P<known>(?:se|nu|com|org|net|eu|no|dk|fi|info)\b)",
    re.IGNORECASE,
)
_LAST_LABEL = re.compile(r"[^\W\d_]{2,24}")
_LONGEST_LOCAL_PART = 64


def find_addresses(text: str) -> Iterator[Suspect]:
    """E-mail addresses in an even text."""
    for at in _AT.finditer(text):
        before = text[max(0, at.start() - _LONGEST_LOCAL_PART) : at.start()]
        local = _LOCAL_PART.search(before)
        end = _end_of_domain(text, at.end())
        if local and end:
            yield Suspect(SuspectKind.EMAIL, at.start() - len(local[0].lstrip(".'-")), end)


def _end_of_domain(text: str, start: int) -> int:
    """Where the domain that starts here ends; 0 if none does."""
    domain = _DOMAIN.match(text, start)
    if not domain:
        return 0
    end, labels = domain.end(), domain[0].split(".")
    while spoken := _SPOKEN_DOT.match(text, end):
        labels.append(spoken["label"] or spoken["word"] or spoken["known"])
        end = spoken.end()
    return end if len(labels) > 1 and _LAST_LABEL.fullmatch(labels[-1]) else 0
