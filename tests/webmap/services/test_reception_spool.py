"""A report that is taken in is stored once, also when the database is away while it comes."""

from __future__ import annotations

import os
import stat
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.drafts import packed, unpacked
from geodata.errors import Conflict
from geodata.geometry import point_at
from geodata.hours import habit
from geodata.tables import Contact, Receipt, Report
from geodata.tables.engine import writing
from geodata.vocabulary import Light, PositionSource
from tests import factories
from webmap.services import receipts
from webmap.services.actors import Actor
from webmap.services.receiving import Arrival, receive
from webmap.services.reception_spool import drain
from webmap.services.report_spool import ReportSpool, Waiting
from webmap.services.sayings import Saying, draft_of

SECRET = "a secret of the tests that is long enough"
NOW = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)


@pytest.fixture
def home(engine):
    with writing(engine) as session:
        return factories.municipality(session)


@pytest.fixture
def spool(tmp_path):
    return ReportSpool(tmp_path)


def waiting(home, text="Mörkt", **more):
    return Waiting(Arrival(draft_of(home, Saying(uuid4(), text=text)), **more), NOW)


def files(tmp_path):
    return sorted(path.name for path in (tmp_path / "spool" / "reports").iterdir() if path.name != "held")


class TestKeep:
    def test_it_lies_there_for_its_owner_alone(self, spool, home, tmp_path):
        kept = spool.keep(waiting(home, email="anna@example.org", photos=(uuid4(),)))
        path = tmp_path / "spool" / "reports" / f"{kept.arrival.draft.uid}.json"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert spool.read(kept.arrival.draft.uid) == kept

    def test_the_same_again_is_the_first(self, spool, home, tmp_path):
        first = spool.keep(waiting(home))
        again = spool.keep(replace(first, at=datetime.now(UTC)))
        assert again.at == first.at
        assert len(files(tmp_path)) == 1

    def test_other_words_under_the_same_id_are_refused(self, spool, home, tmp_path):
        first = spool.keep(waiting(home))
        draft = replace(first.arrival.draft, text="Ljust")
        with pytest.raises(Conflict, match=r"report\.other_content"):
            spool.keep(replace(first, arrival=replace(first.arrival, draft=draft)))
        assert len(files(tmp_path)) == 1

    def test_it_can_be_listed_while_others_store_from_it(self, spool, home):
        """A file that is gone between its name and its time is not there; it does not break the list."""
        is_over = threading.Event()

        def store() -> None:
            while not is_over.is_set():
                spool.drop(spool.keep(waiting(home)).arrival.draft.uid)

        stayed = spool.keep(waiting(home)).arrival.draft.uid
        others = threading.Thread(target=store)
        others.start()
        try:
            assert all(stayed in spool.uids() for _ in range(300))
        finally:
            is_over.set()
            others.join()

    def test_what_nobody_finished_goes_after_an_hour(self, spool, home, tmp_path):
        spool.keep(waiting(home))
        left = tmp_path / "spool" / "reports" / "x.part"
        left.touch()
        os.utime(left, (time.time() - 4_000, time.time() - 4_000))
        spool.sweep()
        assert len(files(tmp_path)) == 1


class TestDrain:
    def test_everything_is_stored_as_it_came(self, engine, home, spool, tmp_path):
        kept = [spool.keep(waiting(home, email="anna@example.org")) for _ in range(3)]
        assert drain(engine, spool, SECRET) == 3
        assert factories.rows(engine, Report, Receipt, Contact) == {"report": 3, "receipt": 3, "contact": 3}
        again = receive(engine, home, kept[0].arrival, SECRET)
        assert (again.is_new, again.code) == (False, receipts.code_of(SECRET, again.uid))
        assert files(tmp_path) == []

    def test_what_was_stored_before_a_kill_is_not_stored_again(self, engine, home, spool, tmp_path):
        kept = spool.keep(waiting(home))
        receive(engine, home, kept.arrival, SECRET)  # and killed before the file was dropped
        assert drain(engine, spool, SECRET) == 0
        assert factories.rows(engine, Report) == {"report": 1}
        assert files(tmp_path) == []

    def test_one_that_cannot_be_stored_holds_up_no_other(self, engine, home, spool, tmp_path, capfd):
        kept = spool.keep(waiting(home, text="Hemligt"))
        draft = replace(kept.arrival.draft, text="Annat")
        receive(engine, home, replace(kept.arrival, draft=draft), SECRET)
        spool.keep(waiting(home))
        assert drain(engine, spool, SECRET) == 1
        assert files(tmp_path) == [f"{draft.uid}.aside"]
        said = capfd.readouterr().err
        assert "report.other_content" in said
        assert "Hemligt" not in said

    def test_a_file_of_somebody_elses_is_set_aside(self, engine, home, spool, tmp_path):
        spool.keep(waiting(home))
        (tmp_path / "spool" / "reports" / f"{uuid4()}.json").write_text('{"draft": 1}')
        (tmp_path / "spool" / "reports" / f"{uuid4()}.json").write_text("half a docum")
        assert drain(engine, spool, SECRET) == 1
        assert [name.endswith(".aside") for name in files(tmp_path)] == [True, True]

    def test_only_one_is_at_it(self, engine, home, spool):
        spool.keep(waiting(home))
        with spool.held(is_patient=True):
            assert drain(engine, spool, SECRET, is_patient=False) == 0
        assert drain(engine, spool, SECRET, is_patient=False) == 1

    def test_who_sent_it_is_in_the_file(self, spool, home):
        kept = spool.keep(replace(waiting(home), actor=Actor(7, "coordinator")))
        assert spool.read(kept.arrival.draft.uid).actor == Actor(7, "coordinator")


@given(
    east=st.floats(300_000, 400_000),
    text=st.text(),
    days=st.lists(st.integers(0, 6), min_size=1, unique=True),
    light=st.sampled_from([None, *Light]),
    source=st.sampled_from([None, *PositionSource]),
)
def test_a_packed_draft_says_the_same(east, text, days, light, source):
    draft = factories.draft(point_at(east, 6_460_000.1), text=text, hours=habit(days, 20, 3), light=light)
    draft = replace(draft, position_source=source, accuracy_m=east / 7)
    assert unpacked(packed(draft)) == draft
    assert unpacked(packed(draft)).digest == draft.digest


@pytest.mark.parametrize("place", ["zz", "00", 5])
def test_a_broken_one_is_told(place):
    with pytest.raises((TypeError, ValueError)):
        unpacked(packed(factories.draft()) | {"place": place})
