"""The one filter: the same words in and out, and a fault that names its field."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import InvalidValue
from geodata.hours import WEEKDAYS, HourFilter
from geodata.queries.window import Window
from geodata.vocabulary import BY_CODE, Kind, Light, Origin, Polarity, State

DATES = st.dates(date(2000, 1, 1), date(2100, 1, 1))
CLOCKS = st.tuples(st.integers(0, 23), st.integers(0, 23)).filter(lambda clock: clock[0] != clock[1])
BOXES = st.tuples(st.integers(-180, 0), st.integers(-90, 0), st.integers(1, 180), st.integers(1, 90))


def some(family):
    return st.frozensets(st.sampled_from(list(family)))


@st.composite
def windows(drawn):
    since, until = sorted([drawn(DATES), drawn(DATES)])
    days = drawn(st.sets(st.sampled_from(WEEKDAYS), max_size=6))
    return Window(
        drawn(st.sampled_from([None, since])),
        drawn(st.sampled_from([None, until])),
        HourFilter(tuple(day for day in WEEKDAYS if day in days), drawn(st.none() | CLOCKS)),
        *(drawn(some(family)) for family in (Kind, Origin, Polarity)),
        drawn(some(sorted(BY_CODE))),
        drawn(st.none() | st.sampled_from(list(Light))),
        drawn(some(State)),
        drawn(st.none() | BOXES),
        drawn(st.sampled_from(["", "Vara", "Stora Levene"])),
    )


class TestWords:
    @given(windows())
    def test_a_window_read_from_its_own_words_is_itself(self, window):
        assert Window.parse(window.as_words()) == window

    @given(windows())
    def test_the_words_of_a_window_are_the_same_after_a_round(self, window):
        words = window.as_words()
        assert list(Window.parse(words).as_words().items()) == list(words.items())

    def test_nothing_said_is_everything(self):
        assert Window.parse({}) == Window()
        assert Window().as_words() == {}

    def test_case_and_blanks_do_not_matter(self):
        assert Window.parse(
            {"kinds": " Perception , ", "weekdays": "FRI", "hours": "20:00 – 03:00"}
        ).as_words() == {
            "kinds": "perception",
            "weekdays": "fri",
            "hours": "20-03",
        }


class TestFaults:
    @pytest.mark.parametrize(
        ("field", "given", "code"),
        [
            ("since", "i går", "date.not_a_date"),
            ("until", "2026-02-30", "date.not_a_date"),
            ("weekdays", "fre", "weekdays.unknown"),
            ("hours", "20", "hours.not_a_span"),
            ("hours", "25-03", "hours.not_a_span"),
            ("kinds", "brott", "kind.unknown"),
            ("origins", "rykte", "origin.unknown"),
            ("polarity", "bad", "polarity.unknown"),
            ("categories", "lighting,spöken", "category.unknown"),
            ("light", "dusk", "light.unknown"),
            ("states", "lost", "state.unknown"),
            ("bbox", "1,2,3", "bbox.bad"),
            ("bbox", "nan,nan,nan,nan", "bbox.bad"),
            ("bbox", "12,58,11,59", "bbox.bad"),
        ],
    )
    def test_each_names_its_field(self, field, given, code):
        with pytest.raises(InvalidValue) as raised:
            Window.parse({field: given})
        assert (raised.value.code, raised.value.field) == (code, field)

    def test_a_period_that_ends_before_it_begins_is_refused(self):
        with pytest.raises(InvalidValue) as raised:
            Window.parse({"since": "2026-02-01", "until": "2026-01-01"})
        assert (raised.value.code, raised.value.field) == ("dates.reversed", "until")

    @given(st.dictionaries(st.sampled_from(list(Window.__dataclass_fields__)), st.text(max_size=30)))
    def test_nothing_but_a_fault_comes_of_any_words(self, given):
        try:
            Window.parse(given)
            field = "hours"
        except InvalidValue as fault:
            field = fault.field
        assert field in {*Window.__dataclass_fields__, "weekdays"}


class TestDefaults:
    def test_a_surface_is_of_unsafe_and_accepted(self):
        assert Window().with_defaults().as_words() == {"polarity": "unsafe", "states": "accepted"}

    def test_what_is_asked_for_stays(self):
        asked = Window.parse({"polarity": "safe", "states": "new"})
        assert asked.with_defaults() == asked
