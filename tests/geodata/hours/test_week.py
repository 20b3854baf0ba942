"""Hours of the week, against overlap reckoned minute by minute."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import InvalidValue
from geodata.hours import ANY_HOUR, HourFilter, exact, habit, interval, shares, shifted_into_being, whole_day
from geodata.hours.darkness import dark_words, mean_dark_share
from geodata.hours.wall import to_day_number
from geodata.hours.week import hours_in, words_of
from tests.geodata.hours.test_reference import columns_of

MINUTES = st.datetimes(datetime(2024, 1, 1), datetime(2024, 12, 31)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)
SPANS = st.integers(1, 169 * 60)
HOURS_CHOSEN = st.sets(st.integers(0, 167))


def share_by_the_minute(start: datetime, minutes: int, allowed: set[int]) -> float:
    first = start.weekday() * 1440 + start.hour * 60 + start.minute
    return sum((first + minute) // 60 % 168 in allowed for minute in range(minutes)) / minutes


class TestShare:
    @given(MINUTES, SPANS, HOURS_CHOSEN)
    def test_it_is_the_exact_overlap_for_anything_under_a_week(self, start, minutes, allowed):
        span = interval(start, start + timedelta(minutes=minutes))
        expected = share_by_the_minute(start, minutes, allowed) if minutes < 168 * 60 else len(allowed) / 168
        assert span.share(words_of(allowed)) == pytest.approx(expected, abs=1e-12)

    @given(st.lists(st.tuples(MINUTES, SPANS), min_size=1, max_size=20), HOURS_CHOSEN)
    def test_columns_say_what_the_records_say(self, spans, allowed):
        records = [interval(start, start + timedelta(minutes=minutes)) for start, minutes in spans]
        together = shares(columns_of(records), words_of(allowed))
        assert together == pytest.approx([record.share(words_of(allowed)) for record in records], abs=1e-12)

    @given(st.lists(st.tuples(MINUTES, SPANS), min_size=1, max_size=20), st.lists(HOURS_CHOSEN, min_size=20))
    def test_each_record_may_have_hours_of_its_own(self, spans, chosen):
        records = [interval(start, start + timedelta(minutes=minutes)) for start, minutes in spans]
        own = [words_of(chosen[row]) for row in range(len(records))]
        together = shares(columns_of(records), np.array(own, dtype=np.uint64).T)
        assert together == pytest.approx(
            [record.share(words) for record, words in zip(records, own, strict=True)], abs=1e-12
        )

    def test_an_exact_time_lies_in_its_hour_alone(self):
        friday = exact(datetime(2026, 11, 20, 22, 45))
        assert friday.share(HourFilter.parse("fri", "22-23").words) == 1
        assert friday.share(HourFilter.parse("fri", "21-22").words) == 0

    def test_a_date_alone_is_any_hour_of_its_weekday(self):
        assert whole_day(date(2026, 11, 20)).share(HourFilter.parse("fri", "20-24").words) == pytest.approx(
            4 / 24
        )

    def test_any_hour_is_shared_by_all(self):
        assert ANY_HOUR.share(HourFilter.parse("fri", "20-03").words) == pytest.approx(7 / 168)


class TestHabit:
    def test_a_night_belongs_to_the_day_it_begins(self):
        friday_night = habit([4], 20, 3)
        assert hours_in(friday_night.words) == [*range(4 * 24 + 20, 5 * 24 + 3)]

    def test_sunday_night_runs_into_monday(self):
        assert hours_in(habit([6], 22, 2).words) == [0, 1, 166, 167]


class TestHourFilter:
    def test_friday_night_holds_friday_evening_and_saturday_morning(self):
        chosen = HourFilter.parse("fri", "20-03")
        assert chosen.count == 7
        assert hours_in(chosen.words) == [*range(4 * 24 + 20, 5 * 24 + 3)]

    def test_all_days_and_no_hours_is_open(self):
        assert HourFilter.parse("mon,tue,wed,thu,fri,sat,sun", "").is_open
        assert HourFilter.parse("", "0-24").is_open

    @pytest.mark.parametrize(
        ("weekdays", "hours", "field"),
        [("fredag", "", "weekdays"), ("", "20", "hours"), ("", "25-03", "hours"), ("", "abc", "hours")],
    )
    def test_what_is_not_understood_is_refused_by_field(self, weekdays, hours, field):
        with pytest.raises(InvalidValue) as refused:
            HourFilter.parse(weekdays, hours)
        assert refused.value.field == field


class TestWallClock:
    def test_a_time_the_spring_switch_skips_is_moved_an_hour(self):
        moved, was_moved = shifted_into_being(datetime(2026, 3, 29, 2, 30))
        assert (moved, was_moved) == (datetime(2026, 3, 29, 3, 30), True)

    def test_the_autumn_night_counts_two_hours_on_the_clock(self):
        night = interval(datetime(2025, 10, 26, 1, 30), datetime(2025, 10, 26, 3, 30))
        assert night.span_minutes == 120

    def test_other_times_stay(self):
        assert shifted_into_being(datetime(2026, 10, 25, 2, 30)) == (datetime(2026, 10, 25, 2, 30), False)


class TestDarkness:
    VARA = (12.9541, 58.2623)

    def test_december_afternoons_are_dark_and_june_evenings_are_not(self):
        days = np.array([to_day_number(date(2025, 12, 15)), to_day_number(date(2025, 6, 16))], dtype=np.int32)
        december, june = dark_words(*self.VARA, days).T
        assert 18 in hours_in(tuple(int(word) for word in december))
        assert 21 not in hours_in(tuple(int(word) for word in june))

    def test_the_year_is_dark_for_rather_less_than_half_of_it(self):
        assert 0.35 < mean_dark_share(*self.VARA, 2025).mean() < 0.47

    def test_midsummer_in_the_far_north_is_never_dark(self):
        days = np.array([to_day_number(date(2025, 6, 20))], dtype=np.int32)
        assert not dark_words(20.22, 67.86, days).any()
