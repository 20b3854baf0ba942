"""The week by keys alone: on the map, on its own page, and without scripts."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visitors
from tests.browser.visitor import PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PAGE = "/staff/map/week?municipality=1470"
FRIDAY_NIGHT = "&weekdays=fri&hours=20-03"
MOST_KEYS = 100


def cell(page: Page, value: str) -> Locator:
    return page.locator(f"[data-week] button[value='{value}']")


def tab_to_the_table(page: Page) -> None:
    for _ in range(MOST_KEYS):
        page.keyboard.press("Tab")
        if page.evaluate("Boolean(document.activeElement.closest('[data-week]'))"):
            return
    raise AssertionError(f"{MOST_KEYS} times Tab and never in the table")


def go(page: Page, value: str) -> None:
    """From where the focus is to an hour, by arrows."""
    page.keyboard.press("Home")
    day, _, hour = value.partition("-")
    for _ in range(7):
        page.keyboard.press("ArrowUp")
    for _ in range(["mon", "tue", "wed", "thu", "fri", "sat", "sun"].index(day)):
        page.keyboard.press("ArrowDown")
    for _ in range(int(hour) + 1):
        page.keyboard.press("ArrowRight")
    expect(cell(page, value)).to_be_focused()


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


class TestItsOwnPage:
    def test_the_table_is_one_stop_and_arrows_move_in_it(self, visitor: Visitor) -> None:
        page = visitor.page
        page.goto(PAGE)
        tab_to_the_table(page)
        go(page, "fri-22")
        page.keyboard.press("Tab")
        assert not page.evaluate("Boolean(document.activeElement.closest('[data-week]'))")
        page.keyboard.press("Shift+Tab")
        expect(cell(page, "fri-22")).to_be_focused()

    def test_the_hour_in_focus_is_said_in_the_panel(self, visitor: Visitor) -> None:
        page = visitor.page
        page.goto(PAGE)
        tab_to_the_table(page)
        go(page, "sat-01")
        expect(page.locator("[data-week-says]")).to_have_text(
            cell(page, "sat-01").get_attribute("aria-label") or "-"
        )

    @pytest.mark.parametrize("key", ["Enter", "Space"])
    def test_a_key_chooses_the_hour(self, visitor: Visitor, key: str) -> None:
        page = visitor.page
        page.goto(PAGE)
        tab_to_the_table(page)
        go(page, "fri-22")
        page.keyboard.press(key)
        page.wait_for_url("**/staff/map?*")
        assert (asked(page)["weekdays"], asked(page)["hours"]) == (["fri"], ["22-23"])

    def test_with_shift_it_takes_in_all_from_the_chosen_corner(self, visitor: Visitor) -> None:
        page = visitor.page
        page.goto(f"{PAGE}&weekdays=fri&hours=22-23")
        tab_to_the_table(page)
        expect(cell(page, "fri-22")).to_be_focused()
        page.keyboard.press("Shift+ArrowDown")
        page.keyboard.press("Shift+ArrowLeft")
        expect(page.locator(".is-reached")).to_have_count(4)
        page.keyboard.press("Shift+Enter")
        page.wait_for_url("**/staff/map?*")
        assert (asked(page)["weekdays"], asked(page)["hours"]) == (["fri,sat"], ["21-23"])

    def test_escape_goes_back_to_the_whole_week(self, visitor: Visitor) -> None:
        page = visitor.page
        page.goto(PAGE + FRIDAY_NIGHT)
        tab_to_the_table(page)
        page.keyboard.press("Escape")
        page.wait_for_url("**/staff/map?*")
        assert not {"weekdays", "hours"} & asked(page).keys()


class TestOnTheMap:
    def test_an_hour_filters_the_map_and_keeps_the_focus(self, visitor: Visitor) -> None:
        page = visitor.page
        visitor.open_map()
        page.locator("[data-part-of=week] > summary").press("Enter")  # folded where there is little room
        cell(page, "fri-22").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("fre 22–23")
        expect(cell(page, "fri-22")).to_have_attribute("aria-pressed", "true")
        expect(cell(page, "fri-22")).to_be_focused()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Shift+Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("fre 22–24")
        page.keyboard.press("Escape")
        expect(page.locator("[data-week] [aria-pressed]")).to_have_count(0)


class TestWithoutScripts:
    def test_an_hour_a_day_and_the_whole_week_are_buttons_of_a_form(self, visitors: Visitors) -> None:
        plain = visitors(java_script_enabled=False)
        plain.log_in(after=PAGE)
        page, heading = plain.page, plain.page.get_by_role("heading", level=1)
        page.get_by_role("button", name="fredag 22–23").click()
        expect(heading).to_contain_text("fre 22–23")
        page.goto(PAGE + FRIDAY_NIGHT)
        page.locator("button[value='sat']").click()
        expect(heading).to_contain_text("lör")
        page.goto(PAGE + FRIDAY_NIGHT)
        page.get_by_role("button", name="Hela veckan").click()
        expect(heading).not_to_contain_text("fre")


class TestForEverybody:
    @pytest.mark.parametrize(
        "path", [PAGE + FRIDAY_NIGHT, "/staff/map/multiples", "/staff/map/multiples?by=kind"]
    )
    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_axe_finds_nothing(self, visitor: Visitor, path: str, theme: str) -> None:
        visitor.page.emulate_media(color_scheme=theme)
        visitor.page.goto(path)
        found = Axe().run(visitor.page).response["violations"]
        assert [(each["id"], node["html"][:200]) for each in found for node in each["nodes"]] == []

    def test_a_phone_scrolls_the_table_and_not_the_page(self, visitors: Visitors, badge: Any) -> None:
        phone = visitors(viewport=PHONE, has_touch=True, is_mobile=True, storage_state=badge)
        for path in (PAGE, "/staff/map/multiples"):
            phone.page.goto(path)
            assert phone.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
        phone.page.goto(PAGE)
        box = cell(phone.page, "mon-00").bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44

    def test_every_small_map_is_drawn_in_the_readers_theme(self, visitor: Visitor) -> None:
        visitor.page.emulate_media(color_scheme="dark")
        visitor.page.goto("/staff/map/multiples?by=light")
        expect(visitor.page.locator("img.for-dark").first).to_be_visible()
        expect(visitor.page.locator("img.for-light").first).to_be_hidden()
        for one in visitor.page.locator("img.for-dark").all():
            one.scroll_into_view_if_needed()  # pictures further down are fetched when they come near
            expect(one).to_have_js_property("naturalWidth", 720)
