"""Imports as jobs, on both databases: asked for, taken once, followed, stopped, interrupted, taken back."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from geodata.errors import Conflict, FileFault, NotFound
from geodata.exchange.guard import unguarded
from geodata.queries.columns import read_columns
from geodata.tables import ImportBatch, JournalEntry, Removed, Report, Scale
from geodata.tables.chain import verify
from geodata.tables.engine import make_engine, reading, writing
from geodata.tables.jobs import JobState
from geodata.vocabulary import Kind
from tests import factories
from tests.webmap.imports import ask, asked, done, drafted, file_of, force, row, ticket
from webmap.services import holding, import_history, import_jobs, jobs, scales
from webmap.services.actors import COMMAND
from webmap.services.spool import KEPT_S, Live, Spool


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "data")


@pytest.fixture(autouse=True)
def _vara(engine: Engine) -> None:
    with writing(engine) as session:
        factories.municipality(session)
        factories.municipality(session, "1446", "Karlsborg")


def counts(engine: Engine) -> dict[str, int]:
    return factories.rows(engine, Report, ImportBatch, Removed)


class TestAJob:
    def test_it_is_stored_and_its_file_goes(self, engine: Engine, spool: Spool) -> None:
        job = done(engine, spool, file_of(40))
        assert (job.state, job.outcome["stored"], job.outcome["faulty"]) == (JobState.DONE, 40, 0)
        assert counts(engine) == {"report": 40, "import_batch": 1, "removed": 0}
        assert spool.file(job.uid) is None

    def test_only_its_owner_may_read_its_file(self, engine: Engine, spool: Spool) -> None:
        path = spool.file(drafted(engine, spool, file_of(1)))
        assert path is not None
        assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)

    def test_another_municipality_has_no_such_job(self, engine: Engine, spool: Spool) -> None:
        uid = drafted(engine, spool, file_of(1))
        with pytest.raises(NotFound):
            jobs.ticket(engine, uid, ["1446"])

    def test_a_draft_is_nobodys_turn(self, engine: Engine, spool: Spool) -> None:
        drafted(engine, spool, file_of(1))
        assert not import_jobs.run_next(engine, spool)

    def test_it_is_taken_only_where_its_file_is(self, engine: Engine, spool: Spool, tmp_path: Path) -> None:
        asked(engine, spool, file_of(1))
        assert not import_jobs.run_next(engine, Spool(tmp_path / "elsewhere"))
        assert import_jobs.run_next(engine, spool)

    def test_it_cannot_be_asked_for_twice(self, engine: Engine, spool: Spool) -> None:
        uid = asked(engine, spool, file_of(1))
        with pytest.raises(Conflict):
            ask(engine, uid)

    def test_the_same_rows_again_are_already_there(self, engine: Engine, spool: Spool) -> None:
        done(engine, spool, file_of(5))
        again = done(engine, spool, file_of(6))
        assert (again.outcome["stored"], again.outcome["already_there"]) == (1, 5)

    def test_a_dry_run_stores_nothing_and_can_be_made_real(self, engine: Engine, spool: Spool) -> None:
        job = done(engine, spool, file_of(5), is_dry_run=True)
        assert (job.outcome["good"], counts(engine)["report"]) == (5, 0)
        ask(engine, job.uid, is_dry_run=False)
        import_jobs.run_next(engine, spool)
        assert (ticket(engine, job.uid).outcome["stored"], counts(engine)["report"]) == (5, 5)

    def test_many_that_take_at_once_never_get_the_same(self, engine: Engine, spool: Spool) -> None:
        uids = {asked(engine, spool, file_of(1)) for _ in range(12)}

        def lane(_: int) -> list[object]:
            own = make_engine(engine.url.render_as_string(hide_password=False))
            taken = []
            while (job := jobs.take(own, spool.has)) is not None:
                taken.append(job.uid)
            own.dispose()
            return taken

        with ThreadPoolExecutor(4) as lanes:
            taken = [uid for told in lanes.map(lane, range(4)) for uid in told]
        # One that lost a race comes away empty-handed; nothing is given to two.
        assert len(taken) == len(set(taken))
        assert set(taken) == uids


class TestFaultyRows:
    @pytest.fixture
    def engine(self, sqlite_engine: Engine) -> Engine:
        return sqlite_engine  # what is looked at here is the file, not the database

    BAD = (row(900, day="2025-02-31"), row(901, word="=1+1", text="=cmd|'/c calc'!A1"))

    def test_they_stop_the_rest_and_are_told_of(self, engine: Engine, spool: Spool) -> None:
        job = done(engine, spool, file_of(3, *self.BAD))
        assert (job.outcome["is_refused"], job.outcome["faulty"], job.outcome["good"]) == (True, 2, 3)
        assert counts(engine)["report"] == 0
        assert [each[0] for each in spool.faults(job.uid)] == [5, 6]

    def test_their_words_are_not_in_the_database(self, engine: Engine, spool: Spool) -> None:
        job = done(engine, spool, file_of(3, *self.BAD))
        assert "2025-02-31" not in str(job.outcome)

    def test_they_are_a_file_with_the_reason_that_runs_nothing(self, engine: Engine, spool: Spool) -> None:
        job = done(engine, spool, file_of(3, *self.BAD))
        lines = spool.faulty(job.uid).read_text(encoding="utf-8-sig").splitlines()
        assert lines[0].endswith("text;fel_rad;fel_kolumn;fel_orsak")
        assert lines[1].startswith("R900;2025-02-31;")
        assert "5;datum;Datumet 2025-02-31 finns inte." in lines[1]
        assert not [cell for line in lines for cell in line.split(";") if cell[:1] in "=+-@" and cell]

    def test_mended_they_are_read_as_they_are(self, engine: Engine, spool: Spool) -> None:
        job = done(engine, spool, file_of(3, *self.BAD))
        mended = spool.faulty(job.uid).read_text(encoding="utf-8-sig")
        mended = mended.replace("2025-02-31", "2025-02-28").replace("'=1+1", "klotter")
        again = done(engine, spool, mended.encode("utf-8-sig"))
        assert again.outcome["stored"] == 2
        with reading(engine) as session:
            texts = session.scalars(select(Report.private_text)).all()
        assert unguarded("'=cmd|'/c calc'!A1") in texts

    def test_the_good_ones_can_be_kept_all_the_same(self, engine: Engine, spool: Spool) -> None:
        job = done(engine, spool, file_of(3, *self.BAD))
        ask(engine, job.uid, skips_invalid=True)
        import_jobs.run_next(engine, spool)
        assert ticket(engine, job.uid).outcome["stored"] == counts(engine)["report"] == 3

    def test_a_row_with_too_many_cells_keeps_them(self, engine: Engine, spool: Spool) -> None:
        job = done(engine, spool, file_of(1, row(902, text="ett;två;tre")))
        assert "ett; två; tre" in spool.faulty(job.uid).read_text(encoding="utf-8-sig")


class TestAFileThatCannotBeRead:
    @pytest.fixture
    def engine(self, sqlite_engine: Engine) -> Engine:
        return sqlite_engine  # what is looked at here is the file, not the database

    def test_the_job_fails_and_says_why(self, engine: Engine, spool: Spool) -> None:
        job = done(engine, spool, b"\x00\x01\x02" * 50)
        assert job.state == JobState.FAILED
        assert job.outcome["fault"][0].startswith("file.")

    def test_a_file_that_is_gone_is_told_of(self, engine: Engine, spool: Spool) -> None:
        uid = drafted(engine, spool, file_of(1))
        spool.drop(uid)
        with pytest.raises(FileFault):
            import_jobs.look(engine, spool, ticket(engine, uid))


class TestStopping:
    def test_before_its_turn_it_is_simply_over(self, engine: Engine, spool: Spool) -> None:
        uid = asked(engine, spool, file_of(3))
        assert jobs.withdraw(engine, uid)
        assert not import_jobs.run_next(engine, spool)
        assert ticket(engine, uid).state == JobState.CANCELLED

    @pytest.mark.parametrize("phase", ["reading", "storing"])
    def test_while_it_reads_or_stores_nothing_is_left(self, engine: Engine, spool: Spool, phase: str) -> None:
        uid = asked(engine, spool, file_of(12_000))
        told: list[Live] = []

        class Stopping(Spool):
            def tell(self, uid, live):  # type: ignore[no-untyped-def]
                told.append(live)
                if live.phase == phase:
                    self.stop(uid)
                super().tell(uid, live)

        import_jobs.run_next(engine, Stopping(spool._folder.parent))
        assert ticket(engine, uid).state == JobState.CANCELLED
        assert counts(engine) == {"report": 0, "import_batch": 0, "removed": 0}
        assert not spool.has(uid)
        assert told[-1].phase == phase


class TestAProcessThatDied:
    def test_what_it_had_not_stored_is_interrupted_and_can_be_tried_again(
        self, engine: Engine, spool: Spool
    ) -> None:
        uid = asked(engine, spool, file_of(3))
        force(engine, uid, state=JobState.RUNNING)
        import_jobs.tidy(engine, spool)
        job = ticket(engine, uid)
        assert (job.state, job.outcome["fault"][0]) == (JobState.FAILED, "job.interrupted")
        ask(engine, uid)
        import_jobs.run_next(engine, spool)
        assert ticket(engine, uid).outcome["stored"] == 3

    def test_what_it_had_stored_is_done(self, engine: Engine, spool: Spool) -> None:
        job = done(engine, spool, file_of(3))
        force(engine, job.uid, state=JobState.RUNNING)
        import_jobs.tidy(engine, spool)
        assert ticket(engine, job.uid).state == JobState.DONE

    def test_one_that_is_held_is_left_alone(self, engine: Engine, spool: Spool) -> None:
        uid = asked(engine, spool, file_of(3))
        force(engine, uid, state=JobState.RUNNING)
        with spool.held(uid):
            import_jobs.tidy(engine, spool)
            assert ticket(engine, uid).state == JobState.RUNNING

    def test_what_is_a_day_old_is_swept(self, engine: Engine, spool: Spool) -> None:
        old, young = drafted(engine, spool, file_of(1)), drafted(engine, spool, file_of(1))
        path = spool.file(old)
        assert path is not None
        long_ago_s = time.time() - KEPT_S - 60
        os.utime(path.parent, (long_ago_s, long_ago_s))
        spool.sweep()
        assert (spool.has(old), spool.has(young)) == (False, True)


class TestUndoing:
    def test_it_leaves_nothing_but_the_journal(self, engine: Engine, spool: Spool) -> None:
        job = done(engine, spool, file_of(40))
        gone = import_history.undo(engine, "1470", job.import_id, COMMAND)
        assert (gone, counts(engine)["report"], counts(engine)["removed"]) == (40, 0, 40)
        with reading(engine) as session:
            acts = session.scalars(select(JournalEntry.action).order_by(JournalEntry.seq)).all()
            assert verify(session).is_whole
            assert session.query(Scale).count() == 0
        assert acts == ["import", "scale.make", "import.undo"]

    def test_columns_that_are_kept_become_what_they_were(self, engine: Engine, spool: Spool) -> None:
        there = factories.home_of(engine)
        with writing(engine) as session:
            factories.store(session, there, factories.spread(50))
        with reading(engine) as session:
            before = read_columns(session, there.id)
        job = done(engine, spool, file_of(30))
        with reading(engine) as session:
            during = read_columns(session, there.id, before)
        import_history.undo(engine, "1470", job.import_id, COMMAND)
        with reading(engine) as session:
            after = read_columns(session, there.id, during)
        assert (len(before), len(during), len(after)) == (50, 80, 50)
        assert sorted(after.row_id) == sorted(before.row_id)

    def test_scales_that_were_there_before_stay(self, engine: Engine, spool: Spool) -> None:
        there = factories.home_of(engine)
        with writing(engine) as session:
            factories.store(session, there, factories.spread(40))
        assert scales.refresh(engine, there) == [Kind.PERCEPTION]
        made = factories.rows(engine, Scale)
        job = done(engine, spool, file_of(30))
        import_history.undo(engine, "1470", job.import_id, COMMAND)
        assert factories.rows(engine, Scale) == made

    def test_the_same_file_can_be_imported_again(self, engine: Engine, spool: Spool) -> None:
        first = done(engine, spool, file_of(4))
        import_history.undo(engine, "1470", first.import_id, COMMAND)
        again = done(engine, spool, file_of(4))
        assert (again.outcome["stored"], again.outcome["already_there"]) == (4, 0)
        import_history.undo(engine, "1470", again.import_id, COMMAND)
        assert counts(engine)["report"] == 0

    def test_it_is_done_once(self, engine: Engine, spool: Spool) -> None:
        job = done(engine, spool, file_of(4))
        import_history.undo(engine, "1470", job.import_id, COMMAND)
        with pytest.raises(Conflict):
            import_history.undo(engine, "1470", job.import_id, COMMAND)

    @pytest.mark.parametrize("which", ["object", "class"])
    def test_what_is_held_is_not_taken_back_this_way_either(
        self, engine: Engine, spool: Spool, which: str
    ) -> None:
        job = done(engine, spool, file_of(4))
        with reading(engine) as session:
            home = factories.home_in(session)
            uid = session.scalars(select(Report.uid)).first()
        held = ("report", str(uid) if which == "object" else "")
        hold = holding.hold(engine, home, held, "begäran om utlämnande", COMMAND)
        with pytest.raises(Conflict, match=r"import\.held"):
            import_history.undo(engine, "1470", job.import_id, COMMAND)
        assert counts(engine)["report"] == 4
        holding.lift(engine, home, hold, COMMAND)
        assert import_history.undo(engine, "1470", job.import_id, COMMAND) == 4

    def test_another_municipality_has_no_such_import(self, engine: Engine, spool: Spool) -> None:
        job = done(engine, spool, file_of(4))
        for code, number in (("1446", job.import_id), ("1470", 10**30), ("1470", 0)):
            with pytest.raises(NotFound):
                import_history.undo(engine, code, number, COMMAND)
        assert counts(engine)["report"] == 4

    def test_it_says_beforehand_what_goes(self, engine: Engine, spool: Spool) -> None:
        job = done(engine, spool, file_of(4))
        left = import_history.remains(engine, "1470", job.import_id)
        assert (left.reports, left.touched, left.made.job) == (4, 0, job.uid)


class TestLookingOver:
    @pytest.fixture
    def engine(self, sqlite_engine: Engine) -> Engine:
        return sqlite_engine  # what is looked at here is the file, not the database

    def test_the_system_is_guessed_from_where_the_points_fall(self, engine: Engine, spool: Spool) -> None:
        uid = drafted(engine, spool, file_of(9), system="")
        seen = import_jobs.look(engine, spool, ticket(engine, uid)).glance
        assert (seen.guessed_system, seen.fault, len(seen.reading.drafts)) == ("EPSG:3006", None, 9)

    def test_a_wrong_system_shows_where_the_points_fall_all_the_same(
        self, engine: Engine, spool: Spool
    ) -> None:
        uid = drafted(engine, spool, file_of(9), system="EPSG:3008")
        seen = import_jobs.look(engine, spool, ticket(engine, uid)).glance
        assert (len(seen.xy), seen.reading.drafts, len(seen.reading.faults)) == (9, [], 9)

    def test_words_nobody_knows_come_first(self, engine: Engine, spool: Spool) -> None:
        uid = drafted(engine, spool, file_of(5, row(6, word="hundbajs")))
        seen = import_jobs.look(engine, spool, ticket(engine, uid)).glance
        assert [(each.word, each.count, each.code) for each in seen.words] == [
            ("hundbajs", 1, ""),
            ("belysning", 5, "lighting"),
        ]
