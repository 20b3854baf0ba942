"""The surface: reports per km² on nodes, computed in blocks of 4 km where points are and someone looks.

A tile, a value, a list, a raster and a file all read the same nodes, so they cannot disagree.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.analysis.canvas import Counts, around, count, fill
from geodata.analysis.convolution import Stencil, stencil
from geodata.analysis.grid import (
    BLOCK_M,
    DEFAULT_CELL_M,
    Bounds,
    Grid,
    checked_cell,
    covering_grid,
    nodes_per_block,
)
from geodata.analysis.kernels import M2_PER_KM2, Kernel
from geodata.analysis.layout import BlockKey, Layout, block_bounds
from geodata.analysis.sampling import Block, Places
from geodata.errors import InvalidValue

_NODES_AT_ONCE = 4_000_000
_BLOCKS_AT_ONCE = 32
_BYTES_KEPT = 256_000_000
_NOISE_REPORTS = 1e-9
"""What a Fourier transform leaves where there is nothing, in reports."""


@dataclass(frozen=True)
class Reading:
    """What the surface says at some places.

    density: reports per km² (and year, where the field has years). near: sum of shares within the bandwidth.
    Both 0 where there is nothing.
    """

    density: NDArray[np.floating[Any]]
    near: NDArray[np.floating[Any]]


class Field:
    """One filter's surface over a layout; safe between threads.

    weights: share of each report in the filter, ≥ 0, in the order the layout was given.
    years: what densities are divided by; 1 gives reports per km² over the whole period.
    Raises InvalidValue for a cell that does not divide 4000 m, or a kernel that reaches over a whole block.
    """

    def __init__(
        self,
        layout: Layout,
        weights: ArrayLike,
        kernel: Kernel,
        years: float = 1.0,
        cell_m: float = DEFAULT_CELL_M,
    ) -> None:
        if kernel.reach_m > BLOCK_M:
            raise InvalidValue(
                "bandwidth.too_wide", "bandwidth", given=f"{kernel.bandwidth_m:g}", most=BLOCK_M
            )
        self.layout, self.kernel, self.years = layout, kernel, years
        self.cell_m = checked_cell(cell_m)
        self.nodes = nodes_per_block(self.cell_m, kernel)
        self.step_m = BLOCK_M / self.nodes
        self._weights = layout.sorted_weights(weights)
        counted = layout.bounds(self._weights)
        self._covered = None if counted is None else counted.grown(kernel.reach_m)
        self._kept: OrderedDict[BlockKey, Block | None] = OrderedDict()
        self._lock = threading.RLock()
        self._size = 0

    @property
    def total(self) -> float:
        """Sum of shares: the filter's n."""
        return float(self._weights.sum())

    @property
    def sorted_weights(self) -> NDArray[np.float64]:
        """The share of each report, in the layout's own order."""
        return self._weights

    @property
    def nbytes(self) -> int:
        """What the computed blocks take in memory."""
        return self._size

    def covered(self) -> Bounds | None:
        """The box outside which the surface is 0, or None when it is 0 everywhere."""
        return self._covered

    def covering_grid(self) -> Grid | None:
        """The smallest grid of the field's cells over every counted point and the kernel's reach.

        Raises InvalidValue where that is too many cells to write.
        """
        return None if self._covered is None else covering_grid(self._covered, self.cell_m)

    def compute(self, keys: Iterable[BlockKey]) -> None:
        """Computes these blocks together, unless they already are."""
        by_row = sorted(keys, key=_by_row)
        for start in range(0, len(by_row), _BLOCKS_AT_ONCE):
            self._blocks(by_row[start : start + _BLOCKS_AT_ONCE])

    def compute_all(self) -> None:
        """Computes every block that can be other than 0."""
        self.compute({key for own in self.layout.blocks for key in around(own)})

    def block(self, key: BlockKey) -> Block | None:
        """The nodes of one block, or None where everything is 0."""
        return self._blocks([key])[key]

    def at(self, east: ArrayLike, north: ArrayLike) -> Reading:
        """Point samples, bilinear between nodes, in any shape; places that are not finite read 0."""
        x, y = np.broadcast_arrays(np.asarray(east, dtype=np.float64), np.asarray(north, dtype=np.float64))
        places = Places(x.ravel(), y.ravel(), self.step_m, self.nodes)
        both = np.zeros(x.size, dtype=np.complex64)
        which = places.by_block(self._box)
        blocks = self._blocks(list(which))
        for key, chosen in which.items():
            block = blocks[key]
            if block is not None:
                both[chosen] = places.read(block, key, chosen)
        return Reading(both.real.reshape(x.shape), both.imag.reshape(x.shape))

    def raster(self, grid: Grid) -> Reading:
        """Values at the centres of the grid's cells, (rows, columns), row 0 southernmost."""
        density, near = np.zeros((grid.rows, grid.columns)), np.zeros((grid.rows, grid.columns))
        rows = max(1, round(BLOCK_M / grid.cell_m))
        for start in range(0, grid.rows, rows):
            north = grid.north_centres_m[start : start + rows, None]
            strip = self.at(grid.east_centres_m[None, :], north)
            density[start : start + rows], near[start : start + rows] = strip.density, strip.near
        return Reading(density, near)

    @cached_property
    def _box(self) -> tuple[BlockKey, BlockKey] | None:
        """South-west and north-east of the blocks that can be other than 0."""
        keys = list(self.layout.blocks)
        if not keys:
            return None
        columns, rows = [key[0] for key in keys], [key[1] for key in keys]
        return (min(columns) - 1, min(rows) - 1), (max(columns) + 1, max(rows) + 1)

    def _blocks(self, keys: list[BlockKey]) -> dict[BlockKey, Block | None]:
        with self._lock:
            missing = [key for key in keys if key not in self._kept]
            made = self._compute(missing) if missing else {}
            found = {key: made[key] if key in made else self._kept[key] for key in keys}
            for key in keys:
                self._kept[key] = found[key]
                self._kept.move_to_end(key)
            self._forget()
        return found

    def _forget(self) -> None:
        size = sum(block.nbytes for block in self._kept.values() if block is not None)
        while size > _BYTES_KEPT:
            block = self._kept.popitem(last=False)[1]
            size -= block.nbytes if block is not None else 0
        self._size = size

    def _compute(self, keys: list[BlockKey]) -> dict[BlockKey, Block | None]:
        made: dict[BlockKey, Block | None] = {}
        laid = stencil(self.kernel, self.step_m, self.nodes + 1)
        binning = self.layout.binning(self.nodes)
        at_once = max(1, _NODES_AT_ONCE // laid.size**2)
        by_row = sorted(keys, key=_by_row)
        reached = _around_blocks(keys).grown(self.kernel.reach_m + self.step_m)
        counts: Counts = {}
        for start in range(0, len(by_row), at_once):
            batch = by_row[start : start + at_once]
            needed = {neighbour for key in batch for neighbour in around(key)}
            counts = {key: frame for key, frame in counts.items() if key in needed}
            counts |= count(self.layout, binning, self._weights, needed - counts.keys(), reached)
            made |= self._convolve(batch, counts, laid)
        return made

    def _convolve(self, batch: list[BlockKey], counts: Counts, laid: Stencil) -> dict[BlockKey, Block | None]:
        canvases = np.zeros((len(batch), laid.size, laid.size))
        laid_on = [
            fill(canvas, counts, key, self.nodes, laid.halo)
            for canvas, key in zip(canvases, batch, strict=True)
        ]
        touched = np.flatnonzero(laid_on).tolist()
        made: dict[BlockKey, Block | None] = dict.fromkeys(batch)
        if touched:
            density, near = laid.surfaces(canvases[touched] if len(touched) < len(batch) else canvases)
            for place, index in enumerate(touched):
                made[batch[index]] = self._finished(density[place], near[place], laid.halo)
        return made

    def _finished(self, density: NDArray[np.float64], near: NDArray[np.float64], halo: int) -> Block:
        inner = slice(halo, halo + self.nodes + 1)
        per_km2, reports = density[inner, inner], near[inner, inner]
        noise = _NOISE_REPORTS * self.kernel.top * M2_PER_KM2
        pairs = np.empty(per_km2.shape, dtype=np.complex64)
        pairs.real = np.where(per_km2 > noise, per_km2 / self.years, 0.0)
        pairs.imag = np.where(reports > _NOISE_REPORTS, reports, 0.0)
        pairs.flags.writeable = False
        return Block(pairs)


def _by_row(key: BlockKey) -> BlockKey:
    return key[1], key[0]


def _around_blocks(keys: list[BlockKey]) -> Bounds:
    columns, rows = [key[0] for key in keys], [key[1] for key in keys]
    south_west, north_east = block_bounds((min(columns), min(rows))), block_bounds((max(columns), max(rows)))
    return Bounds(south_west.west_m, south_west.south_m, north_east.east_m, north_east.north_m)
