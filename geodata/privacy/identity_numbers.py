"""Swedish personal identity numbers and coordination numbers in free text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from geodata.privacy.suspects import Suspect, SuspectKind, even, merged

MASK = "******-****"

_GAP = "[ ./-]?"
_TEN = (
    f"(?P<year>[0-9]{{2}})(?P<gaps>{_GAP}(?P<month>0[1-9]|1[0-2]){_GAP})(?P<day>[0-9]{{2}})"
    "(?P<mark> {0,2}[-+/.:]? {0,2})(?P<last>[0-9]{2} ?[0-9]{2})(?![0-9])"
)
_PATTERNS = (
    re.compile(f"(?<![0-9])(?=(?P<whole>(?P<century>1[89]|20)(?P<between>[ -]?){_TEN}))"),
    re.compile(f"(?<![0-9])(?=(?P<whole>(?P<century>)(?P<between>){_TEN}))"),
)
_COORDINATION_DAYS = 60
"""A coordination number is a personal number with 60 added to the day."""
_LIKE_A_MOBILE = re.compile("070[1-9][6-9][0-9]{5}")
"""Also a coordination number of January to September 2007: far more often a telephone."""


def mask_identity_numbers(text: str) -> tuple[str, int]:
    """The text with Swedish personal and coordination numbers masked, and how many there were.

    Twelve digits, and ten written six-and-four with a dash or plus, are masked as soon as they begin with a
    possible date: a mistyped number still points at somebody. Ten digits in a row or with a space, and
    numbers taken further apart, must also have the right check digit, since other numbers look like that.
    """
    found = merged(list(_numbers(even(text))))
    pieces, at = [], 0
    for number in found:
        pieces += [text[at : number.start], MASK]
        at = number.end
    return "".join([*pieces, text[at:]]), len(found)


def find_identity_numbers(text: str) -> Iterator[Suspect]:
    """The same numbers in an even text, but for those that are rather a telephone's."""
    return (
        number for number in _numbers(text) if not _LIKE_A_MOBILE.fullmatch(text, number.start, number.end)
    )


def _numbers(text: str) -> Iterator[Suspect]:
    for pattern in _PATTERNS:
        for found in pattern.finditer(text):
            if _is_identity_number(found):
                yield Suspect(SuspectKind.IDENTITY_NUMBER, *found.span("whole"))


def _is_identity_number(found: re.Match[str]) -> bool:
    if not _begins_with_date(found):
        return False
    return _is_written_as_one(found) or _has_check_digit(
        re.sub("[^0-9]", "", found["whole"][len(found["century"]) :])
    )


def _is_written_as_one(found: re.Match[str]) -> bool:
    """Nothing else is written like this; whether the check digit is right need not be asked."""
    mark = found["mark"].strip()
    is_apart = len(found["gaps"]) > 2 or found["between"] or " " in found["last"] or mark in ("/", ".", ":")
    follows_a_number = re.search("[0-9][-+]$", found.string[max(0, found.start() - 2) : found.start()])
    return (
        not is_apart and not follows_a_number and bool(found["century"] or mark) and mark not in tuple("/.:")
    )


def _begins_with_date(found: re.Match[str]) -> bool:
    day = int(found["day"])
    # Which century hardly matters: leap years fall alike in both, but for 1900.
    year = int((found["century"] or "20") + found["year"])
    try:
        date(year, int(found["month"]), day - _COORDINATION_DAYS if day > _COORDINATION_DAYS else day)
    except ValueError:
        return False
    return True


def _has_check_digit(digits: str) -> bool:
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
