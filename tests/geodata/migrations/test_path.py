"""Every revision up, down and up again on both databases; the head is what the classes say."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import Engine, inspect, text

from geodata.errors import DatabaseFault
from geodata.migrations import check, differences, downgrade, is_current, spatial, upgrade
from geodata.migrations.path import revision


def _tables(engine: Engine) -> Sequence[str]:
    known = ("spatial_ref_sys", "alembic_version")
    return [name for name in inspect(engine).get_table_names() if name not in known]


class TestUpgrade:
    def test_it_makes_an_empty_database_current(self, empty_engine: Engine) -> None:
        assert upgrade(empty_engine)
        assert is_current(empty_engine)
        assert not upgrade(empty_engine)

    def test_it_arrives_at_the_schema_of_the_mapped_classes(self, engine: Engine) -> None:
        assert differences(engine) == []

    def test_it_goes_down_to_nothing_and_up_again(self, empty_engine: Engine) -> None:
        upgrade(empty_engine)
        downgrade(empty_engine, "base")
        assert _tables(empty_engine) == []
        upgrade(empty_engine)
        assert check(empty_engine) == []

    def test_it_refuses_a_database_from_a_later_program(self, engine: Engine) -> None:
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(DatabaseFault) as refused:
            upgrade(engine)
        assert refused.value.code == "database.newer"

    def test_a_step_that_fails_leaves_nothing_behind(self, empty_engine: Engine) -> None:
        with empty_engine.begin() as connection:
            connection.execute(text("CREATE TABLE journal_tail (id INTEGER)"))
        with pytest.raises(Exception, match="journal_tail"):
            upgrade(empty_engine)
        assert _tables(empty_engine) == ["journal_tail"]
        assert revision(empty_engine) is None


class TestDifferences:
    def test_it_sees_a_column_that_the_classes_do_not_know(self, engine: Engine) -> None:
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE report ADD COLUMN shoe_size INTEGER"))
        assert [each[0] for each in differences(engine)] == ["remove_column"]


class TestCheck:
    def test_it_finds_a_fresh_database_whole(self, engine: Engine) -> None:
        assert check(engine) == []

    def test_it_says_that_a_database_is_empty(self, empty_engine: Engine) -> None:
        assert [fault.code for fault in check(empty_engine)] == ["database.empty"]


class TestMend:
    def test_it_puts_back_the_triggers_that_a_rebuilt_table_lost(self, sqlite_engine: Engine) -> None:
        lost = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'area'"
        with sqlite_engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE area_new AS SELECT * FROM area")
            connection.exec_driver_sql("DROP TABLE area")
            connection.exec_driver_sql("ALTER TABLE area_new RENAME TO area")
            assert connection.exec_driver_sql(lost).scalar_one() == 0
            spatial.mend(connection)
            assert connection.exec_driver_sql(lost).scalar_one() == 7
