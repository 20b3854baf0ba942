"""Logging in and out, through the form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from werkzeug.http import parse_cookie

from geodata.tables.engine import reading, writing
from geodata.tables.users import LoginAttempt, UserSession
from tests import factories
from tests.factories import PASSWORD
from tests.webmap.application import COORDINATOR, PLANNER, application, closed, enter, post
from webmap.services import accounts

MINUTE_BEGINS = datetime(2026, 11, 21, 20, 0, 0, tzinfo=UTC)


@pytest.fixture
def engine(app):
    return app.extensions["works"].engine


def is_in(client):
    return client.get("/account").status_code == 200


class TestPassword:
    def test_the_right_one_opens(self, client):
        assert enter(client, f" {COORDINATOR.upper()} ").status_code == 303
        assert is_in(client)

    @pytest.mark.parametrize("password", [PASSWORD + " ", PASSWORD.upper(), "x"])
    def test_another_does_not(self, client, password):
        assert enter(client, COORDINATOR, password).status_code == 403
        assert not is_in(client)

    def test_an_unknown_account_is_answered_as_a_known_one(self, client):
        answers = [enter(client, email, "fel") for email in (COORDINATOR, "ingen@vara.example")]
        texts = [answer.text.split("<form method")[0] for answer in answers]
        assert answers[0].status_code == answers[1].status_code == 403
        assert texts[0] == texts[1]

    @pytest.mark.parametrize(("email", "password", "field"), [("", "x", "email"), ("a@b", "", "password")])
    def test_an_empty_field_is_said_at_the_field(self, client, email, password, field):
        answer = enter(client, email, password)
        assert answer.status_code == 422
        assert f'href="#{field}"' in answer.text

    def test_the_password_is_never_sent_back(self, client):
        assert "hemlig-sak" not in enter(client, COORDINATOR, "hemlig-sak").text


class TestThrottle:
    def test_the_sixth_attempt_in_a_minute_is_refused_also_with_the_right_password(self, client):
        with time_machine.travel(MINUTE_BEGINS + timedelta(seconds=5), tick=False):
            codes = [enter(client, COORDINATOR, "fel").status_code for _ in range(5)]
            assert codes == [403] * 5
            assert enter(client, COORDINATOR).status_code == 429
            assert enter(client, PLANNER).status_code == 303

    def test_a_minute_is_any_minute_and_not_the_clocks(self, client):
        with time_machine.travel(MINUTE_BEGINS - timedelta(seconds=2), tick=False) as clock:
            for _ in range(5):
                enter(client, COORDINATOR, "fel")
            clock.shift(4)
            assert enter(client, COORDINATOR, "fel").status_code == 429

    def test_after_a_while_it_opens_again(self, client):
        with time_machine.travel(MINUTE_BEGINS, tick=False) as clock:
            for _ in range(6):
                enter(client, COORDINATOR, "fel")
            clock.shift(121)
            assert enter(client, COORDINATOR).status_code == 303

    def test_it_counts_for_accounts_that_do_not_exist_too(self, client, engine):
        with time_machine.travel(MINUTE_BEGINS, tick=False):
            codes = [enter(client, "ingen@vara.example", "fel").status_code for _ in range(6)]
        assert codes == [403] * 5 + [429]
        with reading(engine) as session:
            assert "ingen" not in str([each.account_digest for each in session.query(LoginAttempt)])


class TestSession:
    def test_the_cookie_is_for_the_server_alone(self, client):
        cookie = enter(client, COORDINATOR).headers["Set-Cookie"]
        assert cookie.startswith("s=")
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))

    def test_over_https_it_is_bound_to_the_host(self, staffed_file, tmp_path):
        path = tmp_path / "own.gpkg"
        path.write_bytes(staffed_file.read_bytes())
        app = application(f"sqlite:///{path}", tmp_path, public_url="https://localhost")
        answer = app.test_client().get("/login", base_url="https://localhost")
        closed(app)
        assert next(iter(parse_cookie(answer.headers["Set-Cookie"]))) == "__Host-s"
        assert "Secure" in answer.headers["Set-Cookie"]
        assert "Domain" not in answer.headers["Set-Cookie"]

    def test_logging_in_gives_a_new_one(self, client):
        client.get("/login")
        before = client.get_cookie("s").value
        enter(client, COORDINATOR)
        first = client.get_cookie("s").value
        assert before != first

    def test_logging_out_kills_the_token_wherever_it_is_kept(self, client, engine):
        enter(client, COORDINATOR)
        kept = client.get_cookie("s").value
        assert post(client, "/logout").status_code == 303
        client.set_cookie("s", kept)
        assert not is_in(client)
        assert factories.rows(engine, UserSession) == {"user_session": 0}

    def test_logging_in_again_ends_the_session_before(self, client, engine, logged_in):
        browser = logged_in(COORDINATOR)
        post(browser, "/login", email=PLANNER, password=PASSWORD)
        assert factories.rows(engine, UserSession) == {"user_session": 1}

    def test_one_session_can_be_ended_from_another(self, engine, logged_in):
        lost, here = logged_in(), logged_in()
        with reading(engine) as session:
            first = min(each.id for each in session.query(UserSession))
        assert post(here, f"/account/sessions/{first}/end").status_code == 303
        assert (is_in(lost), is_in(here)) == (False, True)

    def test_a_shut_account_is_out_at_its_next_request(self, engine, logged_in):
        browser = logged_in()
        assert is_in(browser)
        with writing(engine) as session:
            accounts.disable(session, COORDINATOR)
        assert not is_in(browser)
        assert enter(browser, COORDINATOR).status_code == 403

    def test_half_an_hour_of_silence_ends_it(self, app, logged_in):
        with time_machine.travel(MINUTE_BEGINS, tick=False) as clock:
            browser = logged_in()
            for minutes in (29, 29):
                clock.shift(timedelta(minutes=minutes))
                assert is_in(browser)
            clock.shift(timedelta(minutes=31))
            assert not is_in(browser)

    def test_twelve_hours_end_it_however_busy(self, logged_in):
        with time_machine.travel(MINUTE_BEGINS, tick=False) as clock:
            browser = logged_in()
            for _ in range(28):
                clock.shift(timedelta(minutes=25))
                assert is_in(browser)
            clock.shift(timedelta(minutes=21))
            assert not is_in(browser)

    def test_the_list_shows_only_those_that_still_open(self, app, logged_in):
        with time_machine.travel(MINUTE_BEGINS, tick=False) as clock:
            logged_in()
            clock.shift(timedelta(minutes=40))
            assert logged_in().get("/account").text.count("/end") == 1

    @pytest.mark.parametrize("cookie", ["", "x", "eyJzaWQiOiJ4In0.aaaa.bbbb"])
    def test_a_made_up_cookie_is_nobody(self, client, cookie):
        client.set_cookie("s", cookie)
        assert not is_in(client)
