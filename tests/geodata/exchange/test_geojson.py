"""GeoJSON, friendly and hostile."""

from __future__ import annotations

import json
import time

import pytest

from geodata.errors import Fault
from geodata.exchange.reader import read
from tests.geodata.exchange.files import EAST, HERE, NORTH, collection, geojson_codes, order, point

METRES = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3006"}}


def _refused(data: bytes, name: str = "file.geojson", **said: object) -> str:
    with pytest.raises(Fault) as caught:
        read(data, name, order(**said))
    return caught.value.code


class TestFeatures:
    def test_points_lines_and_areas_come_in(self) -> None:
        near = [HERE[0] + 0.01, HERE[1]]
        line = {"type": "LineString", "coordinates": [HERE, near]}
        area = {"type": "MultiPolygon", "coordinates": [[[HERE, near, [HERE[0], HERE[1] + 0.01], HERE]]]}
        reading = read(collection(point(*HERE), line, area), "file.geojson", order())
        assert [draft.place.geom_type for draft in reading.drafts] == ["Point", "LineString", "Polygon"]

    def test_a_feature_without_a_place_is_a_report_where_it_says_anything(self) -> None:
        features = [{"type": "Feature", "properties": {"text": text}, "geometry": None} for text in ("a", "")]
        data = json.dumps({"type": "FeatureCollection", "features": features}).encode()
        reading = read(data, "file.geojson", order())
        assert [draft.place for draft in reading.drafts] == [None]
        assert [(each.line, each.code) for each in reading.faults] == [(2, "row.says_nothing")]

    def test_properties_are_columns_and_lists_are_words(self) -> None:
        said = {"category": ["litter", "graffiti"], "severity": 3, "id": "a"}
        feature = {"type": "Feature", "properties": said, "geometry": point(*HERE)}
        draft = read(json.dumps(feature).encode(), "file.json", order()).drafts[0]
        assert (draft.categories, draft.severity, draft.source_id) == ({"litter", "graffiti"}, 3, "a")

    def test_a_named_system_is_honoured(self) -> None:
        reading = read(collection(point(EAST, NORTH), crs=METRES), "file.geojson", order())
        assert reading.drafts[0].place.coords[0] == (EAST, NORTH)

    def test_a_system_that_contradicts_the_file_is_refused(self) -> None:
        assert _refused(collection(point(EAST, NORTH), crs=METRES), system="EPSG:4326") == "crs.contradicts"

    def test_height_is_dropped_and_said_once(self) -> None:
        reading = read(collection(point(*HERE, 80), point(*HERE, 90)), "file.geojson", order())
        assert [(each.line, each.code, each.values) for each in reading.notes] == [
            (0, "note.height_dropped", {"count": 2})
        ]


class TestSystems:
    def test_metres_without_a_system_are_read_as_the_one_that_is_told(self) -> None:
        data = collection(point(EAST, NORTH))
        assert read(data, "f.geojson", order(system="EPSG:3006")).drafts[0].place.coords[0] == (EAST, NORTH)
        assert geojson_codes(data) == ["geometry.metres_in_degrees"]

    @pytest.mark.parametrize(
        "name",
        [
            "urn:ogc:def:crs:OGC:1.3:CRS84",
            "urn:ogc:def:crs:OGC::crs84",
            "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
            "OGC:CRS84",
            "crs84",
        ],
    )
    def test_degrees_go_by_many_names(self, name: str) -> None:
        member = {"type": "name", "properties": {"name": name}}
        assert geojson_codes(collection(point(*HERE), crs=member)) == []


class TestFaultyFeatures:
    def test_a_number_beyond_all_and_half_a_sign_are_faults_of_their_rows(self) -> None:
        features = [
            {"type": "Feature", "properties": {"text": text}, "geometry": point(east, HERE[1])}
            for text, east in (("a", HERE[0]), ("b", 10**400), ("\ud800", HERE[0]))
        ]
        data = json.dumps({"type": "FeatureCollection", "features": features}).encode()
        reading = read(data, "f.geojson", order())
        assert [(each.line, each.code) for each in reading.faults] == [
            (2, "geometry.not_finite"),
            (3, "row.encoding"),
        ]
        assert [draft.text for draft in reading.drafts] == ["a"]

    def test_each_is_told_by_its_ordinal(self) -> None:
        data = collection(point(*HERE), point(HERE[1], HERE[0]), point(EAST, NORTH), point(18.06, 59.33))
        found = [(each.line, each.code) for each in read(data, "f.geojson", order()).faults]
        assert found == [
            (2, "geometry.axes_swapped"),
            (3, "geometry.metres_in_degrees"),
            (4, "geometry.outside"),
        ]

    @pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999"])
    def test_a_number_that_is_none_is_a_fault_of_its_row(self, number: bytes) -> None:
        data = collection(point(*HERE), point(1.5, 58)).replace(b"1.5", number)
        assert geojson_codes(data) == ["geometry.not_finite"]

    @pytest.mark.parametrize("numbers", [[1], ["a", "b"], [True, 1], [[1, 2]], [None, 1]])
    def test_a_point_without_two_numbers_is_badly_nested(self, numbers: object) -> None:
        data = collection({"type": "Point", "coordinates": numbers})
        assert geojson_codes(data) == ["geometry.badly_nested"]

    def test_coordinates_that_are_no_list_are_no_geometry(self) -> None:
        assert geojson_codes(collection({"type": "Point", "coordinates": {"a": 1}})) == [
            "geometry.not_geojson"
        ]

    def test_an_area_that_crosses_itself_is_refused_with_the_spot(self) -> None:
        a, b = HERE
        bow = [[a, b], [a + 0.01, b + 0.01], [a + 0.01, b], [a, b + 0.01], [a, b]]
        assert geojson_codes(collection({"type": "Polygon", "coordinates": [bow]})) == [
            "geometry.crosses_itself"
        ]

    def test_a_million_vertices_are_refused_in_seconds(self) -> None:
        line = {
            "type": "LineString",
            "coordinates": [[HERE[0] + i * 1e-9, HERE[1]] for i in range(1_000_000)],
        }
        data = collection(line)
        began_s = time.monotonic()
        assert geojson_codes(data) == ["geometry.too_many_vertices"]
        assert time.monotonic() - began_s < 20


class TestHostileFiles:
    def test_a_file_that_is_no_json_is_not_handed_to_anything_else(self) -> None:
        assert (
            _refused(b"<OGRVRTDataset><SrcDataSource>/etc/passwd</SrcDataSource>") == "file.not_what_it_says"
        )

    def test_a_database_called_geojson_is_refused(self) -> None:
        assert _refused(b"SQLite format 3\0" + bytes(200)) == "file.not_what_it_says"

    @pytest.mark.parametrize("name", ["file.vrt", "file.kml", "file", ".geojson"])
    def test_unknown_names_are_refused(self, name: str) -> None:
        assert _refused(collection(point(*HERE)), name) == "file.format_unknown"

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (b"[" * 100_000, "json.too_deep"),
            (b'{"a":' * 100_000, "json.too_deep"),
            (b'{"type": "FeatureCollection", "features": [', "json.broken"),
            (b'{"type": "FeatureCollection"}', "geojson.no_features"),
            (b'{"features": [1]}', "geojson.not_a_feature"),
            (b'{"features": [], "features": []}', "json.duplicate_key"),
            (b'{"features": [], "n": ' + b"9" * 10_000 + b"}", "json.broken"),
            (b'{"features": ["\xe5"]}', "file.encoding"),
            (b'{"features": [], "crs": {"properties": {"name": "EPSG:2154"}}}', "crs.not_accepted"),
            (b'{"features": [], "crs": 7}', "crs.unknown"),
        ],
    )
    def test_each_is_refused_with_its_reason(self, data: bytes, code: str) -> None:
        assert _refused(data) == code
