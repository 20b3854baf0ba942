"""What a running process works with, made once at start."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from geodata.errors import DatabaseFault
from geodata.queries.municipalities import Home, homes
from geodata.tables.engine import reading
from webmap.access import Viewer
from webmap.services.basemap import Basemap, open_basemap
from webmap.services.ground_room import GroundRoom
from webmap.services.heat_room import HeatRoom
from webmap.services.intake import Intake
from webmap.services.outer_provider import Provider
from webmap.services.place_room import PlaceRoom
from webmap.settings import Settings

_TILE_BYTES_KEPT = 64_000_000


class TileShelf:
    """Painted tiles by what they were painted from; the last used stay."""

    def __init__(self, most_bytes: int = _TILE_BYTES_KEPT) -> None:
        self._tiles: OrderedDict[str, bytes] = OrderedDict()
        self._size, self._most, self._lock = 0, most_bytes, threading.Lock()

    def get_or_paint(self, key: str, paint: Callable[[], bytes]) -> bytes:
        """The tile with this key, painted when it is not there."""
        with self._lock:
            if key in self._tiles:
                self._tiles.move_to_end(key)
                return self._tiles[key]
        painted = paint()
        with self._lock:
            self._size += len(painted) - len(self._tiles.get(key, b""))
            self._tiles[key] = painted
            while self._size > self._most:
                self._size -= len(self._tiles.popitem(last=False)[1])
        return painted


@dataclass(frozen=True)
class Works:
    """Settings, database, and what is kept in memory for maps."""

    settings: Settings
    engine: Engine
    room: HeatRoom
    ground: GroundRoom
    places: PlaceRoom
    basemap: Basemap | None = None
    provider: Provider | None = None
    intake: Intake = field(default_factory=lambda: Intake(None))
    tiles: TileShelf = field(default_factory=TileShelf)
    homes: dict[str, Home] = field(default_factory=dict)
    """Municipalities as they were last seen, by code: reports are taken in while the database is away."""
    seen_s: dict[str, float] = field(default_factory=dict)
    """When each of them was seen by a request, on the monotonic clock."""

    def seen_by(self, viewer: Viewer) -> Works:
        """The same, showing no more of any report than this viewer may see."""
        return replace(self, room=self.room.seen_by(viewer))

    @classmethod
    def over(cls, settings: Settings, engine: Engine) -> Works:
        """The works of a process over an open database. Raises Fault for a base map that cannot be used."""
        room = HeatRoom(engine, settings.columns_folder, settings.most_column_bytes)
        return cls(
            settings,
            engine,
            room,
            GroundRoom(engine),
            PlaceRoom(engine),
            open_basemap(settings),
            Provider(settings.provider, settings.secret()) if settings.provider else None,
            Intake(int(settings.reports_per_minute) if settings.has_rate_limits else None),
            homes=_seen(engine),
        )


def _seen(engine: Engine) -> dict[str, Home]:
    try:
        with reading(engine) as session:
            return {home.code: home for home in homes(session)}
    except (DatabaseFault, SQLAlchemyError):
        return {}  # not there yet: the pages say so
