"""A great many drafts in little memory: packed as text, and made again when they are asked for."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import overload
from uuid import UUID

from geodata.drafts import ReportDraft
from geodata.exchange.plain import drafts_of, plain

_AT_ONCE = 2_000
_UID_BYTES, _DIGEST_BYTES = 16, 32
_QUICKLY = 1
"""How hard they are packed: to a third, in a fifth of the time the best takes."""


class Drafts(Sequence[ReportDraft]):
    """The drafts of one municipality in order, to be appended to. A million take some 200 MB."""

    def __init__(self) -> None:
        self._packed: list[bytes] = []
        self._loose: list[ReportDraft] = []
        self._uids, self._digests = bytearray(), bytearray()
        self._municipality = ""
        self._unpacked: tuple[int, list[ReportDraft]] = (-1, [])
        self.without_place = 0

    def append(self, draft: ReportDraft) -> None:
        """Put a draft last."""
        self._municipality = draft.municipality
        self._uids += draft.uid.bytes
        self._digests += bytes.fromhex(draft.digest)
        self.without_place += draft.place is None
        self._loose.append(draft)
        if len(self._loose) == _AT_ONCE:
            said = json.dumps(plain(self._loose), separators=(",", ":"))
            self._packed.append(zlib.compress(said.encode(), _QUICKLY))
            self._loose = []

    def uids(self, first: int, last: int) -> list[UUID]:
        """The ids of those from `first` up to `last`."""
        ends = range(first, min(last, len(self)))
        return [UUID(bytes=bytes(self._uids[at * _UID_BYTES : (at + 1) * _UID_BYTES])) for at in ends]

    def digest(self, place: int) -> str:
        """The digest of the content of one of them."""
        return self._digests[place * _DIGEST_BYTES : (place + 1) * _DIGEST_BYTES].hex()

    def chosen(self, places: Sequence[int]) -> Chosen:
        """Some of them. places: rising."""
        return Chosen(self, places)

    def part(self, number: int) -> list[ReportDraft]:
        """Those that are packed together. number: from 0."""
        if number == len(self._packed):
            return self._loose
        if number != self._unpacked[0]:
            self._unpacked = number, self._unpack(number)
        return self._unpacked[1]

    def _unpack(self, number: int) -> list[ReportDraft]:
        drafts = drafts_of(json.loads(zlib.decompress(self._packed[number])), self._municipality)
        for place, draft in enumerate(drafts, start=number * _AT_ONCE):
            vars(draft)["digest"] = self.digest(place)  # as it was reckoned when it came
        return drafts

    def __len__(self) -> int:
        return len(self._packed) * _AT_ONCE + len(self._loose)

    @overload
    def __getitem__(self, place: int) -> ReportDraft: ...
    @overload
    def __getitem__(self, place: slice) -> list[ReportDraft]: ...
    def __getitem__(self, place: int | slice) -> ReportDraft | list[ReportDraft]:
        if isinstance(place, slice):
            return list(self.chosen(range(len(self))[place]))
        at = range(len(self))[place]
        return self.part(at // _AT_ONCE)[at % _AT_ONCE]

    def __iter__(self) -> Iterator[ReportDraft]:
        return iter(self.chosen(range(len(self))))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)


class Chosen(Sequence[ReportDraft]):
    """Some of a pile of drafts, each part of which is unpacked once as they are gone through."""

    def __init__(self, pile: Drafts, places: Sequence[int]) -> None:
        self._pile, self._places = pile, places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, place: int) -> ReportDraft: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[ReportDraft]: ...
    def __getitem__(self, place: int | slice) -> ReportDraft | Sequence[ReportDraft]:
        if isinstance(place, slice):
            return Chosen(self._pile, self._places[place])
        return self._pile[self._places[place]]

    def __iter__(self) -> Iterator[ReportDraft]:
        for number, places in groupby(self._places, lambda place: place // _AT_ONCE):
            part = self._pile.part(number)
            for place in places:
                yield part[place % _AT_ONCE]
