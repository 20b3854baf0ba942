"""A layer sent through the browser, kept until it is stored: it is sent once though it is tried twice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import IO
from uuid import UUID, uuid4, uuid5

from geodata.errors import FileFault
from geodata.exchange.limited import Limits
from webmap.services.spool import Spool

SUFFIXES = (".gpkg", ".geojson", ".json", ".zip", ".osm", ".pbf")
MOST_BYTES = 12_000_000
LIMITS = Limits(cpu_s=60, wall_s=90.0, memory_bytes=1 << 30, file_bytes=MOST_BYTES)
"""Of the process that reads it: somebody waits for the page."""


@dataclass(frozen=True)
class Uploads:
    """Files of one person for one municipality; a token that another holds opens nothing."""

    spool: Spool
    user_id: int
    municipality: str

    def keep(self, name: str, source: IO[bytes]) -> str:
        """Take in a file and return its token. Raises FileFault for a name of no format that is read."""
        suffix = PurePath(name).suffix.casefold()
        if suffix not in SUFFIXES:
            raise FileFault("file.format_unknown", "file", suffix=suffix[:20], known=", ".join(SUFFIXES))
        token = uuid4()
        self.spool.sweep()
        self.spool.keep(self._uid(token), suffix, source)
        return str(token)

    def path(self, token: str) -> Path | None:
        """The file of a token, or None where it is gone or never was."""
        try:
            return self.spool.file(self._uid(UUID(token)))
        except ValueError:
            return None

    def drop(self, token: str) -> None:
        """The file is of no more use."""
        if self.path(token):
            self.spool.drop(self._uid(UUID(token)))

    def _uid(self, token: UUID) -> UUID:
        return uuid5(token, f"areas/{self.user_id}/{self.municipality}")
