"""Every revision up, down and up again on both databases; the head is what the classes say."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import Engine, inspect, text

from geodata.errors import DatabaseFault
from geodata.migrations import check, differences, downgrade, is_current, spatial, upgrade
from geodata.migrations.path import revision
from geodata.migrations.standing import fallen_in


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


def _guards(engine: Engine) -> dict[str, str]:
    """Every trigger of the database and how it is taken away."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            known = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
            return {name: f'DROP TRIGGER "{name}"' for name in known.scalars()}
        rows = connection.execute(
            text("SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
        )
        return {name: f"DROP TRIGGER {name} ON {table}" for name, table in rows}


def _after(engine: Engine, *statements: str) -> list[tuple[str, str]]:
    """Code and name of what a check finds while these hold; nothing of them is kept."""
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
        found = [(each.code, each.values.get("name", "")) for each in fallen_in(connection)]
        connection.rollback()
    return found


class TestGuards:
    def test_each_trigger_that_is_gone_is_named(self, engine: Engine) -> None:
        guards = _guards(engine)
        assert len(guards) > 6
        for name, drop in guards.items():
            assert _after(engine, drop) == [("database.trigger", name)]

    def test_one_that_does_nothing_is_named(self, sqlite_engine: Engine) -> None:
        idle = "CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN SELECT 1; END"
        found = _after(sqlite_engine, "DROP TRIGGER journal_no_update", idle)
        assert found == [("database.trigger", "journal_no_update")]

    @pytest.mark.parametrize(
        "statement",
        [
            "ALTER TABLE journal DISABLE TRIGGER journal_no_change",
            "CREATE OR REPLACE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN RETURN NEW; END $$",
        ],
    )
    def test_one_that_is_switched_off_is_named(self, postgresql_engine: Engine, statement: str) -> None:
        assert ("database.trigger", "journal_no_change") in _after(postgresql_engine, statement)

    def test_a_check_that_is_gone_is_named(self, postgresql_engine: Engine) -> None:
        gone = "ALTER TABLE report DROP CONSTRAINT ck_report_position"
        assert _after(postgresql_engine, gone) == [("database.check", "ck_report_position")]

    def test_a_check_of_the_database_tells_of_them(self, engine: Engine) -> None:
        name, drop = next(iter(_guards(engine).items()))
        index = "DROP INDEX ix_report_municipality_id_change_seq"
        with engine.begin() as connection:
            connection.execute(text(drop))
            connection.execute(text(index))
        found = check(engine)
        assert {each.code for each in found} == {"database.trigger", "database.schema"}
        assert name in {each.values.get("name") for each in found}

    def test_a_spatial_index_that_is_gone_is_named(self, sqlite_engine: Engine) -> None:
        with sqlite_engine.begin() as connection:
            connection.execute(text("DROP TABLE rtree_report_geometry"))
        assert ("database.index", "report") in [
            (each.code, each.values.get("table")) for each in check(sqlite_engine)
        ]
