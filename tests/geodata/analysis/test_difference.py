"""A difference between two periods: said where it is sure, and only there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from geodata.analysis.difference import LESS, MORE, SAME, UNSURE, clearly_apart, is_sure

LIMITS = (10.0, 20.0, 40.0, 80.0, 160.0)
counts = st.integers(0, 200)


class TestSureness:
    @given(counts, counts)
    def test_equal_periods_agree_with_the_exact_test(self, now, before):
        wanted = now + before > 0 and binomtest(now, now + before).pvalue <= 0.05
        assert bool(is_sure(now, before)) == wanted

    @given(counts, counts, st.floats(0.3, 0.7))
    def test_a_longer_period_is_expected_to_have_more(self, now, before, part):
        total = now + before
        low, high = binom.cdf(now, total, part), binom.sf(now - 1, total, part)
        assert bool(is_sure(now, before, part)) == bool(min(low, high) < 0.025)

    def test_nine_after_one_is_sure_and_five_after_one_is_not(self):
        assert is_sure([9, 5], [1, 1]).tolist() == [True, False]


class TestCodes:
    def test_nothing_in_either_period_is_the_same(self):
        assert clearly_apart([0.0], [0.0], [0.0], LIMITS).tolist() == [SAME]

    def test_a_change_within_chance_is_unsure_however_great_it_looks(self):
        assert clearly_apart([500.0], [5.0], [2.0], LIMITS).tolist() == [UNSURE]

    def test_steps_are_those_of_the_surface(self):
        more = clearly_apart([12.0, 41.0, 161.0], [30.0] * 3, [2.0] * 3, LIMITS)
        less = clearly_apart([-12.0, -41.0, -161.0], [2.0] * 3, [30.0] * 3, LIMITS)
        assert (more.tolist(), less.tolist()) == (list(MORE), list(LESS))

    def test_without_a_scale_nothing_is_sure(self):
        assert clearly_apart([161.0], [30.0], [0.0], None).tolist() == [UNSURE]

    @given(st.lists(st.tuples(st.floats(-300, 300), st.floats(0, 60), st.floats(0, 60)), min_size=1))
    def test_swapping_the_periods_turns_more_into_less(self, drawn):
        difference, now, before = np.array(drawn).T
        turned = {SAME: SAME, UNSURE: UNSURE, **dict(zip(MORE + LESS, LESS + MORE, strict=True))}
        there = clearly_apart(difference, now, before, LIMITS)
        back = clearly_apart(-difference, before, now, LIMITS)
        assert [turned[code] for code in there.tolist()] == back.tolist()


@pytest.mark.parametrize("part", [0.001, 0.3, 0.5, 0.98])
def test_the_bounds_are_the_quantiles_of_chance_for_every_total(part):
    totals = np.arange(3_001)
    for recent in (binom.ppf(0.025, totals, part), binom.isf(0.025, totals, part)):
        assert not is_sure(recent, totals - recent, part).any()
    below, above = binom.ppf(0.025, totals, part) - 1, binom.isf(0.025, totals, part) + 1
    assert is_sure(below, totals - below, part)[below >= 0].all()
    assert is_sure(above, totals - above, part)[above <= totals].all()
