"""A report followed in a browser: by its code, on a desk and on a phone, and on paper."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitors
from tests.browser.looking import all_faults
from tests.browser.visitor import PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

WRONG = "2222-2222-2223"


@pytest.fixture
def phone(visitors: Visitors) -> Visitor:
    visitor = visitors(viewport=PHONE)
    visitor.record.known_statuses.add(422)
    return visitor


def told(page: Page) -> str:
    """The code of a report that a program has sent just now."""
    said = {
        "municipality": "1470",
        "polarity": "unsafe",
        "categories": ["lighting"],
        "place_text": "Vid bron",
    }
    answer = page.request.put(
        f"/api/v1/reports/{uuid4()}",
        data={"type": "Feature", "geometry": None, "properties": said},
        headers={"Content-Type": "application/geo+json"},
    )
    assert answer.status == 201, answer.text()
    return str(answer.json()["receipt"])


def opened(page: Page) -> str:
    code = told(page)
    page.goto("/follow")
    page.get_by_label("Din kod").fill(code.lower())
    page.get_by_role("button", name="Visa rapporten").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Din rapport")
    return code


class TestFollow:
    def test_a_wrong_code_is_kept_for_one_more_try_and_no_longer(self, phone: Visitor) -> None:
        page = phone.page
        page.goto("/follow")
        assert all_faults(page) == []
        page.get_by_label("Din kod").fill(WRONG)
        page.get_by_role("button", name="Visa rapporten").click()
        expect(page.get_by_role("alert")).to_be_focused()
        expect(page.get_by_label("Din kod")).to_have_value(WRONG)
        assert all_faults(page) == []
        assert page.evaluate("sessionStorage.length") == 0
        page.goto("/follow")
        expect(page.get_by_label("Din kod")).to_have_value("")

    def test_the_report_is_read_and_taken_back(self, phone: Visitor) -> None:
        page = phone.page
        code = opened(page)
        assert code not in page.url
        assert all_faults(page) == []
        page.get_by_role("link", name="Ta tillbaka rapporten").click()
        assert all_faults(page) == []
        page.get_by_role("button", name="Ta tillbaka rapporten").click()
        expect(page.get_by_role("status")).to_have_text("Du har tagit tillbaka rapporten.")
        assert all_faults(page) == []

    def test_the_code_is_forgotten(self, phone: Visitor) -> None:
        page = phone.page
        code = opened(page)
        page.get_by_role("button", name="Glöm koden här").click()
        expect(page.get_by_label("Din kod")).to_be_visible()
        assert code not in page.content()

    def test_no_target_is_too_small_for_a_finger(self, phone: Visitor) -> None:
        page = phone.page
        opened(page)
        sizes = [each.bounding_box() for each in page.locator("main .btn, main .in").all()]
        assert all(box and box["height"] >= 44 for box in sizes)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


class TestWithoutAScript:
    def test_the_report_is_followed_all_the_same(self, visitors: Visitors) -> None:
        page = visitors(java_script_enabled=False).page
        opened(page)
        page.get_by_label("E-postadress").fill("anna@example.org")
        page.get_by_role("button", name="Spara adressen").click()
        expect(page.get_by_role("status")).to_have_text("Vi skickar svar till adressen du skrev.")
        page.get_by_role("button", name="Ta bort adressen").click()
        expect(page.get_by_role("status")).to_have_text(re.compile("Adressen är borttagen"))


class TestWaiting:
    def test_the_page_of_a_receipt_that_is_not_here_explains(self, phone: Visitor) -> None:
        page = phone.page
        page.goto("/report/done")
        expect(page.get_by_role("heading", level=1)).to_have_text("Din kod visas inte här längre")
        assert all_faults(page) == []
