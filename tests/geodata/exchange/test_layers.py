"""Ground and names understood: what is refused, what is cut, and what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geodata import crs
from geodata.errors import FileFault, InvalidValue
from geodata.exchange.layer_order import LayerListener, LayerOrder, LayerReading
from geodata.exchange.layer_reader import read_table, told
from geodata.exchange.layers import understand_layer
from geodata.exchange.reading import Table
from geodata.vocabulary import AreaKind
from tests.places import EAST, NORTH, SIDE_M, SQUARE, VARA, place_at

HOUSE = shapely.box(EAST + 100, NORTH + 100, EAST + 120, NORTH + 115)
STREET = LineString([(EAST, NORTH), (EAST + 500, NORTH)])
BOW_TIE = Polygon([(EAST, NORTH), (EAST + 50, NORTH + 50), (EAST + 50, NORTH), (EAST, NORTH + 50)])
ELSEWHERE = shapely.affinity.translate(STREET, 50_000, 0)


def understood(
    kind: AreaKind, places: Sequence[BaseGeometry | None], names: Sequence[str] = (), **said: str
) -> LayerReading:
    """A table of these places, named a, b, c … unless told."""
    given_names = names or "abcdefghij"[: len(places)]
    table = Table(("namn",), [(name,) for name in given_names], list(range(1, len(places) + 1)), list(places))
    reading = LayerReading("test", crs.METRES)
    understand_layer(table, kind, LayerOrder((kind,), VARA, **{"system": crs.METRES, **said}), reading)
    return reading


def codes(reading: LayerReading) -> list[tuple[int, str]]:
    return [(fault.line, fault.code) for fault in reading.faults]


class TestForm:
    @pytest.mark.parametrize(
        ("kind", "place", "code"),
        [
            (AreaKind.STREET, place_at(0, 0), "layer.wrong_form"),
            (AreaKind.BUILDING, STREET, "layer.wrong_form"),
            (AreaKind.SCHOOL, shapely.MultiPoint([place_at(0, 0)]), "layer.wrong_form"),
            (AreaKind.BUILDING, Polygon(), "geometry.empty"),
            (AreaKind.BUILDING, None, "geometry.empty"),
            (AreaKind.BUILDING, BOW_TIE, "geometry.crosses_itself"),
            (AreaKind.BUILDING, "geometry.not_readable", "geometry.not_readable"),
            (AreaKind.STREET, LineString([(EAST, NORTH), (EAST, float("inf"))]), "geometry.not_finite"),
            (AreaKind.WATER, place_at(0, 0).buffer(500, quad_segs=15_000), "geometry.too_many_vertices"),
        ],
    )
    def test_what_a_kind_cannot_be_is_refused_with_its_row(self, kind: AreaKind, place, code: str) -> None:
        found = understood(kind, [place])
        assert (codes(found), found.drafts) == ([(1, code)], [])

    def test_the_spot_where_a_shape_crosses_itself_is_said(self) -> None:
        assert understood(AreaKind.BUILDING, [BOW_TIE]).faults[0].values == {"x": "380025", "y": "6460025"}

    def test_height_is_left_out(self) -> None:
        (draft,) = understood(AreaKind.BUILDING, [shapely.force_3d(HOUSE, 70.0)]).drafts
        assert not draft.place.has_z

    def test_good_rows_are_kept_beside_faulty_ones(self) -> None:
        found = understood(AreaKind.BUILDING, [HOUSE, BOW_TIE, HOUSE])
        assert ([draft.name for draft in found.drafts], found.rows) == (["a", "c"], 3)


class TestNames:
    @pytest.mark.parametrize("kind", [AreaKind.LOCALITY, AreaKind.PLACE, AreaKind.SCHOOL])
    def test_they_are_needed_where_they_are_the_point(self, kind: AreaKind) -> None:
        assert codes(understood(kind, [place_at(0, 0), place_at(9, 0)], ["Vara", " "])) == [
            (2, "layer.no_name")
        ]

    def test_ground_needs_none(self) -> None:
        assert understood(AreaKind.STREET, [STREET], [""]).faults == []

    def test_another_column_can_be_told_and_has_to_be_there(self) -> None:
        assert understood(AreaKind.PLACE, [place_at(0, 0)], name_column="NAMN").name_column == "namn"
        with pytest.raises(InvalidValue, match="columns.not_in_file"):
            understood(AreaKind.PLACE, [place_at(0, 0)], name_column="benämning")

    def test_a_file_without_any_is_refused(self) -> None:
        table = Table(("kod", "yta"), [("1", "2")], [1], [place_at(0, 0)], crs.METRES)
        with pytest.raises(FileFault, match=r"layer.no_names.*kod, yta"):
            understand_layer(
                table, AreaKind.PLACE, LayerOrder((AreaKind.PLACE,), VARA), LayerReading("test", crs.METRES)
            )

    def test_signs_that_are_not_seen_are_left_out(self) -> None:
        (draft,) = understood(AreaKind.PLACE, [place_at(0, 0)], ["Stora\ntorget\u202e\0  norra"]).drafts
        assert draft.name == "Stora torget norra"

    def test_one_that_is_too_long_is_refused(self) -> None:
        assert codes(understood(AreaKind.STREET, [STREET], ["x" * 121])) == [(1, "text.too_long")]


class TestPlace:
    def test_points_stand_for_what_is_around_them_and_areas_for_themselves(self) -> None:
        found = understood(AreaKind.LOCALITY, [place_at(0, 0), place_at(0, 0).buffer(300)])
        assert [draft.radius_m for draft in found.drafts] == [1_000.0, None]

    def test_what_lies_outside_is_counted_and_left_out(self) -> None:
        found = understood(AreaKind.STREET, [STREET, ELSEWHERE])
        assert (len(found.drafts), found.outside, found.faults) == (1, 1, [])

    def test_what_crosses_the_border_is_cut(self) -> None:
        edge = place_at(SIDE_M / 2, 0).buffer(300)
        (draft,) = understood(AreaKind.GREEN, [edge]).drafts
        assert draft.place.area == pytest.approx(edge.area / 2, rel=0.02)

    def test_a_shape_that_only_touches_the_border_leaves_nothing(self) -> None:
        beside = shapely.box(EAST + SIDE_M / 2, NORTH, EAST + SIDE_M / 2 + 50, NORTH + 50)
        assert understood(AreaKind.BUILDING, [beside, HOUSE]).counts == {AreaKind.BUILDING: 1}

    def test_an_area_in_several_parts_stays_one(self) -> None:
        parts = MultiPolygon([place_at(0, 0).buffer(200), place_at(1_000, 0).buffer(200)])
        (draft,) = understood(AreaKind.LOCALITY, [parts]).drafts
        assert draft.place.geom_type == "MultiPolygon"

    def test_nothing_here_at_all_is_said(self) -> None:
        with pytest.raises(FileFault, match="layer.none_inside"):
            understood(AreaKind.STREET, [ELSEWHERE])

    def test_axes_that_changed_places_are_said(self) -> None:
        with pytest.raises(FileFault, match="geometry.axes_swapped"):
            understood(AreaKind.STREET, [shapely.transform(STREET, lambda xy: xy[:, ::-1])])

    def test_a_system_has_to_be_known(self) -> None:
        with pytest.raises(InvalidValue, match="crs.needed"):
            understood(AreaKind.STREET, [STREET], system="")

    def test_vertices_that_nobody_would_miss_are_left_out(self) -> None:
        wavy = LineString([(EAST + step, NORTH + 0.4 * (step % 2)) for step in range(300)])
        (draft,) = understood(AreaKind.STREET, [wavy]).drafts
        assert shapely.get_num_coordinates(draft.place) < 10
        assert draft.place.hausdorff_distance(wavy) <= 1.0

    @given(
        st.lists(
            st.tuples(st.floats(-15_000, 15_000), st.floats(-15_000, 15_000), st.floats(5, 4_000)),
            min_size=1,
            max_size=8,
        )
    )
    def test_what_is_stored_is_valid_and_inside(self, circles: list[tuple[float, float, float]]) -> None:
        places = [place_at(x, y).buffer(radius, quad_segs=4) for x, y, radius in circles]
        found = understood(AreaKind.WATER, [*places, HOUSE], [""] * (len(places) + 1))
        assert found.faults == []
        for draft in found.drafts:
            assert draft.place.is_valid
            assert draft.place.difference(SQUARE.buffer(0.01)).is_empty


class TestFiles:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        made = geopandas.GeoDataFrame({"namn": ["Hus"]}, geometry=[HOUSE], crs=crs.METRES)
        made.to_file(tmp_path / "a.gpkg", driver="GPKG", layer="hus", engine="pyogrio")
        return tmp_path / "a.gpkg"

    def test_what_is_told_is_heard(self, path: Path) -> None:
        listener = LayerListener()
        order = LayerOrder((AreaKind.BUILDING,), VARA, layer="hus")
        for line in told(path.read_bytes, path.name, LayerOrder.from_json(order.to_json()), read_table):
            listener.take(line.encode())
        (draft,) = listener.reading.drafts
        assert (listener.is_whole, draft.name, draft.kind) == (True, "Hus", AreaKind.BUILDING)
        assert draft.place.symmetric_difference(HOUSE).area < 0.01

    @pytest.mark.parametrize(
        ("said", "code"),
        [
            ({"layer": "annat"}, "layer.no_such"),
            ({"system": "EPSG:4326"}, "crs.contradicts"),
        ],
    )
    def test_an_order_that_does_not_fit_is_told(self, path: Path, said: dict[str, str], code: str) -> None:
        order = LayerOrder((AreaKind.BUILDING,), VARA, **said)
        (line,) = told(path.read_bytes, path.name, order, read_table)
        with pytest.raises((FileFault, InvalidValue), match=code):
            LayerListener().take(line.encode())

    def test_rows_without_a_shape_are_no_layer(self) -> None:
        with pytest.raises(FileFault, match="layer.format"):
            read_table(b"namn;x;y\n", "a.csv", LayerOrder((AreaKind.PLACE,), VARA))


def test_points_keep_their_place() -> None:
    (draft,) = understood(AreaKind.SCHOOL, [Point(EAST, NORTH)]).drafts
    assert (draft.place.x, draft.place.y) == (EAST, NORTH)
