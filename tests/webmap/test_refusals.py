"""The log of who was let in and what was refused: enough to follow an attack, and nothing that was typed."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from geodata.tables.engine import reading
from geodata.tables.users import User
from tests.webmap.application import ADMIN, COORDINATOR, ELSEWHERE, enter, token_in
from webmap.refusals import REFUSED


@pytest.fixture
def lines(caplog):
    """Reads what was written down, as objects."""
    caplog.set_level(logging.INFO, "tryggkarta.refusals")

    def read():
        return [json.loads(each.message) for each in caplog.records if each.name == "tryggkarta.refusals"]

    return read


def id_of(app, email):
    with reading(app.extensions["works"].engine) as session:
        return session.scalar(select(User.id).where(User.email == email))


class TestLogIn:
    def test_who_came_in_and_by_which_way(self, app, client, lines):
        enter(client, COORDINATOR)
        (line,) = lines()
        assert line == line | {"event": "let in", "asked": "POST /login", "way": "password"}
        assert line["user"] == id_of(app, COORDINATOR)

    def test_a_wrong_password_is_known_by_a_mark_of_the_account_tried(self, client, lines):
        for email in (COORDINATOR, COORDINATOR.upper(), ADMIN, "ingen@vara.example"):
            enter(client, email, "ett annat lösenord")
        first, again, other, nobodys = lines()
        assert first == first | {"event": "refused", "asked": "POST /login", "status": 403}
        assert first["tried"] == again["tried"]
        assert len({first["tried"], other["tried"], nobodys["tried"]}) == 3

    def test_too_many_attempts_are_told(self, client, lines):
        for _ in range(6):
            enter(client, COORDINATOR, "ett annat lösenord")
        assert [line["status"] for line in lines()] == [403] * 5 + [429]


class TestRights:
    def test_a_page_that_is_not_theirs_is_told_with_who_asked(self, app, logged_in, lines):
        logged_in(ADMIN).get("/staff/map?municipality=1470")
        (line,) = lines()
        assert (line["status"], line["user"]) == (403, id_of(app, ADMIN))

    def test_so_is_a_thing_of_another_municipality(self, app, logged_in, lines):
        logged_in(ELSEWHERE).get("/staff/map?municipality=1470")
        (line,) = lines()
        assert (line["status"], line["user"]) == (404, id_of(app, ELSEWHERE))

    def test_so_is_a_page_that_needs_a_log_in(self, client, lines):
        client.get("/staff/map")
        client.get("/api/v1/reports")
        assert [line["status"] for line in lines()] == [302, 401]

    def test_what_anybody_may_is_not(self, client, logged_in, lines):
        client.get("/")
        client.get("/finns/inte")
        logged_in().get("/account")
        assert lines() == []


class TestTricks:
    def test_a_form_without_its_token_a_strange_host_and_too_much_are_told(self, client, lines):
        client.post("/login", data={"email": COORDINATOR})
        client.get("/", headers={"Host": "evil.example"})
        client.post("/login", data={"email": "a" * 2_000_000})
        assert [line["status"] for line in lines()] == [400, 400, 413]
        assert {line["status"] for line in lines()} <= REFUSED

    def test_no_line_is_slipped_in_and_nothing_typed_stands_in_one(self, client, caplog, lines):
        evil = 'x\n{"event": "let in"}\r\x1b[2K'
        client.post("/login", data={"email": evil, "password": evil, "next": evil})
        client.get("/staff/map", query_string={"weekdays": evil}, headers={"User-Agent": "Hemlig"})
        token = token_in(client.get("/login"))
        client.post("/login", data={"csrf_token": token, "email": "hemlig@x.example", "password": "hemligt"})
        assert len(lines()) == 3
        for each in caplog.records:
            assert "\n" not in each.message
            assert "emlig" not in each.message
            assert "127.0.0.1" not in each.message


def test_each_says_when_in_universal_time(client, lines):
    client.get("/staff/map")
    assert datetime.fromisoformat(lines()[0]["at"]).utcoffset() == timedelta(0)
