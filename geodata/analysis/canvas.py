"""Counts on the nodes of blocks, and the canvases that a convolution reads them from."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from geodata.analysis.grid import Bounds
from geodata.analysis.layout import Binning, BlockKey, Layout, shared

_REPORTS_AT_ONCE = 32_768

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
        own = weights[which]
        if own.any():
            counts[key] = _on_frame(binning, own, which)
    return counts


def _on_frame(
    binning: Binning, weights: NDArray[np.float64], which: slice | NDArray[np.intp]
) -> NDArray[np.float64]:
    """Sums on the nodes; a part of the reports at a time, which fits in the processor's own memory."""
    frame = binning.frame
    corner, across, along = binning.corner[which], binning.across[which], binning.along[which]
    here, east, north, north_east = sums = np.zeros((4, frame * frame))
    for start in range(0, len(weights), _REPORTS_AT_ONCE):
        part = slice(start, start + _REPORTS_AT_ONCE)
        corners = corner[part].astype(np.intp)
        for sum_of, shares in zip(sums, shared(weights[part], across[part], along[part]), strict=True):
            sum_of += np.bincount(corners, shares, frame * frame)
    # What falls on the next nodes, added where those are; no report lies in the frame's last row or column.
    here[1:] += east[:-1]
    here[frame:] += north[:-frame]
    here[frame + 1 :] += north_east[: -frame - 1]
    return here.reshape(frame, frame)


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
