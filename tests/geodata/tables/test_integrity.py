"""Damage done on purpose is found and named."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from geodata.errors import Fault
from geodata.migrations.append_only import JOURNAL
from geodata.tables.chain import Entry, append
from geodata.tables.engine import writing
from geodata.tables.integrity import findings
from tests.geodata.tables.places import draft, place_at, stored


@pytest.fixture
def filled(engine: Engine) -> Engine:
    with writing(engine) as session:
        stored(session, draft(place_at(0, 0)), draft(place_at(9, 9)), draft(None))
        append(session, Entry("command", "import", "import_batch", "1"))
    return engine


def _after(engine: Engine, *statements: str) -> list[tuple[str, object]]:
    with writing(engine) as session:
        for statement in statements:
            session.connection().exec_driver_sql(statement)
    return [(fault.code, fault.values.get("table")) for fault in findings(engine)]


class TestFindings:
    def test_a_filled_database_is_whole(self, filled: Engine) -> None:
        assert findings(filled) == []

    def test_a_changed_journal_row_is_named(self, filled: Engine) -> None:
        with writing(filled) as session:
            JOURNAL.take_down(session.connection())
            session.connection().exec_driver_sql("UPDATE journal SET role = 'admin'")
        (fault,) = findings(filled)
        assert isinstance(fault, Fault)
        assert (fault.code, fault.values) == ("journal.broken", {"seq": 1, "reason": "hash"})


class TestTree:
    @pytest.mark.parametrize(
        "statement",
        [
            "DELETE FROM rtree_report_geometry WHERE id = 1",
            "INSERT INTO rtree_report_geometry VALUES (99, 0, 1, 0, 1)",
            "UPDATE rtree_report_geometry SET minx = 300000, maxx = 300001 WHERE id = 2",
        ],
    )
    def test_an_index_that_disagrees_is_named(self, sqlite_engine: Engine, statement: str) -> None:
        with writing(sqlite_engine) as session:
            stored(session, draft(place_at(0, 0)), draft(place_at(9, 9)))
        assert _after(sqlite_engine, statement) == [("database.index", "report")]


class TestDangling:
    def test_a_row_that_points_nowhere_is_named(self, sqlite_engine: Engine) -> None:
        raw = sqlite_engine.raw_connection()
        raw.driver_connection.execute("PRAGMA foreign_keys = OFF")
        raw.driver_connection.execute("INSERT INTO membership VALUES (1, 7, 8, 'admin')")
        raw.close()
        assert {code for code, _ in _after(sqlite_engine)} == {"database.dangling"}
