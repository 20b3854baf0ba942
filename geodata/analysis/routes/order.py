"""The shortest order to visit places in: exact for a few, nearly so for more; always the same one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Distances = NDArray[np.float64]
"""n × n, metres from each place to each; finite, 0 on the diagonal, the same both ways."""

MOST_EXACT = 9
"""So many places beside the first are ordered exactly: 2⁹ subsets are reckoned in a moment, 2¹⁵ are not."""


def visiting_order(distances: Distances, *, is_round: bool = False) -> list[int]:
    """Every place once, the first one first. is_round: it ends where it began; that is not said again."""
    count = len(distances)
    if count <= 2:
        return list(range(count))
    if count - 1 <= MOST_EXACT:
        return _exact(distances, is_round)
    return _improved(_nearest_first(distances), distances, is_round)


def length_of(order: Sequence[int], distances: Distances, *, is_round: bool = False) -> float:
    """How long an order is, in metres, the way back with it where it is round."""
    if not order:
        return 0.0
    ends = [*order[1:], order[0]] if is_round else list(order[1:])
    return float(sum(distances[here, there] for here, there in zip(order, ends, strict=False)))


def _exact(distances: Distances, is_round: bool) -> list[int]:
    """Held and Karp: the shortest way through every subset that ends at each of its places."""
    others = range(1, len(distances))
    best: dict[tuple[int, int], tuple[float, int]] = {
        (1 << place, place): (float(distances[0, place]), 0) for place in others
    }
    for size in range(2, len(distances)):
        for chosen in combinations(others, size):
            bits = sum(1 << place for place in chosen)
            for last in chosen:
                before = bits & ~(1 << last)
                best[bits, last] = min(
                    (best[before, place][0] + float(distances[place, last]), place)
                    for place in chosen
                    if place != last
                )
    return _read_back(best, distances, is_round)


def _read_back(
    best: dict[tuple[int, int], tuple[float, int]], distances: Distances, is_round: bool
) -> list[int]:
    bits = sum(1 << place for place in range(1, len(distances)))
    back = distances[:, 0] if is_round else np.zeros(len(distances))
    last = min(range(1, len(distances)), key=lambda place: (best[bits, place][0] + float(back[place]), place))
    order = []
    while last:
        order.append(last)
        bits, last = bits & ~(1 << last), best[bits, last][1]
    return [0, *reversed(order)]


def _nearest_first(distances: Distances) -> list[int]:
    order, left = [0], set(range(1, len(distances)))
    while left:
        order.append(min(left, key=lambda place: (distances[order[-1], place], place)))
        left.remove(order[-1])
    return order


def _improved(order: list[int], distances: Distances, is_round: bool) -> list[int]:
    """2-opt: a stretch is turned around as long as that makes it shorter."""
    is_better = True
    while is_better:
        is_better = False
        for first, last in combinations(range(1, len(order)), 2):
            turned = [*order[:first], *reversed(order[first : last + 1]), *order[last + 1 :]]
            gain = length_of(order, distances, is_round=is_round) - length_of(
                turned, distances, is_round=is_round
            )
            if gain > 1e-6:
                order, is_better = turned, True
    return order
