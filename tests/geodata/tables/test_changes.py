"""The change counter: two transactions held open at once, and what a reader sees meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from geodata.tables import Report
from geodata.tables.changes import last_change, next_change
from geodata.tables.engine import reading, writing
from geodata.tables.report_rows import Stamp, insert_reports
from tests.geodata.tables.places import NOW, draft, place_at, served


def _home(engine: Engine) -> int:
    with writing(engine) as session:
        return served(session).id


def _read_since(engine: Engine, home: int, known: int) -> tuple[int, list[int]]:
    """What a reader who keeps columns does: the counter first, then the rows after what it knows."""
    with reading(engine) as session:
        version = last_change(session, home)
        rows = select(Report.change_seq).where(Report.municipality_id == home, Report.change_seq > known)
        return version, sorted(session.scalars(rows))


def _add(session: Session, home: int) -> int:
    seq = next_change(session, home)
    insert_reports(session, [draft(place_at(0, 0))], Stamp(home, seq, NOW))
    return seq


class TestNextChange:
    def test_the_first_is_one_and_each_municipality_counts_for_itself(self, session: Session) -> None:
        vara, skara = served(session), served(session, "1495")
        assert [next_change(session, vara.id), next_change(session, vara.id)] == [1, 2]
        assert next_change(session, skara.id) == 1

    def test_one_that_is_rolled_back_is_used_again(self, engine: Engine) -> None:
        home = _home(engine)
        with writing(engine) as session:
            next_change(session, home)
            session.rollback()
        with writing(engine) as session:
            assert next_change(session, home) == 1


class TestLastChange:
    def test_it_is_nought_before_the_first(self, session: Session) -> None:
        assert last_change(session, served(session).id) == 0

    def test_a_reader_never_misses_a_row_that_commits_later(
        self, engine: Engine, second_engine: Callable[[], Engine]
    ) -> None:
        home, other = _home(engine), second_engine()
        begun, done = Event(), Event()

        def late_writer() -> None:
            begun.set()
            with writing(other) as session:
                _add(session, home)
            done.set()

        with writing(engine) as session:
            assert _add(session, home) == 1
            thread = Thread(target=late_writer)
            thread.start()
            assert begun.wait(5)
            # The second writer waits: while the first is held, nobody can have seen number 2.
            assert not done.wait(0.3)
            assert _read_since(engine, home, 0) == (0, [])
        thread.join(15)
        assert _read_since(engine, home, 0) == (2, [1, 2])
        assert _read_since(engine, home, 1) == (2, [2])
