"""Columns: read once, then only what changed, and always what a fresh read says."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from sqlalchemy import event, update

from geodata.hours import HourColumns
from geodata.queries.columns import NO_VOICE, Columns, read_columns, voice_mark
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.tables.reports import Report
from geodata.vocabulary import State
from tests import factories


def as_rows(columns: Columns) -> set[tuple[object, ...]]:
    """The reports whatever their order; NaN becomes None, to be equal to itself."""
    plain = [getattr(columns, each.name) for each in fields(Columns) if each.name not in ("version", "hours")]
    hours = [*columns.hours.words, *(getattr(columns.hours, each.name) for each in fields(HourColumns)[1:])]
    rows = zip(*(column.tolist() for column in (*plain, *hours)), strict=True)
    return {tuple(None if value != value else value for value in row) for row in rows}


def read(engine, there, known=None):
    with reading(engine) as session:
        return read_columns(session, there.id, known)


@pytest.fixture
def rows_read(engine):
    """How many statements have read reports, as they are sent."""
    sent = []

    def note(connection, cursor, statement, *rest):
        if "FROM report" in statement:
            sent.append(statement)

    event.listen(engine, "after_cursor_execute", note)
    return sent


class TestReading:
    @pytest.mark.usefixtures("noise")
    def test_it_holds_every_report_of_the_municipality_and_no_other(self, engine, there):
        columns = read(engine, there)
        assert len(columns) == len(State) - 1 + 2
        assert np.isnan(columns.east).sum() == 1

    def test_a_municipality_without_reports_has_empty_columns(self, engine, there):
        columns = read(engine, there)
        assert (len(columns), columns.version, columns.hours.words.shape) == (0, 0, (3, 0))

    def test_a_voice_is_a_mark_and_never_itself(self, engine, there):
        with writing(engine) as session:
            factories.store(session, there, [factories.draft(voice="anna"), factories.draft(voice=None)])
        assert set(read(engine, there).voice.tolist()) == {voice_mark("anna"), NO_VOICE}


class TestRefreshing:
    def test_nothing_is_read_when_nothing_changed(self, engine, there, rows_read):
        with writing(engine) as session:
            factories.store(session, there, factories.spread(20))
        known = read(engine, there)
        rows_read.clear()
        assert read(engine, there, known) is known
        assert not rows_read

    def test_only_what_changed_is_read(self, engine, there):
        with writing(engine) as session:
            factories.store(session, there, factories.spread(20))
        known = read(engine, there)
        with writing(engine) as session:
            # Without a change number a refresh does not see it: so it reads only the changed rows.
            session.execute(update(Report).values(severity=1, day=7))
            factories.store(session, there, [factories.draft()])
        assert (read(engine, there, known).day == 7).sum() == 0
        assert (read(engine, there).day == 7).sum() == 20

    def test_removed_rows_leave(self, engine, there):
        with writing(engine) as session:
            factories.store(session, there, factories.spread(3))
        known = read(engine, there)
        with writing(engine) as session:
            factories.remove(session, there, int(known.row_id[1]))
        assert set(read(engine, there, known).row_id.tolist()) == set(known.row_id[[0, 2]].tolist())

    def test_after_any_writes_it_is_what_a_fresh_read_says(self, engine, there):
        chance = np.random.default_rng(7)
        known = read(engine, there)
        for turn in range(24):
            with writing(engine) as session:
                self.write(session, there, known, chance)
            known = read(engine, there, known if turn % 3 else read(engine, there, known))
            assert as_rows(known) == as_rows(read(engine, there))

    @staticmethod
    def write(session, there, known, chance):
        """Add, change or remove a few reports."""
        act = int(chance.integers(3)) if len(known) else 0
        if act == 0:
            factories.store(
                session, there, factories.spread(int(chance.integers(1, 6)), seed=int(chance.integers(99)))
            )
            return
        report_id = int(chance.choice(known.row_id))
        if act == 1:
            factories.remove(session, there, report_id)
            return
        change = next_change(session, there.id)
        state = list(State)[int(chance.integers(len(State)))]
        session.execute(update(Report).where(Report.id == report_id).values(state=state, change_seq=change))


class TestTwoReaders:
    def test_two_processes_agree(self, engine, second_engine, there):
        other = second_engine()
        mine = theirs = None
        for seed in range(3):
            with writing(engine if seed % 2 else other) as session:
                factories.store(session, there, factories.spread(4, seed=seed))
            with reading(engine) as one, reading(other) as two:
                mine, theirs = read_columns(one, there.id, mine), read_columns(two, there.id, theirs)
                assert as_rows(mine) == as_rows(theirs)
        assert len(mine) == 12
