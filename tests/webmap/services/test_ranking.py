"""The ranked places: figures as the value there, changes as the exact test says, names as people use them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from geodata import crs
from geodata.analysis.interval import chance_of_as_uneven
from geodata.hours import HourFilter, exact, habit
from geodata.queries.window import Window
from geodata.tables.engine import writing
from tests import factories
from tests.places import place_at
from webmap.services import scales
from webmap.services.heat import Look, value_at
from webmap.services.heat_room import HeatRoom
from webmap.services.place_words import name_of, sentence_of_place
from webmap.services.ranking import Change, ranking_of
from webmap.words import words_for

SWEDISH = words_for("sv")
STATION, SCHOOL, FIELD = place_at(0, 0), place_at(2_000, 0), place_at(0, 4_000)
NOW = {"since": "2026-01-01", "until": "2026-06-30"}
THEN_DAY, NOW_DAY, FIRST_DAY = date(2025, 9, 1), date(2026, 3, 1), date(2025, 1, 1)
NIGHT, EVENING = datetime(2026, 3, 6, 22, 30), datetime(2026, 3, 4, 18, 30)


def many(count, place=STATION, **said):
    return [factories.draft(place, **({"day": NOW_DAY} | said)) for _ in range(count)]


@pytest.fixture
def there(sqlite_engine):
    with writing(sqlite_engine) as session:
        made = factories.municipality(session)
        factories.locality(session, made, "Vara", STATION, 1_000.0)
        return made


@pytest.fixture
def room(sqlite_engine):
    return HeatRoom(sqlite_engine)


@pytest.fixture
def put(sqlite_engine, there):
    def stored(*parts):
        with writing(sqlite_engine) as session:
            factories.store(session, there, [draft for part in parts for draft in part])
        scales.refresh(sqlite_engine, there)

    return stored


@pytest.fixture
def heat(room, there):
    return lambda **words: room.heat(there.code, Window.parse(words), Look.parse(words))


@pytest.fixture
def ranked(room, heat):
    return lambda **words: ranking_of(room, heat(**words))


def sentence(ranking, heat, index=0):
    return sentence_of_place(ranking.places[index], heat, SWEDISH)


class TestFigures:
    @pytest.mark.parametrize(
        "words", [{}, {"hours": "20-03"}, {"bandwidth": "100"}, {"kernel": "gaussian"}, {"light": "dark"}]
    )
    def test_they_are_those_of_the_value_there(self, put, heat, ranked, words):
        put(factories.spread(300, hours=habit([4, 5], 18, 2), voice="a"), many(9, SCHOOL))
        made, found = heat(**words), ranked(**words)
        assert len(found.places) > 1
        for each in found.places:
            east, north = crs.to_metres_xy([each.longitude], [each.latitude])
            value = value_at(made, float(east[0]), float(north[0]))
            said = (each.density, each.class_, each.n_near, each.interval, each.voices)
            assert said == (value.density, value.class_, value.n_near, value.interval, value.voices)

    def test_the_brightest_is_first_and_few_reports_have_no_rank(self, put, ranked):
        put(many(40), many(6, SCHOOL), many(2, FIELD))
        found = ranked()
        assert [(each.rank, each.reports_near) for each in found.places] == [(1, 40), (2, 6)]
        assert [(each.rank, each.reports_near, each.class_) for each in found.unranked] == [(0, 2, None)]

    def test_no_more_than_asked_for(self, put, room, heat):
        put(many(30), many(6, SCHOOL), many(5, FIELD))
        assert [each.reports_near for each in ranking_of(room, heat(), 2).places] == [30, 6]

    def test_before_there_is_a_scale_enough_reports_are_enough(self, put, ranked):
        put(many(8))
        assert [(each.rank, each.class_) for each in ranked().places] == [(1, None)]

    def test_nothing_is_an_empty_list(self, put, ranked):
        put(many(30))
        found = ranked(categories="event")
        assert (found.places, found.unranked) == ((), ())

    def test_it_is_made_once_until_something_changes(self, put, ranked):
        put(many(30))
        first = ranked()
        assert ranked() is first
        put(many(1))
        assert ranked().places[0].n_near == 31


class TestChange:
    @given(st.integers(0, 400), st.integers(0, 400))
    def test_it_is_scipys_exact_test(self, now, before):
        expected = binomtest(now, now + before).pvalue if now + before else 1.0
        assert chance_of_as_uneven(now, before) == pytest.approx(expected, rel=1e-9)

    @pytest.mark.parametrize(
        ("now", "before", "change"),
        [(31, 12, Change.UP), (12, 31, Change.DOWN), (31, 25, Change.UNSURE), (31, 0, Change.UP)],
    )
    def test_it_is_told_only_where_it_is_sure(self, put, ranked, now, before, change):
        put(many(now), many(before, day=THEN_DAY), many(1, FIELD, day=FIRST_DAY))
        found = ranked(**NOW).places[0]
        assert (found.n_near, found.n_before, found.change) == (now, before, change)

    def test_it_is_unknown_where_the_reports_do_not_reach_back(self, put, ranked):
        put(many(31), many(12, day=THEN_DAY))
        found = ranked(**NOW)
        assert (found.before, found.places[0].n_before, found.places[0].change) == (
            None,
            None,
            Change.UNKNOWN,
        )

    def test_the_period_before_is_as_long_and_ends_the_day_before(self, put, ranked):
        put(many(31), many(1, FIELD, day=FIRST_DAY))
        before = ranked(**NOW).before
        assert before.until == date(2025, 12, 31)
        assert before.until - before.since == timedelta(days=180)

    def test_the_rest_of_the_filter_is_the_same(self, put, ranked):
        earlier = [many(9, day=THEN_DAY, categories=frozenset({name})) for name in ("lighting", "litter")]
        put(many(31), *earlier, many(1, FIELD, day=FIRST_DAY))
        assert ranked(**NOW, categories="lighting").places[0].n_before == 9


class TestBusiest:
    def test_it_is_where_half_of_them_come(self, put, ranked):
        even = [many(1, hours=exact(EVENING + timedelta(hours=9 * step))) for step in range(10)]
        put(many(20, hours=exact(NIGHT)), *even)
        assert ranked().places[0].busiest == HourFilter(("fri",), (22, 23))

    def test_it_is_counted_in_the_chosen_hours_only(self, put, heat, ranked):
        put(many(30, hours=exact(NIGHT)), many(9, hours=exact(EVENING)))
        words = {"hours": "12-20"}
        assert ranked(**words).places[0].busiest == HourFilter(("wed",), (18, 19))

    def test_even_hours_have_none(self, put, ranked):
        put([each for step in range(40) for each in many(1, hours=exact(NIGHT + timedelta(hours=11 * step)))])
        assert ranked().places[0].busiest is None


class TestWords:
    def test_it_says_how_many_from_how_many_and_how_it_changed(self, put, heat, ranked):
        now = [many(1, voice=str(number % 24), hours=exact(NIGHT)) for number in range(31)]
        put(*now, many(12, day=THEN_DAY), many(1, FIELD, day=FIRST_DAY))
        expected = "31 rapporter från 24 röster, upp från 12. Mest fre 22–23."
        assert sentence(ranked(**NOW), heat(**NOW)) == expected

    def test_what_is_not_sure_is_said_so(self, put, heat, ranked):
        even = [many(1, hours=exact(NIGHT + timedelta(hours=11 * step))) for step in range(31)]
        put(*even, many(25, day=THEN_DAY), many(1, FIELD, day=FIRST_DAY))
        expected = "31 rapporter. Förra perioden 25, ingen säker skillnad. Jämnt över veckan."
        assert sentence(ranked(**NOW), heat(**NOW)) == expected

    def test_parts_of_reports_have_no_voices_beside_them(self, put, heat, ranked):
        put(many(30, voice="a", hours=habit([4], 20, 24)))
        words = {"weekdays": "fri", "hours": "22-24"}
        assert sentence(ranked(**words), heat(**words)) == "15 rapporter."

    def test_voices_that_not_all_left_are_a_lower_bound(self, put, heat, ranked):
        put(many(30), many(1, voice="a"))
        assert sentence(ranked(), heat()).startswith("31 rapporter från minst 1 röst.")

    def test_too_few_are_not_ranked(self, put, room, heat, ranked):
        put(many(30), many(1, FIELD))
        few = ranked().unranked[0]
        assert sentence_of_place(few, heat(), SWEDISH) == "1 rapport. För litet underlag för att rangordnas."

    @pytest.mark.parametrize(
        ("language", "expected"),
        [
            ("sv", ["Centrala Vara", "2 km öster om Vara", "4 km norr om Vara"]),
            ("en", ["Central Vara", "2 km east of Vara", "4 km north of Vara"]),
        ],
    )
    def test_places_are_called_by_what_is_near(self, put, ranked, language, expected):
        put(many(30), many(6, SCHOOL), many(4, FIELD))
        assert [name_of(each, words_for(language)) for each in ranked().places] == expected

    def test_a_place_that_nothing_is_near_is_its_coordinates(self, put, sqlite_engine, heat, ranked):
        put(many(30, place_at(9_000, 9_000)))
        assert name_of(ranked().places[0], SWEDISH).endswith("° E")
        assert np.isfinite(ranked().places[0].density)
