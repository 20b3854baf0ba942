"""The place list of each municipality, kept in memory until its layers change."""

from __future__ import annotations

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata.queries.place_names import known_places
from webmap.services.layer_room import LayerRoom, Version
from webmap.services.place_search import PlaceList

_KEPT = 8


class PlaceRoom(LayerRoom[PlaceList]):
    """The lists a process has been asked for."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, _listed, _KEPT)


def _listed(session: Session, key: int, version: Version) -> PlaceList:
    return PlaceList(known_places(session, key))
