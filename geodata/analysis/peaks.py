"""Where a surface is highest: its summits, brightest first, each at least a bandwidth from the others.

Blocks are computed from the most promising down, and no further than the summits asked for need. What a
block can promise at most is the top of the kernel times the reports in nine cells, each wider than what a
report reaches, around any of its cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.analysis.canvas import around
from geodata.analysis.convolution import kernel_top
from geodata.analysis.density import Field
from geodata.analysis.grid import BLOCK_M
from geodata.analysis.layout import BlockKey

_AT_ONCE = 8
_ROUNDING = 1e-5
"""What single precision and the spreading of a report over four nodes may add to a promise or a count."""


@dataclass(frozen=True)
class Peak:
    """A node as high as each of its eight neighbours. density and near as in `Reading`."""

    east_m: float
    north_m: float
    density: float
    near: float


@dataclass(frozen=True)
class Summits:
    """crowded: with enough reports near to be ranked. sparse: the rest, looked for only where few are."""

    crowded: tuple[Peak, ...]
    sparse: tuple[Peak, ...]


def summits(field: Field, most: int, least_near: float) -> Summits:
    """At most so many of the highest summits, brightest first, at least one bandwidth apart.

    least_near: sum of shares within the bandwidth that makes a summit crowded. Ties go to the west, then to
    the south. Sparse ones fill up what crowded ones leave of `most`.
    """
    crowded, sparse = _Chosen(field, most), _Chosen(field, most)
    for promised, found in _Blocks(field).from_the_most_promising():
        enough = found.near >= least_near - _ROUNDING
        sparse.wait(found.where(~enough))
        if crowded.take(found.where(enough), promised):
            return Summits(tuple(crowded.peaks), ())
    sparse.taken = list(crowded.taken)
    sparse.take(_Candidates.none(), 0.0)
    return Summits(tuple(crowded.peaks), tuple(sparse.peaks))


@dataclass(frozen=True)
class _Candidates:
    """Nodes that may be summits: row and column over the whole country, density and reports near."""

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    density: NDArray[np.float32]
    near: NDArray[np.float32]

    @classmethod
    def none(cls) -> _Candidates:
        whole, real = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        return cls(whole, whole, real, real)

    def where(self, chosen: NDArray[np.bool_] | NDArray[np.intp] | slice) -> _Candidates:
        return _Candidates(self.row[chosen], self.column[chosen], self.density[chosen], self.near[chosen])

    def beside(self, others: _Candidates) -> _Candidates:
        return _Candidates(
            np.concatenate((self.row, others.row)),
            np.concatenate((self.column, others.column)),
            np.concatenate((self.density, others.density)),
            np.concatenate((self.near, others.near)),
        )


class _Blocks:
    """The blocks of a field that can be other than 0."""

    def __init__(self, field: Field) -> None:
        self._field = field

    def from_the_most_promising(self) -> Iterator[tuple[float, _Candidates]]:
        """Candidates of some blocks more, with the most that any block not yet computed can hold."""
        promised = sorted(self._promises().items(), key=lambda each: (-each[1], each[0]))
        for start in range(0, len(promised), _AT_ONCE):
            batch = [key for key, promise in promised[start : start + _AT_ONCE] if promise > 0]
            self._field.compute(batch)
            found = _Candidates.none()
            for key in batch:
                found = found.beside(self._candidates(key))
            rest = promised[start + _AT_ONCE : start + _AT_ONCE + 1]
            yield (rest[0][1] if rest else 0.0), found

    def _promises(self) -> dict[BlockKey, float]:
        """The most that each block can hold, in the field's unit."""
        field = self._field
        side = BLOCK_M // int(field.kernel.reach_m + 2 * field.step_m + 1) or 1
        cells = self._cells(side)
        top = kernel_top(field.kernel, field.step_m) / field.years * (1 + _ROUNDING)
        nothing = np.zeros((side, side))
        promises: dict[BlockKey, float] = {}
        for key in {key for own in cells for key in around(own)}:
            nine = [cells.get(each, nothing) for each in around(key)]
            frame = np.block([nine[0:3], nine[3:6], nine[6:9]])[side - 1 : 2 * side + 1]
            frame = frame[:, side - 1 : 2 * side + 1]
            rows = frame[:-2] + frame[1:-1] + frame[2:]
            promises[key] = float((rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]).max()) * top
        return promises

    def _cells(self, side: int) -> dict[BlockKey, NDArray[np.float64]]:
        """What lies in each of side × side cells of every block that holds something; row 0 southernmost."""
        layout, weights = self._field.layout, self._field.sorted_weights
        cells: dict[BlockKey, NDArray[np.float64]] = {}
        for (column, row), part in layout.blocks.items():
            across = np.floor((layout.east_m[part] / BLOCK_M - column) * side).astype(np.int64)
            along = np.floor((layout.north_m[part] / BLOCK_M - row) * side).astype(np.int64)
            place = np.clip(along, 0, side - 1) * side + np.clip(across, 0, side - 1)
            sums = np.bincount(place, weights[part], side * side).astype(np.float64)
            if sums.any():
                cells[column, row] = sums.reshape(side, side)
        return cells

    def _candidates(self, key: BlockKey) -> _Candidates:
        """Nodes of a block that none of their neighbours in it is higher than."""
        block, nodes = self._field.block(key), self._field.nodes
        if block is None:
            return _Candidates.none()
        density = np.ascontiguousarray(block.density)
        padded = np.full((nodes + 2, nodes + 2), -np.inf, dtype=np.float32)
        padded[1:, 1:] = density
        across = np.maximum(np.maximum(padded[:, :-2], padded[:, 1:-1]), padded[:, 2:])
        highest = np.maximum(np.maximum(across[:-2], across[1:-1]), across[2:])
        own = density[:nodes, :nodes]
        row, column = np.nonzero((own >= highest) & (own > 0))
        near = block.near[row, column]
        return _Candidates(row + key[1] * nodes, column + key[0] * nodes, own[row, column], near)


class _Chosen:
    """Summits taken so far, and candidates that wait until nothing higher can come."""

    def __init__(self, field: Field, most: int) -> None:
        self._field, self._most = field, most
        self._waiting = _Candidates.none()
        self.taken: list[tuple[float, float]] = []
        self.peaks: list[Peak] = []

    def wait(self, found: _Candidates) -> None:
        """Keep candidates for later."""
        self._waiting = self._waiting.beside(found)

    def take(self, found: _Candidates, promised: float) -> bool:
        """Take what is higher than all that may still come; whether there are as many as wanted."""
        self.wait(found)
        every = self._waiting
        order = np.lexsort((every.row, every.column, -every.density))
        final = order[every.density[order] > promised]
        self._waiting = every.where(order[len(final) :])
        rest = self._apart(every.where(final), self.taken)
        while len(rest.row) and len(self.taken) < self._most:
            before = len(self.taken)
            self._decide(rest.where(slice(1)))
            rest = self._apart(rest.where(slice(1, None)), self.taken[before:])
        return len(self.taken) >= self._most

    def _decide(self, first: _Candidates) -> None:
        row, column = int(first.row[0]), int(first.column[0])
        if not self._is_as_high_as_around(row, column, float(first.density[0])):
            return
        east_m, north_m = (column + 0.5) * self._field.step_m, (row + 0.5) * self._field.step_m
        self.taken.append((east_m, north_m))
        self.peaks.append(Peak(east_m, north_m, float(first.density[0]), float(first.near[0])))

    def _is_as_high_as_around(self, row: int, column: int, density: float) -> bool:
        """A block does not hold the nodes south and west of its first."""
        nodes = self._field.nodes
        if row % nodes and column % nodes:
            return True
        beside = [(row + up, column + over) for up in (-1, 0, 1) for over in (-1, 0, 1)]
        return all(self._density(*node) <= density for node in beside)

    def _density(self, row: int, column: int) -> float:
        nodes = self._field.nodes
        block = self._field.block((column // nodes, row // nodes))
        return 0.0 if block is None else float(block.density[row % nodes, column % nodes])

    def _apart(self, candidates: _Candidates, peaks: list[tuple[float, float]]) -> _Candidates:
        """Those that lie at least a bandwidth from each of these."""
        step_m = self._field.step_m
        held = np.ones(len(candidates.row), dtype=bool)
        for east_m, north_m in peaks:
            apart = np.hypot(
                (candidates.column + 0.5) * step_m - east_m, (candidates.row + 0.5) * step_m - north_m
            )
            held &= apart >= self._field.kernel.bandwidth_m - _ROUNDING
        return candidates.where(held)
