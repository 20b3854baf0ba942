"""The ground around a walk as one small file, for a phone to draw without network."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata import crs
from geodata.vocabulary import AreaKind

MOST_BYTES = 900_000
_STEP_DEGREES = 1e-6
_SLACKS_M = (1.0, 3.0, 8.0, 20.0)
"""Simplified so much, the coarser the more there is."""
_FIRST_TO_GO = (AreaKind.BUILDING, AreaKind.PATH, AreaKind.GREEN, AreaKind.WATER)
_DRAWN = (
    *(AreaKind.GREEN, AreaKind.WATER, AreaKind.SCHOOL, AreaKind.BUILDING),
    *(AreaKind.PATH, AreaKind.STREET, AreaKind.RAILWAY),
)

Frame = tuple[float, float, float, float]
Shapes = Mapping[AreaKind, Iterable[BaseGeometry]]


def field_ground(shapes: Shapes, boundary: BaseGeometry, frame: Frame) -> bytes:
    """JSON: `origin` [lon, lat], `step` in degrees, and `layers`, a list of [kind, is_area, lines] to be
    drawn in that order. A line is a flat list of whole steps: the first vertex from the origin, each other
    from the one before. At most 900 kB: where there is more it is drawn coarser, then without buildings.

    shapes, boundary, frame: EPSG:3006; frame is west, south, east, north.
    """
    kinds = [kind for kind in _DRAWN if kind in shapes]
    cut = {kind: _cut(shapes[kind], frame) for kind in kinds}
    border = _cut([boundary.boundary], frame)
    for slack_m in _SLACKS_M:
        packed = _packed(cut, border, frame, slack_m)
        if len(packed) <= MOST_BYTES:
            return packed
    for kind in _FIRST_TO_GO:
        cut.pop(kind, None)
        packed = _packed(cut, border, frame, _SLACKS_M[-1])
        if len(packed) <= MOST_BYTES:
            return packed
    return _packed({}, border, frame, _SLACKS_M[-1])


def _cut(places: Iterable[BaseGeometry], frame: Frame) -> list[BaseGeometry]:
    whole = np.asarray(list(places), dtype=object)
    if not len(whole):
        return []
    near = whole[shapely.intersects(shapely.box(*frame), whole)]
    parts = shapely.get_parts(shapely.clip_by_rect(shapely.make_valid(near), *frame))
    return [each for each in parts if not each.is_empty and each.geom_type in ("Polygon", "LineString")]


def _packed(
    cut: Mapping[AreaKind, list[BaseGeometry]], border: list[BaseGeometry], frame: Frame, slack_m: float
) -> bytes:
    west, south = (float(each[0]) for each in crs.to_degrees_xy([frame[0]], [frame[1]]))
    origin = (round(west, 5), round(south, 5))
    layers = [_layer(kind.value, places, origin, slack_m) for kind, places in cut.items()]
    layers.append(_layer("border", border, origin, slack_m))
    said = {
        "schema": 1,
        "origin": list(origin),
        "step": _STEP_DEGREES,
        "layers": [each for layer in layers for each in layer if each[2]],
    }
    return json.dumps(said, separators=(",", ":")).encode()


def _layer(
    name: str, places: list[BaseGeometry], origin: tuple[float, float], slack_m: float
) -> list[tuple[str, bool, list[Any]]]:
    areas = [each for each in places if each.geom_type == "Polygon"]
    lines = [each for each in places if each.geom_type == "LineString"]
    return [
        (name, True, [_rings(each, origin) for each in _simpler(areas, slack_m)]),
        (name, False, [[_steps(each, origin)] for each in _simpler(lines, slack_m)]),
    ]


def _simpler(places: list[BaseGeometry], slack_m: float) -> Iterator[BaseGeometry]:
    for each in places:
        simple = each.simplify(slack_m)
        parts = getattr(simple, "geoms", [simple])
        yield from (part for part in parts if not part.is_empty)


def _rings(area: Any, origin: tuple[float, float]) -> list[list[int]]:
    return [_steps(ring, origin) for ring in (area.exterior, *area.interiors)]


def _steps(line: BaseGeometry, origin: tuple[float, float]) -> list[int]:
    lon, lat = crs.to_degrees_xy(*shapely.get_coordinates(line).T)
    whole = np.rint(np.column_stack((lon - origin[0], lat - origin[1])) / _STEP_DEGREES).astype(np.int64)
    moved = np.diff(whole, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    return [int(each) for each in moved.ravel()]
