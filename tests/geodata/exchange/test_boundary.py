"""An exact boundary out of a file: the right feature, in the right place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from shapely import affinity
from shapely.geometry import mapping

from geodata import crs, sweden
from geodata.errors import Fault
from geodata.exchange.boundary import read_boundary

VARA = sweden.municipality("1470")


def _shape(code: str = "1470") -> dict[str, Any]:
    outline = crs.to_degrees(sweden.municipality(code).boundary)
    return json.loads(json.dumps(mapping(outline)))


def _feature(geometry: dict[str, Any], **said: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": said}


def _file(*features: dict[str, Any]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


def _refused(data: bytes, code: str = "1470") -> str:
    with pytest.raises(Fault) as caught:
        read_boundary(data, code)
    return caught.value.code


class TestChosen:
    @pytest.mark.parametrize("number", [1, "relation/935611", "1470", None])
    def test_the_only_one_is_taken_whatever_it_is_numbered(self, number: Any) -> None:
        found = read_boundary(_file(_feature(_shape(), id=number)), "1470")
        assert found.symmetric_difference(VARA.boundary).area < 1e-3 * VARA.boundary.area

    @pytest.mark.parametrize("code", ["1470", 1470, 1470.0])
    def test_one_of_several_is_known_by_its_code(self, code: Any) -> None:
        data = _file(_feature(_shape("1471"), code=1471.0), _feature(_shape(), kommunkod=code))
        assert read_boundary(data, "1470").intersects(VARA.boundary.representative_point())

    def test_one_of_several_is_known_by_its_own_id(self) -> None:
        data = _file({**_feature(_shape("1471")), "id": 1}, {**_feature(_shape()), "id": "1470"})
        assert read_boundary(data, "1470").intersects(VARA.boundary.representative_point())

    def test_a_bare_shape_is_one(self) -> None:
        assert read_boundary(json.dumps(_shape()).encode(), "1470").area > 0

    def test_the_only_one_with_another_code_is_not_taken(self) -> None:
        assert _refused(_file(_feature(_shape(), code="1471"))) == "boundary.no_such_code"


class TestRefused:
    def test_an_area_elsewhere_is_not_the_municipality(self) -> None:
        assert _refused(_file(_feature(_shape("2584")))) == "boundary.elsewhere"

    def test_half_a_municipality_away_is_elsewhere(self) -> None:
        west, _, east, _ = VARA.boundary.bounds
        moved = affinity.translate(VARA.boundary, 0.8 * (east - west))
        assert _refused(_file(_feature(mapping(crs.to_degrees(moved))))) == "boundary.elsewhere"

    def test_one_that_crosses_itself_is_told_with_the_spot(self) -> None:
        bow = [[12.9, 58.2], [13.0, 58.3], [13.0, 58.2], [12.9, 58.3], [12.9, 58.2]]
        data = _file(_feature({"type": "Polygon", "coordinates": [bow]}))
        assert _refused(data) == "geometry.crosses_itself"

    @pytest.mark.parametrize(
        ("geometry", "code"),
        [
            ({"type": "Point", "coordinates": [13.0, 58.2]}, "boundary.not_an_area"),
            (None, "geometry.type_unknown"),
        ],
    )
    def test_what_is_no_area_is_refused(self, geometry: Any, code: str) -> None:
        assert _refused(_file({"type": "Feature", "geometry": geometry, "properties": [1]})) == code

    def test_brackets_without_end_are_refused(self) -> None:
        deep = b'{"type": "Polygon", "coordinates": ' + b"[" * 500 + b"]" * 500 + b"}"
        assert _refused(deep) == "geometry.badly_nested"
