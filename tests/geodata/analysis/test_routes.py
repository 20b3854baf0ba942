"""Routes: through which places, in what order, along which streets, and how long they are told to be."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPoint, Point

from geodata.analysis.routes.order import length_of, visiting_order
from geodata.analysis.routes.route import Wish, best_order, drawn_through, proposed, route_through
from geodata.analysis.routes.streets import net_of
from geodata.analysis.routes.visits import visits_of
from geodata.analysis.routes.ways import DETOUR, Ways

SIDE_M = 1_000
BLOCK_M = 100
GRID = [
    line
    for at in range(0, SIDE_M + 1, BLOCK_M)
    for line in (LineString([(0, at), (SIDE_M, at)]), LineString([(at, 0), (at, SIDE_M)]))
]
metres = st.integers(0, SIDE_M).map(float)
spots = st.builds(Point, metres, metres)
several = st.lists(spots, min_size=2, max_size=7)


def table(places):
    return Ways(places).distances


class TestVisitingOrder:
    @given(st.lists(spots, min_size=1, max_size=7), st.booleans())
    @settings(max_examples=60, deadline=None)
    def test_it_is_as_short_as_the_shortest_of_all(self, places, is_round):
        distances = table(places)
        orders = ([0, *rest] for rest in permutations(range(1, len(places))))
        shortest = min(length_of(order, distances, is_round=is_round) for order in orders)
        found = visiting_order(distances, is_round=is_round)
        assert sorted(found) == list(range(len(places)))
        assert found[0] == 0
        assert length_of(found, distances, is_round=is_round) == pytest.approx(shortest)

    def test_many_places_in_a_ring_are_gone_around(self):
        angles = np.random.default_rng(1).permutation(16) / 16 * 2 * np.pi
        places = [Point(500 * np.cos(angle), 500 * np.sin(angle)) for angle in angles]
        distances = table(places)
        found = visiting_order(distances, is_round=True)
        around = DETOUR * 16 * 2 * 500 * np.sin(np.pi / 16)
        assert length_of(found, distances, is_round=True) == pytest.approx(around)

    @given(st.lists(spots, min_size=11, max_size=14), st.booleans())
    @settings(max_examples=15, deadline=None)
    def test_of_many_it_visits_each_once_and_always_alike(self, places, is_round):
        distances = table(places)
        found = visiting_order(distances, is_round=is_round)
        assert sorted(found) == list(range(len(places)))
        assert found[0] == 0
        assert found == visiting_order(distances, is_round=is_round)


class TestWays:
    @given(several)
    @settings(max_examples=40, deadline=None)
    def test_along_streets_is_never_shorter_than_straight(self, places):
        ways, apart = Ways(places, GRID), shapely.distance(*np.meshgrid(places, places))
        off_street_m = 2 * 15.0
        assert (ways.distances >= apart - off_street_m - 1e-6).all()
        assert ways.distances == pytest.approx(ways.distances.T)

    @given(several)
    @settings(max_examples=40, deadline=None)
    def test_a_leg_is_connected_and_as_long_as_it_is_told(self, places):
        leg = Ways(places, GRID).leg(0, len(places) - 1)
        assert not leg.is_straight or places[0].equals(places[-1])
        assert leg.line.length == pytest.approx(leg.length_m, abs=0.01)
        steps = shapely.length([LineString(pair) for pair in _pairs(leg.line)])
        assert (steps <= BLOCK_M + 1e-6).all()

    def test_without_streets_it_goes_straight_and_is_told_longer(self):
        leg = Ways([Point(0, 0), Point(300, 400)]).leg(0, 1)
        assert (leg.is_straight, leg.line.length, leg.length_m) == (True, 500.0, 500 * DETOUR)

    def test_streets_that_do_not_meet_leave_it_straight(self):
        apart = [LineString([(0, 0), (100, 0)]), LineString([(0, 500), (100, 500)])]
        leg = Ways([Point(0, 0), Point(0, 500)], apart).leg(0, 1)
        assert (leg.is_straight, leg.length_m) == (True, pytest.approx(650))

    def test_a_place_far_from_every_street_is_gone_to_straight(self):
        ways = Ways([Point(0, 0), Point(100, 0), Point(50, 400)], [LineString([(0, 0), (100, 0)])])
        assert [ways.leg(0, 1).is_straight, ways.leg(0, 2).is_straight] == [False, True]

    def test_a_place_off_its_street_is_gone_to_and_back(self):
        leg = Ways([Point(0, 0), Point(50, 40)], [LineString([(0, 0), (100, 0)])]).leg(0, 1)
        assert list(leg.line.coords) == [(0, 0), (50, 0), (50, 40)]

    def test_of_two_streets_between_the_same_corners_the_shorter_is_taken(self):
        bent = LineString([(0, 0), (50, 200), (100, 0)])
        leg = Ways([Point(0, 0), Point(100, 0)], [bent, LineString([(0, 0), (100, 0)])]).leg(0, 1)
        assert leg.length_m == pytest.approx(100)


def _pairs(line):
    places = shapely.get_coordinates(line)
    return list(zip(places, places[1:], strict=False))


class TestNet:
    @pytest.mark.parametrize("gap_m", [0.0, 0.3, 0.99])
    def test_a_street_that_nearly_meets_another_meets_it(self, gap_m):
        streets = [LineString([(0, 0), (100, 0)]), LineString([(50, gap_m), (50, 80)])]
        assert not Ways([Point(0, 0), Point(50, 80)], streets).leg(0, 1).is_straight

    def test_one_that_ends_two_metres_off_does_not(self):
        streets = [LineString([(0, 0), (100, 0)]), LineString([(50, 2), (50, 80)])]
        assert Ways([Point(0, 0), Point(50, 80)], streets).leg(0, 1).is_straight

    def test_ends_within_a_metre_are_one_corner(self):
        streets = [LineString([(0, 0), (100, 0)]), LineString([(100.6, 0.6), (200, 0)])]
        assert Ways([Point(0, 0), Point(200, 0)], streets).leg(0, 1).length_m == pytest.approx(200, abs=1)

    def test_crossings_are_corners(self):
        assert net_of(GRID).count == 11 * 11

    def test_what_is_no_line_is_left_out(self):
        assert net_of([Point(0, 0), Point(0, 0).buffer(5), LineString()]).count == 0


class TestRoute:
    @given(several, st.booleans())
    @settings(max_examples=40, deadline=None)
    def test_it_passes_every_stop_at_its_street(self, places, is_round):
        line = route_through(places, GRID, is_round=is_round).line
        assert line is None or all(line.distance(place) <= 15 + 1e-6 for place in places)

    @given(several)
    @settings(max_examples=30, deadline=None)
    def test_it_is_one_line_in_order_and_the_same_every_time(self, places):
        first, again = route_through(places, GRID), route_through(places, GRID)
        assert first == again
        assert first.straight_m == 0
        if first.line is not None:
            assert first.line.is_valid
            assert first.line.length == pytest.approx(first.length_m, abs=0.1)

    def test_a_round_ends_where_it_began(self):
        route = route_through([Point(0, 0), Point(300, 0), Point(300, 300)], GRID, is_round=True)
        assert route.line.coords[0] == route.line.coords[-1]
        assert route.length_m == pytest.approx(1_200)

    def test_one_by_hand_goes_straight_and_is_told_as_long_as_it_is(self):
        route = drawn_through([Point(0, 0), Point(300, 400)])
        assert (route.length_m, route.straight_m) == (500, 0)

    def test_of_one_place_there_is_no_line(self):
        assert route_through([Point(0, 0)]).line is None
        assert drawn_through([]).line is None

    def test_minutes_are_four_kilometres_an_hour_and_five_a_stop(self):
        assert drawn_through([Point(0, 0), Point(2_000, 0)]).minutes(6) == 60


class TestProposed:
    START = Point(500, 500)

    @given(st.lists(spots, max_size=12), st.sampled_from([1_500.0, 3_000.0]), st.booleans())
    @settings(max_examples=30, deadline=None)
    def test_it_is_never_longer_than_wished_nor_has_more_stops(self, places, longest_m, is_round):
        wish = Wish(longest_m, is_round, most=6)
        order = proposed(self.START, places, GRID, wish)
        route = route_through([self.START, *(places[at] for at in order)], GRID, is_round=is_round)
        assert len(set(order)) == len(order) <= 6
        assert route.length_m <= longest_m + 1

    def test_the_most_marked_that_can_be_reached_is_always_in(self):
        places = [Point(900, 900), Point(510, 500), Point(490, 500)]
        assert 0 in proposed(self.START, places, GRID, Wish(1_000))

    def test_one_too_far_off_is_left_out_and_the_next_is_tried(self):
        assert proposed(self.START, [Point(0, 0), Point(600, 500)], GRID, Wish(900)) == [1]

    def test_the_order_is_the_shortest(self):
        places = [Point(900, 500), Point(600, 500), Point(700, 500)]
        assert proposed(self.START, places, GRID, Wish(1_500)) == [1, 2, 0]
        assert best_order([self.START, *places], GRID, is_round=False) == [0, 2, 3, 1]


class TestVisits:
    @given(st.lists(spots, max_size=30))
    @settings(max_examples=40, deadline=None)
    def test_every_mark_is_in_one_place_and_near_its_middle(self, marks):
        found = visits_of(marks, [None] * len(marks))
        assert sorted(each for visit in found for each in visit.members) == list(range(len(marks)))
        assert all(
            marks[each].distance(marks[visit.middle]) <= 60 for visit in found for each in visit.members
        )

    def test_one_who_marks_much_is_one_voice(self):
        loud, others = [Point(0, at) for at in range(5)], [Point(500, at) for at in range(2)]
        found = visits_of([*loud, *others], ["a"] * 5 + ["b", "c"])
        assert [(visit.voices, len(visit.members)) for visit in found] == [(2, 2), (1, 5)]

    def test_marks_in_a_long_row_are_several_places(self):
        row = list(MultiPoint([(at * 50, 0) for at in range(9)]).geoms)
        assert len(visits_of(row, [None] * 9)) == 3
