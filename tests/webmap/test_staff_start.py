"""The staff's start: what waits for me, and the rooms that are mine."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient

from geodata.tables.engine import writing
from geodata.vocabulary import State
from tests import factories, findings, walks
from tests.webmap.application import ADMIN, COORDINATOR, PLANNER, Login
from webmap.pages.staff_start import FLOORS

ROOM = re.compile(r'<ul class="floor-rooms">(.*?)</ul>', re.DOTALL)
LINK = re.compile(r'href="([^"]+)"')


def rooms(page: str) -> list[str]:
    return [address for floor in ROOM.findall(page) for address in LINK.findall(floor)]


class TestRooms:
    def test_each_sees_those_that_open_and_each_once(self, logged_in: Login) -> None:
        for who in (COORDINATOR, PLANNER, ADMIN):
            browser = logged_in(who)
            shown = rooms(browser.get("/staff/").text)
            assert len(shown) == len(set(shown)) > 1
            for address in shown:
                assert browser.get(address).status_code == 200, (who, address)

    def test_the_others_refuse(self, logged_in: Login) -> None:
        for who in (COORDINATOR, PLANNER, ADMIN):
            browser = logged_in(who)
            shown = rooms(browser.get("/staff/").text)
            hidden = {room.address for floor in FLOORS.values() for room in floor} - set(shown)
            assert hidden
            assert {browser.get(address).status_code for address in hidden} == {403}

    def test_nobody_is_led_to_the_login(self, client: FlaskClient) -> None:
        assert "/login" in client.get("/staff/").location


class TestWhatWaits:
    def test_reports_to_review_are_counted_for_the_one_who_reviews(
        self, app: Flask, logged_in: Login
    ) -> None:
        with writing(app.extensions["works"].engine) as session:
            home = factories.home(session, "1470")
            factories.store(session, home, [factories.draft(state=State.NEW) for _ in range(2)])
        assert "2 rapporter att granska" in logged_in(COORDINATOR).get("/staff/").text
        assert "att granska" not in logged_in(PLANNER).get("/staff/").text
        assert "Inget väntar på dig just nu." in logged_in(PLANNER).get("/staff/").text

    def test_findings_of_walks_are_told_once_among_the_reports(self, app: Flask, logged_in: Login) -> None:
        engine = app.extensions["works"].engine
        with writing(engine) as session:
            home = factories.home(session, "1470")
            factories.store(session, home, [factories.draft(state=State.NEW)])
        walk = walks.walk(engine)
        for _ in range(2):
            findings.found(engine, walk)
        page = logged_in(COORDINATOR).get("/staff/").text
        assert "3 rapporter att granska, varav 2 från vandringar, den äldsta" in page
        assert page.count("att granska") == 1

    def test_a_public_map_that_was_never_made_is_said(self, logged_in: Login) -> None:
        assert "inte publicerad än" in logged_in(COORDINATOR).get("/staff/").text
