"""Tiles out of an MBTiles file (MBTiles 1.3): an SQLite database whose rows count from the south."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from geodata.errors import FileFault

PICTURES = ("png", "jpg", "jpeg", "webp")
_FIELD = "TRYGGKARTA_BASEMAP"
_MARKUP = re.compile(r"<[^>]*>")
_LONGEST_CREDIT = 200
_ASK_METADATA = "SELECT name, value FROM metadata"
_ASK_ZOOMS = "SELECT min(zoom_level), max(zoom_level) FROM tiles"
_ASK_TILE = "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?"


class MbtilesFile:
    """A file that is opened for every tile: it takes a tenth of a millisecond, and no thread waits."""

    def __init__(self, path: Path, said: dict[str, str], zooms: tuple[int, int]) -> None:
        self._path = path
        self.zooms = zooms
        self.attribution = " ".join(_MARKUP.sub(" ", said.get("attribution", "")).split())[:_LONGEST_CREDIT]

    @classmethod
    def open(cls, path: Path) -> MbtilesFile:
        """Raises FileFault `basemap.unreadable`, and `basemap.not_pictures` for vector tiles."""
        try:
            with closing(_connected(path)) as database:
                said = {str(name): str(value) for name, value in database.execute(_ASK_METADATA)}
                first, last = database.execute(_ASK_ZOOMS).fetchone()
        except sqlite3.Error as fault:
            raise FileFault("basemap.unreadable", _FIELD, name=path.name) from fault
        if said.get("format", "png").casefold() not in PICTURES or first is None:
            raise FileFault("basemap.not_pictures", _FIELD, format=said.get("format", "")[:20])
        return cls(path, said, (int(first), int(last)))

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """The picture, b"" where the file has none, None where the file can no longer be read."""
        try:
            with closing(_connected(self._path)) as database:
                found = database.execute(_ASK_TILE, (z, x, 2**z - 1 - y)).fetchone()
        except sqlite3.Error:
            return None
        return bytes(found[0]) if found and isinstance(found[0], bytes) else b""

    def is_silent(self) -> bool:
        """A file answers as long as it is there."""
        return False


def _connected(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
