"""Marks near each other as one place to visit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

NEAR_M = 60.0
"""So near each other marks are one place to visit: it is seen from one spot."""


@dataclass(frozen=True)
class Visit:
    """A place to visit. middle: the mark that stands for it; members: all of its marks, in order.

    voices: how many different people marked it.
    """

    middle: int
    members: tuple[int, ...]
    voices: int


def visits_of(
    marks: Sequence[BaseGeometry], voices: Sequence[str | None], near_m: float = NEAR_M
) -> list[Visit]:
    """Every mark in exactly one place, the most marked first. marks: points in EPSG:3006.

    voices: whose each mark is; None is somebody else every time. The order of the marks settles ties.
    """
    if not marks:
        return []
    places = shapely.get_coordinates(marks)
    near = cKDTree(places).query_ball_point(places, near_m)
    left, found = set(range(len(marks))), list[Visit]()
    while left:
        found.append(_largest(left, near, voices))
        left -= set(found[-1].members)
    return sorted(found, key=lambda visit: (-visit.voices, -len(visit.members), visit.middle))


def _largest(left: set[int], near: Sequence[Sequence[int]], voices: Sequence[str | None]) -> Visit:
    made = []
    for middle in sorted(left):
        members = tuple(sorted(left.intersection(near[middle])))
        said = {voices[each] or f"mark {each}" for each in members}
        made.append(Visit(middle, members, len(said)))
    return max(made, key=lambda visit: (visit.voices, len(visit.members), -visit.middle))
