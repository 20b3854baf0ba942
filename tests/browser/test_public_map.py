"""The public map for somebody with a phone, with keys, and without scripts."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response, expect

from tests.browser.conftest import Visitors
from tests.browser.visitor import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

MOST_BYTES = 300_000
MAP = "[data-public-map]"


def opened(page: Page, address: str = "/") -> Page:
    """The page with its map there."""
    page.goto(address)
    expect(page.locator(f"{MAP}[data-ready]")).to_be_attached()
    return page


def press(page: Page, name: str) -> None:
    """Come to a button by Tab alone, and press it."""
    wanted = page.get_by_role("button", name=re.compile(name)).first
    for _ in range(80):
        page.keyboard.press("Tab")
        if wanted.evaluate("(element) => element === document.activeElement"):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"80 times Tab and never at {name}")


class TestDesk:
    def test_a_square_is_clicked_and_says_how_often_when_and_what_is_done(self, visitors: Visitors) -> None:
        page = opened(visitors(viewport=DESKTOP).page)
        shapes = page.locator("path.m-public")
        expect(shapes).not_to_have_count(0)
        shapes.last.dispatch_event("click")
        card = page.locator("[data-place]")
        expect(card).to_be_visible()
        expect(card).to_contain_text("Rapporter:")
        expect(card.get_by_role("link", name="Rapportera en plats här")).to_be_visible()

    def test_with_keys_alone_from_the_evening_to_a_report(self, visitors: Visitors) -> None:
        page = opened(visitors(viewport=DESKTOP).page)
        page.get_by_label("Visa", exact=True).select_option("block:evening")
        page.get_by_role("button", name="Visa urvalet").press("Enter")
        expect(page).to_have_url(re.compile("view=block(:|%3A)evening"))
        expect(page.get_by_role("heading", level=2, name=re.compile("Kväll"))).to_be_visible()
        expect(page.locator(f"{MAP}[data-ready]")).to_be_attached()
        press(page, "^Visa Vid")
        card = page.locator("[data-place]")
        expect(card.get_by_role("heading")).to_be_focused()
        expect(page.locator("path.m-public.is-on")).to_have_count(1)
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("/report"))

    def test_another_view_opens_where_one_was(self, visitors: Visitors) -> None:
        page = opened(visitors(viewport=DESKTOP).page, "/#14/58.2600/12.9500")
        page.get_by_label("Visa", exact=True).select_option("safe")
        page.get_by_role("button", name="Visa urvalet").click()
        expect(page).to_have_url(re.compile(r"view=safe#14/58\.2600/12\.9500$"))
        expect(page.locator("path.m-public.is-safe")).not_to_have_count(0)


class TestPhone:
    def test_doors_first_and_the_map_a_tap_away(self, visitors: Visitors) -> None:
        phone = visitors(viewport=PHONE, has_touch=True, is_mobile=True)
        page = phone.page
        page.goto("/")
        expect(page.get_by_role("link", name=re.compile("Rapportera en plats"))).to_be_in_viewport()
        expect(page.locator(".map-still")).to_be_visible()
        expect(page.locator("#map_canvas .leaflet-pane")).to_have_count(0)
        page.get_by_role("button", name="Öppna kartan").tap()
        expect(page.locator(f"{MAP}[data-ready]")).to_be_attached()
        expect(page.locator("path.m-public")).not_to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    @pytest.mark.parametrize("size", [PHONE, DESKTOP])
    def test_all_of_it_is_under_300_kilobytes_as_sent(self, visitors: Visitors, size: dict[str, int]) -> None:
        page = visitors(viewport=size).page
        sent: list[Response] = []
        page.on("response", lambda response: sent.append(response))
        page.goto("/")
        opening = page.locator("[data-open]")
        if opening.is_visible():
            opening.click()
        expect(page.locator(f"{MAP}[data-ready]")).to_be_attached()
        page.wait_for_load_state("networkidle")
        total = sum(each.request.sizes()["responseBodySize"] for each in sent)
        print(f"public start with its map: {total:,} bytes as sent")
        assert total < MOST_BYTES


class TestWithoutScripts:
    def test_the_picture_the_choice_and_the_words_are_there(self, visitors: Visitors) -> None:
        page = visitors(java_script_enabled=False).page
        page.goto("/")
        expect(page.locator(".map-still")).to_be_visible()
        page.get_by_label("Visa", exact=True).select_option("block:night")
        page.get_by_role("button", name="Visa urvalet").click()
        expect(page.get_by_role("heading", level=2, name=re.compile("Natt"))).to_be_visible()
        page.get_by_role("link", name="Visa alla platser som tabell").click()
        expect(page.locator("tbody tr")).not_to_have_count(0)


class TestForEverybody:
    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_axe_finds_nothing_with_the_map_and_a_place_open(self, visitors: Visitors, theme: str) -> None:
        page = visitors(viewport=DESKTOP, color_scheme=theme).page
        opened(page)
        page.locator("path.m-public").last.dispatch_event("click")
        expect(page.locator("[data-place]")).to_be_visible()
        found = Axe().run(page).response["violations"]
        assert [(each["id"], node["html"][:200]) for each in found for node in each["nodes"]] == []
