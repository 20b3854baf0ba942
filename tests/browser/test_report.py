"""A report told in a browser, to its receipt: by keys alone, without a script, on a phone on the spot."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import func, select

from geodata.tables.engine import make_engine, reading
from geodata.tables.reports import Report
from geodata.vocabulary import PositionSource
from tests.browser.conftest import Visitors
from tests.browser.looking import all_faults, faults
from tests.browser.site import House
from tests.browser.visitor import PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

MOST_S = 90.0
MOST_TABS = 60
HERE = {"latitude": 58.26268, "longitude": 12.95907, "accuracy": 12}
RECEIPT = "Tack. Din rapport är mottagen."
CODE = re.compile(r"\b[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}\b")


@contextmanager
def in_time(journey: str) -> Iterator[None]:
    begun = time.monotonic()
    yield
    taken_s = time.monotonic() - begun
    sys.stdout.write(f"report, {journey}: {taken_s:.1f} s with axe on every page\n")
    assert taken_s < MOST_S


def stored(house: House) -> int:
    engine = make_engine(f"sqlite:///{house.database}")
    with reading(engine) as session:
        count = session.scalar(select(func.count()).select_from(Report)) or 0
    engine.dispose()
    return count


def last(house: House) -> Report:
    engine = make_engine(f"sqlite:///{house.database}")
    with reading(engine) as session:
        found = session.scalars(select(Report).order_by(Report.id.desc()).limit(1)).one()
        session.expunge(found)
    engine.dispose()
    return found


def asked(page: Page, question: str, theme: str = "light") -> None:
    """The page that asks this is here, and nothing is wrong with it."""
    expect(page.get_by_role("heading", level=1)).to_have_text(question)
    assert faults(page, theme) == []


def faults_beside(visitor: Visitor, looking: Visitor) -> list[str]:
    """What axe finds on the page that somebody without scripts is on."""
    looking.context.add_cookies(visitor.context.cookies())
    looking.page.goto(visitor.page.url)
    return faults(looking.page, "dark")


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Fortsätt", exact=True).click()


def reach(page: Page, goal: Locator) -> None:
    """Press Tab until it is there."""
    for _ in range(MOST_TABS):
        if goal.evaluate("(element) => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way by Tab to {goal}")


def press(page: Page, goal: Locator, key: str = "Enter") -> None:
    reach(page, goal)
    page.keyboard.press(key)


def choose(page: Page, group: str, value: str) -> None:
    """A radio button by the arrows, as one does without a mouse."""
    goal = page.locator(f"[name={group}][value={value}]")
    chosen = page.locator(f"[name={group}]:checked")
    press(page, chosen if chosen.count() else page.locator(f"[name={group}]").first, "Space")
    for _ in range(MOST_TABS):
        if goal.is_checked():
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"no way by arrows to {value}")


def until_what(page: Page, theme: str = "light") -> None:
    page.goto("/report")
    asked(page, "Berätta om en plats", theme)
    page.get_by_role("button", name="Börja").click()
    asked(page, "Vad vill du berätta?", theme)


def receipt(page: Page, house: House, before: int) -> None:
    """The receipt is here, and looking at it again and again changes nothing."""
    expect(page).to_have_url(re.compile("/report/done$"))
    code = CODE.search(page.locator("main").inner_text())
    assert code
    for _ in range(5):
        page.reload()
        assert code[0] in page.locator("main").inner_text()
    assert stored(house) == before + 1


class TestToTheReceipt:
    def test_by_keys_alone(self, visitors: Visitors, demo_house: House) -> None:
        page, before = visitors().page, stored(demo_house)
        with in_time("by keys alone"):
            page.goto("/report")
            asked(page, "Berätta om en plats")
            press(page, page.get_by_role("button", name="Börja"))
            asked(page, "Vad vill du berätta?")
            choose(page, "polarity", "unsafe")
            press(page, page.get_by_label("Bristfällig belysning"), "Space")
            press(page, page.get_by_role("button", name="Fortsätt", exact=True))
            asked(page, "Var är platsen?")
            choose(page, "way", "words")
            reach(page, page.locator("#words"))
            page.keyboard.type("Badhusparken")
            press(page, page.get_by_role("button", name="Fortsätt", exact=True))
            asked(page, "När känns det så?")
            choose(page, "when", "often")
            press(page, page.get_by_role("checkbox", name="fredag"), "Space")
            reach(page, page.locator("#often_clock"))
            page.keyboard.type("20")
            reach(page, page.locator("#often_end_clock"))
            page.keyboard.type("03")
            press(page, page.get_by_role("button", name="Fortsätt", exact=True))
            asked(page, "Vill du berätta mer?")
            reach(page, page.locator("#text"))
            page.keyboard.type("Det är mörkt vid bryggan.")
            for question in (
                "Vill du skicka med en bild?",
                "Vill du ha svar med e-post?",
                "Stämmer det här?",
            ):
                press(page, page.get_by_role("button", name="Fortsätt", exact=True))
                asked(page, question)
            press(page, page.get_by_role("button", name="Skicka rapporten"))
            asked(page, RECEIPT)
            receipt(page, demo_house, before)
        assert last(demo_house).position_source == PositionSource.ADDRESS

    def test_without_a_script(self, visitors: Visitors, demo_house: House) -> None:
        visitor, before = visitors(java_script_enabled=False), stored(demo_house)
        page, looking = visitor.page, visitors()

        def asked(question: str) -> None:
            """As `asked` above; axe is a script, and looks at the same page in another window."""
            expect(page.get_by_role("heading", level=1)).to_have_text(question)
            assert faults_beside(visitor, looking) == []

        with in_time("without a script"):
            page.goto("/report")
            asked("Berätta om en plats")
            page.get_by_role("button", name="Börja").click()
            asked("Vad vill du berätta?")
            page.get_by_label("Platsen känns otrygg").check()
            page.get_by_label("Våld eller rån").check()
            go_on(page)
            asked("Behöver du hjälp av polisen?")
            page.get_by_role("button", name="Jag har läst, fortsätt").click()
            asked("Var är platsen?")
            page.get_by_label("Jag vet inte exakt var").check()
            page.get_by_label("Det du minns om platsen").fill("Bakom lekplatsen")
            go_on(page)
            asked("När känns det så?")
            page.get_by_label("Jag vet inte").check()
            go_on(page)
            asked("Vill du berätta mer?")
            for question in (
                "Vill du skicka med en bild?",
                "Vill du ha svar med e-post?",
                "Stämmer det här?",
            ):
                go_on(page)
                asked(question)
            page.get_by_role("button", name="Skicka rapporten").click()
            assert faults_beside(visitor, looking) == []
            receipt(page, demo_house, before)
        assert (last(demo_house).geometry, last(demo_house).place_text) == (None, "Bakom lekplatsen")

    def test_on_a_phone_where_one_stands(self, visitors: Visitors, demo_house: House) -> None:
        visitor = visitors(viewport=PHONE, has_touch=True, geolocation=HERE, permissions=["geolocation"])
        page, before = visitor.page, stored(demo_house)
        with in_time("on a phone where one stands"):
            until_what(page, "dark")
            page.get_by_label("Jag har ett förslag").tap()
            go_on(page)
            asked(page, "Var är platsen?", "dark")
            page.get_by_label("Peka på kartan").tap()
            expect(page.locator("[data-point-map][data-ready]")).to_be_attached()
            page.get_by_role("button", name="Min position").tap()
            expect(page.locator("[data-mark-words]")).to_contain_text("Badhusparken")
            assert all_faults(page) == []
            go_on(page)
            asked(page, "Gäller det en viss tid?", "dark")
            page.get_by_label("Det brukar vara så").tap()
            page.get_by_label("Från klockan").first.fill("20")
            page.get_by_label("Till klockan").first.fill("23.30")
            go_on(page)
            asked(page, "Vill du berätta mer?", "dark")
            page.get_by_label("Hur är platsen?").fill("En bänk till vore bra.")
            for question in (
                "Vill du skicka med en bild?",
                "Vill du ha svar med e-post?",
                "Stämmer det här?",
            ):
                go_on(page)
                asked(page, question, "dark")
            page.get_by_role("button", name="Skicka rapporten").tap()
            asked(page, RECEIPT, "dark")
            receipt(page, demo_house, before)
        assert (last(demo_house).position_source, last(demo_house).accuracy_m) == (PositionSource.GPS, 12)


def violent(visitors: Visitors) -> Visitor:
    """Somebody who tells of violence and has come to the words."""
    visitor = visitors()
    page = visitor.page
    until_what(page)
    page.get_by_label("Platsen känns otrygg").check()
    page.get_by_label("Våld eller rån").check()
    go_on(page)
    page.get_by_role("button", name="Jag har läst, fortsätt").click()
    page.get_by_label("Jag vet inte exakt var").check()
    go_on(page)
    page.get_by_label("Jag vet inte").check()
    go_on(page)
    page.get_by_label("Hur är platsen?").fill("Det här får ingen se.")
    return visitor


def three_shifts(page: Page) -> None:
    page.locator("#text").focus()
    page.keyboard.type("ABC")  # capital letters on the way are nothing
    for _ in range(3):
        page.keyboard.press("Shift")


LEAVING: dict[str, Callable[[Page], None]] = {
    "by the button": lambda page: page.get_by_role("button", name="Lämna sidan snabbt").click(),
    "by three shifts": three_shifts,
}


class TestLeavingQuickly:
    @pytest.mark.parametrize("way", LEAVING)
    def test_nothing_is_left_to_see(self, visitors: Visitors, way: str) -> None:
        visitor = violent(visitors)
        page = visitor.page
        LEAVING[way](page)
        expect(page).to_have_title(re.compile("^Solens upp- och nedgång i "))
        assert all_faults(page) == []
        assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
        page.go_back()
        expect(page).to_have_url(re.compile("/report$"))
        assert "får ingen se" not in page.content()

    def test_capital_letters_are_no_way_out(self, visitors: Visitors) -> None:
        page = violent(visitors).page
        page.locator("#text").focus()
        for letter in "ABCDE":
            page.keyboard.press(f"Shift+{letter}")
        expect(page.locator("#text")).to_have_value(re.compile("ABCDE"))
        expect(page).to_have_url(re.compile("/report/words$"))


class TestWhatIsWrong:
    def test_the_summary_is_where_one_is_and_leads_to_the_field(self, visitors: Visitors) -> None:
        visitor = visitors()
        visitor.record.known_statuses.add(422)
        page = visitor.page
        until_what(page)
        go_on(page)
        expect(page).to_have_title(re.compile("^Fel: "))
        expect(page.get_by_role("alert")).to_be_focused()
        assert all_faults(page) == []
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_label("Platsen känns otrygg")).to_be_focused()

    def test_what_may_point_at_somebody_is_marked_before_it_is_sent(self, visitors: Visitors) -> None:
        visitor = violent(visitors)
        visitor.record.known_statuses.add(422)
        page = visitor.page
        page.get_by_label("Hur är platsen?").fill("Karin Öberg står där med sin bil, ABC 123.")
        go_on(page)
        expect(page.locator("mark")).to_have_text(["Karin Öberg", "ABC 123"])
        assert all_faults(page) == []
        page.get_by_role("button", name="Gå vidare ändå").click()
        asked(page, "Vill du skicka med en bild?")
