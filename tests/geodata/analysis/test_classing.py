import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.analysis.classing import classes_at
from geodata.analysis.density import Field
from geodata.analysis.kernels import Kernel
from geodata.analysis.layout import Layout
from geodata.analysis.scale import Limits, classify, limits, lower_limit

KERNEL = Kernel("quartic", 300.0)
LIMITS = limits(lower_limit(KERNEL), 400.0)
TOWN = np.array((376_000.0, 6_456_000.0))


def town(n: int, seed: int = 5) -> Field:
    points = TOWN + np.random.default_rng(seed).normal(0, 700, (n, 2))
    return Field(Layout(points[:, 0], points[:, 1]), np.ones(n), KERNEL)


def places(side_m: float, turned: float, count: int = 90) -> tuple[np.ndarray, np.ndarray]:
    """A square of places around the town, turned as a tile is on the national grid."""
    along = np.linspace(-side_m / 2, side_m / 2, count)
    x, y = np.meshgrid(along, along)
    turn = np.exp(1j * turned)
    both = (x + 1j * y) * turn
    return TOWN[0] + both.real, TOWN[1] + both.imag


def sampled(field: Field, east: np.ndarray, north: np.ndarray, lower: Limits | None) -> np.ndarray:
    read = field.at(east, north)
    return classify(read.density, read.near, lower)


class TestClassesAt:
    @settings(max_examples=40, deadline=None)
    @given(
        n=st.integers(1, 3_000),
        side_m=st.floats(1.0, 30_000.0),
        turned=st.floats(-0.1, 0.1),
        lower=st.sampled_from([LIMITS, None]),
    )
    def test_each_place_has_the_class_that_sampling_gives_it(self, n, side_m, turned, lower):
        field, (east, north) = town(n), places(side_m, turned)
        np.testing.assert_array_equal(
            classes_at(field, east, north, lower), sampled(field, east, north, lower)
        )

    def test_three_reports_on_one_spot_are_three_over_their_whole_disc(self):
        field = Field(Layout([TOWN[0]] * 3, [TOWN[1]] * 3), np.ones(3), KERNEL)
        east, north = places(700.0, 0.03)
        assert (classes_at(field, east, north, LIMITS) == sampled(field, east, north, LIMITS)).all()

    @pytest.mark.parametrize("away_m", [3_990.0, 40_000.0, 400_000.0])
    def test_where_nothing_is_there_is_no_class(self, away_m):
        east, north = places(2_000.0, 0.02)
        assert not classes_at(town(5), east + away_m + 2_000, north, LIMITS).any()

    def test_places_that_are_nowhere_have_none(self):
        east, north = places(2_000.0, 0.0)
        east[3, 4] = np.inf
        classes = classes_at(town(500), east, north, LIMITS)
        assert classes[3, 4] == 0
        assert classes.any()

    def test_no_filter_leaves_nothing(self):
        field = Field(Layout([TOWN[0]], [TOWN[1]]), np.zeros(1), KERNEL)
        assert not classes_at(field, *places(2_000.0, 0.0), LIMITS).any()
