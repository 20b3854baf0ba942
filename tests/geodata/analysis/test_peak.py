import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.analysis.density import Field
from geodata.analysis.kernels import KERNELS, Kernel
from geodata.analysis.layout import Layout
from geodata.analysis.peak import Peaks
from tests.geodata.analysis.conftest import Points


def highest_node(layout: Layout, weights: Points, kernel: Kernel) -> float:
    field = Field(layout, weights, kernel)
    keys = {(i + east, j + north) for i, j in layout.blocks for east in (-1, 0, 1) for north in (-1, 0, 1)}
    blocks = [field.block(key) for key in sorted(keys)]
    return max((float(block.density.max()) for block in blocks if block is not None), default=0.0)


class TestPeaks:
    @settings(max_examples=20, deadline=None)
    @given(st.integers(0, 10_000), st.sampled_from([100, 200, 500, 1000]), st.sampled_from(KERNELS))
    def test_it_is_the_highest_node_of_the_whole_surface(
        self, seed: int, bandwidth_m: int, name: str
    ) -> None:
        random = np.random.default_rng(seed)
        centres = random.uniform([370_000, 6_450_000], [382_000, 6_462_000], (random.integers(1, 6), 2))
        points = centres[random.integers(0, len(centres), 60)] + random.normal(0, 250, (60, 2))
        weights, kernel = random.random(60), Kernel(name, bandwidth_m)
        layout = Layout(points[:, 0], points[:, 1])
        found = Peaks(layout, [kernel]).highest([weights])[kernel]
        assert found == pytest.approx(highest_node(layout, weights, kernel), rel=1e-5)

    def test_it_is_that_of_the_highest_weighting(self, towns: Points) -> None:
        layout, kernel = Layout(towns[:, 0], towns[:, 1]), Kernel("quartic", 150.0)
        random = np.random.default_rng(3)
        weightings = [random.random(len(towns)) < 0.1 for _ in range(8)]
        expected = max(highest_node(layout, weights, kernel) for weights in weightings)
        assert Peaks(layout, [kernel]).highest(weightings)[kernel] == pytest.approx(expected, rel=1e-5)

    def test_it_may_lie_where_no_report_is(self) -> None:
        ring = 150.0 * np.exp(2j * np.pi * np.arange(40) / 40)
        layout, kernel = Layout(376_025.0 + ring.real, 6_456_025.0 + ring.imag), Kernel("quartic", 300.0)
        expected = highest_node(layout, np.ones(40), kernel)
        assert Peaks(layout, [kernel]).highest([np.ones(40)])[kernel] == pytest.approx(expected, rel=1e-5)

    @pytest.mark.parametrize("count", [0, 5])
    def test_without_weight_it_is_zero(self, count: int) -> None:
        layout, kernel = (
            Layout(np.full(count, 376_000.0), np.full(count, 6_456_000.0)),
            Kernel("quartic", 300.0),
        )
        assert Peaks(layout, [kernel]).highest([np.zeros(count)])[kernel] == 0.0
