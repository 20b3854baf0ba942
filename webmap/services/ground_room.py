"""The ground of each municipality, kept in memory until its layers change."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata.geometry import Place
from geodata.queries.areas import shapes_of
from geodata.vocabulary import AreaKind
from webmap.services.layer_room import LayerRoom, Version

DRAWN = tuple(AreaKind)
_KEPT = 4


@dataclass(frozen=True, eq=False)
class GroundLayers:
    """What there is to draw of a municipality, EPSG:3006. token: the same token, the same ground."""

    shapes: Mapping[AreaKind, list[Place]]
    token: str


class GroundRoom(LayerRoom[GroundLayers]):
    """The layers a process has been asked for."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, _laid, _KEPT)


def _laid(session: Session, key: int, version: Version) -> GroundLayers:
    token = hashlib.sha256(f"{key}/{version}".encode()).hexdigest()[:20]
    return GroundLayers(shapes_of(session, key, DRAWN), token)
