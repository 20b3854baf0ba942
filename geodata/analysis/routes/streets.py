"""Streets and paths as a net: every crossing and every end is a node, and nearly meeting ends meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from shapely import LineString, Point, STRtree
from shapely.geometry.base import BaseGeometry

SNAP_M = 1.0
"""Ends so near another end or line meet it: hand-drawn streets seldom meet to the millimetre."""
_PAST_M = 0.05
"""A bridge over a gap goes so far past the line that it crosses it for certain."""

Lines = NDArray[np.object_]
Nodes = NDArray[np.int64]


@dataclass(frozen=True)
class StreetNet:
    """m stretches between n nodes, in EPSG:3006.

    lines: m LineStrings, each from the node `tails` to the node `heads`; count: n.
    """

    lines: Lines
    tails: Nodes
    heads: Nodes
    count: int

    @property
    def lengths_m(self) -> NDArray[np.float64]:
        """Of each stretch."""
        return np.asarray(shapely.length(self.lines), dtype=np.float64)


def net_of(streets: Sequence[BaseGeometry]) -> StreetNet:
    """The net of lines and multi-lines in EPSG:3006; anything else is left out. Crossings are nodes: a bridge
    over a road is one too, since nothing tells them apart.
    """
    parts = shapely.get_parts(np.asarray(streets, dtype=object))
    is_line = (shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING) & (shapely.length(parts) > 0)
    lines = parts[is_line]
    if not len(lines):
        return StreetNet(np.empty(0, dtype=object), _none(), _none(), 0)
    noded = shapely.get_parts(shapely.union_all(np.concatenate((lines, _bridges(lines)))))
    first, last = (shapely.get_point(noded, at) for at in (0, -1))
    places = shapely.get_coordinates(np.concatenate((first, last)))
    node, count = _joined(places)
    return StreetNet(noded, node[: len(noded)], node[len(noded) :], count)


def _none() -> Nodes:
    return np.empty(0, dtype=np.int64)


def _bridges(lines: Lines) -> Lines:
    """Short lines from ends that stop just before another line, across it."""
    ends = np.concatenate([shapely.get_point(lines, at) for at in (0, -1)])
    end, line = STRtree(lines).query(ends, predicate="dwithin", distance=SNAP_M)
    gap_m = shapely.distance(ends[end], lines[line])
    is_gap = (gap_m > 0) & (end % len(lines) != line)
    end, line, gap_m = end[is_gap], line[is_gap], gap_m[is_gap]
    start = shapely.get_coordinates(ends[end])
    met = shapely.get_coordinates(
        shapely.line_interpolate_point(lines[line], shapely.line_locate_point(lines[line], ends[end]))
    )
    past = met + (met - start) / gap_m[:, None] * _PAST_M
    return np.asarray(shapely.linestrings(np.stack((start, past), axis=1)), dtype=object)


def _joined(places: NDArray[np.float64]) -> tuple[Nodes, int]:
    """Which node each end belongs to, numbered from 0, and how many there are."""
    pairs = cKDTree(places).query_pairs(SNAP_M, output_type="ndarray")
    near = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(places),) * 2)
    count, node = connected_components(near, directed=False)
    return node.astype(np.int64), int(count)


@dataclass(frozen=True)
class Attached:
    """A net with places tied to it. nodes: of each place, or -1 where no street is near enough."""

    net: StreetNet
    nodes: list[int]


def attach(net: StreetNet, places: Sequence[BaseGeometry], most_m: float, spur_m: float) -> Attached:
    """Tie points to their nearest street, which is cut there. Further off than spur_m the way goes straight
    from the street to the place and back; further than most_m it is not tied.
    """
    if not len(net.lines):
        return Attached(net, [-1] * len(places))
    nearest = STRtree(net.lines).nearest(np.asarray(places, dtype=object))
    grown, nodes = _Grown(net), []
    for place, line in zip(places, nearest.tolist(), strict=True):
        away_m = float(place.distance(net.lines[line]))
        is_near = away_m <= most_m
        foot = grown.cut(line, float(net.lines[line].project(place))) if is_near else -1
        nodes.append(grown.spur(foot, place) if is_near and away_m > spur_m else foot)
    return Attached(grown.made(), nodes)


class _Grown:
    """A net that gets more nodes."""

    def __init__(self, net: StreetNet) -> None:
        self._net, self._count = net, net.count
        self._cuts: dict[int, list[tuple[float, int]]] = {}
        self._spurs: list[tuple[LineString, int, int]] = []
        self._places: dict[int, Point] = {}

    def cut(self, line: int, at_m: float) -> int:
        """A node on a stretch, so far from its beginning."""
        node = self._new()
        self._cuts.setdefault(line, []).append((at_m, node))
        self._places[node] = self._net.lines[line].interpolate(at_m)
        return node

    def spur(self, foot: int, place: BaseGeometry) -> int:
        """A node beside the street, straight from one on it."""
        node = self._new()
        self._spurs.append((LineString(shapely.get_coordinates([self._places[foot], place])), foot, node))
        return node

    def _new(self) -> int:
        self._count += 1
        return self._count - 1

    def made(self) -> StreetNet:
        """The net with all that was added."""
        whole = [at for at in range(len(self._net.lines)) if at not in self._cuts]
        pieces = [piece for line, cuts in self._cuts.items() for piece in self._pieces(line, cuts)]
        lines = [*self._net.lines[whole], *(piece[0] for piece in (*pieces, *self._spurs))]
        tails = [*self._net.tails[whole].tolist(), *(piece[1] for piece in (*pieces, *self._spurs))]
        heads = [*self._net.heads[whole].tolist(), *(piece[2] for piece in (*pieces, *self._spurs))]
        return StreetNet(np.asarray(lines, dtype=object), np.asarray(tails), np.asarray(heads), self._count)

    def _pieces(self, line: int, cuts: list[tuple[float, int]]) -> list[tuple[LineString, int, int]]:
        whole = self._net.lines[line]
        ends = [(0.0, int(self._net.tails[line])), *sorted(cuts), (whole.length, int(self._net.heads[line]))]
        return [
            (_between(whole, start, end), tail, head)
            for (start, tail), (end, head) in zip(ends, ends[1:], strict=False)
        ]


def _between(line: LineString, start_m: float, end_m: float) -> LineString:
    """The part of a line between two distances from its beginning; of no length where they are the same."""
    along = shapely.line_locate_point(line, shapely.points(shapely.get_coordinates(line)))
    inner = shapely.get_coordinates(line)[(along > start_m) & (along < end_m)]
    first, last = (shapely.get_coordinates(line.interpolate(at)) for at in (start_m, end_m))
    return LineString(np.concatenate((first, inner, last)))
