"""Geometries in and out, and questions that use the index, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ClauseElement, Executable, Select, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.compiler import SQLCompiler

from geodata.crs import SRID_METRES
from geodata.tables import Report, geopackage
from tests.geodata.tables.places import EAST, NORTH, draft, place_at, served, stored

SHAPES = [
    place_at(0, 0),
    LineString([place_at(0, 0), place_at(100, 50)]),
    Polygon([place_at(0, 0), place_at(100, 0), place_at(50, 80)]),
]


class _Explained(Executable, ClauseElement):
    """A statement's plan instead of its rows."""

    inherit_cache = False

    def __init__(self, statement: Select[tuple[int]]) -> None:
        self.statement = statement


@compiles(_Explained)
def _explained(element: _Explained, compiler: SQLCompiler, **options: Any) -> str:
    word = "EXPLAIN QUERY PLAN" if compiler.dialect.name == "sqlite" else "EXPLAIN"
    return f"{word} {compiler.process(element.statement, **options)}"


def _plan(session: Session, statement: Select[tuple[int]]) -> str:
    return "\n".join(str(row[-1]) for row in session.connection().execute(_Explained(statement)))


class TestGeometry:
    @pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.geom_type)
    def test_it_comes_back_as_it_went_in(self, session: Session, shape: BaseGeometry) -> None:
        stored(session, draft(shape))
        found = session.scalars(select(Report.geometry)).one()
        assert found is not None
        assert shapely.equals_exact(found, shape)

    def test_nothing_stays_nothing(self, session: Session) -> None:
        stored(session, draft(None))
        assert session.execute(select(Report.geometry, Report.east, Report.north)).one() == (None, None, None)

    def test_a_boundary_of_several_parts_is_kept(self, session: Session) -> None:
        home = served(session)
        home.boundary = MultiPolygon([box(0, 0, 1, 1), box(5, 5, 6, 6)])
        session.flush()
        session.expire(home)
        assert home.boundary.geom_type == "MultiPolygon"


class TestQuestions:
    def test_intersects_means_the_shape_and_not_its_box(self, session: Session) -> None:
        inside, in_box_only = place_at(60, 20), place_at(95, 75)
        stored(session, draft(inside), draft(in_box_only), draft(None))
        found = session.scalars(select(Report.geometry).where(Report.geometry.intersects(SHAPES[2]))).all()
        assert found == [inside]

    def test_within_m_counts_the_distance_itself(self, session: Session) -> None:
        stored(session, *(draft(place_at(east, 0)) for east in (0, 99, 100, 101)), draft(place_at(80, 80)))
        near = select(Report.east).where(Report.geometry.within_m(place_at(0, 0), 100))
        assert sorted(session.scalars(near)) == [EAST, EAST + 99, EAST + 100]

    def test_in_box_finds_what_a_window_shows(self, session: Session) -> None:
        stored(session, draft(place_at(0, 0)), draft(place_at(500, 0)), draft(None))
        window = (EAST - 100, NORTH - 100, EAST + 100, NORTH + 100)
        assert len(session.scalars(select(Report.id).where(Report.geometry.in_box(window))).all()) == 1

    def test_an_alias_is_asked_by_its_own_name(self, session: Session) -> None:
        stored(session, draft(place_at(0, 0)))
        other = aliased(Report, name="other")
        near = select(other.id, Report.id).join(Report, Report.id == other.id)
        assert session.execute(near.where(other.geometry.within_m(place_at(1, 0), 5))).one()


class TestPlan:
    @pytest.fixture
    def many(self, session: Session) -> Session:
        stored(session, *(draft(place_at(i % 90 * 100, i // 90 * 100)) for i in range(3_000)))
        session.connection().exec_driver_sql("ANALYZE")
        return session

    @pytest.mark.parametrize("question", ["intersects", "within_m", "in_box"])
    def test_each_question_uses_the_spatial_index(self, many: Session, question: str) -> None:
        where = {
            "intersects": Report.geometry.intersects(SHAPES[2]),
            "within_m": Report.geometry.within_m(place_at(0, 0), 100),
            "in_box": Report.geometry.in_box((EAST, NORTH, EAST + 200, NORTH + 200)),
        }[question]
        plan = _plan(many, select(Report.id).where(where))
        is_sqlite = many.get_bind().dialect.name == "sqlite"
        used = "rtree_report_geometry VIRTUAL TABLE INDEX" if is_sqlite else "ix_report_geometry"
        assert used in plan
        assert "SCAN report" not in plan
        assert "Seq Scan" not in plan


class TestBlob:
    @settings(deadline=None)
    @given(
        st.floats(2e5, 9.3e5),
        st.floats(6.1e6, 7.7e6),
        st.floats(1, 1e4),
        st.sampled_from(["Point", "LineString", "Polygon", "MultiPolygon"]),
    )
    def test_its_box_is_that_of_the_geometry(
        self, east: float, north: float, size_m: float, kind: str
    ) -> None:
        square = box(east, north, east + size_m, north + size_m)
        shape = {
            "Point": Point(east, north),
            "LineString": LineString([(east, north), (east + size_m, north)]),
            "Polygon": square,
            "MultiPolygon": MultiPolygon([square]),
        }[kind]
        (blob,) = geopackage.written([shape], SRID_METRES)
        west, south, far_east, far_north = shape.bounds
        assert blob is not None
        assert geopackage.box(blob) == (west, far_east, south, far_north)
        assert shapely.equals_exact(geopackage.read(blob), shape)

    def test_an_empty_geometry_says_so_and_has_no_box(self) -> None:
        for empty in (Point(), Polygon()):
            (blob,) = geopackage.written([empty], SRID_METRES)
            assert blob is not None
            assert geopackage.box(blob) is None
            assert geopackage.read(blob).is_empty
