"""Coordinate systems: there and back, and square kilometres that are square kilometres."""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod
from shapely.geometry import Point, Polygon

from geodata import crs
from geodata.errors import InvalidValue
from tests.places import EAST, NORTH


class TestMoving:
    @given(st.floats(11.0, 24.0), st.floats(55.3, 69.0), st.sampled_from(crs.ACCEPTED))
    def test_there_and_back_is_within_a_decimetre(self, longitude, latitude, system):
        there = crs.transform_xy([longitude], [latitude], crs.DEGREES, system)
        back = crs.transform_xy(*there, system, crs.DEGREES)
        meant, found = crs.to_metres_xy([longitude], [latitude]), crs.to_metres_xy(*back)
        assert np.hypot(meant[0] - found[0], meant[1] - found[1])[0] < 0.1

    def test_longitude_and_east_come_first(self):
        east, north = crs.to_metres_xy([12.95], [58.26])
        assert (east[0], north[0]) == (pytest.approx(EAST, abs=500), pytest.approx(NORTH, abs=1_000))

    def test_a_geometry_loses_its_height(self):
        assert not crs.to_degrees(Point(EAST, NORTH, 80)).has_z

    def test_what_cannot_be_moved_is_not_finite(self):
        east, _ = crs.to_metres_xy([float("nan")], [58.0])
        assert not np.isfinite(east[0])


class TestMeasures:
    def test_a_square_kilometre_at_58_degrees_is_one(self):
        longitude, latitude = 12.95, 58.3
        corner = crs.to_metres(Point(longitude, latitude))
        ring = [
            (corner.x + east, corner.y + north) for east, north in ((0, 0), (1e3, 0), (1e3, 1e3), (0, 1e3))
        ]
        on_the_ground, _ = Geod(ellps="GRS80").geometry_area_perimeter(crs.to_degrees(Polygon(ring)))
        assert abs(on_the_ground) / 1e6 == pytest.approx(1.0, abs=0.001)


class TestNamed:
    @pytest.mark.parametrize(
        ("said", "system"),
        [
            ("EPSG:3006", "EPSG:3006"),
            (" 4326 ", "EPSG:4326"),
            ("epsg:3007", "EPSG:3007"),
            ("3857", "EPSG:3857"),
        ],
    )
    def test_accepted_systems_go_by_number_or_name(self, said, system):
        assert crs.named(said) == system

    @pytest.mark.parametrize("said", ["", "hej", "EPSG:99999999", "99999", "+proj=none", "9" * 400])
    def test_what_is_no_system_is_unknown(self, said):
        with pytest.raises(InvalidValue) as raised:
            crs.named(said, "--crs")
        assert (raised.value.code, raised.value.field) == ("crs.unknown", "--crs")

    @pytest.mark.parametrize("said", ["+init={}:a", "+proj=pipeline +step +init={}:a", "+INIT = {}:a"])
    def test_a_file_of_definitions_is_never_opened(self, said, tmp_path):
        path = tmp_path / "epsg"
        path.write_text("<a> +proj=longlat +datum=WGS84 <>")
        os.utime(path, (1, 2))
        with pytest.raises(InvalidValue):
            crs.named(said.format(path))
        assert path.stat().st_atime == 1

    @pytest.mark.parametrize("said", ["EPSG:3021", "EPSG:2154", "EPSG:4979"])
    def test_other_systems_are_not_accepted_and_told_which_are(self, said):
        with pytest.raises(InvalidValue) as raised:
            crs.named(said)
        assert raised.value.code == "crs.not_accepted"
        assert "EPSG:3006" in raised.value.values["accepted"]
