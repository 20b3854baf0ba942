"""Staff write down what others say: one report by keys alone, and an evening pasted from a sheet."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from geodata.vocabulary import Channel, State
from tests.browser.conftest import Visitors
from tests.browser.looking import SIZES, all_faults
from tests.browser.site import House
from tests.browser.test_report import CODE, choose, last, press, reach, stored
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

NEW, BATCH = "/staff/reports/new", "/staff/reports/batch"
SHEET = "Badhusparken\tMörkt vid bryggan\r\nBakom skolan\tIngen ser dit\r\nBadhusparken\tIgen\r\n"


def paste(page: Page, text: str) -> None:
    """As one copies in a spreadsheet and pastes in the field one is in."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("(text) => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+V")


def describe_meeting(page: Page) -> None:
    page.get_by_label("Namn").fill("Dialogkväll i Kvänum")
    page.get_by_label("Dag", exact=True).fill("2025-10-14")
    page.get_by_label("Hur många kom?").fill("18")


class TestOneReport:
    def test_it_is_written_by_keys_alone_and_the_code_is_read_out(
        self, visitor: Visitor, demo_house: House
    ) -> None:
        page, before = visitor.page, stored(demo_house)
        page.goto(NEW)
        press(page, page.get_by_label("Bristfällig belysning"), "Space")
        choose(page, "way", "words")
        reach(page, page.locator("#words"))
        page.keyboard.type("Bakom ladan")
        choose(page, "when", "often")
        press(page, page.get_by_role("checkbox", name="fredag"), "Space")
        reach(page, page.locator("#text"))
        page.keyboard.type("Lampan är trasig.")
        page.keyboard.press("Control+Enter")
        saved = page.get_by_role("status").filter(has_text="Rapporten är sparad")
        expect(saved).to_have_text(CODE)
        assert stored(demo_house) == before + 1
        report = last(demo_house)
        assert (report.source, report.state, report.place_text) == (Channel.PHONE, State.NEW, "Bakom ladan")

    def test_sending_again_by_going_back_stores_nothing_more(
        self, visitor: Visitor, demo_house: House
    ) -> None:
        page = visitor.page
        page.goto(NEW)
        page.get_by_label("Bristfällig belysning").check()
        page.get_by_label("Platsen är inte känd").check()
        page.get_by_label("Jag vet inte").check()
        for _ in range(2):
            page.get_by_role("button", name="Spara rapporten").click()
            expect(page.get_by_role("heading", name="Rapporten är sparad")).to_be_visible()
            once = stored(demo_house)
            page.go_back()
        assert stored(demo_house) == once


class TestAnEvening:
    def test_rows_are_pasted_and_stored_together(self, visitor: Visitor, demo_house: House) -> None:
        page, before = visitor.page, stored(demo_house)
        page.goto(BATCH)
        describe_meeting(page)
        page.get_by_label("Var", exact=True).first.focus()
        paste(page, SHEET)
        expect(page.locator("[data-row-place]").nth(1)).to_have_value("Bakom skolan")
        expect(page.locator("[data-row-text]").nth(2)).to_have_value("Igen")
        for row in range(3):
            page.get_by_label("Orsak").nth(row).select_option("lighting")
        page.get_by_label("Med deras ord").nth(2).press("Control+Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Dialogkväll i Kvänum")
        expect(page.locator(".entry-codes b")).to_have_text([CODE] * 3)
        assert stored(demo_house) == before + 3
        assert all_faults(page) == []

    def test_without_a_script_it_says_which_row_is_wrong(self, visitors: Visitors, badge: Any) -> None:
        visitor = visitors(storage_state=badge, java_script_enabled=False)
        visitor.record.known_statuses.add(422)
        page = visitor.page
        page.goto(BATCH)
        describe_meeting(page)
        page.get_by_label("Var", exact=True).nth(1).fill("Badhusparken")
        page.get_by_role("button", name="Spara alla rader").click()
        expect(page).to_have_title(re.compile("^Fel: "))
        expect(page.get_by_role("alert").get_by_role("link")).to_have_text(re.compile("^Rad 2: "))
        expect(page.get_by_label("Namn")).to_have_value("Dialogkväll i Kvänum")


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_where_something_is_wrong(visitors: Visitors, badge: Any, size: str) -> None:
    visitor = visitors(viewport=SIZES[size], storage_state=badge)
    visitor.record.known_statuses.add(422)
    page, found = visitor.page, []
    for path, button in ((NEW, "Spara rapporten"), (BATCH, "Spara alla rader")):
        page.goto(path)
        page.get_by_role("button", name=button).click()
        expect(page.get_by_role("alert")).to_be_focused()
        found += all_faults(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert found == []
