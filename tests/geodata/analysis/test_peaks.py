import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.analysis.density import Field
from geodata.analysis.grid import BLOCK_M
from geodata.analysis.kernels import KERNELS, Kernel
from geodata.analysis.layout import Layout
from geodata.analysis.peaks import summits
from tests.geodata.analysis.conftest import Points

LEAST = 3.0
CORNER_M = (376_000.0, 6_460_000.0)  # where four blocks meet


class Plain:
    """Every node of a field in one array, and summits found by looking at all of them."""

    def __init__(self, field: Field) -> None:
        self.field = field
        columns, rows = zip(*field.layout.blocks, strict=True)
        self.west, self.south = min(columns) - 1, min(rows) - 1
        across, along = max(columns) - self.west + 2, max(rows) - self.south + 2
        nodes = field.nodes
        self.density, self.near = (np.zeros((along * nodes, across * nodes)) for _ in range(2))
        for column in range(across):
            for row in range(along):
                block = field.block((self.west + column, self.south + row))
                if block is not None:
                    place = np.s_[row * nodes : (row + 1) * nodes, column * nodes : (column + 1) * nodes]
                    self.density[place] = block.density[:nodes, :nodes]
                    self.near[place] = block.near[:nodes, :nodes]

    def summits(self, least: float = 0.0) -> list[tuple[float, float]]:
        """East and north of those at least a bandwidth apart, highest first."""
        padded = np.pad(self.density, 1)
        rows, columns = self.density.shape
        around = [padded[up : up + rows, over : over + columns] for up in range(3) for over in range(3)]
        found = (self.density >= np.max(around, axis=0)) & (self.density > 0) & (self.near >= least - 1e-5)
        chosen: list[tuple[float, float]] = []
        for _, east, north in sorted(
            (-self.density[at], *self.place(*at)) for at in zip(*np.nonzero(found), strict=True)
        ):
            if all(np.hypot(east - x, north - y) >= self.field.kernel.bandwidth_m - 1e-5 for x, y in chosen):
                chosen.append((east, north))
        return chosen

    def place(self, row: int, column: int) -> tuple[float, float]:
        step = self.field.step_m
        first_column, first_row = self.west * self.field.nodes, self.south * self.field.nodes
        return float((first_column + column + 0.5) * step), float((first_row + row + 0.5) * step)

    def around(self, east: float, north: float) -> tuple[float, float]:
        """The density of the node there, and the highest of its neighbours."""
        column = round((east - self.west * BLOCK_M) / self.field.step_m - 0.5)
        row = round((north - self.south * BLOCK_M) / self.field.step_m - 0.5)
        return self.density[row, column], self.density[row - 1 : row + 2, column - 1 : column + 2].max()


def scattered(seed: int, count: int, spread_m: float) -> Points:
    random = np.random.default_rng(seed)
    centres = np.array(CORNER_M) + random.normal(0, 1_500, (random.integers(1, 6), 2))
    return centres[random.integers(0, len(centres), count)] + random.normal(0, spread_m, (count, 2))


def field_of(points: Points, kernel: Kernel, weights: np.ndarray | None = None) -> Field:
    weights = np.ones(len(points)) if weights is None else weights
    return Field(Layout(points[:, 0], points[:, 1]), weights, kernel, years=2.0)


def places(found) -> list[tuple[float, float]]:
    return [(peak.east_m, peak.north_m) for peak in found]


class TestSummits:
    @settings(max_examples=25, deadline=None)
    @given(
        st.integers(0, 10_000),
        st.integers(1, 90),
        st.sampled_from([200, 300, 1000]),
        st.sampled_from(KERNELS),
    )
    def test_they_are_those_of_the_whole_surface(
        self, seed: int, count: int, bandwidth_m: int, name: str
    ) -> None:
        points, random = scattered(seed, count, 250), np.random.default_rng(seed)
        field = field_of(points, Kernel(name, float(bandwidth_m)), random.choice([0.25, 1.0], count))
        every, most = Plain(field).summits(LEAST), 1 + seed % 12
        found = summits(field, most, LEAST)
        assert places(found.crowded) == every[:most]

    @settings(max_examples=15, deadline=None)
    @given(st.integers(0, 10_000), st.sampled_from([150, 500]))
    def test_none_is_lower_than_its_neighbours_or_near_another(self, seed: int, bandwidth_m: int) -> None:
        field = field_of(scattered(seed, 60, 300), Kernel("quartic", float(bandwidth_m)))
        plain, found = Plain(field), summits(field, 40, LEAST)
        every = np.array(places((*found.crowded, *found.sparse)))
        apart = np.hypot(*(every[:, None] - every[None, :]).transpose(2, 0, 1)) + np.eye(len(every)) * 1e9
        assert all(own == highest for own, highest in (plain.around(*place) for place in every))
        assert apart.min() >= bandwidth_m - 1e-5

    def test_sparse_ones_are_looked_for_where_crowded_ones_are_few(self) -> None:
        alone = np.array(CORNER_M) + [[0, 0], [0, 0], [0, 0], [3_000, 0], [0, 3_000]]
        field = field_of(alone, Kernel("quartic", 300.0))
        assert [
            len(part) for part in (summits(field, 9, LEAST).crowded, summits(field, 9, LEAST).sparse)
        ] == [1, 2]
        assert summits(field, 1, LEAST).sparse == ()

    def test_equals_are_told_in_the_same_order_every_time(self) -> None:
        twins = np.array(CORNER_M) + [[2_000, 0], [0, 2_000], [0, 0]]
        found = summits(field_of(np.repeat(twins, 4, axis=0), Kernel("quartic", 300.0)), 9, LEAST).crowded
        assert len({peak.density for peak in found}) == 1
        assert places(found) == sorted(places(found))

    @pytest.mark.parametrize("count", [0, 5])
    def test_without_weight_there_are_none(self, count: int) -> None:
        points = np.tile(CORNER_M, (count, 1)).reshape(-1, 2)
        found = summits(field_of(points, Kernel("quartic", 300.0), np.zeros(count)), 9, LEAST)
        assert (found.crowded, found.sparse) == ((), ())

    def test_only_what_may_be_high_enough_is_computed(self) -> None:
        towns = np.concatenate([np.tile(CORNER_M, (500, 1)), np.array(CORNER_M) + [[9e4, 0], [0, 9e4]] * 20])
        field = field_of(towns, Kernel("quartic", 300.0))
        summits(field, 1, LEAST)
        assert field.nbytes <= 8 * (field.nodes + 1) ** 2 * 8
