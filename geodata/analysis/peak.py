"""The highest density there is, found without computing the surface.

Patches of nodes are computed from the most promising down. What a patch can promise at most is the top of
the kernel times the reports in the nine cells, each as wide as the kernel's reach, around any of its cells;
the search ends where that is under the best already found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import ArrayLike, NDArray

from geodata.analysis.convolution import kernel_top, spectrum, stencil
from geodata.analysis.grid import BLOCK_M, DEFAULT_CELL_M, nodes_per_block
from geodata.analysis.kernels import Kernel
from geodata.analysis.layout import Layout

_CELLS_PER_PATCH = 4
_FIRST_BATCH = 4
_BATCH = 16
_COARSE_BATCH = 256


class Peaks:
    """Finds the highest density of each kernel over one layout, for any weights."""

    def __init__(self, layout: Layout, kernels: Sequence[Kernel], cell_m: int = DEFAULT_CELL_M) -> None:
        self._layout = layout
        self._by_nodes: dict[int, list[Kernel]] = {}
        for kernel in kernels:
            self._by_nodes.setdefault(nodes_per_block(cell_m, kernel), []).append(kernel)

    def highest(self, weightings: Iterable[ArrayLike]) -> dict[Kernel, float]:
        """Reports per km² at the highest node under any of the weightings; 0 where there are no reports."""
        # Single precision: a million reports under 28 weightings are held at once.
        every = [self._layout.sorted_weights(weights).astype(np.float32) for weights in weightings]
        best: dict[Kernel, float] = {}
        for nodes, kernels in self._by_nodes.items():
            occupied = _Occupied(self._layout, nodes)
            values = [occupied.values(weights).astype(np.float32) for weights in every]
            for kernel in kernels:
                best[kernel] = _Search(occupied, kernel, BLOCK_M / nodes).highest(values)
        return best


class _Occupied:
    """Nodes that any report is shared to: their row and column over the whole country, in one order."""

    def __init__(self, layout: Layout, nodes: int) -> None:
        binning = layout.binning(nodes)
        self._binning = binning
        indices, _ = binning.shared(slice(None), np.zeros(len(layout)))
        block_column, block_row = np.zeros(len(layout), np.int64), np.zeros(len(layout), np.int64)
        for (column, row), part in layout.blocks.items():
            block_column[part], block_row[part] = column, row
        rows = indices // binning.frame - 1 + block_row * nodes
        columns = indices % binning.frame - 1 + block_column * nodes
        self.row, self.column, self._which = _distinct(rows.ravel(), columns.ravel())

    def values(self, weights: NDArray[np.float32]) -> NDArray[np.float64]:
        """What lies on each node, for weights in the layout's order."""
        _, shares = self._binning.shared(slice(None), weights)
        lying = np.bincount(self._which, shares.ravel(), len(self.row))
        return np.asarray(lying, dtype=np.float64)


class _Search:
    """One kernel over the occupied nodes."""

    def __init__(self, occupied: _Occupied, kernel: Kernel, step_m: float) -> None:
        reach = stencil(kernel, step_m, 1).halo
        self._side = reach * _CELLS_PER_PATCH
        self._stencil = stencil(kernel, step_m, self._side)
        self._coarse = _Coarse(kernel, step_m, reach, self._side + 2 * reach)
        self._top = kernel_top(kernel, step_m)
        cell_row, cell_column, self._cell_of = _distinct(occupied.row // reach, occupied.column // reach)
        self._cells = len(cell_row)
        self._table, near_row, near_column = _nine_around(cell_row, cell_column)
        self._patch_row, self._patch_column, self._patch_of = _distinct(
            near_row // _CELLS_PER_PATCH, near_column // _CELLS_PER_PATCH
        )
        self._squares = _Squares(occupied.row, occupied.column, self._side)

    def highest(self, every: list[NDArray[np.float32]]) -> float:
        """The highest density on any node under any of the values, reports per km²."""
        promised = [self._promised(values) for values in every]
        best = 0.0
        for place in sorted(range(len(every)), key=lambda place: -promised[place].max(initial=0.0)):
            best = self._higher(every[place], promised[place], best)
        return best

    def _promised(self, values: NDArray[np.float32]) -> NDArray[np.float64]:
        """The most that each patch can hold."""
        sums = np.append(np.bincount(self._cell_of, values, self._cells), 0.0)
        promised = np.zeros(len(self._patch_row))
        np.maximum.at(promised, self._patch_of, sums[self._table].sum(axis=0) * self._top)
        return promised

    def _higher(self, values: NDArray[np.float32], promised: NDArray[np.float64], best: float) -> float:
        candidates = np.flatnonzero(promised > best)
        if not len(candidates):
            return best
        laid = self._squares.laid(values)
        candidates = candidates[np.argsort(-promised[candidates])]
        best = max(best, self._computed(candidates[:_FIRST_BATCH], laid))
        rest = candidates[_FIRST_BATCH:]
        rest = rest[promised[rest] > best]
        closer = self._closer(rest, laid)
        order = np.argsort(-closer)
        rest, closer = rest[order], closer[order]
        for start in range(0, len(rest), _BATCH):
            batch = rest[start : start + _BATCH][closer[start : start + _BATCH] > best]
            if not len(batch):
                break
            best = max(best, self._computed(batch, laid))
        return best

    def _closer(self, rest: NDArray[np.intp], laid: _Laid) -> NDArray[np.float64]:
        """A closer promise of each of these patches."""
        parts = [rest[start : start + _COARSE_BATCH] for start in range(0, len(rest), _COARSE_BATCH)]
        coarse = self._coarse
        found = [coarse.bounds(self._canvases(part, laid, coarse.width, coarse.size)) for part in parts]
        return np.concatenate([*found, np.zeros(0)])

    def _computed(self, batch: NDArray[np.intp], laid: _Laid) -> float:
        canvases = self._canvases(batch, laid, 1, self._stencil.size)
        inner = slice(self._stencil.halo, self._stencil.halo + self._side)
        spread = self._stencil.convolve(canvases, self._stencil.density)
        return float(spread[:, inner, inner].max(initial=0.0))

    def _canvases(self, batch: NDArray[np.intp], laid: _Laid, width: int, size: int) -> NDArray[np.float64]:
        """The patches and a halo around them, in cells of `width` nodes."""
        halo, reach = self._stencil.halo, self._side + 2 * self._stencil.halo
        canvases = np.zeros((len(batch), size * size))
        for canvas, patch in zip(canvases, batch, strict=True):
            up, over = int(self._patch_row[patch]), int(self._patch_column[patch])
            row, column, value = laid.around(up, over)
            row, column = row - (up * self._side - halo), column - (over * self._side - halo)
            inside = (row >= 0) & (row < reach) & (column >= 0) & (column < reach)
            places = row[inside] // width * size + column[inside] // width
            canvas += np.bincount(places, value[inside], size * size)
        return canvases.reshape(-1, size, size)


class _Coarse:
    """A closer promise: nodes gathered into cells a third of the reach, each as near as it can be."""

    def __init__(self, kernel: Kernel, step_m: float, reach: int, across: int) -> None:
        self.width = max(1, reach // 3)
        cells, halo = -(-across // self.width), -(-reach // self.width) + 1
        self.size = scipy.fft.next_fast_len(cells + halo, real=True)
        apart = np.maximum((np.abs(np.arange(-halo, halo + 1)) - 1) * self.width + 1, 0) * step_m
        apart[halo] = 0.0
        values = kernel.density(apart[:, None] ** 2 + apart[None, :] ** 2)
        self._spectrum = spectrum(values / kernel.top * kernel_top(kernel, step_m), self.size)
        self._inner = slice(reach // self.width, -(-(across - reach) // self.width))

    def bounds(self, canvases: NDArray[np.float64]) -> NDArray[np.float64]:
        """The most that each canvas can hold inside its halo."""
        spread = scipy.fft.irfft2(scipy.fft.rfft2(canvases) * self._spectrum, s=canvases.shape[-2:])
        inside = spread[:, self._inner, self._inner].max(axis=(1, 2))
        return np.asarray(inside * (1 + 1e-9))


@dataclass(frozen=True)
class _Laid:
    """Nodes that hold something, sorted by square; `ranges` says where each square's are."""

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    value: NDArray[np.float32]
    ranges: dict[tuple[int, int], tuple[int, int]]

    def around(
        self, row: int, column: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
        """Row, column and value of the nodes of a square and its eight neighbours."""
        found = [self.ranges.get((row + up, column + over), (0, 0)) for up, over in _NINE]
        which = np.concatenate([np.arange(first, last) for first, last in found])
        return self.row[which], self.column[which], self.value[which]


class _Squares:
    """Occupied nodes sorted by the square of `side` nodes they lie in."""

    def __init__(self, rows: NDArray[np.int64], columns: NDArray[np.int64], side: int) -> None:
        square_row, square_column, square = _distinct(rows // side, columns // side)
        # Sixteen bits are sorted by radix, ten times as fast as by comparison.
        narrow = square.astype(np.uint16) if len(square_row) < 1 << 16 else square
        self._order = np.argsort(narrow, kind="stable")
        self._square = square[self._order]
        self._row, self._column = rows[self._order], columns[self._order]
        self._keys = list(zip(square_row.tolist(), square_column.tolist(), strict=True))

    def laid(self, values: NDArray[np.float32]) -> _Laid:
        """Only the nodes where these values are not 0."""
        ordered = values[self._order]
        held = np.flatnonzero(ordered)
        edges = np.searchsorted(self._square[held], np.arange(len(self._keys) + 1)).tolist()
        ranges = dict(zip(self._keys, zip(edges[:-1], edges[1:], strict=True), strict=True))
        return _Laid(self._row[held], self._column[held], ordered[held], ranges)


_NINE = [(up, over) for up in (-1, 0, 1) for over in (-1, 0, 1)]


def _distinct(
    rows: NDArray[np.int64], columns: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.intp]]:
    """Each pair once, and for every pair given which of them it is."""
    if not len(rows):
        return rows, columns, np.zeros(0, dtype=np.intp)
    south, west = rows.min(), columns.min()
    width = int(np.ptp(columns)) + 1
    keys, which = np.unique((rows - south) * width + columns - west, return_inverse=True)
    return keys // width + south, keys % width + west, which


def _nine_around(
    rows: NDArray[np.int64], columns: NDArray[np.int64]
) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int64]]:
    """For every cell beside a given one, itself included: which given cells are its nine, and where it is.

    The table is (9, cells); a cell that is not given is len(rows).
    """
    up, over = np.array(_NINE).T
    every_row, every_column = (rows + up[:, None]).ravel(), (columns + over[:, None]).ravel()
    near_row, near_column, which = _distinct(every_row, every_column)
    table = np.full((len(_NINE), len(near_row)), len(rows), dtype=np.intp)
    for place, targets in enumerate(which.reshape(len(_NINE), -1)):
        table[place, targets] = np.arange(len(rows))
    return table, near_row, near_column
