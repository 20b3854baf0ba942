"""When something was, at the edges: the hour autumn has twice, and habits that end before they begin."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import InvalidValue
from geodata.hours import ANY_HOUR, exact, local
from webmap.services.moments import between, often

TWICE = datetime.fromisoformat("2025-10-26T00:00:00+00:00")


def _at(text):
    return datetime.fromisoformat(text)


def _hours(said):
    return sum(word.bit_count() for word in said.hours.words)


class TestTheRepeatedHour:
    def test_a_span_over_it_is_taken(self):
        said = between(_at("2025-10-26T02:30:00+02:00"), _at("2025-10-26T02:30:00+01:00"))
        assert said.hours == exact(_at("2025-10-26T02:30:00"))

    @given(st.integers(-300, 300), st.integers(1, 240))
    def test_only_what_truly_ends_before_it_begins_is_refused(self, offset_m, length_m):
        start = TWICE + timedelta(minutes=offset_m)
        end = start + timedelta(minutes=length_m)
        assert between(start, end).day == local(start).date()
        with pytest.raises(InvalidValue) as refused:
            between(end, start)
        assert refused.value.code == "time.end_not_after_start"


class TestHabits:
    @pytest.mark.parametrize(("start", "end"), [("20:45", "20:15"), ("20:15", "20:15"), ("", "")])
    def test_one_that_ends_before_it_begins_in_the_same_hour_is_all_day_round(self, start, end):
        assert often((), start, end).hours.words == ANY_HOUR.words
        assert _hours(often(("fri",), start, end)) == 24

    def test_one_within_an_hour_is_that_hour(self):
        assert _hours(often(("fri",), "20:15", "20:45")) == 1
