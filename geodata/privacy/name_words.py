"""The words of a text as the search for names sees them: which are names, and which are other words too."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from geodata.privacy.word_lists import listed

_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_OWN_LETTERS = frozenset("åäö")
_OTHER_LETTERS = str.maketrans({"ø": "ö", "æ": "ä", "ı": "i", "ł": "l", "đ": "d", "ß": "ss", "ð": "d"})
_SURNAME_PREFIXES = frozenset({"al", "el", "abu", "bin", "ben", "ibn"})
_SHORTEST_SMALL = 4
"""A word of three small letters is more often something else, or a slip."""


@dataclass(frozen=True, slots=True)
class Word:
    """text[start:end] of a text. plain: in small letters without marks, of which å, ä and ö are none.

    is_ordinary: also another word, so that it counts as a name only beside something else that says so.
    """

    plain: str
    start: int
    end: int
    has_capital: bool
    is_first: bool
    is_surname: bool
    is_ordinary: bool

    @property
    def is_name(self) -> bool:
        """Whether it is in one of the lists."""
        return self.is_first or self.is_surname

    @property
    def tells_alone(self) -> bool:
        """Whether it is a name wherever it stands."""
        if self.is_ordinary or not self.is_name:
            return False
        return self.has_capital or (self.is_first and self.end - self.start >= _SHORTEST_SMALL)


def words_of(text: str) -> list[Word]:
    """All words of an even text. In a text all in capitals, no word has one."""
    is_shouted = text.isupper()
    return [_word(found, is_shouted) for found in _WORD.finditer(text)]


def without_marks(written: str) -> str:
    """In small letters, é as e and ø as ö, but å, ä and ö as they are: how the lists are written."""
    small = written.lower().translate(_OTHER_LETTERS)
    if small.isascii():
        return small
    return "".join(
        sign if sign in _OWN_LETTERS else unicodedata.normalize("NFD", sign)[0]
        for sign in unicodedata.normalize("NFC", small)
    )


def _word(found: re.Match[str], is_shouted: bool) -> Word:
    plain = without_marks(found[0])
    has_capital = found[0][0].isupper() and not is_shouted
    name = _in_lists(plain) or _in_lists(_without_genitive(plain)) or plain
    is_marked = plain != found[0].lower()  # Holmén is nothing but a name
    return Word(
        plain=plain,
        start=found.start(),
        end=found.end(),
        has_capital=has_capital,
        is_first=_is_first(name),
        is_surname=_is_surname(name),
        is_ordinary=not is_marked and _is_ordinary(plain, name, has_capital),
    )


def _is_ordinary(plain: str, name: str, has_capital: bool) -> bool:
    if plain in _names("ordinary") or name in _names("ordinary"):
        return True
    return not has_capital and (plain in _names("ordinary_in_small") or name in _names("ordinary_in_small"))


def _in_lists(name: str) -> str:
    return name if _is_first(name) or _is_surname(name) else ""


def _without_genitive(plain: str) -> str:
    return plain.removesuffix("s").removesuffix("'") if plain.endswith("s") else ""


def _is_first(name: str) -> bool:
    names = _names("first_names")
    return name in names or ("-" in name and all(part in names for part in name.split("-")))


def _is_surname(name: str) -> bool:
    names = _names("surnames")
    if "-" not in name:
        return name in names
    first, *rest = name.split("-")
    return first in _SURNAME_PREFIXES or all(part in names for part in (first, *rest))


@cache
def _names(name: str) -> frozenset[str]:
    return frozenset(without_marks(written) for written in listed(name))
