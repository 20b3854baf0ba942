"""Drafts into rows and back, in bulk, and the R*Tree that follows them."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from shapely.geometry import LineString, Polygon
from sqlalchemy import Engine, delete, func, select, text
from sqlalchemy.orm import Session

from geodata.errors import Conflict
from geodata.hours import ANY_HOUR, to_day_number
from geodata.tables import Report
from geodata.tables.changes import next_change
from geodata.tables.engine import writing
from geodata.tables.report_rows import Stamp, existing, standing_points, update_reports
from geodata.vocabulary import Kind, Light, Owner, PositionSource, State, bits
from tests.geodata.tables.places import EAST, NORTH, NOW, draft, place_at, served, stored

FULL = {
    "light": Light.DARK,
    "voice": "v1",
    "accuracy_m": 12.5,
    "position_source": PositionSource.GPS,
    "severity": 4,
    "source": "enkät",
    "source_id": "17",
    "source_category": "mörkt",
    "state": State.NEW,
    "owner": Owner.POLICE,
    "kind": Kind.OBSERVATION,
}


class TestInsertReports:
    def test_every_word_of_a_draft_is_stored(self, session: Session) -> None:
        said = draft(place_at(5, 7), **FULL)
        stored(session, said)
        row = session.scalars(select(Report)).one()
        assert {name: getattr(row, name) for name in FULL} == FULL
        assert (row.uid, row.private_text, row.digest) == (said.uid, "Mörkt vid bron", said.digest)
        assert (row.east, row.north, row.created_at, row.change_seq) == (EAST + 5, NORTH + 7, NOW, 1)

    def test_hours_day_and_categories_are_numbers(self, session: Session) -> None:
        stored(session, draft(None, categories=frozenset({"lighting", "other"})))
        row = session.scalars(select(Report)).one()
        assert (row.week_a, row.week_b, row.week_c) == ANY_HOUR.words
        assert row.day == to_day_number(date(2026, 11, 20))
        assert row.categories == bits({"lighting", "other"})

    def test_none_is_stored_when_one_is_there_already(self, engine: Engine) -> None:
        twice = draft(place_at(0, 0))
        with pytest.raises(Conflict, match="already_there"), writing(engine) as session:
            stored(session, draft(None), twice, twice)
        with writing(engine) as session:
            assert session.scalar(select(func.count()).select_from(Report)) == 0

    def test_a_source_id_is_used_once_by_a_source(self, session: Session) -> None:
        home = stored(session, draft(None, source="s", source_id="1"), draft(None, source="t", source_id="1"))
        with pytest.raises(Conflict, match="already_there"):
            stored(session, draft(None, source="s", source_id="1"), municipality=home)
        session.rollback()

    def test_text_that_looks_like_syntax_is_text(self, session: Session) -> None:
        hostile = "a\tb\\N\n\\.\n'; DROP TABLE report; -- {}%s%(x)s"
        stored(session, draft(None, text=hostile))
        assert session.scalars(select(Report.private_text)).one() == hostile


class TestUpdateReports:
    def test_the_content_is_new_and_the_review_stays(self, session: Session) -> None:
        before = draft(place_at(0, 0), state=State.NEW)
        home = stored(session, before)
        after = draft(place_at(900, 0), before.uid, text="Ljust nu", state=State.ACCEPTED)
        assert update_reports(session, [after], Stamp(home.id, next_change(session, home.id), NOW)) == 1
        row = session.scalars(select(Report)).one()
        assert (row.private_text, row.east, row.digest) == ("Ljust nu", EAST + 900, after.digest)
        assert (row.state, row.change_seq) == (State.NEW, 2)


class TestExisting:
    def test_it_finds_those_that_are_there_with_their_digest(self, session: Session) -> None:
        here = [draft(None) for _ in range(3)]
        home = stored(session, *here)
        asked = [*(each.uid for each in here[:2]), uuid4()]
        assert existing(session, home.id, asked) == {each.uid: each.digest for each in here[:2]}

    def test_another_municipality_has_its_own(self, session: Session) -> None:
        here = draft(None)
        stored(session, here)
        assert existing(session, served(session, "1495").id, [here.uid]) == {}

    def test_more_than_a_statement_takes_are_asked_in_parts(self, session: Session) -> None:
        here = [draft(None, source_id=str(number), source="s") for number in range(6_000)]
        home = stored(session, *here)
        assert len(existing(session, home.id, (each.uid for each in here))) == 6_000


class TestStandingPoints:
    def test_a_line_stands_at_its_middle_and_a_polygon_inside_itself(self) -> None:
        line = LineString([place_at(0, 0), place_at(100, 0)])
        horseshoe = Polygon([(0, 0), (10, 0), (10, 10), (9, 10), (9, 1), (1, 1), (1, 10), (0, 10)])
        nothing, middle, inside = standing_points([None, line, horseshoe])
        assert nothing == (None, None)
        assert middle == (EAST + 50, NORTH)
        assert horseshoe.covers(place_at(inside[0] - EAST, inside[1] - NORTH))  # type: ignore[operator]


class TestTree:
    BOXES = text("SELECT id, minx, maxx, miny, maxy FROM rtree_report_geometry ORDER BY id")

    def _boxes(self, session: Session) -> list[tuple[int, ...]]:
        session.flush()
        return [tuple(round(each) for each in row) for row in session.execute(self.BOXES)]

    def test_it_follows_a_row_in_along_and_out(self, sqlite_engine: Engine) -> None:
        with writing(sqlite_engine) as session:
            stored(session, draft(place_at(0, 0)))
            row = session.scalars(select(Report)).one()
            assert self._boxes(session) == [(row.id, 380_000, 380_000, 6_460_000, 6_460_000)]
            row.geometry, row.east = place_at(64, 0), EAST + 64
            assert self._boxes(session) == [(row.id, 380_064, 380_064, 6_460_000, 6_460_000)]
            row.geometry = row.east = row.north = None
            assert self._boxes(session) == []
            row.geometry, row.east, row.north = place_at(0, 64), EAST, NORTH + 64
            assert self._boxes(session) == [(row.id, 380_000, 380_000, 6_460_064, 6_460_064)]
            session.execute(delete(Report))
            assert self._boxes(session) == []
