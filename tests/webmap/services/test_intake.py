"""How many reports of the public are stored at once, and what becomes of the others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest

from geodata.errors import Conflict
from geodata.tables import Report
from geodata.tables.engine import writing
from tests import factories
from webmap.services import reception_spool
from webmap.services.actors import Actor
from webmap.services.intake import Intake
from webmap.services.receiving import Arrival
from webmap.services.report_spool import ReportSpool
from webmap.services.works import Works
from webmap.settings import Settings

SECRET = "en hemlighet som bara finns i tester"


class TestBucket:
    def test_it_gives_what_a_minute_brings_and_fills_evenly(self):
        now = [0.0]
        intake = Intake(60, lambda: now[0])
        assert [intake.take() for _ in range(61)] == [True] * 60 + [False]
        now[0] += 2.0
        assert [intake.take() for _ in range(3)] == [True, True, False]

    def test_it_never_holds_more_than_a_minutes(self):
        now = [0.0]
        intake = Intake(5, lambda: now[0])
        now[0] = 86_400.0
        assert sum(intake.take() for _ in range(100)) == 5

    def test_it_counts_right_from_many_threads(self):
        intake = Intake(50, lambda: 0.0)
        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(lambda _: intake.take(), range(400))) == 50

    def test_without_a_number_it_never_empties(self):
        assert all(Intake(None).take() for _ in range(1_000))

    def test_it_knows_when_more_comes_than_goes(self):
        intake = Intake(4, lambda: 0.0)
        assert intake.has_room
        intake.take()
        intake.take()
        assert not intake.has_room


@pytest.fixture
def works(engine, database_url, tmp_path):
    with writing(engine) as session:
        factories.municipality(session)
    said = {"data_dir": str(tmp_path), "database_url": database_url, "secret_key": SECRET}
    return Works.over(Settings(**said, reports_per_minute="2", public_url="https://vara.example"), engine)


class TestCrowd:
    def send(self, works, uid: UUID | None = None, text="Mörkt", **more):
        draft = factories.draft(text=text, source="form", source_id="", voice=None)
        draft = type(draft)(**{**vars(draft), "uid": uid or uuid4()}) if uid else draft
        there = reception_spool.home_now(works, "1470")
        return reception_spool.receive_or_spool(works, there, Arrival(draft), **more)

    def test_what_is_more_than_a_minutes_waits_and_nothing_is_lost(self, works, engine, tmp_path):
        taken = [self.send(works) for _ in range(7)]
        assert [each.is_waiting for each in taken] == [False] * 2 + [True] * 5
        assert len({each.received.code for each in taken}) == 7
        spool = ReportSpool(tmp_path)
        assert len(spool.uids()) == 5
        assert reception_spool.drain(engine, spool, SECRET) == 5
        assert factories.rows(engine, Report) == {"report": 7}

    def test_the_same_again_is_the_same_and_other_words_are_refused(self, works):
        first = self.send(works, UUID(int=7))
        while not self.send(works).is_waiting:
            continue
        again = self.send(works, UUID(int=7))
        assert (again.is_waiting, again.received.code) == (False, first.received.code)
        with pytest.raises(Conflict):
            self.send(works, UUID(int=7), "Något annat")

    def test_staff_never_wait(self, works):
        taken = [self.send(works, actor=Actor(1, "coordinator")) for _ in range(5)]
        assert not any(each.is_waiting for each in taken)

    def test_a_spool_that_is_full_stops_nobody(self, works, monkeypatch):
        def full(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(ReportSpool, "keep", full)
        assert [self.send(works).is_waiting for _ in range(5)] == [False] * 5
