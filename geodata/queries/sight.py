"""What somebody may see of a municipality's reports: whose, of which kinds, and how exactly where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from geodata.queries.columns import Columns, ordinals
from geodata.queries.sharings import Shared
from geodata.vocabulary import Kind, Owner

Metres = TypeVar("Metres", float, NDArray[np.float64])

_HIDDEN = -1


@dataclass(frozen=True)
class Glimpse:
    """Reports of one owner and kind, shown in the middles of squares of this side; 0 where they are."""

    owner: Owner
    kind: Kind
    precision_m: int = 0


@dataclass(frozen=True)
class Sight:
    """What is not among its glimpses is not seen.

    own: whose texts may be read as they were written. through: the sharings that the rest is seen by.
    """

    glimpses: frozenset[Glimpse]
    own: frozenset[Owner] = frozenset()
    through: tuple[Shared, ...] = ()

    @property
    def is_everything(self) -> bool:
        """Whether all is seen, exactly where it is."""
        return self.glimpses == EVERYTHING.glimpses

    def precision(self, owner: Owner, kind: Kind) -> int | None:
        """Side of the squares in which such reports are shown; None where they are not."""
        return next(
            (each.precision_m for each in self.glimpses if (each.owner, each.kind) == (owner, kind)), None
        )

    def coarsest(self, kind: Kind) -> int:
        """Side of the largest squares in which any report of a kind is shown: nothing is drawn finer."""
        return max((each.precision_m for each in self.glimpses if each.kind == kind), default=0)

    def reads_text(self, owner: Owner, kind: Kind) -> bool:
        """Whether the words of such reports may be read as they were written."""
        return owner in self.own and self.precision(owner, kind) == 0

    def sides(self, columns: Columns) -> NDArray[np.int32]:
        """(n,) the precision of every row in metres, negative where it is hidden."""
        table = np.full((256, 256), _HIDDEN, dtype=np.int32)
        owners, kinds = ordinals(Owner), ordinals(Kind)
        for each in self.glimpses:
            table[owners[each.owner], kinds[each.kind]] = each.precision_m
        return table[columns.owner, columns.kind]


def _all_exact() -> Iterator[Glimpse]:
    return (Glimpse(owner, kind) for owner in Owner for kind in Kind)


EVERYTHING = Sight(frozenset(_all_exact()), frozenset(Owner))
"""For whoever has a shell on the server, and for what is reckoned for all."""
NOTHING = Sight(frozenset())


def seen(columns: Columns, sight: Sight) -> Columns:
    """The reports as they are seen; the very same columns where nothing is hidden or moved."""
    if sight.is_everything:
        return columns
    side_m = sight.sides(columns)
    if not side_m.any():
        return columns
    rows = np.flatnonzero(side_m != _HIDDEN)
    shown, side_m = columns.take(rows), side_m[rows]
    if not side_m.any():
        return shown
    return replace(shown, east=_moved(shown.east, side_m), north=_moved(shown.north, side_m))


def in_middle(metres: Metres, side_m: int) -> Metres:
    """A coordinate of EPSG:3006, moved to the middle of its square."""
    return (metres // side_m + 0.5) * side_m


def _moved(metres: NDArray[np.float64], side_m: NDArray[np.int32]) -> NDArray[np.float64]:
    moved = metres.copy()
    for side in np.unique(side_m[side_m > 0]).tolist():
        of_side = side_m == side
        moved[of_side] = in_middle(metres[of_side], side)
    return moved
