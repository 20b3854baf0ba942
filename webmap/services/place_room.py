"""The place list of each municipality, kept in memory until its layers change."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from sqlalchemy import Engine

from geodata.queries.areas import layers_version
from geodata.queries.municipalities import standing
from geodata.queries.place_names import known_places
from geodata.tables.engine import reading
from webmap.services.place_search import PlaceList

_KEPT = 8


@dataclass(frozen=True)
class _Kept:
    key: int
    change: int
    version: tuple[int, int]
    places: PlaceList


class PlaceRoom:
    """The lists a process has been asked for; safe between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def now(self, code: str) -> PlaceList:
        """The places of the municipality with this code as they are now. Raises NotFound."""
        with self._lock:
            current = self._read(code, self._kept.get(code))
            self._kept[code] = current
            self._kept.move_to_end(code)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return current.places

    def _read(self, code: str, known: _Kept | None) -> _Kept:
        with reading(self._engine) as session:
            key, change = standing(session, code)
            if known and (known.key, known.change) == (key, change):
                return known
            version = layers_version(session, key)
            if known and (known.key, known.version) == (key, version):
                return _Kept(key, change, version, known.places)
            return _Kept(key, change, version, PlaceList(known_places(session, key)))
