import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.analysis.density import Field
from geodata.analysis.exact import exact_density
from geodata.analysis.grid import Grid
from geodata.analysis.kernels import BANDWIDTHS_M, KERNELS, Kernel
from geodata.analysis.layout import Layout
from geodata.errors import InvalidValue
from tests.geodata.analysis.conftest import Points, read_points

QUARTIC = Kernel("quartic", 300.0)


def field_of(points: Points, kernel: Kernel = QUARTIC, **more: Any) -> Field:
    return Field(Layout(points[:, 0], points[:, 1]), np.ones(len(points)), kernel, **more)


def centres(grid: Grid) -> Points:
    east, north = np.meshgrid(grid.east_centres_m, grid.north_centres_m)
    return np.column_stack((east.ravel(), north.ravel()))


def highest_error(points: Points, kernel: Kernel, cell_m: float = 50) -> tuple[float, float]:
    """Largest difference to the plain sum at any cell, in shares of the peak, and the integral's."""
    field = field_of(points, kernel, cell_m=cell_m)
    grid = field.covering_grid()
    assert grid is not None
    found = field.raster(grid).density.ravel()
    exact = exact_density(points, 1.0, centres(grid), kernel)
    mass = found.sum() * (cell_m / 1000) ** 2 / len(points)
    return float(np.abs(found - exact).max() / exact.max()), abs(mass - 1.0)


class TestAccuracy:
    @pytest.mark.parametrize("name", KERNELS)
    @pytest.mark.parametrize("bandwidth_m", BANDWIDTHS_M)
    def test_every_cell_is_within_a_hundredth_of_the_peak(
        self, robberies: Points, name: str, bandwidth_m: int
    ) -> None:
        error, mass_error = highest_error(robberies, Kernel(name, bandwidth_m))
        assert error < 0.01
        assert mass_error < 0.01

    @pytest.mark.parametrize("name", KERNELS)
    @pytest.mark.parametrize("bandwidth_m", BANDWIDTHS_M)
    @pytest.mark.parametrize("offset_m", [0.0, 5.0, 12.5, 25.0])
    def test_so_it_is_for_one_report_wherever_it_lies(
        self, name: str, bandwidth_m: int, offset_m: float
    ) -> None:
        here = np.array([[376_000.0 + offset_m, 6_456_000.0 + offset_m]])
        assert highest_error(here, Kernel(name, bandwidth_m))[0] < 0.01

    @pytest.mark.parametrize("cell_m", [25, 80, 250])
    def test_so_it_is_for_other_cells(self, towns: Points, cell_m: int) -> None:
        assert highest_error(towns, QUARTIC, cell_m)[0] < 0.01

    def test_chicago_is_the_reference(self, shared: Callable[[str], Path]) -> None:
        reference = json.loads(shared("reference/kde_chicago_148k.json").read_text(encoding="utf-8"))
        source = shared("data/chicago_aggravated_assaults_2010_2019.csv")
        points = read_points(source, f"EPSG:{reference['epsg']}")
        layout = Layout(points[:, 0], points[:, 1])
        for given_ in reference["results"].values():
            if "cell" in given_:
                assert_chicago(layout, given_)


def assert_chicago(layout: Layout, expected: dict[str, Any]) -> None:
    kernel = Kernel("quartic", float(expected["h"]))
    field = Field(layout, np.ones(len(layout)), kernel, cell_m=expected["cell"])
    grid = Grid(expected["x0"], expected["y0"], expected["cell"], expected["ny"], expected["nx"])
    found, peak = field.raster(grid).density, expected["max_per_km2"]
    assert found.max() == pytest.approx(peak, rel=0.01)
    assert found[expected["argmax_col_row"][1], expected["argmax_col_row"][0]] == pytest.approx(
        peak, rel=0.01
    )
    assert found.sum() * (expected["cell"] / 1000) ** 2 == pytest.approx(expected["mass"], rel=1e-4)
    for column, row, value in expected["samples_col_row_per_km2"]:
        assert found[row, column] == pytest.approx(value, abs=0.01 * peak)


class TestOneSurface:
    def test_nothing_is_zero_everywhere(self) -> None:
        field = field_of(np.zeros((0, 2)))
        assert field.covering_grid() is None
        assert field.at([376_000.0], [6_456_000.0]).density.tolist() == [0.0]

    def test_weights_of_zero_are_nothing(self, towns: Points) -> None:
        field = Field(Layout(towns[:, 0], towns[:, 1]), np.zeros(len(towns)), QUARTIC)
        assert field.covered() is None
        assert not field.at(towns[:, 0], towns[:, 1]).density.any()

    def test_a_cell_centre_is_a_node(self, towns: Points) -> None:
        field = field_of(towns, Kernel("quartic", 200.0))
        block = field.block((94, 1614))
        grid = Grid(376_000.0, 6_456_000.0, 50.0, 80, 80)
        assert block is not None
        np.testing.assert_array_equal(field.raster(grid).density, block.density[1:240:3, 1:240:3])

    def test_blocks_meet_without_a_seam(self, towns: Points) -> None:
        field, border = field_of(towns), 6_460_000.0
        east = np.linspace(376_500.0, 379_500.0, 61)
        below, above = field.at(east, border - 1e-6), field.at(east, border + 1e-6)
        np.testing.assert_allclose(below.density, above.density, rtol=1e-5, atol=1e-4)

    def test_the_order_of_looking_changes_nothing(self, towns: Points) -> None:
        piecewise, whole = field_of(towns), field_of(towns)
        whole.compute_all()
        read = [piecewise.at([x], [y]).density[0] for x, y in towns[::40]]
        np.testing.assert_allclose(read, whole.at(towns[::40, 0], towns[::40, 1]).density, rtol=1e-5)

    def test_years_divide_once(self, towns: Points) -> None:
        total, yearly = field_of(towns), field_of(towns, years=3.0)
        at = towns[:5, 0], towns[:5, 1]
        np.testing.assert_allclose(total.at(*at).density, 3 * yearly.at(*at).density, rtol=1e-6)
        np.testing.assert_array_equal(total.at(*at).near, yearly.at(*at).near)

    def test_places_that_are_nowhere_read_zero(self, towns: Points) -> None:
        read = field_of(towns).at([np.inf, np.nan, 1e12], [np.nan, 0.0, -1e12])
        assert read.density.tolist() == [0.0, 0.0, 0.0]

    def test_far_points_do_not_reach_each_other(self) -> None:
        far = np.array([[300_000.0, 6_200_000.0], [900_000.0, 7_600_000.0]])
        read = field_of(far).at(far[:, 0], far[:, 1])
        np.testing.assert_allclose(read.near, [1.0, 1.0], atol=1e-5)

    def test_many_threads_read_the_same(self, towns: Points) -> None:
        field, found = field_of(towns), []
        threads = [
            threading.Thread(target=lambda: found.append(field.at(towns[:, 0], towns[:, 1]).density))
            for _ in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 6
        assert all((one == found[0]).all() for one in found)

    def test_memory_is_bounded_by_forgetting(self, towns: Points, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("geodata.analysis.density._BYTES_KEPT", 1_000_000)
        field = field_of(towns)
        expected = field_of(towns).at(towns[:, 0], towns[:, 1]).density
        np.testing.assert_allclose(field.at(towns[:, 0], towns[:, 1]).density, expected, rtol=1e-5)
        assert field.nbytes <= 1_000_000

    def test_a_kernel_wider_than_a_block_is_refused(self, towns: Points) -> None:
        with pytest.raises(InvalidValue) as refused:
            field_of(towns, Kernel("quartic", 4001.0))
        assert refused.value.code == "bandwidth.too_wide"


class TestNear:
    @pytest.mark.parametrize("kernel", [Kernel(name, 300.0) for name in KERNELS], ids=KERNELS)
    def test_it_counts_within_the_bandwidth_to_two_nodes(self, kernel: Kernel) -> None:
        here = np.array([[376_111.0, 6_456_222.0]])
        field = field_of(np.repeat(here, 3, axis=0), kernel)
        east = here[0, 0] + np.array([0.0, 265.0, 335.0])
        np.testing.assert_allclose(field.at(east, here[0, 1]).near, [3.0, 3.0, 0.0], atol=1e-5)

    def test_shares_add_up(self, towns: Points) -> None:
        layout = Layout(towns[:, 0], towns[:, 1])
        halves = Field(layout, np.full(len(towns), 0.5), QUARTIC).at(towns[:9, 0], towns[:9, 1])
        wholes = Field(layout, np.ones(len(towns)), QUARTIC).at(towns[:9, 0], towns[:9, 1])
        np.testing.assert_allclose(2 * halves.near, wholes.near, rtol=1e-6)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([1, 2, 3, 8, 30, 300, 5000]),
    st.sampled_from([0.05, 0.4, 1.0]),
    st.tuples(st.sampled_from(KERNELS), st.sampled_from(BANDWIDTHS_M), st.sampled_from([10, 25, 50])),
)
def test_no_lot_of_reports_is_off_by_a_hundredth(
    seed: int, count: int, width: float, look: tuple[str, int, int]
) -> None:
    name, bandwidth_m, cell_m = look
    cell_m = max(cell_m, bandwidth_m // 20 // 25 * 25)  # the plain sum is to end some day
    chance = np.random.default_rng(seed)
    middles = chance.uniform(0, 4 * bandwidth_m, (max(1, count // 50), 2))
    spread = chance.normal(0, width * bandwidth_m / 2, (count, 2))
    points = [374_000.0, 6_454_000.0] + middles[np.arange(count) % len(middles)] + spread
    assert highest_error(points, Kernel(name, float(bandwidth_m)), cell_m)[0] < 0.01


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 9_000), st.floats(0, 9_000)), min_size=1, max_size=12),
    st.sampled_from([150, 300, 1000]),
    st.data(),
)
def test_surfaces_add_up(offsets: list[tuple[float, float]], bandwidth_m: int, data: st.DataObject) -> None:
    points = np.array(offsets) + [374_000.0, 6_454_000.0]
    shares = st.lists(st.floats(0, 1), min_size=len(points), max_size=len(points))
    first, second = np.array(data.draw(shares)), np.array(data.draw(shares))
    layout, kernel = Layout(points[:, 0], points[:, 1]), Kernel("quartic", float(bandwidth_m))
    one, other, both = (
        Field(layout, weights, kernel).at(points[:, 0], points[:, 1]).density
        for weights in (first, second, first + second)
    )
    # What falls under 0 at the edge of a report is cut off, some thousandths of its top.
    np.testing.assert_allclose(one + other, both, rtol=1e-5, atol=0.004 * len(points) * kernel.top * 1e6)
