"""A walk that is gone again: the same stops beside each other, and what became of what was promised."""

from __future__ import annotations

from datetime import date

import pytest

from geodata.tables.engine import writing
from geodata.tables.walks import WalkStop
from geodata.vocabulary import FindingState, Light, Polarity, State, WalkState
from tests import findings, walks
from tests.webmap.application import LEADER, PLANNER
from webmap.services.walk_comparison import Count, compared
from webmap.services.walk_comparison_words import count_words
from webmap.words import words_for


@pytest.fixture
def engine(app):
    return app.extensions["works"].engine


@pytest.fixture
def then(engine):
    return walks.walk(engine, title="Hösten 2025")


def again_of(engine, then, **said):
    made = walks.walk(engine, title="Hösten 2026", repeat_of=then.id, light=Light.LIGHT, **said)
    before = walks.stops(engine, then)
    with writing(engine) as session:
        for stop, same in zip(walks.stops(engine, made)[:3], before, strict=False):
            session.get_one(WalkStop, stop.id).same_as = same.id
    return made


@pytest.fixture
def now(engine, then):
    """The same again, walked: its first three stops are those of then, its fourth is new."""
    return again_of(engine, then, state=WalkState.CLOSED)


def found(engine, walk, at, count=1, **said):
    stop = walks.stops(engine, walk)[at]
    return [findings.found(engine, walk, stop, **({"state": State.ACCEPTED} | said)) for _ in range(count)]


def row(engine, now, at):
    return compared(engine, now.uid, ["1470"]).stops[at]


class TestCounts:
    def test_findings_of_the_same_stop_stand_beside_each_other(self, engine, then, now):
        found(engine, then, 0, 5)
        found(engine, now, 0, 2)
        found(engine, now, 0, polarity=Polarity.SAFE)
        stop = row(engine, now, 0)
        assert (stop.bad, stop.good) == (Count(5, 2), Count(0, 1))
        assert stop.categories == [("lighting", Count(5, 2))]

    def test_what_nobody_let_through_is_not_counted_but_told(self, engine, then, now):
        found(engine, then, 0, 2)
        found(engine, now, 0, 3, state=State.NEW)
        assert row(engine, now, 0).bad == Count(2, 0)
        assert compared(engine, now.uid, ["1470"]).unreviewed == 3

    def test_stops_that_are_not_the_same_are_summed_apart(self, engine, then, now):
        found(engine, then, 3, 2)
        found(engine, now, 3)
        other = row(engine, now, 3)
        assert (other.stop, other.bad) == (None, Count(2, 1))

    def test_checklists_are_compared_by_theme(self, engine, then, now):
        for answer in ("poor", "poor", "good"):
            findings.checked(engine, then, walks.stops(engine, then)[1], lighting=answer)
        findings.checked(engine, now, walks.stops(engine, now)[1], lighting="good")
        (theme,) = row(engine, now, 1).themes
        assert (theme.poor, theme.good) == (Count(2, 0), Count(1, 1))

    def test_what_was_promised_comes_with_how_it_went(self, engine, then, now):
        (first,) = found(engine, then, 2)
        findings.decided(engine, first, state=FindingState.DONE, done=date(2026, 2, 1))
        assert [each.uid for each in row(engine, now, 2).promised] == [first.uid]

    def test_a_walk_that_is_the_first_has_nothing_to_compare_with(self, engine, then):
        assert compared(engine, then.uid, ["1470"]) is None


class TestBeforeItIsWalked:
    @pytest.fixture(params=[WalkState.PLANNED, WalkState.OPEN, WalkState.CANCELLED])
    def coming(self, request, engine, then):
        return again_of(engine, then, state=request.param)

    def test_only_what_was_said_and_promised_then_is_told(self, logged_in, engine, then, coming):
        first, *_ = found(engine, then, 0, 11)
        findings.decided(engine, first, due=date(2026, 1, 1))
        findings.checked(engine, then, walks.stops(engine, then)[0], lighting="poor")
        found(engine, coming, 0)
        page = logged_in().get(f"/staff/walks/{coming.uid}/compare").text.split("<main")[1]
        for said in ("Vandringen är inte gången än.", "11 då<", "mindre bra sa 1 av 1 då<", "försenad sedan"):
            assert said in page
        assert not any(said in page for said in ("färre nu", "0 nu", "1 nu", "säker skillnad"))

    def test_what_comes_in_meanwhile_is_not_counted_as_waiting_either(self, engine, then, coming):
        found(engine, coming, 0, state=State.NEW)
        assert compared(engine, coming.uid, ["1470"]).unreviewed == 0


class TestWords:
    @pytest.mark.parametrize(
        ("then", "now", "said"),
        [
            (5, 2, "5 då, 2 nu, ingen säker skillnad"),
            (9, 1, "9 då, 1 nu, färre nu"),
            (1, 12, "1 då, 12 nu, fler nu"),
            (0, 0, "0 då, 0 nu"),
        ],
    )
    def test_a_difference_is_said_only_where_chance_cannot_explain_it(self, then, now, said):
        assert count_words(Count(then, now), words_for("sv")) == said

    def test_nothing_is_sure_while_something_waits_for_review(self):
        assert count_words(Count(9, 0), words_for("sv"), is_whole=False) == "9 då, 0 nu"


class TestPage:
    def test_it_tells_all_of_it_without_percent(self, logged_in, engine, then, now):
        (first,) = found(engine, then, 0)
        findings.decided(engine, first, due=date(2026, 1, 1))
        found(engine, now, 0)
        page = logged_in().get(f"/staff/walks/{now.uid}/compare").text
        for said in ("1 då, 1 nu, ingen säker skillnad", "försenad sedan", "i mörker, den andra i dagsljus"):
            assert said in page
        assert "%" not in page.split("<main")[1].split("</main>")[0]

    def test_the_earlier_walk_points_at_the_later(self, logged_in, then, now):
        page = logged_in().get(f"/staff/walks/{then.uid}/compare").text
        assert "Det här är första gången" in page
        assert f"/staff/walks/{now.uid}/compare" in page

    def test_what_people_wrote_is_not_there(self, logged_in, engine, then, now):
        (first,) = found(engine, then, 0, text="Kanariefågeln")
        findings.decided(engine, first)
        assert "Kanarie" not in logged_in().get(f"/staff/walks/{now.uid}/compare").text

    def test_the_leader_may_read_it_and_police_may_not(self, logged_in, now):
        assert logged_in(LEADER).get(f"/staff/walks/{now.uid}/compare").status_code == 200
        assert logged_in(PLANNER).get(f"/staff/walks/{now.uid}/compare").status_code == 403
