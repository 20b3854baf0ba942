import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.analysis.density import Field
from geodata.analysis.kernels import BANDWIDTHS_M, KERNELS, Kernel
from geodata.analysis.layout import Layout
from geodata.analysis.scale import (
    NOTHING,
    TOO_LITTLE,
    Scale,
    classify,
    limits,
    lower_limit,
    make_scales,
)
from tests.geodata.analysis.conftest import Points

QUARTIC = Kernel("quartic", 300.0)
LOWEST = lower_limit(QUARTIC)


class TestLowerLimit:
    def test_it_is_three_reports_spread_within_the_bandwidth(self) -> None:
        assert pytest.approx(3 / (math.pi * 0.3**2)) == LOWEST

    def test_it_is_per_year_of_the_full_period(self) -> None:
        assert lower_limit(QUARTIC, 3.0) == pytest.approx(LOWEST / 3)


class TestLimits:
    def test_they_grow_in_equal_ratios_towards_the_top(self) -> None:
        assert limits(1.0, 32.0) == pytest.approx((1.0, 2.0, 4.0, 8.0, 16.0))

    @given(st.floats(0.01, 1e4), st.floats(0.0, 1e6))
    def test_they_span_at_least_eight_times_the_lowest(self, lowest: float, top: float) -> None:
        lower = limits(lowest, top)
        assert lower[0] == lowest
        assert lower[4] / lowest >= 8 ** (4 / 5) * (1 - 1e-9)


class TestClassify:
    LOWER = limits(LOWEST, 32 * LOWEST)

    def classes(self, density: list[float], near: list[float]) -> list[int]:
        return classify(density, near, self.LOWER).tolist()

    def test_a_limit_belongs_to_the_class_above_it(self) -> None:
        assert self.classes([lower for lower in self.LOWER], [3.0] * 5) == [1, 2, 3, 4, 5]

    def test_enough_reports_below_the_lowest_limit_are_the_lowest_class(self) -> None:
        assert self.classes([LOWEST / 100], [3.0]) == [1]

    def test_too_few_are_in_no_class_however_dense(self) -> None:
        assert self.classes([1e9, 1e9], [2.0, 2.99]) == [TOO_LITTLE, TOO_LITTLE]

    def test_nothing_is_nothing(self) -> None:
        assert self.classes([0.0, 0.0], [0.0, 5.0]) == [NOTHING, NOTHING]

    def test_without_a_scale_everything_is_too_little(self) -> None:
        assert classify([1e9, 0.0], [100.0, 0.0], None).tolist() == [TOO_LITTLE, NOTHING]

    @given(st.lists(st.floats(1e-6, 1e6), min_size=2, max_size=20))
    def test_denser_is_never_a_lower_class(self, densities: list[float]) -> None:
        found = classify(sorted(densities), np.full(len(densities), 3.0), self.LOWER)
        assert (np.diff(found.astype(int)) >= 0).all()


class TestTooLittleOnTheGround:
    @pytest.mark.parametrize("name", KERNELS)
    @pytest.mark.parametrize("bandwidth_m", BANDWIDTHS_M)
    @pytest.mark.parametrize(("count", "is_classed"), [(1, False), (2, False), (3, True)])
    def test_it_takes_three_reports_in_one_spot(
        self, name: str, bandwidth_m: int, count: int, is_classed: bool
    ) -> None:
        spot, kernel = np.array([376_123.4, 6_456_078.9]), Kernel(name, bandwidth_m)
        field = Field(Layout(np.full(count, spot[0]), np.full(count, spot[1])), np.ones(count), kernel)
        offsets = np.linspace(-1.5 * bandwidth_m, 1.5 * bandwidth_m, 61)
        read = field.at(spot[0] + offsets[None, :], spot[1] + offsets[:, None])
        found = set(classify(read.density, read.near, limits(lower_limit(kernel), 0.0)).ravel().tolist())
        assert bool(found & {1, 2, 3, 4, 5}) == is_classed
        assert TOO_LITTLE in found


@pytest.fixture(scope="module")
def scales(towns: Points) -> list[Scale]:
    hours = np.arange(len(towns)) % 28
    parts = (np.where(hours == part, 1.0, 0.0) for part in range(28))
    return make_scales(Layout(towns[:, 0], towns[:, 1]), np.ones(len(towns)), parts, years=2.0)


class TestMakeScales:
    def test_every_kernel_and_step_has_one(self, scales: list[Scale]) -> None:
        made = [(scale.kernel.name, scale.kernel.bandwidth_m) for scale in scales]
        assert sorted(made) == sorted((name, float(step)) for name in KERNELS for step in BANDWIDTHS_M)

    def test_the_tops_are_those_of_the_surfaces(self, scales: list[Scale], towns: Points) -> None:
        layout, scale = Layout(towns[:, 0], towns[:, 1]), scales[2 * BANDWIDTHS_M.index(300)]
        hours = np.arange(len(towns)) % 28
        part_tops = [highest(Field(layout, hours == part, scale.kernel, years=2.0)) for part in range(28)]
        assert scale.whole_top == pytest.approx(highest(Field(layout, hours >= 0, scale.kernel, years=2.0)))
        assert scale.part_top == pytest.approx(max(part_tops), rel=1e-5)

    def test_both_begin_at_the_same_limit(self, scales: list[Scale]) -> None:
        assert all(scale.whole[0] == scale.part[0] == lower_limit(scale.kernel, 2.0) for scale in scales)
        assert all(scale.whole[4] >= scale.part[4] for scale in scales)


def highest(field: Field) -> float:
    columns, rows = range(92, 98), range(1612, 1618)
    blocks = [field.block((column, row)) for column in columns for row in rows]
    return max(float(block.density.max()) for block in blocks if block is not None)
