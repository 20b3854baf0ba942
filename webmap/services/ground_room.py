"""The ground of each municipality, kept in memory until its layers change."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Engine

from geodata.geometry import Place
from geodata.queries.areas import layers_version, shapes_of
from geodata.queries.municipalities import standing
from geodata.tables.engine import reading
from geodata.vocabulary import AreaKind

DRAWN = tuple(AreaKind)
_KEPT = 4


@dataclass(frozen=True, eq=False)
class GroundLayers:
    """What there is to draw of a municipality, EPSG:3006. token: the same token, the same ground."""

    shapes: Mapping[AreaKind, list[Place]]
    token: str


@dataclass(frozen=True)
class _Kept:
    key: int
    change: int
    version: tuple[int, int]
    layers: GroundLayers


class GroundRoom:
    """The layers a process has been asked for; safe between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def now(self, code: str) -> GroundLayers:
        """The layers of the municipality with this code as they are now. Raises NotFound.

        Reports come and go without the layers being read again.
        """
        with self._lock:
            current = self._read(code, self._kept.get(code))
            self._kept[code] = current
            self._kept.move_to_end(code)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return current.layers

    def _read(self, code: str, known: _Kept | None) -> _Kept:
        with reading(self._engine) as session:
            key, change = standing(session, code)
            if known and (known.key, known.change) == (key, change):
                return known
            version = layers_version(session, key)
            if known and (known.key, known.version) == (key, version):
                return _Kept(key, change, version, known.layers)
            token = hashlib.sha256(f"{code}/{key}/{version}".encode()).hexdigest()[:20]
            return _Kept(key, change, version, GroundLayers(shapes_of(session, key, DRAWN), token))
