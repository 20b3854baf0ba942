"""The staff map as a person uses it, with pointer, keys, without scripts, and on a phone."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visitors
from tests.browser.visitor import PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FRIDAY_NIGHT = "?municipality=1470&weekdays=fri&hours=20-03&kinds=perception"
TOWN = "#13/58.26300/12.95300"
MOST_KEYS = 150


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def legend(page: Page) -> Locator:
    return page.get_by_role("region", name="Rapporter per km²")


def limits(page: Page) -> list[str]:
    return legend(page).locator("ol.ramp li").all_inner_texts()


def choose_friday_night(page: Page) -> None:
    page.get_by_label("fre", exact=True).check()
    page.get_by_label("Klockan från").select_option("20")
    expect(heading(page)).to_contain_text("20–24")
    page.get_by_label("Klockan till").select_option("03")
    expect(heading(page)).to_contain_text("20–03")


def press_until(page: Page, key: str, is_there: str) -> None:
    """Press a key until the focus is on what matches a selector."""
    for _ in range(MOST_KEYS):
        page.keyboard.press(key)
        if page.evaluate("(selector) => document.activeElement.matches(selector)", is_there):
            return
    raise AssertionError(f"{MOST_KEYS} times {key} and never at {is_there}")


def click_free_ground(page: Page) -> None:
    """A little right of the middle and above it: no panel and no numbered place lies there."""
    box = page.locator("#map_canvas").bounding_box()
    assert box
    page.mouse.click(box["x"] + 0.64 * box["width"], box["y"] + 0.3 * box["height"])


class TestLoggingIn:
    def test_it_leads_to_the_page_that_was_asked_for(self, visitors: Visitors) -> None:
        newcomer = visitors()
        newcomer.page.goto(f"/staff/map{FRIDAY_NIGHT}")
        expect(heading(newcomer.page)).to_have_text("Logga in")
        newcomer.fill_in_login()
        expect(heading(newcomer.page)).to_contain_text("20–03")
        newcomer.await_tiles()


class TestAChangeOfHours:
    def test_it_changes_heading_legend_and_tiles(self, visitor: Visitor) -> None:
        visitor.open_map(view=TOWN)
        page, before = visitor.page, visitor.tile_addresses()
        whole_limits, drawn = limits(page), {visitor.tile_bytes(each) for each in before}
        expect(legend(page)).to_contain_text("Skala: hela veckan")
        choose_friday_night(page)
        visitor.await_tiles()
        after = visitor.tile_addresses()
        expect(heading(page)).to_contain_text("fre")
        expect(legend(page)).to_contain_text("Skala: del av veckan")
        assert limits(page) != whole_limits
        assert not set(after) & set(before)
        assert not {visitor.tile_bytes(each) for each in after} <= drawn

    def test_the_back_button_brings_the_former_view_back(self, visitor: Visitor) -> None:
        visitor.open_map(view=TOWN)
        page, before = visitor.page, visitor.tile_addresses()
        former, former_limits = heading(page).inner_text(), limits(page)
        page.get_by_label("fre", exact=True).check()
        expect(heading(page)).not_to_have_text(former)
        page.go_back()
        expect(heading(page)).to_have_text(former)
        visitor.await_tiles()
        expect(page.get_by_label("fre", exact=True)).not_to_be_checked()
        assert (limits(page), visitor.tile_addresses()) == (former_limits, before)

    def test_the_address_shows_another_person_the_same(self, visitor: Visitor, visitors: Visitors) -> None:
        visitor.open_map(view=TOWN)
        choose_friday_night(visitor.page)
        other = visitors()
        other.log_in("planerare@demo.example")
        other.page.goto(visitor.page.url)
        other.await_tiles()
        expect(heading(other.page)).to_have_text(heading(visitor.page).inner_text())
        expect(legend(other.page)).to_have_text(legend(visitor.page).inner_text(), use_inner_text=True)
        assert other.tile_addresses() == visitor.tile_addresses()

    def test_the_tiles_carry_the_same_filter_as_the_address(self, visitor: Visitor) -> None:
        visitor.open_map(FRIDAY_NIGHT, TOWN)
        for address in visitor.tile_addresses():
            asked = parse_qs(urlsplit(address).query)
            assert (asked["weekdays"], asked["hours"]) == (["fri"], ["20-03"])


class TestTheValueHere:
    def test_a_click_says_it(self, visitor: Visitor) -> None:
        visitor.open_map(FRIDAY_NIGHT, TOWN)
        click_free_ground(visitor.page)
        card = visitor.page.get_by_role("region", name="Värdet här")
        expect(card).to_contain_text("per km² och år")
        expect(card).to_contain_text("Medan de valda timmarna pågår")

    def test_it_follows_a_change_of_the_filter(self, visitor: Visitor) -> None:
        visitor.open_map(view=TOWN)
        click_free_ground(visitor.page)
        card = visitor.page.get_by_role("region", name="Värdet här")
        expect(card).to_contain_text("per km² och år")
        visitor.page.get_by_label("fre", exact=True).check()
        expect(card).to_contain_text("Medan de valda timmarna pågår")

    def test_keys_alone_reach_it(self, visitor: Visitor) -> None:
        visitor.open_map(view=TOWN)
        press_until(visitor.page, "Tab", "#map_canvas")
        visitor.page.keyboard.press("Enter")
        card = visitor.page.get_by_role("region", name="Värdet här")
        expect(card).to_contain_text("per km² och år")
        visitor.page.keyboard.press("Escape")
        expect(card).to_be_hidden()


class TestTheFilterByKeys:
    def test_a_day_is_chosen_with_space(self, visitor: Visitor) -> None:
        visitor.open_map(view=TOWN)
        press_until(visitor.page, "Tab", "[name=weekdays][value=fri]")
        visitor.page.keyboard.press("Space")
        expect(heading(visitor.page)).to_contain_text("fre")

    def test_the_focus_stays_where_it_was(self, visitor: Visitor) -> None:
        visitor.open_map(view=TOWN)
        press_until(visitor.page, "Tab", "#hours_from")
        visitor.page.keyboard.type("20")
        expect(heading(visitor.page)).to_contain_text("20–24")
        expect(visitor.page.get_by_label("Klockan från")).to_be_focused()


class TestWithoutScripts:
    def test_the_filter_works_by_its_button(self, visitors: Visitors) -> None:
        plain = visitors(java_script_enabled=False)
        plain.log_in(after="/staff/map")
        page = plain.page
        page.get_by_label("fre", exact=True).check()
        page.get_by_label("Klockan från").select_option("20")
        page.get_by_label("Klockan till").select_option("03")
        page.get_by_role("button", name="Visa").click()
        expect(heading(page)).to_contain_text("20–03")
        expect(legend(page)).to_contain_text("Skala: del av veckan")
        expect(page.locator("noscript p")).to_have_text(re.compile("Kartbilden behöver JavaScript"))


class TestTheTwoThemes:
    def test_each_asks_for_its_own_tiles(self, visitor: Visitor) -> None:
        visitor.page.emulate_media(color_scheme="light")
        visitor.open_map(view=TOWN)
        light = visitor.tile_addresses()
        visitor.page.emulate_media(color_scheme="dark")
        expect(visitor.page.locator("img.leaflet-tile[src*='theme=dark']").first).to_be_attached()
        visitor.await_tiles()
        dark = visitor.tile_addresses()
        assert [each.replace("theme=light", "theme=dark") for each in light] == dark
        assert [visitor.tile_bytes(each) for each in light] != [visitor.tile_bytes(each) for each in dark]

    def test_the_switch_outlasts_the_page(self, visitor: Visitor) -> None:
        visitor.page.emulate_media(color_scheme="light")
        visitor.open_map(view=TOWN)
        switch = visitor.page.locator("[data-theme-switch]")
        for _ in range(2):
            switch.click()
        visitor.open_map(view=TOWN)
        assert all("theme=dark" in each for each in visitor.tile_addresses())


class TestOnAPhone:
    def test_nothing_sticks_out_and_the_legend_is_there(self, visitors: Visitors, badge: Any) -> None:
        phone = visitors(viewport=PHONE, has_touch=True, is_mobile=True, storage_state=badge)
        for path in ("/", "/account", "/staff/map"):
            phone.page.goto(path)
            assert phone.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
        expect(legend(phone.page)).to_be_visible()
        phone.await_tiles()

    def test_the_filter_unfolds_and_works(self, visitors: Visitors, badge: Any) -> None:
        phone = visitors(viewport=PHONE, has_touch=True, is_mobile=True, storage_state=badge)
        phone.open_map()
        phone.page.locator("[data-filter] > summary").tap()
        phone.page.get_by_text("fre", exact=True).tap()
        expect(heading(phone.page)).to_contain_text("fre")
        phone.await_tiles()


class TestOpening:
    """The tiles are asked for before Leaflet is read, by a sum of our own that must come out as Leaflet's."""

    @pytest.mark.parametrize("size", [{"width": 1280, "height": 860}, {"width": 1920, "height": 1080}, PHONE])
    @pytest.mark.parametrize("view", ["", TOWN])
    def test_no_tile_is_asked_for_twice_or_in_vain(
        self, visitors: Visitors, badge: Any, size: dict[str, int], view: str
    ) -> None:
        known = visitors(storage_state=badge, viewport=size)
        asked: list[str] = []
        known.page.on("request", lambda each: "/heat/staff/" in each.url and asked.append(each.url))
        known.page.goto(f"/staff/map{FRIDAY_NIGHT}{view}")
        known.await_tiles()
        shown = known.page.locator("img.leaflet-tile").evaluate_all("all => all.map(each => each.src)")
        assert sorted(asked) == sorted(shown)
