"""Letters about a walk: to those who asked, seldom, each with its way out, and no address for ever."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from geodata.errors import NotFound
from geodata.tables import JournalEntry, OutgoingMail, WalkContact
from geodata.tables.engine import reading, writing
from geodata.vocabulary import FindingState, WalkState
from tests import factories, minutes, walks
from tests.webmap.application import application, closed, token_in
from tests.webmap.mailservers import Box, serving
from webmap.services import minutes_acts, walk_contacts, walk_leading
from webmap.services.mailing import GIVE_UP_AFTER, deliver
from webmap.services.upkeep import keep_up
from webmap.services.walk_contacts import BETWEEN, KEPT
from webmap.services.walk_leading import Leading
from webmap.settings import Settings
from webmap.words import words_for

SECRET = "a secret of the tests that is long enough"
ASA = "asa@example.se"


@pytest.fixture
def there(engine):
    with writing(engine) as session:
        return factories.municipality(session)


@pytest.fixture
def walk(engine, there):
    return minutes.walked(engine)


def settings(port: int = 0, secret: str = SECRET, folder: str = "") -> Settings:
    chosen = {"smtp_url": f"smtp://127.0.0.1:{port}", "mail_from": "trygg@vara.example"} if port else {}
    return Settings(secret_key=secret, public_url="https://trygg.example", data_dir=folder, **chosen)


def ask(engine, walk, email=ASA, language="sv"):
    walk_contacts.sign_up(engine, walk.uid, (email, language), SECRET)


def sent(engine, secret=SECRET):
    """What goes out now."""
    box = Box()
    with serving(box) as port:
        deliver(engine, settings(port, secret))
    return box.letters


def contacts(engine):
    with reading(engine) as session:
        return list(session.scalars(select(WalkContact).order_by(WalkContact.id)))


def actions(engine):
    with reading(engine) as session:
        return list(session.scalars(select(JournalEntry.action).order_by(JournalEntry.seq)))


def link_in(letter):
    return re.search(r"https://trygg\.example(/walks/letters/\w+)", letter.get_content())[1]


class TestAsking:
    def test_an_address_is_kept_once_for_each_walk(self, engine, walk):
        other = minutes.walked(engine)
        for of in (walk, walk, other):
            ask(engine, of)
        assert [each.walk_id for each in contacts(engine)] == [walk.id, other.id]
        assert actions(engine).count("walk_contact.add") == 2

    def test_the_journal_has_no_address(self, engine, walk):
        ask(engine, walk)
        with reading(engine) as session:
            entry = session.scalars(select(JournalEntry).order_by(JournalEntry.seq.desc())).first()
        assert (entry.object_type, entry.object_id, entry.actor_id) == ("walk", str(walk.uid), None)

    def test_nobody_can_ask_of_a_walk_that_is_called_off(self, engine, walk):
        minutes.set_walk(engine, walk, state=WalkState.CANCELLED)
        with pytest.raises(NotFound):
            ask(engine, walk)

    def test_it_goes_after_a_year(self, engine, walk):
        ask(engine, walk)
        begun = contacts(engine)[0].created_at
        for passed, gone in ((KEPT - timedelta(minutes=1), 0), (KEPT + timedelta(minutes=1), 1)):
            with time_machine.travel(begun + passed, tick=False):
                assert walk_contacts.expire(engine) == gone
        assert contacts(engine) == []
        assert actions(engine)[-1] == "walk_contact.expire"

    def test_the_year_begins_when_the_minutes_are_first_published(self, engine, walk):
        ask(engine, walk)
        public = minutes.publish(engine, walk)
        assert contacts(engine)[0].delete_after == public.published_at + KEPT

    def test_and_never_again_however_often_they_are(self, engine, there, walk):
        ask(engine, walk)
        promised = minutes.publish(engine, walk).published_at + KEPT
        with time_machine.travel(datetime.now(UTC) + timedelta(days=300), tick=False):
            public = minutes.publish(engine, walk)
            minutes_acts.take_back(engine, there, walk.uid, public.version, minutes.STAFF)
            minutes.publish(engine, walk)
        assert contacts(engine)[0].delete_after == promised

    def test_whoever_asks_late_is_told_for_a_year_from_then(self, engine, walk):
        long_ago = datetime.now(UTC) - timedelta(days=400)
        with time_machine.travel(long_ago, tick=False):
            minutes.publish(engine, walk)
        ask(engine, walk)
        kept = contacts(engine)[0]
        assert (kept.delete_after, walk_contacts.expire(engine)) == (kept.created_at + KEPT, 0)
        minutes.follow(engine, walk, 1, state=FindingState.DONE, done_day=20_780)
        assert walk_contacts.tell_news(engine, SECRET) == 1


class TestMinutes:
    def test_they_are_told_of_when_published_and_not_before(self, engine, walk):
        ask(engine, walk)
        assert sent(engine) == []
        minutes.publish(engine, walk)
        letter = sent(engine)[0]
        text = letter.get_content()
        assert (letter["To"], letter["Subject"]) == (ASA, "Protokollet från Mörkerrundan är klart")
        assert f"https://trygg.example/walks/{walk.uid}" in text.splitlines()
        assert "4 togs upp, 1 trygga platser, 1 klart, 1 försenat, 1 går inte att göra" in text

    def test_nothing_of_what_was_said_is_in_them(self, engine, walk):
        ask(engine, walk)
        minutes.publish(engine, walk)
        text = sent(engine)[0].get_content()
        for canary in (minutes.CANARY, "Mörkt vid torget", "Häcken", walk.join_code, ASA):
            assert canary not in text

    def test_each_is_in_the_readers_language(self, engine, walk):
        ask(engine, walk, language="en")
        minutes.publish(engine, walk)
        letter = sent(engine)[0]
        assert letter["Subject"] == "The minutes of Mörkerrundan are ready"
        assert letter["Content-Language"] == "en"

    def test_publishing_again_tells_only_those_who_were_not_told(self, engine, walk):
        ask(engine, walk)
        minutes.publish(engine, walk)
        assert len(sent(engine)) == 1
        ask(engine, walk, "bo@example.se")
        minutes.publish(engine, walk)
        assert [letter["To"] for letter in sent(engine)] == ["bo@example.se"]

    def test_none_goes_out_when_they_are_taken_back_in_time(self, engine, there, walk):
        ask(engine, walk)
        public = minutes.publish(engine, walk)
        minutes_acts.take_back(engine, there, walk.uid, public.version, minutes.STAFF)
        assert sent(engine) == []
        minutes.publish(engine, walk)
        assert len(sent(engine)) == 1

    def test_none_goes_without_a_working_way_out(self, engine, walk):
        ask(engine, walk)
        minutes.publish(engine, walk)
        other = "another secret of the tests, long enough"
        walk_contacts.tell_news(engine, other)
        letter = sent(engine, other)[0]
        walk_contacts.stop(engine, link_in(letter).rpartition("/")[2])
        assert contacts(engine) == []

    def test_the_address_goes_with_its_letters(self, engine, walk):
        ask(engine, walk)
        minutes.publish(engine, walk)
        walk_contacts.stop(engine, walk_contacts.key_of(SECRET, walk.uid, ASA))
        assert factories.rows(engine, WalkContact, OutgoingMail) == {"walk_contact": 0, "outgoing_mail": 0}


class TestCalledOff:
    @pytest.fixture
    def planned(self, engine, there):
        """A walk that two have asked to hear of."""
        planned = walks.walk(engine, state=WalkState.PLANNED, title="Mörkerrundan")
        ask(engine, planned)
        ask(engine, planned, "bo@example.se", "en")
        return planned

    def leading(self, there, walk):
        return Leading(there, walk.uid, minutes.STAFF)

    def upkeep(self, engine, tmp_path):
        box = Box()
        with serving(box) as port:
            keep_up(engine, settings(port, folder=str(tmp_path)))
        return box.letters

    def test_those_who_asked_are_told_once_and_then_forgotten(self, engine, there, planned, tmp_path):
        walk_leading.cancel(engine, self.leading(there, planned))
        letters = self.upkeep(engine, tmp_path)
        assert [letter["Subject"] for letter in letters] == [
            "Mörkerrundan är inställd",
            "Mörkerrundan is called off",
        ]
        assert (contacts(engine), self.upkeep(engine, tmp_path)) == ([], [])
        assert factories.rows(engine, OutgoingMail) == {"outgoing_mail": 0}
        assert actions(engine).count("walk_contact.told") == 2

    def test_the_letter_says_which_walk_and_that_it_is_the_last(self, engine, there, planned):
        walk_leading.cancel(engine, self.leading(there, planned))
        letter = sent(engine)[0]
        text = letter.get_content().replace("\N{NO-BREAK SPACE}", " ")
        assert (
            f"Vandringen är inställd: Mörkerrundan, {words_for('sv').day(planned.day)}.".replace(
                "\N{NO-BREAK SPACE}", " "
            )
            in text
        )
        assert "Vi tar bort din adress när det här mejlet har gått." in text
        assert (letter["List-Unsubscribe"], ASA in text, planned.join_code in text) == (None, False, False)

    def test_who_cannot_be_told_is_forgotten_too(self, engine, there, planned):
        assert walk_contacts.TOLD_WITHIN == GIVE_UP_AFTER
        walk_leading.cancel(engine, self.leading(there, planned))
        with time_machine.travel(datetime.now(UTC) + walk_contacts.TOLD_WITHIN, tick=False):
            assert walk_contacts.expire(engine) == 2
        assert contacts(engine) == []

    def test_planned_again_in_time_nobody_is_told(self, engine, there, planned):
        before = [(each.email, each.delete_after) for each in contacts(engine)]
        walk_leading.cancel(engine, self.leading(there, planned))
        walk_leading.plan_again(engine, self.leading(there, planned))
        assert [(each.email, each.delete_after) for each in contacts(engine)] == before
        assert (sent(engine), walk_contacts.forget_told(engine)) == ([], 0)
        assert actions(engine)[-2:] == ["walk.cancel", "walk.plan_again"]

    def test_what_is_on_its_way_then_is_the_last_all_the_same(self, engine, there, planned):
        walk_leading.cancel(engine, self.leading(there, planned))
        with writing(engine) as session:
            mail = session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).first()
            mail.claimed_until = datetime.now(UTC) + timedelta(minutes=5)
        walk_leading.plan_again(engine, self.leading(there, planned))
        with writing(engine) as session:
            session.scalars(select(OutgoingMail)).one().sent_at = datetime.now(UTC)
        assert walk_contacts.forget_told(engine) == 1
        assert [each.email for each in contacts(engine)] == ["bo@example.se"]


class TestNews:
    @pytest.fixture
    def public(self, engine, walk):
        """Published long ago and told of."""
        ask(engine, walk)
        with time_machine.travel(datetime(2026, 11, 1, 12, tzinfo=UTC), tick=False):
            public = minutes.publish(engine, walk)
            assert len(sent(engine)) == 1
        return public

    def done(self, engine, walk, seq):
        minutes.follow(engine, walk, seq, state=FindingState.DONE, done_day=20_780)

    def test_what_is_done_since_is_told_once(self, engine, public):
        assert walk_contacts.tell_news(engine, SECRET) == 0
        self.done(engine, public, 1)
        assert walk_contacts.tell_news(engine, SECRET) == 1
        assert walk_contacts.tell_news(engine, SECRET) == 0
        letter = sent(engine)[0]
        assert letter["Subject"] == "Något är gjort efter Mörkerrundan"
        assert "2 klart" in letter.get_content()

    def test_at_most_one_letter_in_a_week(self, engine, public):
        now = datetime(2026, 11, 20, 12, tzinfo=UTC)
        with time_machine.travel(now, tick=False):
            self.done(engine, public, 1)
            assert walk_contacts.tell_news(engine, SECRET) == 1
        self.done(engine, public, 3)
        for passed, told in ((BETWEEN - timedelta(minutes=1), 0), (BETWEEN + timedelta(minutes=1), 1)):
            with time_machine.travel(now + passed, tick=False):
                assert walk_contacts.tell_news(engine, SECRET) == told

    def test_what_was_done_before_the_minutes_is_no_news(self, engine, public):
        assert walk_contacts.tell_news(engine, SECRET) == 0

    def test_nothing_is_told_of_a_walk_that_is_not_public(self, engine, there, public):
        self.done(engine, public, 1)
        minutes_acts.take_back(engine, there, public.uid, public.version, minutes.STAFF)
        assert walk_contacts.tell_news(engine, SECRET) == 0

    def test_time_itself_does_it(self, engine, public, tmp_path):
        self.done(engine, public, 1)
        box = Box()
        with serving(box) as port:
            assert keep_up(engine, settings(port, folder=str(tmp_path))).mail.sent == 1


class TestPages:
    @pytest.fixture
    def engine(self, app):
        return app.extensions["works"].engine

    @pytest.fixture
    def walk(self, engine):
        return minutes.walked(engine)

    def test_asking_is_answered_alike_for_the_known_and_the_new(self, client, engine, walk):
        answers = {_form(client, walk, email).data for email in (ASA, ASA, "bo@example.se")}
        assert len(answers) == 1
        assert len(contacts(engine)) == 2

    def test_what_is_no_address_is_told_and_kept(self, client, engine, walk):
        refused = _form(client, walk, "ingen adress")
        assert (refused.status_code, contacts(engine)) == (422, [])
        assert 'value="ingen adress"' in refused.text

    def test_the_minutes_have_the_form(self, client, engine, walk):
        minutes.publish(engine, walk)
        page = client.get(f"/walks/{walk.uid}").text
        assert f'action="/walks/{walk.uid}/letters"' in page

    def test_opening_the_link_changes_nothing_and_pressing_does_also_twice(self, app, client, engine, walk):
        secret = app.extensions["works"].settings.secret()
        walk_contacts.sign_up(engine, walk.uid, (ASA, "sv"), secret)
        link = f"/walks/letters/{walk_contacts.key_of(secret, walk.uid, ASA)}"
        for _ in range(3):
            page = client.get(link)
        assert len(contacts(engine)) == 1
        for _ in range(2):
            answer = client.post(link, data={"csrf_token": token_in(page)})
            assert (answer.status_code, contacts(engine)) == (303, [])
        assert "Du får inga fler mejl" in client.get(answer.headers["Location"]).text

    def test_a_link_that_never_was_looks_the_same(self, client):
        page = client.get(f"/walks/letters/{'0' * 40}")
        assert page.status_code == 200
        assert client.post(page.request.path, data={"csrf_token": token_in(page)}).status_code == 303

    def test_there_is_no_form_for_a_walk_that_is_not(self, client, engine, walk):
        minutes.set_walk(engine, walk, state=WalkState.CANCELLED)
        assert client.get(f"/walks/{walk.uid}/letters").status_code == 404

    def test_staff_see_how_many_but_not_who(self, logged_in, engine, walk):
        ask(engine, walk)
        page = logged_in().get(f"/staff/walks/{walk.uid}/minutes").text
        assert "1 person har bett om mejl" in page
        assert ASA not in page

    def test_one_may_ask_only_so_often(self, staffed_file, tmp_path):
        path = tmp_path / "limited.gpkg"
        shutil.copy(staffed_file, path)
        app = application(f"sqlite:///{path}", tmp_path, rate_limits="on")
        walk = minutes.walked(app.extensions["works"].engine)
        answers = [_form(app.test_client(), walk, f"asa{n}@example.se").status_code for n in range(21)]
        closed(app)
        assert answers == [303] * 20 + [429]


def _form(client, walk, email):
    page = client.get(f"/walks/{walk.uid}/letters")
    return client.post(page.request.path, data={"csrf_token": token_in(page), "email": email})
