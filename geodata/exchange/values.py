"""Single cells understood: vocabulary, figures, ids. Each raises InvalidValue with its column."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from geodata.drafts import checked_accuracy_m, checked_severity
from geodata.errors import InvalidValue
from geodata.exchange.figures import parse_number
from geodata.exchange.hourcode import from_code
from geodata.exchange.instructions import Instructions
from geodata.exchange.reading import evened
from geodata.vocabulary import RECOGNISED, Kind, Light, Origin, Polarity, category

LONGEST_ID = 200
LONGEST_WORD = 200

E = TypeVar("E", bound=StrEnum)
_POLARITIES = {
    "otrygg": "unsafe",
    "otryggt": "unsafe",
    "trygg": "safe",
    "tryggt": "safe",
    "förslag": "improvement",
}
_LIGHTS = {"mörkt": "dark", "mörker": "dark", "ljust": "light"}


def _word(family: type[E], aliases: dict[str, str], code: str) -> Callable[[str, str], E]:
    def parse(cell: str, column: str) -> E:
        word = cell.casefold()
        try:
            return family(aliases.get(word, word))
        except ValueError as fault:
            raise InvalidValue(code, column, given=cell[:80]) from fault

    return parse


def _severity(cell: str, column: str) -> int:
    value = parse_number(cell)
    if value is None or value != int(value):
        raise InvalidValue("number.not_a_number", column, given=cell[:40])
    checked_severity(int(value), column)
    return int(value)


def _accuracy_m(cell: str, column: str) -> float:
    value = parse_number(cell)
    if value is None:
        raise InvalidValue("number.not_a_number", column, given=cell[:40])
    return checked_accuracy_m(value, column)


def _uid(cell: str, column: str) -> UUID:
    try:
        return UUID(cell)
    except ValueError as fault:
        raise InvalidValue("uid.not_a_uuid", column, given=cell[:40]) from fault


def _short(cell: str, column: str) -> str:
    if len(cell) > LONGEST_ID:
        raise InvalidValue("id.too_long", column, count=len(cell), most=LONGEST_ID)
    if not cell.isprintable():
        raise InvalidValue("id.not_printable", column)
    return cell


PARSERS: dict[str, Callable[[str, str], Any]] = {
    "kind": _word(Kind, {}, "kind.unknown"),
    "origin": _word(Origin, {}, "origin.unknown"),
    "polarity": _word(Polarity, _POLARITIES, "polarity.unknown"),
    "light": _word(Light, _LIGHTS, "light.unknown"),
    "severity": _severity,
    "accuracy_m": _accuracy_m,
    "hours": from_code,
    "uid": _uid,
    "id": _short,
    "source": _short,
    "source_category": _short,
}
"""Field → what makes a value of a cell that is not empty."""


def voice_mark(order: Instructions, cell: str) -> str | None:
    """A mark for who said it that is the same every time within a source and holds no name."""
    return _mark(order, cell.casefold()) if cell else None


def id_mark(order: Instructions, cell: str) -> str:
    """What stands for an id that is a personal number: the same every time within a source."""
    return f"id-{_mark(order, cell)}"


def _mark(order: Instructions, said: str) -> str:
    whole = "\x1f".join((order.municipality, order.source, said))
    return hashlib.blake2b(whole.encode(), digest_size=12).hexdigest()


class Categories:
    """Makes category codes of words, remembering those it has seen."""

    def __init__(self, order: Instructions, column: str) -> None:
        said = {evened(word).casefold(): code for word, code in order.categories.items()}
        self._words = {**RECOGNISED, **said}
        for code in (*order.categories.values(), *([order.category] if order.category else [])):
            category(code, "--categories")
        self._default = order.category
        self._column = column
        self._seen: dict[str, tuple[frozenset[str], str]] = {}

    def of(self, cell: str) -> tuple[frozenset[str], str]:
        """The codes a cell means, and the cell's own words where they are other than the codes.

        Several words are cut apart at "|" or "," unless the whole is one known word.
        """
        if cell not in self._seen:
            self._seen[cell] = self._understood(evened(cell))
        return self._seen[cell]

    def words_in(self, cell: str) -> list[tuple[str, str]]:
        """Each word of a cell with the code it means, or with "" where nobody knows."""
        parts = self._parts(evened(cell))
        return [(word, self._words.get(word.casefold(), "")) for word in parts] if cell else []

    def _understood(self, cell: str) -> tuple[frozenset[str], str]:
        if not cell:
            return frozenset({self._default} if self._default else ()), ""
        codes = frozenset(map(self._code, self._parts(cell)))
        return codes, "" if cell == "|".join(sorted(codes)) else _short(cell, self._column)

    def _parts(self, cell: str) -> list[str]:
        if cell.casefold() in self._words:
            return [cell]
        return [part.strip() for part in cell.replace("|", ",").split(",") if part.strip()] or [cell]

    def _code(self, word: str) -> str:
        code = self._words.get(word.casefold()) or self._default
        if not code:
            raise InvalidValue("category.unknown", self._column, given=word[:80])
        return code
