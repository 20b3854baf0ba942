"""Working days as Swedish offices keep them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.hours.working_days import easter_sunday, is_working_day, working_days_after

EASTERS = [(1961, 4, 2), (1999, 4, 4), (2000, 4, 23), (2008, 3, 23), (2011, 4, 24), (2024, 3, 31)]
EASTERS += [(2025, 4, 20), (2026, 4, 5), (2027, 3, 28), (2038, 4, 25), (2285, 3, 22)]
CLOSED_2026 = ["01-01", "01-06", "04-03", "04-06", "05-01", "05-14", "06-06", "06-19", "06-20", "10-31"]
CLOSED_2026 += ["12-24", "12-25", "12-26", "12-31"]
DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))


class TestEaster:
    @pytest.mark.parametrize("known", EASTERS)
    def test_it_falls_as_it_is_printed_in_the_almanac(self, known):
        assert easter_sunday(known[0]) == date(*known)

    @given(st.integers(1583, 4099))
    def test_it_is_a_sunday_from_22_march_to_25_april(self, year):
        found = easter_sunday(year)
        assert found.weekday() == 6
        assert date(year, 3, 22) <= found <= date(year, 4, 25)


class TestWorkingDay:
    @pytest.mark.parametrize("day", CLOSED_2026)
    def test_holidays_and_eves_are_none(self, day):
        assert not is_working_day(date.fromisoformat(f"2026-{day}"))

    def test_a_year_has_as_many_as_the_almanac_says(self):
        days = [
            date.fromordinal(n) for n in range(date(2026, 1, 1).toordinal(), date(2027, 1, 1).toordinal())
        ]
        assert sum(map(is_working_day, days)) == 251

    def test_an_ordinary_weekday_is_one(self):
        assert is_working_day(date(2026, 11, 23))
        assert is_working_day(date(2026, 4, 2))


class TestWorkingDaysAfter:
    @pytest.mark.parametrize(
        ("day", "count", "last"),
        [
            ("2026-11-21", 2, "2026-11-24"),
            ("2026-11-21", 10, "2026-12-04"),
            ("2026-12-23", 2, "2026-12-29"),
            ("2026-12-22", 10, "2027-01-12"),
            ("2026-04-02", 2, "2026-04-08"),
            ("2026-11-23", 0, "2026-11-23"),
        ],
    )
    def test_it_passes_over_the_days_that_do_not_count(self, day, count, last):
        assert working_days_after(date.fromisoformat(day), count) == date.fromisoformat(last)

    @given(DAYS, st.integers(1, 30))
    def test_so_many_working_days_lie_between(self, day, count):
        last = working_days_after(day, count)
        between = range(day.toordinal() + 1, last.toordinal() + 1)
        assert is_working_day(last)
        assert sum(is_working_day(date.fromordinal(each)) for each in between) == count
