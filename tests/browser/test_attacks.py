"""Texts that try to become script stay texts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.browser.attacks import ATTACKS
from tests.browser.conftest import Visitors
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FILTERS = (
    *("since", "until", "weekdays", "hours", "hours_from", "hours_to", "kinds", "origins"),
    *("polarity", "categories", "light", "states", "bandwidth", "kernel", "lang", "anything"),
)


@pytest.fixture
def guest(hostile_visitors: Visitors, hostile_badge: Any) -> Visitor:
    made = hostile_visitors(storage_state=hostile_badge)
    made.record.known_statuses |= {400, 403, 404, 422, 429}
    return made


def is_alive(guest: Visitor) -> None:
    """Nothing ran so far, and the page still draws."""
    guest.page.evaluate("0")
    assert guest.record.found() == {}


class TestStoredAttacks:
    def test_place_names_are_written_as_they_are(self, guest: Visitor) -> None:
        guest.open_map(view="#14/58.27500/12.90000")
        written = guest.page.locator(".m-lab .name").all_text_contents()
        assert set(ATTACKS) <= set(written)
        assert guest.page.locator(".m-lab .name > *").count() == 0
        is_alive(guest)

    def test_the_map_still_answers_among_them(self, guest: Visitor) -> None:
        guest.open_map(view="#14/58.27500/12.90000")
        guest.page.get_by_label("fre", exact=True).check()
        expect(guest.page.get_by_role("heading", level=1)).to_contain_text("fre")
        guest.page.locator("#map_canvas").press("Enter")
        expect(guest.page.get_by_role("region", name="Värdet här")).to_contain_text("per km² och år")
        is_alive(guest)

    def test_no_page_runs_them(self, guest: Visitor) -> None:
        for path in ("/", "/account", "/nowhere", "/staff/map?lang=en"):
            guest.page.goto(path)
            is_alive(guest)


class TestAskedAttacks:
    def test_no_filter_field_runs_them(self, guest: Visitor) -> None:
        for attack in ATTACKS:
            guest.page.goto(f"/staff/map?{urlencode(dict.fromkeys(FILTERS, attack))}")
            expect(guest.page.locator("#filter")).to_be_attached()
            is_alive(guest)

    @pytest.mark.parametrize("field", ["municipality", "area"])
    def test_no_name_that_is_not_there_runs_them(self, guest: Visitor, field: str) -> None:
        for attack in ATTACKS:
            guest.page.goto(f"/staff/map?{urlencode({field: attack + '!'})}")
            is_alive(guest)

    def test_a_place_with_such_a_name_can_be_asked_for(self, guest: Visitor) -> None:
        guest.page.goto(f"/staff/map?{urlencode({'area': ATTACKS[5]})}")
        expect(guest.page.get_by_role("heading", level=1)).to_contain_text(ATTACKS[5])
        is_alive(guest)

    def test_the_login_form_gives_them_back_as_text(self, guest: Visitor) -> None:
        guest.context.clear_cookies()
        for attack in ATTACKS:
            guest.page.goto(f"/login?{urlencode({'next': attack})}")
            guest.page.get_by_label("E-post").fill(attack)
            with guest.page.expect_navigation():
                guest.page.get_by_role("button", name="Logga in").click()
            assert guest.page.get_by_label("E-post").input_value().strip() == attack.strip()
            is_alive(guest)

    def test_nobody_is_let_in_by_one(self, guest: Visitor) -> None:
        guest.context.clear_cookies()
        for attack in ATTACKS[:3]:
            guest.log_in(attack, attack, after=attack)
            expect(guest.page.get_by_role("alert")).to_be_visible()
            is_alive(guest)
