"""Swedish licence plates in free text: ABC 123 and ABC 12D, without the letters plates never have."""

from __future__ import annotations

import re
from collections.abc import Iterator

from geodata.privacy.suspects import Suspect, SuspectKind
from geodata.privacy.word_lists import listed

_LETTERS = "A-HJ-PR-UW-Z"
_LAST = "0-9A-HJ-NPR-UW-Z"
_PLATE = re.compile(
    rf"(?<!\w)(?P<letters>[{_LETTERS}]{{3}})(?P<gap>[ -]{{0,2}})(?P<digits>[0-9]{{2}} ?[{_LAST}])(?!\w)",
    re.IGNORECASE,
)
_SPELT = re.compile(
    rf"(?<!\w)[{_LETTERS}](?: [{_LETTERS}]){{2}} [0-9] [0-9] [{_LAST}](?!\w)",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r" ?(?:%|°|meter|m|km|cm|mm|mil|kr|kronor|sek|st|stycken|personer|pers|gånger|ggr|steg|hk|w|watt|v|kg|år|"
    r"dagar|timmar|minuter|min|procent|grader|lampor|bilar|barn|elever|lappar|-lappar)\b",
    re.IGNORECASE,
)
_CUE = re.compile(
    r"(?:reg\w*\.?|skylt\w*|plåt\w*|nummerplåt\w*)[ :.]{0,3}(?:nr|nummer)?[ :.]{0,3}$", re.IGNORECASE
)
_CUE_REACH = 24


def find_plates(text: str) -> Iterator[Suspect]:
    """Licence plates in an even text."""
    is_shouted = text.isupper()
    for found in _PLATE.finditer(text):
        if _is_plate(found, is_shouted):
            yield Suspect(SuspectKind.PLATE, *found.span())
    for found in _SPELT.finditer(text):
        yield Suspect(SuspectKind.PLATE, *found.span())


def _is_plate(found: re.Match[str], is_shouted: bool) -> bool:
    letters = found["letters"].casefold()
    if letters in listed("never_plates") or found["digits"].startswith("000"):
        return False
    is_cued = _CUE.search(found.string[max(0, found.start() - _CUE_REACH) : found.start()])
    is_large = found["letters"].isupper() and not is_shouted
    if is_cued or not found["gap"] or is_large:
        return True
    return letters not in listed("three_letters") and not _COUNTED.match(found.string, found.end())
