"""The ranked places beside the map and as a page of their own, by pointer, by keys and without scripts."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visitors
from tests.browser.visitor import PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

AUTUMN = "?municipality=1470&since=2025-11-01&until=2026-10-31&kinds=perception"


def line(page: Page, rank: int) -> Locator:
    return page.locator(f'li[data-rank="{rank}"]')


def disc(page: Page, rank: int) -> Locator:
    return page.locator(".m-rank", has_text=re.compile(f"^{rank}$"))


class TestBesideTheMap:
    def test_every_rank_of_the_list_is_on_the_map(self, visitor: Visitor) -> None:
        page = visitor.page
        visitor.open_map(AUTUMN)
        expect(line(page, 1)).to_be_visible()
        expect(page.locator(".m-rank")).to_have_count(
            page.locator('li[data-rank]:not([data-rank=""])').count()
        )

    def test_to_show_a_place_moves_the_map_and_says_so(self, visitor: Visitor) -> None:
        page = visitor.page
        visitor.open_map(AUTUMN)
        line(page, 3).get_by_role("link", name="Visa").click()
        expect(page.locator("[data-live]")).to_contain_text("Kartan visar")
        expect(disc(page, 3)).to_have_class(re.compile("is-on"))
        expect(disc(page, 3)).to_be_in_viewport()

    def test_keys_lead_from_the_disc_to_its_line(self, visitor: Visitor) -> None:
        page = visitor.page
        visitor.open_map(AUTUMN)
        disc(page, 2).focus()
        page.keyboard.press("Enter")
        expect(line(page, 2)).to_be_focused()
        expect(disc(page, 2)).to_have_class(re.compile("is-on"))

    def test_another_filter_is_another_list(self, visitor: Visitor) -> None:
        page = visitor.page
        visitor.open_map(AUTUMN)
        before = line(page, 1).inner_text()
        page.get_by_label("fre", exact=True).check()
        expect(line(page, 1)).not_to_have_text(before)
        expect(disc(page, 1)).to_have_count(1)


class TestItsOwnPage:
    def test_it_is_read_and_sorted_without_scripts(self, visitors: Visitors, badge: object) -> None:
        page = visitors(storage_state=badge, java_script_enabled=False).page
        page.goto(f"/staff/map/list{AUTUMN}")
        page.get_by_role("link", name="Plats", exact=True).click()
        expect(page.get_by_role("columnheader", name="Plats")).to_have_attribute("aria-sort", "ascending")

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("size", [PHONE, {"width": 1440, "height": 900}])
    def test_it_is_sound_and_fits(self, visitors: Visitors, badge: object, scheme: str, size: object) -> None:
        page = visitors(storage_state=badge, viewport=size, color_scheme=scheme).page
        page.goto(f"/staff/map/list{AUTUMN}")
        found = Axe().run(page)
        assert [each["id"] for each in found.response["violations"]] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
