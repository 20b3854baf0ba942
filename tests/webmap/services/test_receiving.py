"""A report that is sent is stored once, with a receipt, however often and by however many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import pytest

from geodata.errors import Conflict
from geodata.tables import Contact, JournalEntry, OutgoingMail, Receipt, Report
from geodata.tables.chain import verify
from geodata.tables.engine import reading, writing
from geodata.vocabulary import State
from tests import factories
from webmap.services import receipts
from webmap.services.receiving import Arrival, receive, receive_all
from webmap.services.sayings import Refused, Saying, draft_of

SECRET = "a secret of the tests that is long enough"


@pytest.fixture
def home(engine):
    with writing(engine) as session:
        return factories.municipality(session)


def arrival(home, text="Mörkt vid porten", **more):
    return Arrival(draft_of(home, Saying(uuid4(), text=text)), **more)


class TestReceive:
    def test_it_is_stored_new_with_a_receipt_and_a_journal_row(self, engine, home):
        before = factories.rows(engine, JournalEntry)["journal"]
        got = receive(engine, home, arrival(home), SECRET)
        assert got.is_new
        assert receipts.typed(receipts.spelled(got.code)) == got.code
        counted = factories.rows(engine, Report, Receipt, JournalEntry)
        assert counted == {"report": 1, "receipt": 1, "journal": before + 1}

    def test_the_same_again_gives_the_same_receipt_and_no_row(self, engine, home):
        sent = arrival(home)
        first = receive(engine, home, sent, SECRET)
        again = receive(engine, home, replace(sent, draft=replace(sent.draft, voice="another")), SECRET)
        assert (again.is_new, again.code, again.at) == (False, first.code, first.at)
        assert factories.rows(engine, Report, Receipt) == {"report": 1, "receipt": 1}

    def test_other_words_under_the_same_id_are_refused(self, engine, home):
        sent = arrival(home)
        receive(engine, home, sent, SECRET)
        with pytest.raises(Conflict, match=r"report\.other_content"):
            receive(engine, home, replace(sent, draft=replace(sent.draft, text="Annat")), SECRET)

    def test_many_at_once_store_it_once(self, engine, home):
        sent = [arrival(home) for _ in range(4)]
        with ThreadPoolExecutor(8) as pool:
            got = list(pool.map(lambda each: receive(engine, home, each, SECRET), sent * 6))
        assert sum(each.is_new for each in got) == factories.rows(engine, Report)["report"] == 4
        with reading(engine) as session:
            assert verify(session).is_whole

    def test_one_bad_of_many_stores_none(self, engine, home):
        first = arrival(home)
        receive(engine, home, first, SECRET)
        other = replace(first, draft=replace(first.draft, text="Annat"))
        with pytest.raises(Conflict):
            receive_all(engine, home, [arrival(home), other], SECRET)
        assert factories.rows(engine, Report)["report"] == 1

    def test_an_address_is_kept_apart_with_a_letter_to_write(self, engine, home):
        receive(engine, home, arrival(home, email="anna@example.org"), SECRET)
        assert factories.rows(engine, Contact, OutgoingMail) == {"contact": 1, "outgoing_mail": 1}


class TestDraftOf:
    def test_every_fault_is_told_at_once(self, home):
        said = Saying(
            uuid4(),
            categories=frozenset({"draken"}),
            text="x" * 5_000,
            severity=9,
            place={"type": "Point", "coordinates": [0, 0]},
        )
        with pytest.raises(Refused) as caught:
            draft_of(home, said)
        assert {each.field for each in caught.value.faults} == {"categories", "text", "severity", "geometry"}

    def test_an_identity_number_is_never_stored(self, home):
        draft = draft_of(home, Saying(uuid4(), text="Det var 19811228-9874", place_text="Hos 811228-9874"))
        assert "9874" not in draft.text + draft.place_text

    def test_it_waits_for_review(self, home):
        assert draft_of(home, Saying(uuid4())).state == State.NEW
