"""Ways between places: along streets where they are connected, else straight, told longer than it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from geodata.analysis.routes.order import Distances
from geodata.analysis.routes.streets import StreetNet, attach, net_of

DETOUR = 1.3
"""Where there are no streets to follow, a way is told so much longer than straight."""
AROUND_M = 750.0
"""So far around the places streets are looked for: a way round a lake or a railway is seldom longer."""
_REACH_M = 250.0
_SPUR_M = 15.0
"""From its street a place so near is seen: the way passes it on the street."""
_NOTHING_M = 1e-6
"""Two places at one spot are so far apart: a stretch of no length would be no stretch."""
_NO_NODE = -9999


@dataclass(frozen=True)
class Leg:
    """From one place to another. length_m: as it is told, longer than the line where `is_straight`."""

    line: LineString
    length_m: float
    is_straight: bool


class Ways:
    """Ways between n places. distances: n × n, metres, as they are told."""

    def __init__(self, places: Sequence[BaseGeometry], streets: Sequence[BaseGeometry] = ()) -> None:
        """places: points; streets: lines; EPSG:3006. Without streets every way is straight."""
        self._places = list(places)
        tied = attach(net_of(streets), self._places, _REACH_M, _SPUR_M)
        self._net, self._nodes = tied.net, tied.nodes
        self._stretches = _shortest_stretches(self._net)
        self._along, self._before = self._reckoned()
        straight = shapely.distance(*np.meshgrid(*(np.asarray(self._places, dtype=object),) * 2))
        told = np.where(np.isfinite(self._along), self._along, np.asarray(straight) * DETOUR)
        np.fill_diagonal(told, 0.0)
        self.distances: Distances = np.minimum(told, told.T)

    def _reckoned(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Along streets between the places, infinite where there is no way; and the node before each."""
        count = len(self._places)
        tied = [at for at, node in enumerate(self._nodes) if node >= 0]
        along, before = np.full((count, count), np.inf), np.full((count, self._net.count), _NO_NODE)
        if not tied:
            return along, before
        nodes = [self._nodes[at] for at in tied]
        far, back = dijkstra(
            _matrix(self._stretches, self._net), directed=False, indices=nodes, return_predecessors=True
        )
        along[np.ix_(tied, tied)] = far[:, nodes]
        before[tied] = back
        return along, before

    def leg(self, start: int, end: int) -> Leg:
        """The way from one of the places to another."""
        if not np.isfinite(self._along[start, end]) or start == end:
            line = LineString(shapely.get_coordinates([self._places[start], self._places[end]]))
            return Leg(line, float(self.distances[start, end]), is_straight=True)
        node, parts = self._nodes[end], list[LineString]()
        while node != self._nodes[start]:
            tail = int(self._before[start, node])
            parts.append(self._stretch(tail, node))
            node = tail
        line = _chained(parts[::-1], self._places[start])
        return Leg(line, float(self.distances[start, end]), is_straight=False)

    def _stretch(self, tail: int, head: int) -> LineString:
        at = self._stretches[min(tail, head), max(tail, head)]
        line: LineString = self._net.lines[at]
        return line if self._net.tails[at] == tail else line.reverse()


def _shortest_stretches(net: StreetNet) -> dict[tuple[int, int], int]:
    """Of two nodes, the shortest stretch between them."""
    found: dict[tuple[int, int], int] = {}
    for at in np.argsort(-net.lengths_m, kind="stable").tolist():
        tail, head = int(net.tails[at]), int(net.heads[at])
        if tail != head:
            found[min(tail, head), max(tail, head)] = at
    return found


def _matrix(stretches: dict[tuple[int, int], int], net: StreetNet) -> coo_array:
    if not stretches:
        return coo_array((net.count, net.count)).tocsr()
    pairs = np.array(list(stretches), dtype=np.int64)
    lengths = np.maximum(net.lengths_m[list(stretches.values())], _NOTHING_M)
    return coo_array((lengths, (pairs[:, 0], pairs[:, 1])), shape=(net.count,) * 2).tocsr()


def _chained(parts: Sequence[LineString], otherwise: BaseGeometry) -> LineString:
    """Lines end to end as one, without the same place twice running."""
    if not parts:
        return LineString(shapely.get_coordinates([otherwise, otherwise]))
    places = np.concatenate([shapely.get_coordinates(part) for part in parts])
    is_new = np.append(True, np.any(np.diff(places, axis=0) != 0, axis=1))
    kept = places[is_new]
    return LineString(kept if len(kept) > 1 else np.repeat(kept, 2, axis=0))
