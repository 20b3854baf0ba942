"""How alike two reports are: nearer, sooner and of the same categories is more alike, and too far is not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from geodata.analysis.likeness import FARTHEST_M, LONGEST_APART_DAYS, likeness

DISTANCES = st.floats(0, FARTHEST_M * 2)
DAYS = st.integers(0, LONGEST_APART_DAYS * 2)
SAID = st.frozensets(st.sampled_from(["lighting", "litter", "graffiti", "tunnel"]))


@given(DISTANCES, DAYS, SAID, SAID)
def test_it_is_from_nought_to_one_and_the_same_both_ways(distance_m, days, one, other):
    score = likeness(distance_m, days, one, other)
    assert 0 <= score <= 1
    assert score == likeness(distance_m, days, other, one)


@given(st.lists(DISTANCES, min_size=2, max_size=2), DAYS, SAID, SAID)
def test_nearer_is_never_less_alike(distances, days, one, other):
    near, far = sorted(distances)
    assert likeness(near, days, one, other) >= likeness(far, days, one, other)


@given(DISTANCES, st.lists(DAYS, min_size=2, max_size=2), SAID, SAID)
def test_sooner_is_never_less_alike(distance_m, days, one, other):
    soon, late = sorted(days)
    assert likeness(distance_m, soon, one, other) >= likeness(distance_m, late, one, other)


def test_the_same_spot_day_and_categories_is_the_same():
    assert likeness(5, 0, {"lighting"}, {"lighting"}) == 1


def test_what_is_of_something_else_is_hardly_alike():
    assert likeness(5, 0, {"lighting"}, {"graffiti"}) <= 0.5


def test_too_far_or_too_long_ago_is_not_alike():
    assert likeness(FARTHEST_M, 0, {"lighting"}, {"lighting"}) == 0
    assert likeness(0, LONGEST_APART_DAYS + 1, {"lighting"}, {"lighting"}) == 0
