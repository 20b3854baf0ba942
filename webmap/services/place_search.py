"""Finding a place by what people write: names with their localities, a house number, a slip of the finger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.queries.place_names import KnownPlace
from geodata.vocabulary import AreaKind
from webmap.services.place_reading import (
    SHORTEST,
    Reading,
    folded,
    house_number_in,
    in_swedish_order,
    readings_of,
)
from webmap.services.slips import near_start, pairs_of

MOST_FOUND = 8
LONGEST_SEARCH = 80
_SHORTEST_INSIDE = 3
_LONGEST_NAME = 5
"""In words, of a name that is looked for inside a sentence."""
_LOOKED_AT = 40
"""So many names that share most pairs of letters are compared letter by letter."""
_LOOSE = str.maketrans("åäöéèüæø", "aaoeeuao")
_EXACT, _START, _WORD, _WITHIN = range(4)
_LISTED = (AreaKind.PLACE, AreaKind.SCHOOL, AreaKind.GREEN)


@dataclass(frozen=True)
class FoundPlace:
    """A named place. lon, lat: None where no single point stands for it; see `geojson`.

    number: the house number written after a street. radius_m: the point stands for so much around it.
    is_exact: the name is just what was written.
    """

    known: KnownPlace
    number: str = ""
    is_exact: bool = False

    @property
    def key(self) -> str:
        """How it is chosen in a form."""
        return self.known.key

    @property
    def name(self) -> str:
        """With the house number, where one was written."""
        return f"{self.known.name} {self.number}" if self.number else self.known.name

    @property
    def locality(self) -> str:
        """Where it lies, or ""."""
        return self.known.locality

    @property
    def label(self) -> str:
        """Name and locality: Badhusparken, Vara."""
        return ", ".join(part for part in (self.name, self.locality) if part)

    @property
    def kind(self) -> AreaKind:
        """What it is."""
        return self.known.kind

    @property
    def lon(self) -> float | None:
        """Longitude, where the place is a point."""
        return self.known.position[0] if self.known.position else None

    @property
    def lat(self) -> float | None:
        """Latitude, where the place is a point."""
        return self.known.position[1] if self.known.position else None

    @property
    def radius_m(self) -> float:
        """How much around the point it takes up."""
        return self.known.radius_m

    @property
    def geojson(self) -> Mapping[str, Any] | None:
        """Point, street or park in WGS 84; None where nothing simple tells where it is."""
        return self.known.geojson


class PlaceList:
    """The named places of a municipality as they were when it was made."""

    def __init__(self, places: Sequence[KnownPlace]) -> None:
        self._places = sorted(places, key=_likeliest)
        self._by_key = {place.key: place for place in places}
        self._strict = [folded(place.name) for place in self._places]
        self._loose = [name.translate(_LOOSE) for name in self._strict]
        self._where = [folded(place.locality) for place in self._places]
        self._strict_joined, self._loose_joined = "\n".join(self._strict), "\n".join(self._loose)
        self._by_name: dict[str, list[int]] = defaultdict(list)
        for number, name in enumerate(self._strict):
            self._by_name[name].append(number)
        self._localities = set(self._where) - {""}
        self._postings, self._lengths = _index(self._loose)

    def __len__(self) -> int:
        return len(self._places)

    def with_key(self, key: str, written: str = "") -> FoundPlace | None:
        """The place with a key; the house number is taken from what was written."""
        known = self._by_key.get(key)
        return (
            _found(known, house_number_in(written) if known.kind == AreaKind.STREET else "")
            if known
            else None
        )

    def search(self, text: str) -> list[FoundPlace]:
        """Places that may be meant, likeliest first, at most eight; none for what is like no name here."""
        written = folded(text[:LONGEST_SEARCH])
        if len(written) < SHORTEST:
            return []
        readings = list(readings_of(written, self._localities))
        for look in (self._as_written, self._without_dots, self._in_a_sentence, self._with_slips):
            for reading in readings:
                found = look(reading)
                if found:
                    return self._ranked(found, reading)
        return []

    def meant(self, text: str, key: str = "") -> tuple[FoundPlace | None, list[FoundPlace]]:
        """The one place that is meant (chosen by its key, or of just this name), else those that may be."""
        chosen = self.with_key(key, text) if key else None
        found = [] if chosen else self.search(text)
        exact = [each for each in found if each.is_exact]
        if chosen or len(exact) == 1:
            return chosen or exact[0], []
        return None, found

    def by_locality(self) -> list[tuple[str, list[FoundPlace]]]:
        """Places to choose from a list, streets left out, by locality; those outside every one come last."""
        groups: dict[str, list[FoundPlace]] = defaultdict(list)
        for place in self._places:
            if place.kind in _LISTED:
                groups[place.locality].append(_found(place))
        for group in groups.values():
            group.sort(key=lambda each: in_swedish_order(each.name))
        return sorted(groups.items(), key=lambda group: (not group[0], in_swedish_order(group[0])))

    def locality_of(self, name: str) -> str:
        """The locality in which a place of this name lies, or "" where none or several do."""
        found = {place.locality for place in self._places if place.name == name}
        return found.pop() if len(found) == 1 else ""

    def _as_written(self, reading: Reading) -> dict[int, float]:
        return _containing(self._strict, self._strict_joined, reading.name)

    def _without_dots(self, reading: Reading) -> dict[int, float]:
        return _containing(self._loose, self._loose_joined, reading.name.translate(_LOOSE))

    def _in_a_sentence(self, reading: Reading) -> dict[int, float]:
        """Names that stand whole among other words, the longest first: gångvägen bakom Parkskolan."""
        words = reading.name.split()
        parts = {
            " ".join(words[first:end])
            for first in range(len(words))
            for end in range(first + 1, min(len(words), first + _LONGEST_NAME) + 1)
        }
        said = [part for part in parts if len(part) > _SHORTEST_INSIDE and part in self._by_name]
        return {number: -float(len(part)) for part in said for number in self._by_name[part]}

    def _with_slips(self, reading: Reading) -> dict[int, float]:
        written = reading.name.translate(_LOOSE)
        slips = {number: near_start(written, self._loose[number]) for number in self._alike(written)}
        return {number: float(count) for number, count in slips.items() if count is not None}

    def _alike(self, written: str) -> list[int]:
        """Numbers of the names that share most pairs of letters with what was written."""
        asked = [self._postings[pair] for pair in pairs_of(written) if pair in self._postings]
        if not asked:
            return []
        shared = np.bincount(np.concatenate(asked), minlength=len(self._places))
        score = shared - self._lengths / 1_000
        most = np.argpartition(-score, min(_LOOKED_AT, len(score) - 1))[:_LOOKED_AT]
        return [int(number) for number in most if shared[number]]

    def _ranked(self, found: dict[int, float], reading: Reading) -> list[FoundPlace]:
        there = [number for number in found if self._where[number].startswith(reading.locality)]
        has_number = bool(reading.number)
        numbers = sorted(
            there or found,
            key=lambda number: (found[number], has_number and not self._is_street(number), number),
        )
        return [
            _found(
                self._places[number],
                reading.number if self._is_street(number) else "",
                is_exact=self._strict[number] == reading.name and bool(there),
            )
            for number in numbers[:MOST_FOUND]
        ]

    def _is_street(self, number: int) -> bool:
        return self._places[number].kind == AreaKind.STREET


_ORDER = {AreaKind.PLACE: 0, AreaKind.SCHOOL: 0, AreaKind.GREEN: 1, AreaKind.STREET: 2}


def _likeliest(place: KnownPlace) -> tuple[int, int, str, str]:
    """Which of those that fit equally well comes first."""
    return _ORDER[place.kind], len(place.name), place.name, place.locality


def _found(place: KnownPlace, number: str = "", *, is_exact: bool = False) -> FoundPlace:
    return FoundPlace(place, number.upper(), is_exact)


def _containing(names: Sequence[str], joined: str, part: str) -> dict[int, float]:
    """Which names hold the part, and how: as the whole, its start, the start of a word, or inside one."""
    found: dict[int, float] = {}
    if part not in joined:
        return found
    for number, name in enumerate(names):
        at = name.find(part)
        if at >= 0:
            found[number] = float(_how(name, part, at))
    return found


def _how(name: str, part: str, at: int) -> int:
    if at == 0:
        return _EXACT if name == part else _START
    return _WORD if f" {part}" in name else _WITHIN


def _index(names: Sequence[str]) -> tuple[dict[str, NDArray[np.int64]], NDArray[np.int64]]:
    """For each pair of letters the numbers of the names that have it, and the length of each name."""
    postings: dict[str, list[int]] = defaultdict(list)
    for number, name in enumerate(names):
        for pair in pairs_of(name):
            postings[pair].append(number)
    lengths = np.array([len(name) for name in names], dtype=np.int64)
    return {pair: np.array(numbers, dtype=np.int64) for pair, numbers in postings.items()}, lengths
