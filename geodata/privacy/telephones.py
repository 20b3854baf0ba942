"""Telephone numbers in free text: Swedish ones in the usual spellings, foreign ones with their plus."""

from __future__ import annotations

import re
from collections.abc import Iterator

from geodata.privacy.suspects import Suspect, SuspectKind

_LEAST_DIGITS, _MOST_DIGITS = 7, 13
_START = re.compile(
    r"(?<![0-9])(?<![0-9][.,])(?=(?P<whole>(?:(?:\+|00)46|0[ /(-]{0,2}[1-9])[0-9 ./()-]{5,22}))"
)
_FOREIGN = re.compile(r"(?<![0-9])(?P<whole>\+(?!46)[1-9][0-9 ./()-]{6,18}[0-9])")
_LOCAL = re.compile(
    r"\b(?:tel|tele|tfn|tlf|telefon|telefonnummer|telnr|mobil|mobilnr|ring|sms|sms:a)\b[ .:]{0,3}"
    r"(?:(?:nr|nummer|på|mig på)[ .:]{1,2})?(?P<whole>[1-9][0-9 -]{3,10}[0-9])(?![0-9])",
    re.IGNORECASE,
)
_AREA_CODES = (
    r"(?:1[1368]|19|2[136]|3[1356]|4[0246]|54|6[03]|90)[1-9][0-9]{4,6}"  # two digits after the nought
    r"|8[1-9][0-9]{5,7}"
    r"|(?!7|10|20|8|90|11|13|16|18|19|21|23|26|31|33|35|36|40|42|44|46|54|60|63)[1-9][0-9]{2}[1-9][0-9]{4,5}"
)
_NATIONAL = re.compile(rf"7[02369][0-9]{{7}}|10[0-9]{{7}}|20[0-9]{{5,7}}|77[0-9]{{7}}|{_AREA_CODES}")
_DATE_OR_HOURS = re.compile(
    r"[0-9]{2}[-./ ][0-9]{2}[-./ ](?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}-?[0-9]{2}-?[0-9]{2}"
    r"|[0-9]{2}[.:]?[0-9]{2} ?- ?[0-9]{2}[.:]?[0-9]{2}"
)
_GROUP = re.compile("[0-9]+")
_NO_DIGIT = re.compile("[^0-9]")
_OF_EVERYBODY = ("112", "1177", "11313", "11414", "113113", "116111", "118", "90")
"""Emergency, police, care and help lines begin like this: they point at nobody."""


def find_telephones(text: str) -> Iterator[Suspect]:
    """Telephone numbers in an even text."""
    for found in _START.finditer(text):
        end = _end_of_national(found)
        if end:
            yield Suspect(SuspectKind.PHONE, found.start("whole"), end)
    for found in _FOREIGN.finditer(text):
        if 8 <= len(_digits(found["whole"])) <= 15:
            yield Suspect(SuspectKind.PHONE, *found.span("whole"))
    for found in _LOCAL.finditer(text):
        if _may_be_local(found["whole"]):
            yield Suspect(SuspectKind.PHONE, *found.span("whole"))


def _end_of_national(found: re.Match[str]) -> int:
    """Where the longest whole telephone number ends that begins here; 0 if none does."""
    written = found["whole"]
    ends, digits = [], 0
    for group in _GROUP.finditer(written):
        digits += len(group[0])
        if _LEAST_DIGITS <= digits <= _MOST_DIGITS:
            ends.append(group.end())
    end = next((end for end in reversed(ends) if _is_national(written[:end])), 0)
    return found.start("whole") + end if end else 0


def _is_national(written: str) -> bool:
    if _DATE_OR_HOURS.fullmatch(written):
        return False
    digits = _digits(written)
    for prefix in ("0046", "46") if written.startswith(("+", "00")) else ("0",):
        if digits.startswith(prefix):
            return bool(_NATIONAL.fullmatch(digits[len(prefix) :].removeprefix("0")))
    return False


def _may_be_local(written: str) -> bool:
    digits = _digits(written)
    is_long_enough = 5 <= len(digits) <= 8
    return is_long_enough and not digits.startswith(_OF_EVERYBODY) and not _DATE_OR_HOURS.fullmatch(written)


def _digits(written: str) -> str:
    return _NO_DIGIT.sub("", written)
