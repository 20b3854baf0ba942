"""A report in the telling that is left, forgotten, hurried, changed too late or far too long."""

from __future__ import annotations

import random
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from sqlalchemy import select

from geodata.tables.engine import reading
from geodata.tables.reports import Report
from geodata.vocabulary import State
from tests.webmap.application import token_in
from tests.webmap.teller import PLAIN, Teller
from webmap.pages.report_answers import KEPT_FOR

VIOLENT = {"polarity": "unsafe", "categories": ["violence"]}
SUNDAY = "2026-11-22T10:00:00+00:00"
COOKIE_BYTES = 4_093
PAGES = ("/report", *(f"/report/{name}" for name in PLAIN), "/report/crime", "/report/check")


@pytest.fixture
def teller(client):
    return Teller(client)


def texts(app):
    with reading(app.extensions["works"].engine) as session:
        return session.scalars(select(Report.private_text).where(Report.state == State.NEW)).all()


def checked(teller):
    return unescape(teller.client.get("/report/check").text)


class TestLeaving:
    def test_the_way_out_is_there_already_where_one_chooses(self, teller):
        teller.begin()
        assert 'data-exit="/sun"' in teller.client.get("/report/what").text

    def test_it_says_that_the_history_remains(self, teller):
        teller.answer("what", what=VIOLENT)
        for path in ("/report/what", "/report/where", "/report/crime"):
            assert "webbläsarens historik" in teller.client.get(path).text

    @pytest.mark.parametrize("path", PAGES)
    def test_no_browser_keeps_a_page_of_the_flow(self, teller, path):
        teller.answer(what=VIOLENT)
        answer = teller.client.get(path)
        assert (answer.status_code, answer.cache_control.no_store) == (200, True)

    def test_where_one_lands_says_when_the_sun_rises_and_not_from_where_one_came(self, client):
        with time_machine.travel(SUNDAY):
            page = client.get("/sun").text
        assert "Solens upp- och nedgång i" in page
        assert page.count("<tr>") == 8
        assert "söndag 22" in page
        assert not any(word in page.lower() for word in ("tryggkarta", "rapport", "favicon"))


class TestCrime:
    def test_nobody_goes_past_whom_to_call(self, teller):
        teller.begin()
        teller.post("/report/what", **VIOLENT)
        for name in list(PLAIN)[1:] + ["check"]:
            assert teller.client.get(f"/report/{name}").headers["Location"] == "/report/crime"

    def test_choosing_it_late_tells_it_and_goes_back_to_the_whole(self, teller):
        teller.answer()
        told = teller.post("/report/what?change=1", **VIOLENT)
        assert told.headers["Location"] == "/report/crime?change=1"
        assert teller.post("/report/crime?change=1").headers["Location"] == "/report/check"


class TestForgotten:
    def test_what_was_too_old_is_said_to_be_gone(self, teller):
        with time_machine.travel(SUNDAY, tick=True) as clock:
            teller.answer()
            clock.shift(KEPT_FOR + timedelta(minutes=1))
            page = teller.client.get("/report").text
            assert "Dina svar är borttagna" in page
            assert (
                "Dina svar är borttagna" not in Teller(teller.client.application.test_client()).begin().text
            )

    def test_a_form_without_its_token_takes_no_answer_away(self, teller):
        teller.answer()
        answer = teller.client.post("/report/words", data={"csrf_token": "gammal", "text": "Annat"})
        assert answer.status_code == 400
        assert "Det är mörkt vid bryggan." in checked(teller)

    def test_a_fault_of_ours_takes_no_answer_away(self, app, teller):
        app.add_url_rule("/broken", endpoint="broken", view_func=lambda: 1 / 0)
        teller.answer()
        assert teller.client.get("/broken").status_code == 500
        assert "Det är mörkt vid bryggan." in checked(teller)

    def test_one_goes_on_where_one_was(self, teller):
        teller.answer("what")
        assert 'href="/report/where"' in teller.client.get("/report").text
        teller.answer("what", "where")
        assert 'href="/report/when"' in teller.client.get("/report").text


class TestSending:
    def test_two_presses_at_once_are_one_report_and_one_receipt(self, app, teller):
        teller.answer()
        token = token_in(teller.client.get("/report/check"))
        with teller.client.session_transaction() as cookie:
            before = dict(cookie)
        for _ in range(2):
            with teller.client.session_transaction() as cookie:
                cookie.update(before)
            answer = teller.client.post("/report/send", data={"csrf_token": token})
            assert answer.headers["Location"] == "/report/done"
        assert len(texts(app)) == 1

    def test_a_change_after_an_answer_that_was_lost_is_told_and_not_stored(self, app, teller):
        teller.answer()
        with teller.client.session_transaction() as cookie:
            before = dict(cookie)
        teller.post("/report/send")
        with teller.client.session_transaction() as cookie:
            cookie.update(before)
        teller.post("/report/words?change=1", text="Något annat.")
        answer = teller.post("/report/send")
        assert (answer.status_code, "redan skickad" in answer.text) == (409, True)
        assert texts(app) == ["Det är mörkt vid bryggan."]

    def test_an_identity_number_is_gone_before_it_is_sent(self, app, teller):
        teller.answer(words={"text": "Han heter 811228-9874.", "anyway": "1"})
        assert "811228" not in checked(teller)
        teller.post("/report/send")
        assert "811228" not in texts(app)[0]

    def test_the_longest_answers_fit_in_what_a_browser_keeps(self, teller):
        signs = random.Random(4)
        emoji = [chr(signs.randrange(0x1F300, 0x1F9FF)) for _ in range(700)]
        teller.answer(
            where={"way": "unknown", "unsure": "".join(emoji[:200])},
            words={"text": "".join(emoji[200:]), "anyway": "1"},
            contact={"email": f"{'a' * 60}@{'b' * 60}.example"},
        )
        cookie = teller.client.get_cookie("s")
        assert len(cookie.value) <= COOKIE_BYTES
        assert "".join(emoji[200:]) in checked(teller)


class TestWhen:
    SAID = (
        ({"when": "unknown"}, "Du vet inte när"),
        (
            {"when": "often", "often_clock": "20", "often_end_clock": "3"},
            "Brukar vara så alla dagar klockan 20.00–03.00",
        ),
        ({"when": "often", "weekdays": ["fri", "sat"]}, "Brukar vara så fre–lör, hela dygnet"),
        ({"when": "day", "day_day": "2025-11-14"}, "Fredag 14 nov. 2025, någon gång under dygnet"),
        (
            {"when": "moment", "moment_day": "2025-11-14", "moment_clock": "22.30"},
            "Fredag 14 nov. 2025 klockan 22.30",
        ),
        (
            {"when": "between", "between_day": "2025-11-14", "between_clock": "22", "between_end_clock": "3"},
            "Mellan fredag 14 nov. 2025 klockan 22.00 och lördag 15 nov. 2025 klockan 03.00",
        ),
    )

    @pytest.mark.parametrize(("said", "read_back"), SAID)
    def test_it_is_read_back_as_it_was_typed(self, teller, said, read_back):
        teller.answer(when=said)
        assert read_back in checked(teller).replace("\N{NO-BREAK SPACE}", " ")
