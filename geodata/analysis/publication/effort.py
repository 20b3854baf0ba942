"""Where somebody walked or patrolled, told where it does not tell how many reports there are."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from geodata.analysis.publication.audit import leaves_room, room_beside, whole_intervals
from geodata.analysis.publication.counting import packed, unpacked
from geodata.analysis.publication.edition import Edition, EffortSquare
from geodata.analysis.publication.ground import Box, box_of, chain, effort_band, holds, pieces
from geodata.analysis.publication.material import Grain, Material

Squares = Sequence[EffortSquare]


def surveyed(material: Material, grain: Grain) -> list[EffortSquare]:
    """Coarse squares with enough reports of walks and patrols."""
    rows = material.is_effort & np.isfinite(material.east)
    keys, counts = np.unique(
        packed(material.east[rows], material.north[rows], grain.coarse_m), return_counts=True
    )
    column, row = (each * grain.coarse_m for each in unpacked(keys[counts >= effort_band(grain.k).first]))
    return [
        EffortSquare(west, south, grain.coarse_m)
        for west, south in zip(column.tolist(), row.tolist(), strict=True)
    ]


def with_effort(edition: Edition, found: Squares, earlier: Sequence[Edition]) -> Edition:
    """The same edition with as many of the found as can be told.

    Several in one square of the map can tell that all of its reports are of walks, and how many; so can many
    beside the squares tell of the whole.
    """
    editions = chain(replace(edition, effort=tuple(found)), earlier)
    kept = list(found)
    for root, piece in pieces(editions).items():
        inside = [each for each in kept if holds(root, box_of(each))]
        if inside and not leaves_room(piece, edition.k):
            fewer = _most(inside, partial(_is_fine_within, root, editions))
            kept = [each for each in kept if each not in inside or each in fewer]
    kept = _most(kept, lambda tried: _is_fine_beside(replace(edition, effort=tuple(tried)), earlier))
    return replace(edition, effort=tuple(kept))


def _most(found: list[EffortSquare], is_fine: Callable[[Squares], bool]) -> list[EffortSquare]:
    """The most of them, counted from the first, with which it is fine. More are never finer."""
    counts = range(1, len(found) + 1)
    return found[: bisect_left(counts, True, key=lambda count: not is_fine(found[:count]))]


def _is_fine_within(root: Box, editions: Sequence[Edition], tried: Squares) -> bool:
    within = [
        replace(
            each,
            squares=tuple(square for square in each.squares if holds(root, box_of(square))),
            effort=tuple(square for square in each.effort if holds(root, box_of(square))),
        )
        for each in (*editions[:-1], replace(editions[-1], effort=tuple(tried)))
    ]
    return all(leaves_room(piece, editions[-1].k) for piece in pieces(within).values())


def _is_fine_beside(edition: Edition, earlier: Sequence[Edition]) -> bool:
    told = whole_intervals(edition, *room_beside(chain(edition, earlier)))
    return all(high - low >= edition.k for _, (low, high) in told)
