"""The map under ours: whose it is, and its tiles, from a file here or fetched by the server.

No browser asks anybody but this host. A tile that cannot be had at once is the empty one: nothing waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from webmap.services.mbtiles import MbtilesFile
from webmap.services.tile_proxy import TileProxy
from webmap.services.tile_source import TileSource
from webmap.services.tile_store import TileStore
from webmap.settings import Settings

OPENSTREETMAP_CREDIT = "© OpenStreetMaps bidragsgivare"
OPENSTREETMAP_PAGE = "https://www.openstreetmap.org/copyright"
_DEEPEST_OF_AN_ADDRESS = 19


@dataclass(frozen=True)
class Credit:
    """Whose map it is. page: where it says so at length, or ""."""

    text: str
    page: str = ""


OPENSTREETMAP = Credit(OPENSTREETMAP_CREDIT, OPENSTREETMAP_PAGE)


class _Tiles(Protocol):
    def tile(self, z: int, x: int, y: int) -> bytes | None: ...

    def is_silent(self) -> bool: ...


@dataclass(frozen=True)
class Basemap:
    """A base map. zooms: first and last that it has. credit: to be shown wherever it is seen."""

    tiles: _Tiles
    zooms: tuple[int, int]
    credit: Credit

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """A picture (PNG, JPEG or WebP), b"" where the map has nothing, None where it cannot be had now.

        z, x, y: of the web's common scheme, y from the north; outside what the map has, nothing.
        """
        first, last = self.zooms
        return self.tiles.tile(z, x, y) if first <= z <= last else b""

    def is_silent(self) -> bool:
        """Whether it cannot be had just now."""
        return self.tiles.is_silent()


def open_basemap(settings: Settings) -> Basemap | None:
    """The base map that the settings name, or None.

    Raises Fault for a file that is no MBTiles, or that holds vectors, which are not drawn here.
    """
    if not settings.has_basemap:
        return None
    if "://" in settings.basemap:
        return _proxied(settings)
    file = MbtilesFile.open(Path(settings.basemap).resolve())
    return Basemap(file, file.zooms, _credit(settings, Credit(file.attribution)))


def _proxied(settings: Settings) -> Basemap:
    source = TileSource(settings.basemap, settings.public_url)
    store = TileStore.of(settings.data_folder / "basemap", settings.basemap)
    host = urlsplit(settings.basemap).hostname or ""
    is_openstreetmap = host == "openstreetmap.org" or host.endswith(".openstreetmap.org")
    known = OPENSTREETMAP if is_openstreetmap else Credit(host)
    return Basemap(TileProxy(source, store), (0, _DEEPEST_OF_AN_ADDRESS), _credit(settings, known))


def _credit(settings: Settings, known: Credit) -> Credit:
    return Credit(settings.basemap_attribution) if settings.basemap_attribution else known
