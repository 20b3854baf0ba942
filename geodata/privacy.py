"""What must not be kept of a person, taken out of free text."""

from __future__ import annotations

import re
from datetime import date

MASK = "******-****"
_NUMBER = re.compile(
    r"(?<![0-9])(?<![0-9][-+])"
    r"(?P<century>1[89]|20)?(?P<year>[0-9]{2})(?P<month>0[1-9]|1[0-2])(?P<day>[0-9]{2})"
    r"(?P<mark>\s?[-+–−‐‑]\s?|\s?)(?P<last>[0-9]{4})(?![0-9])"
)
_COORDINATION_DAYS = 60
"""A coordination number is a personal number with 60 added to the day."""


def mask_identity_numbers(text: str) -> tuple[str, int]:
    """The text with Swedish personal and coordination numbers masked, and how many there were.

    Twelve digits, and ten written six-and-four with a dash or plus, are masked as soon as they begin with a
    possible date: a mistyped number still points at somebody. Ten digits in a row or with a space must also
    have the right check digit, since telephone numbers look like that.
    """
    count = 0

    def masked(found: re.Match[str]) -> str:
        nonlocal count
        if not _is_identity_number(found):
            return found[0]
        count += 1
        return MASK

    return _NUMBER.sub(masked, text), count


def _is_identity_number(found: re.Match[str]) -> bool:
    if not _begins_with_date(found):
        return False
    if found["century"] or found["mark"].strip():
        return True
    return _has_check_digit(found["year"] + found["month"] + found["day"] + found["last"])


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
