"""The door: what is good comes out where it was, everything else is a fault with a code and a field."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPoint, Point, Polygon

from geodata import crs
from geodata.errors import Fault, InvalidGeometry, OutsideArea
from geodata.geometry import (
    MOST_VERTICES,
    ServedArea,
    admit,
    parse_geojson,
    positions,
    representative_xy,
    single,
    without_height,
)
from tests.places import EAST, NORTH, SIDE_M, SQUARE, VARA, place_at

HALF_M = SIDE_M / 2
INSIDE = st.floats(-HALF_M + 1, HALF_M - 1)
TO_THE_CENTIMETRE = INSIDE.map(lambda offset_m: round(offset_m, 2))
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=12,
)
TYPES = st.sampled_from(
    [
        "Point",
        "LineString",
        "Polygon",
        "MultiPoint",
        "MultiPolygon",
        "GeometryCollection",
        "Feature",
        "",
        None,
    ]
)


def refused(place, system=crs.METRES, area=VARA):
    with pytest.raises(Fault) as raised:
        admit(place, system, area, "place")
    return raised.value


def attempted(document):
    """The fault, or what was let in."""
    try:
        return None, parse_geojson(document, VARA, "at")
    except Fault as fault:
        return fault, None


def in_degrees(place):
    return crs.to_degrees(place)


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("place", "code"),
        [
            (Point(math.nan, NORTH), "geometry.not_finite"),
            (Point(EAST, math.inf), "geometry.not_finite"),
            (Point(-math.inf, NORTH), "geometry.not_finite"),
            (LineString([(EAST, NORTH), (math.inf, NORTH)]), "geometry.not_finite"),
            (Point(), "geometry.empty"),
            (Polygon(), "geometry.empty"),
            (Point(NORTH, EAST), "geometry.axes_swapped"),
            (Point(EAST, NORTH, 100.0), "geometry.has_height"),
            (MultiPoint([(EAST, NORTH)]), "geometry.wrong_type"),
            (Point(12.95, 58.26), "geometry.degrees_in_metres"),
            (place_at(HALF_M + 1, 0), "geometry.outside"),
            (LineString([place_at(0, 0), place_at(HALF_M + 1, 0)]), "geometry.outside"),
        ],
    )
    def test_each_has_a_code_of_its_own_and_names_the_field(self, place, code):
        fault = refused(place)
        assert (fault.code, fault.field) == (code, "place")

    def test_metres_where_degrees_are_due_are_told_apart(self):
        assert refused(place_at(0, 0), crs.DEGREES).code == "geometry.metres_in_degrees"

    def test_latitude_before_longitude_is_told_apart(self):
        assert refused(Point(58.26, 12.95), crs.DEGREES).code == "geometry.axes_swapped"

    def test_a_polygon_that_crosses_itself_is_told_where(self):
        corners = [(0, 0), (100, 100), (100, 0), (0, 100)]
        fault = refused(Polygon([(EAST + east, NORTH + north) for east, north in corners]))
        assert fault.code == "geometry.crosses_itself"
        assert (float(fault.values["x"]), float(fault.values["y"])) == (EAST + 50, NORTH + 50)

    def test_a_line_without_length_is_not_said_to_cross_itself(self):
        assert refused(LineString([place_at(0, 0), place_at(0, 0)])).code == "geometry.invalid"

    def test_too_many_vertices_are_counted(self):
        angles = np.linspace(0, math.tau, MOST_VERTICES + 1)
        ring = Polygon(np.column_stack((EAST + 99 * np.cos(angles), NORTH + 99 * np.sin(angles))))
        fault = refused(ring)
        assert fault.code == "geometry.too_many_vertices"
        assert fault.values == {"count": MOST_VERTICES + 1, "most": MOST_VERTICES}

    def test_a_place_elsewhere_is_outside_and_says_of_what(self):
        with pytest.raises(OutsideArea) as raised:
            admit(Point(18.07, 59.33), crs.DEGREES, VARA)
        assert raised.value.values["municipality"] == "Vara"


class TestTheBorder:
    @pytest.mark.parametrize(("beyond_m", "is_inside"), [(0, True), (499.9, True), (500.1, False)])
    def test_the_built_in_outline_gives_five_hundred_metres(self, beyond_m, is_inside):
        area = ServedArea("Vara", SQUARE, 500.0)
        found = positions([EAST + HALF_M + beyond_m], [NORTH], crs.METRES, area)
        assert (str(found.codes[0]) == "") == is_inside

    def test_an_exact_boundary_gives_nothing(self):
        assert (
            str(positions([EAST + HALF_M + 0.01], [NORTH], crs.METRES, VARA).codes[0]) == "geometry.outside"
        )


class TestWhatComesOut:
    @given(INSIDE, INSIDE)
    def test_a_point_in_degrees_is_where_it_was_within_a_decimetre(self, east_m, north_m):
        meant = place_at(east_m, north_m)
        spot = in_degrees(meant)
        document = {"type": "Point", "coordinates": [round(spot.x, 7), round(spot.y, 7)]}
        assert parse_geojson(document, VARA).distance(meant) < 0.1

    # Vertices that cannot be told apart make no line: a centimetre is enough.
    @given(st.lists(st.tuples(TO_THE_CENTIMETRE, TO_THE_CENTIMETRE), min_size=2, max_size=9, unique=True))
    def test_a_line_keeps_every_vertex(self, offsets):
        line = LineString([place_at(*offset) for offset in offsets])
        admitted = admit(in_degrees(line), crs.DEGREES, VARA)
        assert shapely.get_coordinates(admitted) == pytest.approx(shapely.get_coordinates(line), abs=0.001)

    @given(TYPES, ANYTHING, ANYTHING)
    def test_anything_else_is_a_fault_with_code_and_field(self, kind, coordinates, more):
        document = {"type": kind, "coordinates": coordinates, "geometries": more}
        fault, admitted = attempted(document)
        assert (fault is None) == (admitted is not None and admitted.is_valid)
        assert fault is None or (fault.code.startswith("geometry.") and fault.field == "at")

    @given(st.floats(), st.floats(), st.sampled_from(crs.ACCEPTED))
    def test_any_two_numbers_are_inside_or_a_fault(self, x, y, system):
        found = positions([x], [y], system, VARA)
        fault = found.fault(0, VARA, "at")
        on_earth = system != crs.DEGREES or (abs(x) <= 180 and abs(y) <= 90)
        inside = bool(VARA.holds(found.east, found.north)[0]) and on_earth
        assert (fault is None) == inside

    @pytest.mark.parametrize(
        ("document", "code"),
        [
            ([], "not_geojson"),
            ({"type": "Point"}, "not_geojson"),
            ({}, "type_unknown"),
            ({"type": "point", "coordinates": [12.95, 58.26]}, "type_unknown"),
            ({"type": "Point", "coordinates": ["a", "b"]}, "badly_nested"),
            ({"type": "Point", "coordinates": [[12.95, 58.26]]}, "badly_nested"),
            ({"type": "Point", "coordinates": [True, 58.26]}, "badly_nested"),
            ({"type": "LineString", "coordinates": [12.95, 58.26]}, "badly_nested"),
            ({"type": "Point", "coordinates": [10**400, 58.26]}, "not_finite"),
            ({"type": "Polygon", "coordinates": [[[12, 58], [13, 58], [13, 59]]]}, "ring_open"),
            ({"type": "Polygon", "coordinates": [[[12, 58], [13, 58], [13, 59], [12, 59]]]}, "ring_open"),
        ],
    )
    def test_what_is_not_geojson_is_refused(self, document, code):
        with pytest.raises(InvalidGeometry, match=f"geometry.{code}"):
            parse_geojson(document, VARA)

    @given(INSIDE, INSIDE, st.sampled_from([(360, 0), (-360, 0), (0, 360), (720, 0)]))
    def test_degrees_that_go_round_the_earth_again_are_none(self, east_m, north_m, turn):
        spot = in_degrees(place_at(east_m, north_m))
        document = {"type": "Point", "coordinates": [spot.x + turn[0], spot.y + turn[1]]}
        fault, _ = attempted(document)
        assert (fault.code, fault.field) == ("geometry.not_on_earth", "at")

    @given(st.lists(st.tuples(TO_THE_CENTIMETRE, TO_THE_CENTIMETRE), min_size=3, max_size=9, unique=True))
    def test_a_ring_is_taken_only_when_it_is_closed(self, offsets):
        corners = [list(in_degrees(place_at(*offset)).coords[0]) for offset in offsets]
        fault, _ = attempted({"type": "Polygon", "coordinates": [corners]})
        assert fault.code == "geometry.ring_open"
        fault, _ = attempted({"type": "Polygon", "coordinates": [[*corners, corners[0]]]})
        assert fault is None or fault.code in ("geometry.crosses_itself", "geometry.invalid")


class TestForFiles:
    def test_height_is_dropped_and_said(self):
        assert without_height(Point(1, 2, 3)) == (Point(1, 2), True)
        assert without_height(Point(1, 2)) == (Point(1, 2), False)

    def test_a_lone_part_is_taken_out_and_several_are_left(self):
        assert single(MultiPoint([(1, 2)])) == Point(1, 2)
        assert single(MultiPoint([(1, 2), (3, 4)])).geom_type == "MultiPoint"

    def test_the_point_of_an_area_lies_inside_it_and_none_has_none(self):
        ring = Polygon([(0, 0), (10, 0), (10, 10), (9, 10), (9, 1), (0, 1)])
        found = representative_xy(np.array([ring, None], dtype=object))
        assert ring.contains(Point(found[0]))
        assert np.isnan(found[1]).all()
