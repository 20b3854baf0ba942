"""Classes of a surface at many places: of whole cells where they are of one class, sampled elsewhere."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.analysis.density import Field
from geodata.analysis.layout import BlockKey, block_bounds
from geodata.analysis.scale import Limits, classify

_MIXED = 255
_ROUNDING = np.float32(2e-6)
"""More than single precision makes of a place between equal nodes: a cell so near a limit is mixed."""


@dataclass(frozen=True)
class _Window:
    """The cells between nodes that some places lie in: the first, and how many; row 0 southernmost."""

    column: int
    row: int
    columns: int
    rows: int


def classes_at(
    field: Field, east: NDArray[np.float64], north: NDArray[np.float64], lower: Limits | None
) -> NDArray[np.uint8]:
    """`classify` of `field.at`, class for class, in a third of the time where cells hold several places.

    A place between four nodes is between their values, so that a cell whose nodes are all of one class is.
    """
    window = _window(field.step_m, east, north)
    if window is None or window.columns * window.rows > east.size:
        read = field.at(east, north)
        return classify(read.density, read.near, lower)
    of_cells = _classes_of_cells(_nodes(field, window), lower)
    column = (east / field.step_m - (0.5 + window.column)).astype(np.int32)
    row = (north / field.step_m - (0.5 + window.row)).astype(np.int32)
    row *= window.columns
    row += column
    classes: NDArray[np.uint8] = of_cells.ravel().take(row, mode="clip")
    mixed = np.flatnonzero(classes.ravel() == _MIXED)
    read = field.at(east.ravel()[mixed], north.ravel()[mixed])
    classes.ravel()[mixed] = classify(read.density, read.near, lower)
    return classes


def _window(step_m: float, east: NDArray[np.float64], north: NDArray[np.float64]) -> _Window | None:
    """None where a place is nowhere."""
    ends = [float(end) / step_m - 0.5 for line in (east, north) for end in (line.min(), line.max())]
    if not all(math.isfinite(end) for end in ends):
        return None
    west, last, south, top = (math.floor(end) for end in ends)
    return _Window(west, south, last - west + 1, top - south + 1)


def _nodes(field: Field, window: _Window) -> NDArray[np.complex64]:
    """The nodes around the window's cells, (rows + 1, columns + 1)."""
    laid = np.zeros((window.rows + 1, window.columns + 1), dtype=np.complex64)
    keys = _touched(field, window)
    field.compute(keys)
    for key in keys:
        block = field.block(key)
        if block is None:
            continue
        to_rows, from_rows = _shared(key[1] * field.nodes - window.row, field.nodes + 1, len(laid))
        to_columns, from_columns = _shared(
            key[0] * field.nodes - window.column, field.nodes + 1, laid.shape[1]
        )
        laid[to_rows, to_columns] = block.pairs[from_rows, from_columns]
    return laid


def _touched(field: Field, window: _Window) -> list[BlockKey]:
    """The blocks of the window's cells that anything lies in."""
    covered, nodes = field.covered(), field.nodes
    if covered is None:
        return []
    every = [
        (column, row)
        for row in range(window.row // nodes, (window.row + window.rows - 1) // nodes + 1)
        for column in range(window.column // nodes, (window.column + window.columns - 1) // nodes + 1)
    ]
    return [key for key in every if covered.touches(block_bounds(key).grown(field.step_m))]


def _shared(start: int, length: int, size: int) -> tuple[slice, slice]:
    """Where a run of `length` from `start` falls on an axis of `size`, and which part of the run that is."""
    first, last = max(start, 0), min(start + length, size)
    return slice(first, last), slice(first - start, last - start)


def _classes_of_cells(nodes: NDArray[np.complex64], lower: Limits | None) -> NDArray[np.uint8]:
    """The class of all that lies between four nodes, or _MIXED."""
    lowest, highest = (
        classify(_over_cells(nodes.real, choose) * factor, _over_cells(nodes.imag, choose) * factor, lower)
        for choose, factor in ((np.minimum, 1 - _ROUNDING), (np.maximum, 1 + _ROUNDING))
    )
    return np.where(lowest == highest, lowest, np.uint8(_MIXED))


def _over_cells(nodes: NDArray[np.float32], choose: np.ufunc) -> NDArray[np.float32]:
    along = choose(nodes[:-1], nodes[1:])
    chosen: NDArray[np.float32] = choose(along[:, :-1], along[:, 1:])
    return chosen
