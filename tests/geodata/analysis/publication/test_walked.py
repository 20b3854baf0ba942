"""Ground that published walks went over: every square near the route, and no other."""

from __future__ import annotations

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point

from geodata.analysis.publication.edition import EffortSquare
from geodata.analysis.publication.walked import AT_STOP_M, SEEN_M, squares_seen

metres = st.integers(-4_000, 4_000).map(float)
corners = st.lists(st.tuples(metres, metres), min_size=2, max_size=5, unique=True)


class TestSquaresSeen:
    @given(corners)
    @settings(max_examples=60, deadline=None)
    def test_they_hold_all_that_was_seen(self, places):
        route = LineString(places)
        squares = [
            shapely.box(each.west_m, each.south_m, each.west_m + 1_000, each.south_m + 1_000)
            for each in squares_seen([route], [], 1_000)
        ]
        seen = route.buffer(SEEN_M * 0.99)
        assert seen.difference(shapely.union_all(squares)).area < 1e-3
        assert all(square.distance(route) <= SEEN_M for square in squares)

    def test_a_route_along_an_edge_is_in_the_squares_of_both_sides(self):
        found = squares_seen([LineString([(100, 1_000), (900, 1_000)])], [], 1_000)
        assert found == [EffortSquare(0, 0, 1_000), EffortSquare(0, 1_000, 1_000)]

    def test_several_walks_are_told_as_one(self):
        route = LineString([(300, 300), (700, 700)])
        assert squares_seen([route, route], [Point(500, 500)], 1_000) == [EffortSquare(0, 0, 1_000)]

    def test_of_none_there_is_nothing(self):
        assert squares_seen([], [], 1_000) == []

    def test_around_a_stop_it_is_a_hundred_metres(self):
        found = squares_seen([], [Point(899, 500), Point(2_500, 3_901)], 1_000)
        assert found == [
            EffortSquare(0, 0, 1_000),
            EffortSquare(2_000, 3_000, 1_000),
            EffortSquare(2_000, 4_000, 1_000),
        ]
        assert squares_seen([], [Point(1_000 - AT_STOP_M - 1, 500)], 1_000) == [EffortSquare(0, 0, 1_000)]

    @given(st.lists(st.tuples(metres, metres), min_size=13, max_size=13, unique=True))
    @settings(max_examples=20, deadline=None)
    def test_thirteen_stops_are_thirteen_places_and_no_way_between(self, places):
        squares = squares_seen([], [Point(*each) for each in places], 1_000)
        assert 0 < len(squares) <= 4 * 13
