import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.analysis.grid import BLOCK_M, Bounds, checked_cell, covering_grid, divisor
from geodata.analysis.kernels import BANDWIDTHS_M, KERNELS, Kernel
from geodata.errors import InvalidValue

cells = st.sampled_from([cell for cell in range(1, BLOCK_M + 1) if BLOCK_M % cell == 0])


class TestDivisor:
    @pytest.mark.parametrize(
        ("name", "expected"),
        [("quartic", [11, 7, 5, 5, 3, 3, 1, 1, 1]), ("gaussian", [13, 9, 7, 5, 3, 3, 3, 1, 1])],
    )
    def test_it_is_that_of_the_trial(self, name: str, expected: list[int]) -> None:
        assert [divisor(50, Kernel(name, bandwidth)) for bandwidth in BANDWIDTHS_M] == expected

    @given(cells, st.sampled_from(BANDWIDTHS_M), st.sampled_from(KERNELS))
    def test_it_is_the_smallest_odd_one_that_suffices(self, cell_m: int, bandwidth_m: int, name: str) -> None:
        kernel = Kernel(name, bandwidth_m)
        found, widest = divisor(cell_m, kernel), bandwidth_m / kernel.nodes_per_bandwidth
        assert found % 2 == 1
        assert cell_m / found <= widest * (1 + 1e-9)
        assert found == 1 or cell_m / (found - 2) > widest


class TestCheckedCell:
    @given(cells)
    def test_a_divisor_of_a_block_is_taken(self, cell_m: int) -> None:
        assert checked_cell(float(cell_m)) == cell_m

    @pytest.mark.parametrize("cell_m", [0, -50, 3, 30, 12.5, 8000, math.nan, math.inf])
    def test_anything_else_is_refused(self, cell_m: float) -> None:
        with pytest.raises(InvalidValue) as refused:
            checked_cell(cell_m)
        assert (refused.value.code, refused.value.field) == ("cell.not_a_divisor", "cell")


class TestCoveringGrid:
    def test_it_covers_the_box_with_whole_cells(self) -> None:
        grid = covering_grid(Bounds(101.0, 250.0, 199.0, 420.0), 50)
        assert (grid.east_m, grid.north_m, grid.rows, grid.columns) == (100.0, 250.0, 4, 2)
        assert grid.east_centres_m.tolist() == [125.0, 175.0]

    def test_one_that_nobody_could_open_is_refused(self) -> None:
        with pytest.raises(InvalidValue) as refused:
            covering_grid(Bounds(0.0, 0.0, 100_000.0, 100_000.0), 1)
        assert refused.value.code == "grid.too_large"
