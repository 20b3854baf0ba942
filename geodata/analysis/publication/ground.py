"""Pieces of ground over which one or several editions lie, each piece reckoned with by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from geodata.analysis.publication.bands import bands_of
from geodata.analysis.publication.edition import Band, Edition, EffortSquare, PublicSquare

Box = tuple[int, int, int]
"""West, south and side, in metres."""
EFFORT = "effort"
"""What an effort square says something of, in place of a view: reports of walks and patrols."""
Shown = tuple[tuple[Box, tuple[tuple[str, Band], ...]], ...]
"""The squares of one edition with the bands of their views, in order."""


def holds(outer: Box, inner: Box) -> bool:
    """Whether a square lies in another, or is it. Squares of the quadtree do that or lie apart."""
    return (
        outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and inner[0] + inner[2] <= outer[0] + outer[2]
        and inner[1] + inner[2] <= outer[1] + outer[2]
    )


@dataclass(frozen=True)
class Piece:
    """One piece: what each edition, the oldest first, shows on it. Those that say the same are one.

    Places are told from the piece's own south-west corner, so that pieces alike are equal.
    """

    editions: tuple[Shown, ...]

    @cached_property
    def boxes(self) -> tuple[Box, ...]:
        """Every square there is in any of the editions, the largest first."""
        found = {box for shown in self.editions for box, _ in shown}
        return tuple(sorted(found, key=lambda box: (-box[2], box)))

    @cached_property
    def atoms(self) -> dict[Box, tuple[int, ...]]:
        """Numbers of the smallest parts that each square consists of."""
        parents: dict[Box, list[Box]] = {box: [] for box in self.boxes}
        for box in self.boxes:
            around = [other for other in self.boxes if other != box and holds(other, box)]
            if around:
                parents[min(around, key=lambda other: other[2])].append(box)
        made: dict[Box, tuple[int, ...]] = {}
        count = 0
        for box in reversed(self.boxes):
            parts = [atom for child in parents[box] for atom in made[child]]
            if sum(child[2] ** 2 for child in parents[box]) < box[2] ** 2:
                parts.append(count)
                count += 1
            made[box] = tuple(parts)
        return made

    @cached_property
    def has_effort(self) -> bool:
        """Whether effort is told of in it."""
        return any(view == EFFORT for shown in self.editions for _, said in shown for view, _ in said)

    @property
    def is_single(self) -> bool:
        """Whether it is one square of one edition, and no effort in it."""
        return len(self.editions) == 1 and len(self.boxes) == 1 and not self.has_effort

    @property
    def size(self) -> int:
        """How many smallest parts."""
        return 1 + max(atom for atoms in self.atoms.values() for atom in atoms)


def nested(earlier: Edition, later: Edition) -> bool:
    """Whether all that is in the earlier period is in the later."""
    return later.period[0] <= earlier.period[0] and earlier.period[1] <= later.period[1]


def chain(edition: Edition, earlier: Sequence[Edition]) -> list[Edition]:
    """The edition last, before it those whose periods lie in the next one's: there counts can only grow."""
    found = [edition]
    for before in reversed(earlier):
        if nested(before, found[0]):
            found.insert(0, before)
    return found


def pieces(editions: Sequence[Edition]) -> dict[Box, Piece]:
    """The ground of a chain of editions, in pieces that no square joins, each by the square around it.

    Effort is told of in a piece where the whole effort square lies in it; elsewhere it tells of ground of
    which nothing else says how many there are at most.
    """
    shown = [
        {
            (square.west_m, square.south_m, square.size_m): _said(bands_of(square, each))
            for square in each.squares
        }
        for each in editions
    ]
    roots = outermost(box for each in shown for box in each)
    grouped: dict[Box, list[list[tuple[Box, tuple[tuple[str, Band], ...]]]]] = {
        root: [[] for _ in shown] for root in set(roots.values())
    }
    for number, each in enumerate(shown):
        for box, said in each.items():
            grouped[roots[box]][number].append((box, said))
    for number, edition in enumerate(editions):
        for root, box in efforts_within(edition, grouped):
            own = dict(grouped[root][number])
            own[box] = (*own.get(box, ()), (EFFORT, effort_band(edition.k)))
            grouped[root][number] = list(own.items())
    return {root: _piece(root, states) for root, states in sorted(grouped.items())}


def effort_band(k: int) -> Band:
    """How many reports of walks and patrols an effort square tells of."""
    return Band(k + 1, None)


def box_of(square: PublicSquare | EffortSquare) -> Box:
    """West, south and side of a square."""
    return square.west_m, square.south_m, square.size_m


def efforts_within(edition: Edition, roots: Iterable[Box]) -> Iterator[tuple[Box, Box]]:
    """The piece's square and its own, of every effort square that lies in a piece."""
    known = set(roots)
    sides = sorted({root[2] for root in known})
    for box in map(box_of, edition.effort):
        around = ((box[0] // side * side, box[1] // side * side, side) for side in sides if side >= box[2])
        root = next((each for each in around if each in known), None)
        if root:
            yield root, box


def efforts_apart(editions: Sequence[Edition], roots: Iterable[Box]) -> int:
    """How many effort squares of a chain of editions lie beside all pieces, and beside one another."""
    known = set(roots)
    told = {box_of(each) for edition in editions for each in edition.effort}
    within = {box for edition in editions for _, box in efforts_within(edition, known)}
    apart = told - within
    holding = set(outermost(known | apart).values()) & apart
    alone = {box for box in holding if not any(holds(box, root) for root in known)}
    return len(alone)


def outermost(boxes: Iterable[Box]) -> dict[Box, Box]:
    """Each square and the largest that holds it."""
    found = set(boxes)
    largest = max((box[2] for box in found), default=0)
    roots = {}
    for box in found:
        west, south, side = box
        root = box
        while side < largest:
            side *= 2
            around = west // side * side, south // side * side, side
            root = around if around in found else root
        roots[box] = root
    return roots


def _said(bands: Mapping[str, Band]) -> tuple[tuple[str, Band], ...]:
    return tuple(sorted(bands.items()))


def _piece(root: Box, states: Sequence[Sequence[tuple[Box, tuple[tuple[str, Band], ...]]]]) -> Piece:
    told: list[Shown] = []
    for state in states:
        moved = tuple(sorted(((box[0] - root[0], box[1] - root[1], box[2]), said) for box, said in state))
        if moved and (not told or told[-1] != moved):
            told.append(moved)
    return Piece(tuple(told))
