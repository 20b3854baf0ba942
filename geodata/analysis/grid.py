"""The metric grids of a surface: cells that are shown, and the finer nodes that are computed.

Everything is aligned to blocks of 4 km in EPSG:3006, so that two computations share their cells. Nodes lie
in the middle of sub-cells, an odd number to a cell: the centre of a cell is itself a node.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.analysis.kernels import Kernel
from geodata.errors import InvalidValue

BLOCK_M = 4000
DEFAULT_CELL_M = 50
LARGEST_GRID_CELLS = 25_000_000


@dataclass(frozen=True)
class Grid:
    """Square cells from a south-west corner; row 0 is the southernmost."""

    east_m: float
    north_m: float
    cell_m: float
    rows: int
    columns: int

    @property
    def east_centres_m(self) -> NDArray[np.float64]:
        """East of the centre of each column."""
        return np.asarray(self.east_m + (np.arange(self.columns) + 0.5) * self.cell_m, dtype=np.float64)

    @property
    def north_centres_m(self) -> NDArray[np.float64]:
        """North of the centre of each row, from the south."""
        return np.asarray(self.north_m + (np.arange(self.rows) + 0.5) * self.cell_m, dtype=np.float64)


@dataclass(frozen=True)
class Bounds:
    """A box in metres, EPSG:3006."""

    west_m: float
    south_m: float
    east_m: float
    north_m: float

    def grown(self, by_m: float) -> Bounds:
        """The same box, larger on every side."""
        return Bounds(self.west_m - by_m, self.south_m - by_m, self.east_m + by_m, self.north_m + by_m)

    def touches(self, other: Bounds) -> bool:
        """Whether the two boxes have any place in common, an edge included."""
        return (
            self.west_m <= other.east_m
            and other.west_m <= self.east_m
            and self.south_m <= other.north_m
            and other.south_m <= self.north_m
        )

    def holds(self, other: Bounds) -> bool:
        """Whether the other box lies wholly in this one."""
        return (
            self.west_m <= other.west_m
            and self.south_m <= other.south_m
            and self.east_m >= other.east_m
            and self.north_m >= other.north_m
        )


def checked_cell(cell_m: float) -> int:
    """The cell size, when it divides a block of 4000 m. Raises InvalidValue."""
    if not (math.isfinite(cell_m) and cell_m >= 1 and BLOCK_M % cell_m == 0 and cell_m == int(cell_m)):
        raise InvalidValue("cell.not_a_divisor", "cell", cell_m=f"{cell_m:g}")
    return int(cell_m)


def divisor(cell_m: float, kernel: Kernel) -> int:
    """The smallest odd number of nodes along a cell that puts as many to a bandwidth as the kernel needs."""
    needed = math.ceil(round(cell_m * kernel.nodes_per_bandwidth / kernel.bandwidth_m, 9))
    return needed if needed % 2 else needed + 1


def nodes_per_block(cell_m: float, kernel: Kernel) -> int:
    """How many nodes lie along a block for this cell and kernel."""
    return BLOCK_M // int(cell_m) * divisor(cell_m, kernel)


def covering_grid(bounds: Bounds, cell_m: float) -> Grid:
    """The smallest aligned grid that covers the box.

    Raises InvalidValue for a cell that does not divide a block, or a grid too large to write.
    """
    cell = checked_cell(cell_m)
    west, south = math.floor(bounds.west_m / cell), math.floor(bounds.south_m / cell)
    east, north = math.ceil(bounds.east_m / cell), math.ceil(bounds.north_m / cell)
    rows, columns = max(1, north - south), max(1, east - west)
    if rows * columns > LARGEST_GRID_CELLS:
        raise InvalidValue("grid.too_large", "cell", cells=rows * columns, most=LARGEST_GRID_CELLS)
    return Grid(float(west * cell), float(south * cell), float(cell), rows, columns)
