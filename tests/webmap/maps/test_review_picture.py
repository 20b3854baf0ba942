"""The drawing beside a report: what lies where, at which scale, and nothing outside it."""

from __future__ import annotations

import re

import pytest
from shapely.geometry import LineString, box

from geodata.queries.municipalities import LOCALITY, PLACE, Home, NamedPlace
from geodata.vocabulary import AreaKind
from tests.places import EAST, NORTH, SQUARE, place_at
from webmap.maps.review_frame import HEIGHT, SPANS_M, WIDTH, Frame, base_tiles
from webmap.maps.review_picture import Marked, draw_review, span_for

PLACES = (
    NamedPlace("Vara", LOCALITY, place_at(100, 50), 1_000.0),
    NamedPlace("Torget", PLACE, place_at(101, 51), 100.0),
    NamedPlace("Långt bort", PLACE, place_at(5_000, 0), 100.0),
)
HOME = Home(1, "1470", "Vara", SQUARE, True, 0.0, PLACES)
HERE = Marked(place_at(0, 0), EAST, NORTH, 20.0)


def drawn(span_m: int = 800, marked: Marked = HERE, shapes=None):
    return draw_review(Frame(EAST, NORTH, span_m), marked, HOME, [], shapes or {})


def test_the_pin_is_in_the_middle_and_circles_are_to_scale():
    picture = drawn()
    assert picture.pin == (WIDTH / 2, HEIGHT / 2)
    assert picture.close_px == 50 * WIDTH / 800
    assert picture.accuracy_px == 20 * WIDTH / 800
    assert picture.scale_px == pytest.approx(picture.scale_m * WIDTH / 800)


@pytest.mark.parametrize("span_m", SPANS_M)
def test_a_place_is_drawn_where_it_lies(span_m):
    frame = Frame(EAST, NORTH, span_m)
    x, y = frame.drawn(EAST + span_m / 4, NORTH + span_m / 8)
    assert (x, y) == (WIDTH * 0.75, pytest.approx(HEIGHT / 2 - WIDTH / 8, abs=0.06))


def test_without_a_place_there_is_no_pin():
    picture = drawn(marked=Marked(None, None, None, None))
    assert (picture.pin, picture.shape) == (None, "")


def test_a_surface_is_drawn_as_it_is():
    picture = drawn(marked=Marked(place_at(0, 0).buffer(30), EAST, NORTH, None))
    assert picture.shape.startswith("M")
    assert picture.shape.endswith("Z")


def test_names_do_not_lie_over_each_other_and_those_outside_are_left_out():
    assert [name.text for name in drawn().names] == ["Vara"]


def test_ground_is_cut_at_the_edge():
    street = LineString([(EAST - 9_000, NORTH), (EAST + 9_000, NORTH)])
    house = box(EAST + 5_000, NORTH, EAST + 5_010, NORTH + 10)
    ground = drawn(shapes={AreaKind.STREET: [street], AreaKind.BUILDING: [house]}).ground
    assert [name for name, _ in ground] == ["g-street"]
    xs = [float(x) for x in re.findall(r"(-?[\d.]+) [\d.]+", ground[0][1])]
    assert min(xs) > -WIDTH / 10
    assert max(xs) < WIDTH * 1.1


def test_the_base_map_covers_the_drawing():
    frame = Frame(EAST, NORTH, 800)
    tiles = base_tiles(frame, "/map/base/{z}/{x}/{y}", (0, 18))
    matrices = [[float(part) for part in matrix[7:-1].split()] for _, matrix in tiles]
    assert 4 <= len(tiles) <= 60
    assert (
        min(left for *_, left, _ in matrices) <= 0 <= max(left + across for across, *_, left, _ in matrices)
    )
    assert len({href for href, _ in tiles}) == len(tiles)


def test_the_whole_municipality_fits():
    assert span_for(HOME) >= 20_000
