from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.analysis import squares
from geodata.analysis.squares import SquareCounts, count_squares, square_bounds, squares_holding
from tests.places import EAST, NORTH

SIDES = (100, 250, 500)

metres = st.floats(-3_000, 3_000, allow_nan=False)
reports = st.lists(st.tuples(metres, metres, st.floats(0.001, 1.0)), min_size=1, max_size=60)
sides = st.sampled_from(SIDES)


def counted(placed: list[tuple[float, float, float]], side_m: int) -> SquareCounts:
    east, north, weights = (np.array(values) for values in zip(*placed, strict=True))
    return count_squares(east + EAST, north + NORTH, weights, side_m)


def by_hand(placed: list[tuple[float, float, float]], side_m: int) -> dict[tuple[int, int], list[float]]:
    """Weights by column and row, one report at a time."""
    found: dict[tuple[int, int], list[float]] = defaultdict(list)
    for east, north, weight in placed:
        found[int((east + EAST) / side_m), int((north + NORTH) / side_m)].append(weight)
    return found


class TestCountSquares:
    @given(reports, sides)
    def test_they_sum_to_the_weights(self, placed: list[tuple[float, float, float]], side_m: int) -> None:
        counts = counted(placed, side_m)
        assert counts.n.sum() == pytest.approx(sum(weight for _, _, weight in placed), rel=1e-12)
        assert counts.reports.sum() == len(placed)

    @given(reports, sides)
    def test_they_are_what_counting_by_hand_gives(
        self, placed: list[tuple[float, float, float]], side_m: int
    ) -> None:
        counts, expected = counted(placed, side_m), by_hand(placed, side_m)
        keys = list(zip(counts.column.tolist(), counts.row.tolist(), strict=True))
        assert keys == sorted(expected, key=lambda key: (key[1], key[0]))
        assert counts.n == pytest.approx([sum(expected[key]) for key in keys])
        assert counts.reports.tolist() == [len(expected[key]) for key in keys]

    @given(reports, sides)
    def test_many_squares_are_counted_the_same_by_sorting(
        self, placed: list[tuple[float, float, float]], side_m: int
    ) -> None:
        dense = counted(placed, side_m)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(squares, "_MOST_DENSE", 0)
            sorted_ = counted(placed, side_m)
        assert (sorted_.column == dense.column).all()
        assert (sorted_.row == dense.row).all()
        np.testing.assert_allclose(sorted_.n, dense.n)

    @given(reports, sides, metres)
    def test_moving_one_report_changes_only_where_it_was_and_where_it_is(
        self, placed: list[tuple[float, float, float]], side_m: int, east: float
    ) -> None:
        moved = [(east, placed[0][1], placed[0][2]), *placed[1:]]
        before, after = by_square(counted(placed, side_m)), by_square(counted(moved, side_m))
        changed = {key for key in before | after if before.get(key) != after.get(key)}
        assert changed <= set(by_hand([placed[0]], side_m)) | set(by_hand([moved[0]], side_m))

    def test_whole_reports_are_whole_numbers(self) -> None:
        assert counted([(10.0, 10.0, 1.0)] * 7, 100).n.tolist() == [7.0]

    def test_nothing_is_no_square(self) -> None:
        counts = count_squares(np.zeros(0), np.zeros(0), np.zeros(0), 250)
        assert (len(counts), counts.covered(), counts.at([EAST], [NORTH]).tolist()) == (0, None, [-1])


def by_square(counts: SquareCounts) -> dict[tuple[int, int], float]:
    keys = zip(counts.column.tolist(), counts.row.tolist(), strict=True)
    return dict(zip(keys, counts.n.round(12).tolist(), strict=True))


class TestAlignment:
    @pytest.mark.parametrize("side_m", SIDES)
    def test_edges_lie_on_whole_multiples_of_the_side(self, side_m: int) -> None:
        bounds = counted([(12.3, -45.6, 1.0)], side_m).bounds(0)
        assert [edge % side_m for edge in (bounds.west_m, bounds.south_m)] == [0, 0]
        assert (bounds.east_m - bounds.west_m, bounds.north_m - bounds.south_m) == (side_m, side_m)

    @pytest.mark.parametrize("side_m", SIDES)
    def test_the_south_west_corner_is_the_squares_own(self, side_m: int) -> None:
        corner = np.array([EAST]), np.array([NORTH])
        column, row = squares_holding(*corner, side_m)
        bounds = square_bounds(int(column[0]), int(row[0]), side_m)
        assert (bounds.west_m, bounds.south_m) == (EAST, NORTH)


class TestAt:
    @given(reports, sides)
    def test_every_report_finds_its_own_square(
        self, placed: list[tuple[float, float, float]], side_m: int
    ) -> None:
        counts = counted(placed, side_m)
        for east, north, _ in placed:
            bounds = counts.bounds(int(counts.at(EAST + east, NORTH + north)))
            assert bounds.west_m <= EAST + east < bounds.east_m
            assert bounds.south_m <= NORTH + north < bounds.north_m

    @given(reports, sides, metres, metres)
    def test_an_empty_square_is_none(
        self, placed: list[tuple[float, float, float]], side_m: int, east: float, north: float
    ) -> None:
        is_held = bool(by_hand([(east, north, 1.0)], side_m).keys() & by_hand(placed, side_m).keys())
        assert (int(counted(placed, side_m).at(EAST + east, NORTH + north)) >= 0) == is_held

    def test_what_is_not_a_place_is_in_none(self) -> None:
        counts = counted([(0.0, 0.0, 1.0)], 100)
        places = [[np.nan, np.inf], [EAST + 1, EAST + 1_000_000]], [[NORTH, NORTH], [NORTH + 1, NORTH]]
        assert counts.at(*places).tolist() == [[-1, -1], [0, -1]]
