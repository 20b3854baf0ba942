"""Squares and points of the same filter, as a person meets them on the map."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SQUARES, POINTS = "?municipality=1470&view=squares", "?municipality=1470&view=points"
TOWN, STREET = "#13/58.26300/12.95300", "#16/58.26300/12.95300"


def card(page: Page) -> Locator:
    return page.locator("[data-value-card]")


def marks(page: Page) -> Locator:
    return page.locator(".m-point, .m-many")


class TestSquares:
    def test_enter_asks_about_the_square_in_the_middle_and_outlines_it(self, visitor: Visitor) -> None:
        visitor.open_map(SQUARES, TOWN)
        page = visitor.page
        page.locator("#map_canvas").focus()
        page.keyboard.press("Enter")
        expect(card(page)).to_contain_text("i rutan")
        expect(page.locator("path.m-square")).to_have_count(1)

    def test_escape_takes_card_and_outline_away(self, visitor: Visitor) -> None:
        visitor.open_map(SQUARES, TOWN)
        page = visitor.page
        page.locator("#map_canvas").focus()
        page.keyboard.press("Enter")
        expect(page.locator("path.m-square")).to_have_count(1)
        page.keyboard.press("Escape")
        expect(card(page)).to_be_hidden()
        expect(page.locator("path.m-square")).to_have_count(0)


class TestPoints:
    def test_many_are_circles_and_closer_by_they_are_shapes(self, visitor: Visitor) -> None:
        page = visitor.page
        page.goto(f"/staff/map{POINTS}{TOWN}")
        expect(page.locator(".m-many").first).to_be_visible()
        page.goto("about:blank")
        page.goto(f"/staff/map{POINTS}&weekdays=fri&hours=22-23{STREET}")
        expect(page.locator(".m-point").first).to_be_attached()
        expect(page.locator(".m-many")).to_have_count(0)

    def test_one_tells_what_it_is_in_words_of_ours(self, visitor: Visitor) -> None:
        page = visitor.page
        page.goto(f"/staff/map{POINTS}&weekdays=fri&hours=22-23{STREET}")
        page.locator(".m-point").first.dispatch_event("click")
        expect(card(page).get_by_role("heading")).to_have_text("Otryggt")
        expect(card(page)).to_contain_text("Upplevd otrygghet")
        expect(page.locator(".m-point.is-chosen")).to_have_count(1)

    def test_they_are_no_stops_for_the_tab_key(self, visitor: Visitor) -> None:
        page = visitor.page
        page.goto(f"/staff/map{POINTS}{TOWN}")
        expect(marks(page).first).to_be_attached()
        assert marks(page).evaluate_all("(all) => all.every((each) => each.tabIndex < 0)")

    def test_a_moved_map_asks_anew_and_another_view_takes_them_away(self, visitor: Visitor) -> None:
        page = visitor.page
        page.goto(f"/staff/map{POINTS}{TOWN}")
        expect(marks(page).first).to_be_attached()
        with page.expect_response(
            lambda answer: "/api/v1/reports?" in answer.url and "zoom=14" in answer.url
        ):
            page.get_by_role("button", name="Zooma in").click()
        page.get_by_role("link", name="Yta", exact=True).click()
        expect(marks(page)).to_have_count(0)
