"""Tiles that were fetched, on disk: kept as long as their source says and never under seven days.

A tile is a file whose time is the moment it becomes old; an empty file is a place where the source has none.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

KEPT_S = 7 * 86_400
_LONGEST_KEPT_S = 60 * 86_400
_NOTHING_KEPT_S = 86_400
_MOST_BYTES = 1_000_000_000
_WEIGHED_EVERY = 500
_LEFT_SHARE = 0.8


@dataclass
class TileStore:
    """The tiles of one source. Several processes may write: each file appears whole or not at all."""

    folder: Path
    most_bytes: int = _MOST_BYTES
    _written: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(cls, folder: Path, address: str) -> TileStore:
        """The store of one address under a folder that all share."""
        return cls(folder / hashlib.sha256(address.encode()).hexdigest()[:16])

    def read(self, z: int, x: int, y: int) -> tuple[bytes, bool] | None:
        """What is kept of a tile, and whether it is still fresh; None where nothing is."""
        path = self._path(z, x, y)
        try:
            return path.read_bytes(), path.stat().st_mtime > time.time()
        except OSError:
            return None

    def keep(self, place: tuple[int, int, int], picture: bytes, lasts_s: float) -> None:
        """Keep a tile that its source says lasts so long. A full disk keeps nothing, and that is all."""
        lasts_s = min(max(lasts_s, KEPT_S), _LONGEST_KEPT_S) if picture else _NOTHING_KEPT_S
        path, now = self._path(*place), time.time()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, beside = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(picture)
            os.utime(beside, (now, now + lasts_s))
            os.replace(beside, path)
        except OSError:
            return
        self._weigh_now_and_then()

    def _path(self, z: int, x: int, y: int) -> Path:
        return self.folder / str(z) / str(x) / str(y)

    def _weigh_now_and_then(self) -> None:
        with self._lock:
            self._written += 1
            is_due = self._written % _WEIGHED_EVERY == 1
        if is_due:
            self.trim()

    def trim(self) -> None:
        """Bring the store under its size: what becomes old first goes first."""
        files = sorted(self._files())
        size = sum(each[1] for each in files)
        if size <= self.most_bytes:
            return
        for _, weight, path in files:
            Path(path).unlink(missing_ok=True)
            size -= weight
            if size <= self.most_bytes * _LEFT_SHARE:
                return

    def _files(self) -> Iterator[tuple[float, int, str]]:
        for folder, _, names in os.walk(self.folder):
            for name in names:
                path = os.path.join(folder, name)
                try:
                    known = os.stat(path)
                except OSError:  # another process took it away
                    continue
                yield known.st_mtime, known.st_size, path

    @property
    def mark(self) -> Path:
        """A file beside the tiles by which the processes tell each other that the source does not answer."""
        return self.folder.with_suffix(".silent")
