"""Reading nodes at places between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.analysis.layout import BlockKey


@dataclass(frozen=True)
class Block:
    """(nodes + 1)² node values: the block's own and the first of the next, row 0 southernmost; read-only."""

    density: NDArray[np.float32]
    near: NDArray[np.float32]

    @property
    def nbytes(self) -> int:
        """Size in memory."""
        return self.density.nbytes + self.near.nbytes


class Places:
    """Places as node positions: which block, which south-west node there, how far to the next."""

    def __init__(self, x: NDArray[np.float64], y: NDArray[np.float64], step_m: float, nodes: int) -> None:
        is_finite = np.isfinite(x) & np.isfinite(y)
        across = np.where(is_finite, x, -1e9) / step_m - 0.5
        along = np.where(is_finite, y, -1e9) / step_m - 0.5
        self._column, self._row = np.floor(across).astype(np.int64), np.floor(along).astype(np.int64)
        self._across, self._along = across - self._column, along - self._row
        self._nodes = nodes

    def by_block(self, box: tuple[BlockKey, BlockKey] | None) -> dict[BlockKey, NDArray[np.intp]]:
        """Indices of the places of each block in the box that has any."""
        if box is None or not len(self._row):
            return {}
        (west, south), (east, north) = box
        width = east - west + 1
        column, row = self._column // self._nodes - west, self._row // self._nodes - south
        is_inside = (column >= 0) & (column < width) & (row >= 0) & (row <= north - south)
        inside = np.flatnonzero(is_inside)
        owner = row[inside] * width + column[inside]
        present = np.flatnonzero(np.bincount(owner))
        return {(int(k % width) + west, int(k // width) + south): inside[owner == k] for k in present}

    def read(
        self, block: Block, key: BlockKey, chosen: NDArray[np.intp]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Density and reports near, bilinear, at the chosen places of this block."""
        across, along = self._across[chosen], self._along[chosen]
        row, column = self._row[chosen] - key[1] * self._nodes, self._column[chosen] - key[0] * self._nodes
        corner = row * (self._nodes + 1) + column
        both = across * along
        shares = (1.0 - across - along + both, across - both, along - both, both)
        offsets = (0, 1, self._nodes + 1, self._nodes + 2)
        density, near = block.density.ravel(), block.near.ravel()
        return (
            sum(density[corner + offset] * share for offset, share in zip(offsets, shares, strict=True)),
            sum(near[corner + offset] * share for offset, share in zip(offsets, shares, strict=True)),
        )
