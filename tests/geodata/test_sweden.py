"""What is known of Sweden offline."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import shapely
from shapely.geometry import shape

from geodata import crs, sweden
from geodata.errors import NotFound

PACKED = Path(sweden.__file__).with_name("municipalities.geojson.gz")


class TestMunicipality:
    def test_all_290_are_known_with_name_county_and_sound_boundary(self) -> None:
        known = [sweden.municipality(code) for code in sweden.codes()]
        assert len(known) == 290
        assert all(each.boundary.is_valid and each.name and each.county for each in known)
        assert all(each.boundary.geom_type in ("Polygon", "MultiPolygon") for each in known)

    def test_vara_lies_where_it_does_and_is_as_large(self) -> None:
        vara = sweden.municipality("1470")
        assert (vara.name, vara.county) == ("Vara", "Västra Götalands län")
        assert vara.boundary.area == pytest.approx(683.5e6, rel=0.01)
        assert vara.boundary.bounds == pytest.approx((370_406, 6_442_663, 406_440, 6_473_869), abs=1_000)

    def test_the_outline_lies_within_the_tolerance_of_a_better_one_nearly_everywhere(
        self, shared: Callable[[str], Path]
    ) -> None:
        layer = json.loads(shared("data/municipalities_skaraborg_west.geojson").read_text())
        better = [shape(each["geometry"]) for each in layer["features"] if "Vara" in str(each["properties"])]
        exact = crs.to_metres(better[0])
        missed = exact.difference(sweden.municipality("1470").boundary.buffer(sweden.TOLERANCE_M))
        assert missed.area < 0.02 * exact.area

    @pytest.mark.parametrize("code", ["", "9999", "147", "Vara", "1470 ", "x" * 500])
    def test_an_unknown_code_is_a_plain_fault(self, code: str) -> None:
        with pytest.raises(NotFound) as unknown:
            sweden.municipality(code)
        assert unknown.value.code == "municipality.unknown"
        assert len(unknown.value.values["given"]) <= 80

    def test_neighbours_hardly_overlap(self) -> None:
        vara, grastorp = (sweden.municipality(code).boundary for code in ("1470", "1444"))
        assert shapely.intersection(vara, grastorp).area < 1e6


class TestLocalities:
    def test_those_of_vara_lie_in_vara(self) -> None:
        boundary = sweden.municipality("1470").boundary
        places = sweden.localities("1470")
        assert [each.name for each in places][:2] == ["Vara", "Kvänum"]
        assert len(places) == 6
        assert all(boundary.contains(each.point) for each in places)

    def test_most_municipalities_have_none(self) -> None:
        assert sweden.localities("0180") == ()


class TestPackedLayer:
    def test_it_is_small(self) -> None:
        assert PACKED.stat().st_size < 400_000
