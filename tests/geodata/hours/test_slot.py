import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.hours import HOURS, HourColumns, HourFilter, profile
from geodata.hours.slot import busiest_slot, week_of

FRIDAY, SUNDAY = 4 * 24, 6 * 24


def week(**hours: float) -> np.ndarray:
    made = np.zeros(HOURS)
    for name, sum_of_shares in hours.items():
        made[int(name[1:])] = sum_of_shares
    return made


class TestBusiestSlot:
    @pytest.mark.parametrize(
        ("held", "expected"),
        [
            ({FRIDAY + 22: 5}, HourFilter(("fri",), (22, 23))),
            ({FRIDAY + 22: 5, FRIDAY + 25: 5}, HourFilter(("fri",), (22, 2))),
            ({FRIDAY + 20: 1, FRIDAY + 21: 4, 10: 2, 40: 2}, HourFilter(("fri",), (20, 22))),
            ({SUNDAY + 23: 3, 0: 3, 1: 3, 60: 4}, HourFilter(("sun",), (23, 2))),
            ({FRIDAY + 20: 20, FRIDAY + 21: 1, 60: 20}, HourFilter(("fri",), (20, 22))),
            ({FRIDAY + 20: 20, FRIDAY + 21: 1, 60: 9}, HourFilter(("fri",), (20, 21))),
            ({FRIDAY + 20: 3, FRIDAY + 23: 3}, HourFilter(("fri",), (20, 0))),
        ],
    )
    def test_it_holds_half_and_no_empty_ends(self, held, expected):
        assert busiest_slot(week(**{f"h{hour}": n for hour, n in held.items()}), 4) == expected

    @pytest.mark.parametrize("held", [{}, {1: 1, 30: 1, 60: 1}, {1: 2, 30: 2, 60: 1, 90: 1}])
    def test_under_half_there_is_none(self, held):
        assert busiest_slot(week(**{f"h{hour}": n for hour, n in held.items()}), 4) is None

    def test_a_week_that_is_even_has_none(self):
        assert busiest_slot(np.ones(HOURS), 4) is None


class TestWeekOf:
    @settings(deadline=None, max_examples=30)
    @given(st.integers(0, 10_000))
    def test_it_is_the_profile(self, seed):
        random = np.random.default_rng(seed)
        first = random.integers(0, HOURS, 30)
        length = random.integers(1, 5, 30)
        words = np.zeros((3, 30), dtype=np.uint64)
        for record in range(30):
            for hour in range(first[record], first[record] + length[record]):
                words[hour % HOURS // 56, record] |= np.uint64(1 << hour % HOURS % 56)
        ends = np.array([first, (first + length - 1) % HOURS, random.choice([0, 0, 20], 30), np.zeros(30)])
        hours, weight = HourColumns.of(words, ends.astype(np.uint8)), random.random(30)
        assert week_of(hours, weight) == pytest.approx(profile(hours, weight))
