"""What is made of a municipality's layers, kept in memory until they change."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata.queries.areas import layers_version
from geodata.queries.municipalities import standing
from geodata.tables.engine import reading

T = TypeVar("T")

Version = tuple[int, int]


@dataclass(frozen=True)
class _Kept(Generic[T]):
    key: int
    change: int
    version: Version
    made: T


class LayerRoom(Generic[T]):
    """What a process has been asked for, least recently used out first; safe between threads.

    make: from a session, the municipality's key and the version of its layers. most: so many are kept.
    """

    def __init__(self, engine: Engine, make: Callable[[Session, int, Version], T], most: int) -> None:
        self._engine, self._make, self._most = engine, make, most
        self._kept: OrderedDict[str, _Kept[T]] = OrderedDict()
        self._lock = threading.Lock()

    def now(self, code: str) -> T:
        """As it is now for the municipality with this code. Raises NotFound.

        Reports come and go without the layers being read again.
        """
        with self._lock:
            current = self._read(code, self._kept.get(code))
            self._kept[code] = current
            self._kept.move_to_end(code)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
            return current.made

    def _read(self, code: str, known: _Kept[T] | None) -> _Kept[T]:
        with reading(self._engine) as session:
            key, change = standing(session, code)
            if known and (known.key, known.change) == (key, change):
                return known
            version = layers_version(session, key)
            if known and (known.key, known.version) == (key, version):
                return _Kept(key, change, version, known.made)
            return _Kept(key, change, version, self._make(session, key, version))
