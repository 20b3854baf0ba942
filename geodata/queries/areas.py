"""Reads about context layers: what there is, and the ground to draw."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geodata.tables.areas import Area
from geodata.vocabulary import AreaKind


@dataclass(frozen=True)
class LayerCount:
    """How much a municipality has of one kind. sources: where it came from, in order of the alphabet."""

    kind: AreaKind
    count: int
    sources: tuple[str, ...]


def layer_counts(session: Session, municipality_id: int) -> list[LayerCount]:
    """Every kind that has something, in the order of the vocabulary."""
    rows = session.execute(
        select(Area.kind, Area.source, func.count())
        .where(Area.municipality_id == municipality_id)
        .group_by(Area.kind, Area.source)
        .order_by(Area.source)
    ).all()
    found = [(kind, [(source, count) for word, source, count in rows if word == kind]) for kind in AreaKind]
    return [
        LayerCount(kind, sum(count for _, count in parts), tuple(source for source, _ in parts))
        for kind, parts in found
        if parts
    ]


def layers_version(session: Session, municipality_id: int) -> tuple[int, int]:
    """Number of areas and the newest key: both stay only where nothing came or went."""
    asked = select(func.count(), func.max(Area.id)).where(Area.municipality_id == municipality_id)
    count, newest = session.execute(asked).one()
    return count, newest or 0


def shapes_of(
    session: Session, municipality_id: int, kinds: Iterable[AreaKind]
) -> dict[AreaKind, list[BaseGeometry]]:
    """The geometries of some kinds, EPSG:3006, in the order they came; kinds without any are left out."""
    found: dict[AreaKind, list[BaseGeometry]] = {}
    asked = select(Area.kind, Area.geometry).where(Area.municipality_id == municipality_id)
    for kind, place in session.execute(asked.where(Area.kind.in_(list(kinds))).order_by(Area.id)):
        found.setdefault(AreaKind(kind), []).append(place)
    return found


def same_areas(session: Session, municipality_id: int, kind: AreaKind) -> set[tuple[str, bytes]]:
    """Name and well-known binary of every area of a kind, to know those that come again."""
    asked = select(Area.name, Area.geometry).where(
        Area.municipality_id == municipality_id, Area.kind == kind.value
    )
    return {(name, place.wkb) for name, place in session.execute(asked)}
