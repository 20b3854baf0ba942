"""What time brings: addresses go on their day, and whoever waits for an answer gets it first."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import select, update

from geodata.tables import Contact, JournalEntry, OutgoingMail
from geodata.tables.chain import verify
from geodata.tables.engine import reading, writing
from tests import factories
from tests.webmap.mailservers import Box, serving
from webmap.cli import main
from webmap.cli.keeping import work
from webmap.services import contacts
from webmap.services.receiving import LONGEST_CONTACT, Arrival, receive
from webmap.services.sayings import Saying, draft_of
from webmap.settings import Settings

SECRET = "a secret of the tests that is long enough"


def send(engine) -> None:
    """A report with an address."""
    with writing(engine) as session:
        home = factories.municipality(session)
    receive(engine, home, Arrival(draft_of(home, Saying(uuid4())), "asa@example.se"), SECRET)


def expired_after(engine, passed: timedelta) -> int:
    with reading(engine) as session:
        begun = session.scalars(select(Contact.created_at)).one()
    with time_machine.travel(begun + passed, tick=False):
        return contacts.expire(engine)


class TestAddresses:
    def test_one_goes_after_a_year_and_not_a_second_before(self, engine):
        send(engine)
        assert expired_after(engine, LONGEST_CONTACT - timedelta(seconds=1)) == 0
        assert expired_after(engine, LONGEST_CONTACT) == 1
        assert factories.rows(engine, Contact) == {"contact": 0}

    def test_one_of_a_closed_report_goes_thirty_days_later(self, engine):
        send(engine)
        with writing(engine) as session:
            nearer = datetime.now(UTC) + timedelta(days=30)
            session.execute(update(Contact).values(delete_after=nearer))
        assert expired_after(engine, timedelta(days=29, hours=23)) == 0
        assert expired_after(engine, timedelta(days=30, seconds=1)) == 1

    def test_the_journal_tells_that_it_went_but_not_what_it_was(self, engine):
        send(engine)
        expired_after(engine, LONGEST_CONTACT)
        with reading(engine) as session:
            last = session.scalars(select(JournalEntry).order_by(JournalEntry.seq.desc()).limit(1)).one()
            assert (last.action, last.role, last.municipality) == ("contact.expire", "system", "1470")
            assert verify(session).is_whole

    def test_twice_harms_nothing(self, engine):
        send(engine)
        expired_after_all = []
        with time_machine.travel(datetime.now(UTC) + timedelta(days=400)):
            expired_after_all += [contacts.expire(engine), contacts.expire(engine)]
        assert expired_after_all == [1, 0]


class TestTick:
    @pytest.fixture
    def environment(self, sqlite_url, tmp_path):
        return {
            "TRYGGKARTA_DATABASE_URL": sqlite_url,
            "TRYGGKARTA_DATA_DIR": str(tmp_path),
            "TRYGGKARTA_SECRET_KEY": SECRET,
        }

    @staticmethod
    def with_server(environment, port):
        said = {"SMTP_URL": f"smtp://127.0.0.1:{port}", "MAIL_FROM": "a@vara.example"}
        said |= {"PUBLIC_URL": "https://trygg.example"}
        return environment | {f"TRYGGKARTA_{name}": value for name, value in said.items()}

    def test_it_sends_what_waits_and_says_so(self, sqlite_engine, environment):
        send(sqlite_engine)
        box = Box()
        with serving(box) as port:
            asked = CliRunner(env=self.with_server(environment, port))
            first = asked.invoke(main, ["tick", "--json"])
            again = asked.invoke(main, ["tick"])
        assert json.loads(first.stdout)["mail"] == {"sent": 1, "given_up": 0, "waiting": 0, "fault": ""}
        assert "0 mejl skickade." in again.stdout
        assert len(box.letters) == 1

    def test_without_a_server_it_says_what_is_missing(self, sqlite_engine, environment):
        send(sqlite_engine)
        said = CliRunner(env=environment).invoke(main, ["tick"]).stdout
        assert "1 mejl väntar." in said
        assert "TRYGGKARTA_SMTP_URL" in said

    def test_an_address_whose_day_has_come_gets_no_letter(self, sqlite_engine, environment):
        send(sqlite_engine)
        with writing(sqlite_engine) as session:
            session.execute(update(Contact).values(delete_after=datetime.now(UTC)))
        box = Box()
        with serving(box) as port:
            CliRunner(env=self.with_server(environment, port)).invoke(main, ["tick"])
        assert box.letters == []
        assert factories.rows(sqlite_engine, Contact, OutgoingMail) == {"contact": 0, "outgoing_mail": 1}

    def test_the_job_process_does_it_too(self, sqlite_engine, environment):
        send(sqlite_engine)
        box = Box()
        with serving(box) as port:
            work(Settings.from_environment(self.with_server(environment, port)), is_once=True)
        assert len(box.letters) == 1


class TestSettings:
    @pytest.mark.parametrize(
        ("said", "named"),
        [
            ({"smtp_url": "http://x"}, "SMTP_URL"),
            ({"smtp_url": "smtp://mail.example:99999"}, "SMTP_URL"),
            ({"smtp_url": "smtp://u:p@mail.example"}, "SMTP_URL"),
            ({"smtp_url": "smtps://u:p%C3%A5@mail.example"}, "SMTP_URL"),
            ({"mail_from": "vara"}, "MAIL_FROM"),
            ({"public_url": ""}, "PUBLIC_URL"),
        ],
    )
    def test_what_would_keep_mail_from_going_is_told_at_start(self, said, named):
        good = {"smtp_url": "smtps://u:p@mail.example", "mail_from": "a@b.example", "public_url": "https://x"}
        assert Settings(**good).faults() == []
        assert [fault.partition(":")[0] for fault in Settings(**(good | said)).faults()] == [
            f"TRYGGKARTA_{named}"
        ]
