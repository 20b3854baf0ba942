"""The receipt and the page that follows a report: a code opens one, and anything else nothing at all."""

from __future__ import annotations

import re
import statistics
import time
from uuid import uuid4

import pytest
from sqlalchemy import select

from geodata.queries.municipalities import home
from geodata.tables import Confirmation, Contact, JournalEntry, Report
from geodata.tables.engine import reading
from geodata.tables.receipts import Reply
from geodata.vocabulary import Stage, State
from tests import factories
from tests.webmap.application import COORDINATOR, SECRET, post, token_in
from webmap.services import receipts
from webmap.services.actors import Actor
from webmap.services.receiving import Arrival, receive
from webmap.services.review_moves import Action
from webmap.services.reviewing import Deed, act
from webmap.services.sayings import Saying, draft_of

CODE = re.compile(r"\b[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}\b")
_TOKEN = re.compile(r'name="csrf_token" value="[^"]+"')


def engine_of(app):
    return app.extensions["works"].engine


def all_of(app, table):
    with reading(engine_of(app)) as session:
        return session.scalars(select(table)).all()


@pytest.fixture
def report(app, client):
    """A report that was just sent from the client's browser: its id."""
    with reading(engine_of(app)) as session:
        there = home(session, "1470")
    said = Saying(uuid4(), place_text="Bakom lekplatsen", text="Det är mörkt vid bryggan.")
    sent = receive(engine_of(app), there, Arrival(draft_of(there, said), "anna@example.org"), SECRET)
    with client.session_transaction() as kept:
        kept["report_done"] = {"uid": str(sent.uid), "municipality": "1470", "at": sent.at.isoformat()}
    return sent.uid


@pytest.fixture
def code(report):
    return receipts.spelled(receipts.code_of(SECRET, report))


def accept(app, uid):
    with reading(engine_of(app)) as session:
        version = session.scalar(select(Report.version).where(Report.uid == uid))
        there = home(session, "1470")
    act(engine_of(app), there, Actor(None, "coordinator"), Deed(uid, version, Action.ACCEPT))


def send(client, path, page="/follow", **said):
    return client.post(path, data={"csrf_token": token_in(client.get(page)), **said})


def enter_code(client, code):
    return send(client, "/follow", code=code)


@pytest.fixture
def follower(app, code):
    """Another browser that has typed the code."""
    made = app.test_client()
    assert enter_code(made, code).status_code == 303
    return made


class TestReceipt:
    def test_it_shows_the_code_and_the_two_days_and_no_browser_keeps_it(self, client, code):
        answer = client.get("/report/done")
        assert CODE.findall(answer.text) == [code]
        assert len(re.findall(r"Senast (?:mån|tis|ons|tor|fre) ", answer.text)) == 2
        assert answer.cache_control.no_store

    def test_five_reloads_are_one_report_and_one_code(self, app, client, report):
        before = factories.rows(engine_of(app), Report, JournalEntry)
        pages = {client.get("/report/done").text for _ in range(5)}
        assert len({_TOKEN.sub("", page) for page in pages}) == 1
        assert factories.rows(engine_of(app), Report, JournalEntry) == before

    def test_it_is_saved_as_a_file(self, client, code):
        answer = client.get("/report/done/receipt.txt")
        assert answer.content_type == "text/plain; charset=utf-8"
        assert code in answer.text
        assert re.fullmatch(
            rf'attachment; filename="kvitto-{code}\.txt"', answer.headers["Content-Disposition"]
        )

    def test_nothing_personal_is_on_it(self, client, report):
        for path in ("/report/done", "/report/done/receipt.txt"):
            text = client.get(path).text
            assert not any(said in text for said in ("anna@example", "lekplatsen", "bryggan", str(report)))

    def test_elsewhere_it_says_where_to_go(self, app):
        stranger = app.test_client()
        answer = stranger.get("/report/done")
        assert (answer.status_code, CODE.findall(answer.text)) == (200, [])
        assert 'href="/follow"' in answer.text
        assert stranger.get("/report/done/receipt.txt").status_code == 303

    def test_a_session_that_was_tampered_with_is_a_stranger(self, client):
        for said in (
            "x",
            {},
            {"uid": "x", "at": "y"},
            {"uid": str(uuid4()), "at": "2026-11-22T10:00:00+00:00"},
        ):
            with client.session_transaction() as kept:
                kept["report_done"] = said
            assert CODE.findall(client.get("/report/done").text) == []


class TestWrongCode:
    def answers(self, app, code):
        off_by_one = receipts.ALPHABET[(receipts.ALPHABET.index(code[-1]) + 1) % len(receipts.ALPHABET)]
        wrong = (
            code[:-1] + off_by_one,
            receipts.spelled(receipts.code_of(SECRET, uuid4())),
            "",
            "0" * 12,
            "<script>",
        )
        return [enter_code(app.test_client(), each) for each in wrong]

    def test_every_one_is_answered_alike_to_the_byte(self, app, code):
        answers = self.answers(app, code)
        assert {each.status_code for each in answers} == {422}
        assert len({_TOKEN.sub("", each.text) for each in answers}) == 1
        headers = [{name for name, _ in each.headers} for each in answers]
        assert all(each == headers[0] for each in headers)

    def test_it_takes_as_long_whether_the_code_could_be_one_or_not(self, app):
        client = app.test_client()
        token = token_in(client.get("/follow"))

        def taken(code):
            begun = time.perf_counter()
            client.post("/follow", data={"csrf_token": token, "code": code})
            return time.perf_counter() - begun

        unknown = [taken(receipts.code_of(SECRET, uuid4())) for _ in range(5)] and []
        misspelt = []
        for _ in range(25):
            unknown.append(taken(receipts.code_of(SECRET, uuid4())))
            misspelt.append(taken("2" * 11 + "3"))
        apart = abs(statistics.median(unknown) - statistics.median(misspelt))
        assert apart < 0.25 * statistics.median(unknown)

    def test_what_was_typed_is_nowhere(self, app, code):
        assert not any("0" * 12 in each.text or "<script>" in each.text for each in self.answers(app, code))


class TestFollowing:
    def test_a_code_from_paper_opens_the_report_without_being_in_an_address(self, app, code):
        client = app.test_client()
        answer = enter_code(client, code.lower().replace("-", " "))
        assert answer.headers["Location"] == "/follow"
        page = client.get("/follow")
        assert code in page.text
        assert page.cache_control.no_store
        assert f"code={code}" not in page.text

    def test_nothing_personal_is_on_the_page(self, follower, report):
        text = follower.get("/follow").text
        assert not any(said in text for said in ("anna@example", "lekplatsen", "bryggan", str(report)))

    def test_answers_are_read_there(self, app, follower, report, logged_in):
        accept(app, report)
        staff = logged_in(COORDINATOR)
        said = {"uid": str(uuid4()), "text": "Lampan lagas <b>i v. 49</b>.", "stage": "with_responsible"}
        assert post(staff, f"/staff/reports/{report}/reply", **said).status_code == 303
        page = follower.get("/follow").text
        assert "Lampan lagas &lt;b&gt;i v. 49&lt;/b&gt;." in page
        assert "Hos ansvarig" in page

    def test_looking_changes_nothing(self, app, follower, report):
        tables = (Report, JournalEntry, Confirmation, Contact, Reply)
        before = factories.rows(engine_of(app), *tables)
        for path in ("/follow", "/follow/withdraw", "/follow?said=withdrawn", "/report/done"):
            assert follower.get(path).status_code == 200
        for path in ("confirm", "contact", "forget"):
            assert follower.get(f"/follow/{path}").status_code == 405
        assert factories.rows(engine_of(app), *tables) == before

    def test_the_code_is_forgotten_on_wish(self, follower, code):
        assert send(follower, "/follow/forget").status_code == 303
        assert code not in follower.get("/follow").text

    def test_it_is_forgotten_after_two_hours(self, follower, code):
        with follower.session_transaction() as kept:
            kept["follow"] = {**kept["follow"], "at": "2026-01-01T10:00:00+00:00"}
        assert code not in follower.get("/follow").text

    def test_without_a_code_nothing_is_done(self, app, client, report):
        for name in ("withdraw", "confirm", "contact"):
            stranger = app.test_client()
            answer = send(stranger, f"/follow/{name}", verdict="same", email="x@example.org")
            assert (answer.status_code, answer.headers["Location"]) == (303, "/follow")
        assert {each.state for each in all_of(app, Report)} == {State.ACCEPTED, State.NEW}


class TestActs:
    def test_it_is_taken_back_after_a_question(self, app, follower, report):
        assert "Det går inte att ångra" in follower.get("/follow/withdraw").text
        for _ in range(2):
            assert send(follower, "/follow/withdraw").status_code == 303
        assert "Du har tagit tillbaka" in follower.get("/follow").text
        assert [each.state for each in all_of(app, Report) if each.uid == report] == [State.WITHDRAWN]

    def test_how_it_is_now_is_said_once(self, app, follower, report):
        accept(app, report)
        said = {"verdict": "better", "uid": str(uuid4())}
        answers = [send(follower, "/follow/confirm", **said) for _ in range(3)]
        assert {each.headers["Location"] for each in answers} == {"/follow?said=better"}
        assert len(all_of(app, Confirmation)) == 1

    def test_nothing_chosen_is_asked_for_again(self, app, follower, report):
        accept(app, report)
        answer = send(follower, "/follow/confirm")
        assert (answer.status_code, "<title>Fel: " in answer.text) == (422, True)
        assert 'href="#verdict-same"' in answer.text

    def test_the_address_is_changed_and_removed(self, app, follower):
        assert send(follower, "/follow/contact", email="ny@example.org").status_code == 303
        assert [each.email for each in all_of(app, Contact)] == ["ny@example.org"]
        assert "ny@example.org" not in follower.get("/follow").text
        send(follower, "/follow/contact", do="remove")
        assert all_of(app, Contact) == []

    @pytest.mark.parametrize("typed", ["", "anna", "a b@example.org"])
    def test_what_is_no_address_is_asked_for_again(self, app, follower, typed):
        answer = send(follower, "/follow/contact", email=typed)
        assert answer.status_code == 422
        assert f'value="{typed}"' in answer.text
        assert [each.email for each in all_of(app, Contact)] == ["anna@example.org"]


class TestReplyPage:
    def sent(self, logged_in, report, **said):
        return post(logged_in(COORDINATOR), f"/staff/reports/{report}/reply", **said)

    @pytest.fixture
    def accepted(self, app, report):
        accept(app, report)
        return report

    def test_a_stage_without_a_sentence_is_asked_for_again(self, logged_in, accepted):
        answer = self.sent(logged_in, accepted, stage="done", text=" ")
        assert (answer.status_code, "<title>Fel: " in answer.text) == (422, True)
        assert re.search(r'value="done" checked', answer.text)

    def test_a_sentence_without_a_stage_keeps_the_sentence(self, logged_in, accepted):
        answer = self.sent(logged_in, accepted, text="Lampan lagas.")
        assert answer.status_code == 422
        assert "Lampan lagas.</textarea>" in answer.text

    def test_what_may_be_personal_is_shown_and_can_be_sent_all_the_same(self, app, logged_in, accepted):
        said = {"text": "Ring Anna Svensson på 070-123 45 67.", "stage": "done", "uid": str(uuid4())}
        answer = self.sent(logged_in, accepted, **said)
        assert (answer.status_code, "<mark>" in answer.text) == (422, True)
        assert self.sent(logged_in, accepted, anyway="1", **said).status_code == 303
        assert [each.stage for each in all_of(app, Reply)] == [Stage.DONE]

    def test_one_that_waits_cannot_be_answered(self, app, logged_in, report):
        answer = self.sent(logged_in, report, text="Lampan lagas.", stage="done")
        assert answer.status_code == 409
        assert all_of(app, Reply) == []

    def test_ready_made_sentences_begin_an_answer(self, logged_in, accepted):
        staff = logged_in(COORDINATOR)
        page = staff.get(f"/staff/reports/{accepted}?reply=2").text
        assert "Nu är det åtgärdat. Tack för att du berättade.</textarea>" in page
        for asked in ("x", "99", "-1", "²"):
            assert staff.get(f"/staff/reports/{accepted}?reply={asked}").status_code == 200


class TestEnumeration:
    def test_no_public_answer_tells_a_number_of_a_row(self, client, code, report):
        body = {
            "type": "Feature",
            "geometry": None,
            "properties": {"municipality": "1470", "polarity": "unsafe"},
        }
        put = client.put(f"/api/v1/reports/{uuid4()}", json=body, content_type="application/geo+json")
        enter_code(client, code)
        pages = [put.text, *(client.get(path).text for path in ("/follow", "/report/done", "/", "/report"))]
        assert not any(re.search(r'"(?:\w+_)?id":\s*\d|/\d{1,9}(?:["/?]|$)', page) for page in pages)
