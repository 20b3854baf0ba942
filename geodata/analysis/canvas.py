"""Counts on the nodes of blocks, and the canvases that a convolution reads them from."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from geodata.analysis.grid import Bounds
from geodata.analysis.layout import Binning, BlockKey, Layout

Counts = dict[BlockKey, NDArray[np.float64]]


def around(key: BlockKey) -> list[BlockKey]:
    """The block and its eight neighbours."""
    column, row = key
    return [(column + east, row + north) for north in (-1, 0, 1) for east in (-1, 0, 1)]


def count(
    layout: Layout, binning: Binning, weights: NDArray[np.float64], keys: Iterable[BlockKey], within: Bounds
) -> Counts:
    """Weights of the reports of each block on its frame of (nodes + 2)²; blocks without weight are left out.

    weights: in the layout's own order. within: reports outside this box may be left out.
    """
    counts: Counts = {}
    for key in keys:
        which = layout.inside(key, within)
        counted = which[weights[which] != 0]
        if len(counted):
            counts[key] = _on_frame(binning, weights[counted], counted)
    return counts


def _on_frame(binning: Binning, weights: NDArray[np.float64], which: NDArray[np.intp]) -> NDArray[np.float64]:
    indices, shares = binning.shared(which, weights)
    frame = binning.frame
    counts = np.bincount(indices.ravel(), shares.ravel(), frame * frame)
    return np.asarray(counts, dtype=np.float64).reshape(frame, frame)


def fill(canvas: NDArray[np.float64], counts: Counts, key: BlockKey, nodes: int, halo: int) -> bool:
    """Lays the block and what its neighbours have within the halo on a canvas of zeros.

    Node 0 of the block lands on [halo, halo]. False: there is nothing within reach.
    """
    is_touched = False
    for column, row in around(key):
        frame = counts.get((column, row))
        if frame is None:
            continue
        to_rows, from_rows = _overlap((row - key[1]) * nodes - 1 + halo, len(frame), len(canvas))
        to_columns, from_columns = _overlap((column - key[0]) * nodes - 1 + halo, len(frame), len(canvas))
        laid = frame[from_rows, from_columns]
        if laid.any():
            canvas[to_rows, to_columns] += laid
            is_touched = True
    return is_touched


def _overlap(start: int, length: int, size: int) -> tuple[slice, slice]:
    """Where a run of `length` from `start` falls on an axis of `size`, and which part of the run that is."""
    first, last = max(start, 0), max(min(start + length, size), 0)
    first = min(first, last)
    return slice(first, last), slice(first - start, last - start)
