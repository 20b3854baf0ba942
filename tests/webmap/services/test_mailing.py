"""Mail goes out once each, through a real server, whatever the server does."""

from __future__ import annotations

import ssl
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import select, update

from geodata.tables import OutgoingMail, Report
from geodata.tables.engine import reading, writing
from geodata.tables.receipts import Contact, Reply
from geodata.vocabulary import Stage, State
from tests import factories
from tests.webmap.mailservers import PASSWORD, USER, Box, certificate, free_port, secure_serving, serving
from webmap.services import receipts
from webmap.services.mailing import GIVE_UP_AFTER, deliver
from webmap.services.receiving import Arrival, receive
from webmap.services.sayings import Saying, draft_of
from webmap.settings import Settings

SECRET = "a secret of the tests that is long enough"
WORDS = "Mörkt vid Åsa Öbergs port"


@pytest.fixture
def home(engine):
    with writing(engine) as session:
        return factories.municipality(session)


def settings(port: int, way: str = "smtp", login: str = "") -> Settings:
    url = f"{way}://{login}127.0.0.1:{port}"
    return Settings(
        secret_key=SECRET, smtp_url=url, mail_from="trygg@vara.example", public_url="https://trygg.example"
    )


def send(engine, home, email="asa@example.se", language="sv"):
    """A report with an address, and so with a letter that waits; its row's id and its receipt."""
    draft = draft_of(home, Saying(uuid4(), text=WORDS))
    got = receive(engine, home, Arrival(draft, email, language), SECRET)
    with reading(engine) as session:
        return session.scalars(select(Report.id).where(Report.uid == got.uid)).one(), got.code


def put(engine, *rows):
    with writing(engine) as session:
        session.add_all(rows)


def mail(report_id: int, kind: str, **more) -> OutgoingMail:
    now = datetime.now(UTC)
    return OutgoingMail(
        **{"report_id": report_id, "kind": kind, "created_at": now, "not_before": now}
        | {"attempts": 0, "fault": ""}
        | more
    )


def mails(engine) -> list[OutgoingMail]:
    with reading(engine) as session:
        return list(session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))


class TestLetters:
    @pytest.fixture
    def engine(self, sqlite_engine):
        return sqlite_engine

    def test_the_receipt_says_the_code_and_nothing_of_what_was_written(self, engine, home):
        _, code = send(engine, home)
        box = Box()
        with serving(box) as port:
            assert deliver(engine, settings(port)).sent == 1
        letter = box.letters[0]
        assert (letter["To"], letter["Subject"]) == ("asa@example.se", "Tack, din rapport är mottagen")
        assert letter["From"] == "Vara kommun <trygg@vara.example>"
        text = letter.get_content()
        assert receipts.spelled(code) in text
        assert "https://trygg.example/follow" in text.splitlines()
        assert "port" not in text.replace("rapport", "")
        assert letter.get_content_type() == "text/plain"

    def test_swedish_letters_come_through_and_so_does_the_readers_language(self, engine, home):
        send(engine, home)
        send(engine, home, language="en")
        box = Box()
        with serving(box) as port:
            deliver(engine, settings(port))
        assert "Det går inte att svara på det här mejlet." in box.letters[0].get_content()
        assert "This letter cannot be answered." in box.letters[1].get_content()

    def test_an_answer_holds_its_words_and_how_far_it_has_come(self, engine, home):
        report_id, _ = send(engine, home)
        now = datetime.now(UTC)
        reply = Reply(
            uid=uuid4(), report_id=report_id, stage=Stage.DONE, text="Lampan är bytt på Åsgatan.", at=now
        )
        put(engine, reply, mail(report_id, "reply", created_at=now))
        box = Box()
        with serving(box) as port:
            deliver(engine, settings(port))
        text = box.letters[1].get_content()
        assert "Lampan är bytt på Åsgatan." in text
        assert "Läge: Klart." in text

    @pytest.mark.parametrize(("state", "said"), [(State.ACCEPTED, "underlag"), (State.REJECTED, "avslutad")])
    def test_a_review_is_told_as_it_stands_when_the_letter_goes(self, engine, home, state, said):
        report_id, _ = send(engine, home)
        put(engine, mail(report_id, "state"))
        with writing(engine) as session:
            session.execute(update(Report).values(state=state))
        box = Box()
        with serving(box) as port:
            deliver(engine, settings(port))
        assert said in box.letters[1].get_content()

    def test_an_address_with_other_letters_goes_where_the_server_takes_it(self, engine, home):
        send(engine, home, email="åsa@örebro.example")
        box = Box()
        with serving(box, enable_SMTPUTF8=True) as port:
            assert deliver(engine, settings(port)).sent == 1
        assert box.recipients == ["åsa@xn--rebro-iua.example"]

    @pytest.mark.parametrize(
        "email", ["a@b.example, c@d.example", "a\nBcc: c@d.example", "@", "åsa@example.se"]
    )
    def test_an_address_that_is_none_harms_nobody(self, engine, home, email):
        send(engine, home, email=email)
        box = Box()
        with serving(box, enable_SMTPUTF8=False) as port:
            deliver(engine, settings(port))
        assert "c@d.example" not in box.recipients


class TestOnce:
    def test_four_who_send_at_once_send_each_letter_once(self, engine, home, second_engine):
        for number in range(12):
            send(engine, home, email=f"nr{number}@example.se")
        box = Box(delay_s=0.02)
        engines = [second_engine() for _ in range(4)]
        with serving(box) as port, ThreadPoolExecutor(4) as pool:
            posted = list(pool.map(lambda each: deliver(each, settings(port)), engines))
        assert sum(each.sent for each in posted) == 12
        assert sorted(box.recipients) == sorted(f"nr{number}@example.se" for number in range(12))

    def test_a_second_round_sends_nothing(self, engine, home):
        send(engine, home)
        box = Box()
        with serving(box) as port:
            assert [deliver(engine, settings(port)).sent for _ in range(2)] == [1, 0]

    def test_one_that_was_held_by_a_process_that_died_goes_later_under_the_same_id(self, engine, home):
        send(engine, home)
        box = Box()
        with serving(box) as port:
            deliver(engine, settings(port))
            with writing(engine) as session:  # killed after the server's yes, before our note
                held = datetime.now(UTC) + timedelta(minutes=5)
                session.execute(update(OutgoingMail).values(sent_at=None, claimed_until=held))
            assert deliver(engine, settings(port)).sent == 0
            with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6)):
                assert deliver(engine, settings(port)).sent == 1
        assert box.letters[0]["Message-ID"] == box.letters[1]["Message-ID"]

    def test_a_letter_waits_until_its_act_cannot_be_undone(self, engine, home):
        send(engine, home)
        with writing(engine) as session:
            session.execute(update(OutgoingMail).values(not_before=datetime.now(UTC) + timedelta(seconds=15)))
        box = Box()
        with serving(box) as port:
            assert deliver(engine, settings(port)).sent == 0
            with time_machine.travel(datetime.now(UTC) + timedelta(seconds=16)):
                assert deliver(engine, settings(port)).sent == 1

    def test_of_two_reviews_only_the_last_is_told(self, engine, home):
        report_id, _ = send(engine, home)
        put(engine, mail(report_id, "state"), mail(report_id, "state"))
        with writing(engine) as session:
            session.execute(update(Report).values(state=State.ACCEPTED))
        box = Box()
        with serving(box) as port:
            assert deliver(engine, settings(port)).sent == 2
        assert [each["Subject"] for each in box.letters][1:] == ["Din rapport är granskad"]

    @pytest.mark.parametrize("state", [State.NEW, State.WITHDRAWN])
    def test_an_act_that_was_undone_is_not_told(self, engine, home, state):
        report_id, _ = send(engine, home)
        put(engine, mail(report_id, "state"))
        with writing(engine) as session:
            session.execute(update(Report).values(state=state))
        box = Box()
        with serving(box) as port:
            deliver(engine, settings(port))
        assert "Din rapport är granskad" not in [each["Subject"] for each in box.letters]
        assert mails(engine)[1].fault == "mail.nothing_to_say"

    def test_nobody_is_written_to_whose_address_is_gone(self, engine, home):
        send(engine, home)
        with writing(engine) as session:
            session.query(Contact).delete()
        box = Box()
        with serving(box) as port:
            assert deliver(engine, settings(port)).sent == 0
        assert mails(engine)[0].given_up_at is not None


class TestTrouble:
    def test_a_server_that_is_down_gets_it_when_it_is_up(self, engine, home):
        send(engine, home)
        port, box = free_port(), Box()
        down = deliver(engine, settings(port))
        assert (down.sent, down.waiting, down.fault) == (0, 1, "mail.no_server")
        with serving(box, port):
            assert deliver(engine, settings(port)).sent == 0  # it rests first
            with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2)):
                assert deliver(engine, settings(port)).sent == 1
        assert mails(engine)[0].fault == ""

    def test_the_pauses_grow_and_one_letter_tries_for_all(self, engine, home):
        for _ in range(3):
            send(engine, home)
        port, now, tried = free_port(), datetime.now(UTC), []
        for minute in range(100):
            with time_machine.travel(now + timedelta(minutes=minute, seconds=5), tick=False):
                tried += [minute] if deliver(engine, settings(port)).fault else []
        assert tried == [0, 1, 6, 21, 81]
        assert sorted(each.attempts for each in mails(engine)) == [0, 0, 5]

    def test_after_some_days_it_is_given_up(self, engine, home):
        send(engine, home)
        with time_machine.travel(datetime.now(UTC) + GIVE_UP_AFTER + timedelta(minutes=1)):
            posted = deliver(engine, settings(free_port()))
        assert (posted.given_up, posted.waiting) == (1, 0)
        assert mails(engine)[0].fault == "mail.too_late"

    def test_a_server_that_dies_in_the_middle_gets_it_again(self, engine, home):
        send(engine, home)
        box = Box(on_content=["die"])
        with serving(box) as port:
            assert deliver(engine, settings(port)).fault == "mail.broken_off"
            with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2)):
                assert deliver(engine, settings(port)).sent == 1
        assert len(box.letters) == 1

    @pytest.mark.parametrize("said", ["on_recipient", "on_content"])
    def test_a_letter_refused_for_good_is_given_up_and_the_next_goes(self, engine, home, said):
        send(engine, home, email="borta@example.se")
        send(engine, home, email="kvar@example.se")
        box = Box(**{said: ["550 no such user: borta@example.se"]})
        with serving(box) as port:
            posted = deliver(engine, settings(port))
        assert (posted.sent, posted.given_up, posted.fault) == (1, 1, "mail.refused")
        assert box.recipients == ["kvar@example.se"]
        assert mails(engine)[0].fault == "mail.refused"

    def test_a_letter_refused_for_now_goes_later(self, engine, home):
        send(engine, home)
        box = Box(on_recipient=["451 greylisted"])
        with serving(box) as port:
            assert deliver(engine, settings(port)).fault == "mail.refused_for_now"
            with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2)):
                assert deliver(engine, settings(port)).sent == 1

    def test_without_a_server_it_all_waits(self, engine, home):
        send(engine, home)
        posted = deliver(engine, Settings(secret_key=SECRET))
        assert (posted.sent, posted.waiting, mails(engine)[0].attempts) == (0, 1, 0)


class TestSecureServers:
    @pytest.fixture
    def engine(self, sqlite_engine):
        return sqlite_engine

    @pytest.fixture
    def context(self, tmp_path, monkeypatch) -> ssl.SSLContext:
        context, made = certificate(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(made))
        return context

    def test_it_logs_in_over_a_secure_line(self, engine, home, context):
        send(engine, home)
        box = Box()
        login = f"{USER}:{quote(PASSWORD, safe='')}@"
        with secure_serving(box, context) as port:
            assert deliver(engine, settings(port, "smtp+starttls", login)).sent == 1
        assert len(box.letters) == 1

    def test_a_login_that_is_refused_is_told_and_the_letter_waits(self, engine, home, context):
        send(engine, home)
        with secure_serving(Box(), context) as port:
            posted = deliver(engine, settings(port, "smtp+starttls", "nobody:wrong@"))
        assert (posted.sent, posted.waiting, posted.fault) == (0, 1, "mail.login_refused")

    def test_a_line_that_is_secure_from_the_start_works_too(self, engine, home, context):
        send(engine, home)
        box = Box()
        with serving(box, ssl_context=context) as port:
            assert deliver(engine, settings(port, "smtps")).sent == 1

    def test_a_certificate_nobody_vouches_for_gets_nothing(self, engine, home, context, monkeypatch):
        send(engine, home)
        monkeypatch.delenv("SSL_CERT_FILE")
        box = Box()
        with secure_serving(box, context) as port:
            assert deliver(engine, settings(port, "smtp+starttls", f"{USER}:x@")).fault == "mail.not_secure"
        assert box.letters == []

    def test_a_server_without_starttls_gets_nothing(self, engine, home):
        send(engine, home)
        box = Box()
        with serving(box) as port:
            assert deliver(engine, settings(port, "smtp+starttls")).fault == "mail.not_secure"
        assert box.letters == []
