"""Reading nodes at places between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.analysis.layout import BlockKey

_FARTHEST = 1e9
"""In nodes; what fits in 32 bits with room to spare."""


@dataclass(frozen=True)
class Block:
    """(nodes + 1)² nodes: the block's own and the first of the next, row 0 southernmost; read-only.

    pairs: density as the real part and reports near as the imaginary one, so that both are read at once.
    """

    pairs: NDArray[np.complex64]

    @property
    def density(self) -> NDArray[np.float32]:
        """Reports per km² (and year)."""
        return self.pairs.real

    @property
    def near(self) -> NDArray[np.float32]:
        """Sum of shares within the bandwidth."""
        return self.pairs.imag

    @property
    def nbytes(self) -> int:
        """Size in memory."""
        return self.pairs.nbytes


class Places:
    """Places as node positions: which block, which south-west node there, how far to the next."""

    def __init__(self, x: NDArray[np.float64], y: NDArray[np.float64], step_m: float, nodes: int) -> None:
        across, along = x / step_m - 0.5, y / step_m - 0.5
        across, along = _somewhere(across), _somewhere(along)
        column, row = np.floor(across), np.floor(along)
        self._across, self._along = (across - column).astype(np.float32), (along - row).astype(np.float32)
        self._column, self._row = column.astype(np.int32), row.astype(np.int32)
        self._nodes = nodes

    def by_block(self, box: tuple[BlockKey, BlockKey] | None) -> dict[BlockKey, NDArray[np.intp] | slice]:
        """Indices of the places of each block in the box that has any; a slice where one block has all."""
        if box is None or not len(self._row):
            return {}
        (west, south), (east, north) = box
        nodes = self._nodes
        ends = [int(each) // nodes for line in (self._column, self._row) for each in (line.min(), line.max())]
        if ends[0] == ends[1] and ends[2] == ends[3]:
            is_inside = west <= ends[0] <= east and south <= ends[2] <= north
            return {(ends[0], ends[2]): slice(None)} if is_inside else {}
        width = east - west + 1
        column, row = self._column // nodes - west, self._row // nodes - south
        held = (column >= 0) & (column < width) & (row >= 0) & (row <= north - south)
        inside = np.flatnonzero(held)
        owner = row[inside] * width + column[inside]
        present = np.flatnonzero(np.bincount(owner))
        return {(int(k % width) + west, int(k // width) + south): inside[owner == k] for k in present}

    def read(self, block: Block, key: BlockKey, chosen: NDArray[np.intp] | slice) -> NDArray[np.complex64]:
        """Density and reports near as one complex number, bilinear, at the chosen places of this block."""
        across, along = self._across[chosen], self._along[chosen]
        row, column = self._row[chosen] - key[1] * self._nodes, self._column[chosen] - key[0] * self._nodes
        corner = row * (self._nodes + 1) + column
        pairs = block.pairs.ravel()
        south = pairs[corner] * (1 - across) + pairs[corner + 1] * across
        corner += self._nodes + 1
        north = pairs[corner] * (1 - across) + pairs[corner + 1] * across
        return south * (1 - along) + north * along


def _somewhere(position: NDArray[np.float64]) -> NDArray[np.float64]:
    """A place that is nowhere, or farther off than a whole number says, lies outside every block."""
    is_near = np.abs(position) < _FARTHEST
    return position if is_near.all() else np.where(is_near, position, -_FARTHEST)
