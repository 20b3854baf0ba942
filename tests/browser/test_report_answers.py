"""What one has answered stays while one goes back and reloads, and is gone when one leaves in a hurry."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitors
from tests.browser.site import House
from tests.browser.test_report import go_on
from tests.browser.visitor import Visitor
from webmap.cookies import Sealer
from webmap.settings import Settings

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

QUESTIONS = ("what", "where", "when", "words", "photo", "contact")
SAID = "Det är mörkt vid bryggan."


Kept = Callable[[Visitor], dict[str, Any]]


@pytest.fixture
def kept(demo_house: House) -> Kept:
    """What the cookie of the session holds; only who has the server's secret can look."""
    sealer = Sealer(Settings(data_dir=str(demo_house.folder)).secret())

    def read(visitor: Visitor) -> dict[str, Any]:
        value = next((each["value"] for each in visitor.context.cookies() if each["name"] == "s"), "")
        assert SAID not in value
        found: dict[str, Any] = sealer.loads(value) if value else {}
        return found

    return read


def tell(page: Page) -> None:
    """Everything answered, up to the page where it is looked through."""
    page.goto("/report")
    page.get_by_role("button", name="Börja").click()
    page.get_by_label("Platsen känns otrygg").check()
    page.get_by_label("Samling av personer").check()
    go_on(page)
    page.get_by_label("Skriv adress eller platsnamn").check()
    page.locator("#words").fill("Badhusparken")
    go_on(page)
    page.get_by_label("En viss tid").check()
    page.get_by_label("Dag", exact=True).first.fill("2025-11-14")
    page.get_by_label("Klockan", exact=True).first.fill("22.30")
    go_on(page)
    page.get_by_label("Hur är platsen?").fill(SAID)
    go_on(page)
    go_on(page)
    page.get_by_label("E-post").fill("anna@example.org")
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Stämmer det här?")


def expect_answer(page: Page, question: str) -> None:
    """The page of a question holds what was answered there."""
    expect(page).to_have_url(re.compile(f"/report/{question}$"))
    if question == "what":
        expect(page.get_by_label("Platsen känns otrygg")).to_be_checked()
        expect(page.get_by_label("Samling av personer")).to_be_checked()
    elif question == "where":
        expect(page.locator("#words")).to_have_value(re.compile("^Badhusparken"))
    elif question == "when":
        expect(page.get_by_label("En viss tid")).to_be_checked()
        expect(page.locator("#moment_day")).to_have_value("2025-11-14")
        expect(page.locator("#moment_clock")).to_have_value("22.30")
    elif question == "words":
        expect(page.get_by_label("Hur är platsen?")).to_have_value(SAID)
    elif question == "contact":
        expect(page.get_by_label("E-post")).to_have_value("anna@example.org")


def test_answers_are_there_after_back_and_after_reload(visitors: Visitors) -> None:
    page = visitors().page
    tell(page)
    for question in reversed(QUESTIONS):
        page.go_back()
        expect_answer(page, question)
        page.reload()
        expect_answer(page, question)
    for _ in QUESTIONS:
        go_on(page)
    expect(page.locator(".checked")).to_contain_text(SAID)


def test_the_links_back_lead_through_the_same_answers(visitors: Visitors) -> None:
    page = visitors(java_script_enabled=False).page
    tell(page)
    for question in reversed(QUESTIONS):
        page.get_by_role("link", name="Tillbaka").click()
        expect_answer(page, question)


def test_a_change_leads_straight_back_to_what_is_looked_through(visitors: Visitors) -> None:
    page = visitors().page
    tell(page)
    page.get_by_role("link", name="Ändra med dina ord").click()
    page.get_by_label("Hur är platsen?").fill("Häcken är hög.")
    go_on(page)
    expect(page).to_have_url(re.compile("/report/check$"))
    expect(page.locator(".checked")).to_contain_text("Häcken är hög.")


@pytest.mark.parametrize("has_scripts", [True, False])
def test_who_leaves_quickly_leaves_no_answer_behind(
    visitors: Visitors, kept: Kept, has_scripts: bool
) -> None:
    visitor = visitors(java_script_enabled=has_scripts)
    page = visitor.page
    tell(page)
    assert "report" in kept(visitor)
    page.get_by_role("button", name="Lämna sidan snabbt").click()
    expect(page).to_have_title(re.compile("^Solens upp- och nedgång i "))
    page.wait_for_load_state("networkidle")
    assert kept(visitor).keys() <= {"csrf", "csrf_token", "language"}
    page.go_back()
    assert SAID not in page.content()
