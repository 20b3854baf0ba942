"""Reviewing in a browser: by keys, without scripts, on a phone; undone in time; open to all."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.site import House, serving
from tests.browser.visitor import DESKTOP, PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SIZES = {"desk": DESKTOP, "phone": PHONE}
Enter = Callable[..., Visitor]


@pytest.fixture(scope="module")
def site(demo_house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demo in a house of its own: what is decided here is seen by nobody else."""
    folder: Path = tmp_path_factory.mktemp("review")
    house = House(folder, folder / "demo.gpkg")
    shutil.copy(demo_house.database, house.database)
    with serving(house, workers=1) as address:
        yield address


@pytest.fixture(scope="module")
def cookies(chromium: Browser, site: str) -> Any:
    entering = Visitor(chromium, site)
    entering.log_in()
    entering.page.wait_for_url("**/account")
    kept = entering.context.storage_state()
    entering.leave()
    return kept


@pytest.fixture
def enter(chromium: Browser, site: str, cookies: Any) -> Iterator[Enter]:
    """Somebody who has come to the oldest report that waits."""
    made: list[Visitor] = []

    def entered(**how: Any) -> Visitor:
        visitor = Visitor(chromium, site, storage_state=cookies, **how)
        made.append(visitor)
        visitor.page.goto("/staff/reports")
        visitor.page.get_by_role("button", name="Börja med den äldsta").click()
        expect(visitor.page.get_by_text("Du har tagit den här rapporten")).to_be_visible()
        return visitor

    yield entered
    for each in made:
        each.leave()


def heading(page: Page) -> str:
    return page.locator("#case-title").inner_text()


def left(page: Page) -> int:
    return int(page.locator(".case-head b").inner_text().split()[0])


def assert_open_to_all(page: Page) -> None:
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        found = Axe().run(page).response["violations"]
        nodes = [(each["id"], node["html"][:150]) for each in found for node in each["nodes"]]
        assert nodes == [], f"{page.url} {theme}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


@pytest.mark.parametrize("size", SIZES)
def test_every_view_is_open_to_all(enter: Enter, size: str) -> None:
    page = enter(viewport=SIZES[size]).page
    address = page.url
    assert_open_to_all(page)
    for panel in ("edit", "duplicate", "place"):
        page.goto(f"{address}?panel={panel}")
        assert_open_to_all(page)
    page.goto("/staff/reports")
    assert_open_to_all(page)


def test_a_accepts_and_u_undoes_within_ten_seconds(enter: Enter) -> None:
    page = enter().page
    first, count = heading(page), left(page)
    page.keyboard.press("a")
    expect(page.get_by_text("Förra rapporten godkänd")).to_be_visible()
    expect(page.locator("[data-toast-left]")).to_have_text(re.compile(r", ([1-9]|10) s"))
    assert (heading(page) != first, left(page)) == (True, count - 1)
    assert_open_to_all(page)
    page.keyboard.press("u")
    expect(page.locator("#case-title")).to_have_text(first)
    assert left(page) == count


def test_the_offer_to_undo_goes_when_its_time_is_over(enter: Enter) -> None:
    page = enter().page
    page.clock.install()
    page.keyboard.press("a")
    toast = page.locator("[data-toast]")
    expect(toast).to_be_visible()
    page.clock.fast_forward(8_000)
    expect(toast).to_be_visible()
    page.clock.fast_forward(3_000)
    expect(toast).to_have_count(0)


def test_r_asks_for_a_reason_first(enter: Enter) -> None:
    page = enter().page
    first, count = heading(page), left(page)
    page.keyboard.press("r")
    expect(page.get_by_label("Skäl, om du avvisar")).to_be_focused()
    page.keyboard.type("Inte")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Förra rapporten avvisad: inte allvarligt menad")).to_be_visible()
    assert (heading(page) != first, left(page)) == (True, count - 1)
    page.get_by_role("button", name="Ångra").click()
    expect(page.locator("#case-title")).to_have_text(first)


def test_e_opens_the_edit_and_keys_are_letters_there(enter: Enter) -> None:
    page = enter().page
    count = left(page)
    page.keyboard.press("e")
    panel = page.locator("[data-panel]")
    expect(panel).to_be_focused()
    field = page.get_by_label("Text som får visas")
    field.fill("")
    field.press_sequentially("area")
    expect(field).to_have_value("area")
    page.get_by_label("Texten får visas för allmänheten").check()
    page.get_by_role("button", name="Spara ändringen").click()
    expect(page.get_by_text("”area”").first).to_be_visible()
    assert left(page) == count
    page.keyboard.press("u")
    expect(page.locator(".case-public")).to_have_count(0)


def test_d_shows_what_is_alike_side_by_side_and_merges(enter: Enter) -> None:
    page = enter().page
    first, count = heading(page), left(page)
    page.keyboard.press("d")
    expect(page.get_by_role("heading", name="Slå ihop med en annan rapport")).to_be_visible()
    expect(page.locator(".case-card").nth(1)).to_contain_text("nära")
    page.get_by_role("button", name="Slå ihop med den här").first.click()
    expect(page.get_by_text("Förra rapporten hopslagen")).to_be_visible()
    assert left(page) == count - 1
    page.keyboard.press("u")
    expect(page.locator("#case-title")).to_have_text(first)


def test_keys_can_be_turned_off_and_stay_so(enter: Enter) -> None:
    page = enter().page
    first = heading(page)
    switch = page.get_by_role("button", name="Kortkommandon")
    switch.click()
    page.reload()
    expect(switch).to_have_attribute("aria-pressed", "false")
    page.locator("body").press("a")
    page.wait_for_timeout(300)
    assert heading(page) == first
    expect(page.locator("kbd").first).to_be_hidden()
    switch.click()


def test_the_pin_is_moved_by_keys_and_by_hand(enter: Enter) -> None:
    page = enter().page
    page.get_by_role("link", name="Ändra plats").click()
    east, north = page.get_by_label("Öst, SWEREF 99 TM"), page.get_by_label("Nord, SWEREF 99 TM")
    before = [float(field.input_value()) for field in (east, north)]
    page.get_by_role("button", name="Flytta nålen").focus()
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowUp"):
        page.keyboard.press(key)
    assert [float(field.input_value()) for field in (east, north)] == pytest.approx(
        [before[0] + 20, before[1] + 1]
    )
    box = page.locator("[data-map]").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2 + 100, box["y"] + box["height"] / 2)
    assert float(east.input_value()) > before[0] + 50
    page.get_by_role("button", name="Spara platsen").click()
    page.locator(".case-history summary").click()
    expect(page.locator(".case-history")).to_contain_text("Rättade platsen")


def test_the_drawing_comes_nearer_and_follows_the_hand(enter: Enter) -> None:
    page = enter().page
    drawing = page.locator("[data-drawing]")
    span = int(drawing.get_attribute("data-span") or 0)
    page.get_by_role("link", name="Zooma in").click()
    expect(drawing).to_have_attribute("data-span", str(span // 2))
    west = float(drawing.get_attribute("data-west") or 0)
    box = page.locator("[data-map]").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=4)
    page.mouse.move(x + 120, y, steps=4)
    page.mouse.up()
    page.wait_for_function(
        "(west) => Number(document.querySelector('[data-drawing]').dataset.west) < west", arg=west
    )


def test_without_scripts_all_of_it_works(enter: Enter) -> None:
    visitor = enter(java_script_enabled=False)
    visitor.record.known_statuses.add(422)
    page = visitor.page
    first, count = heading(page), left(page)
    expect(page.locator(".case-pin").first).to_be_visible()
    page.get_by_role("button", name="Avvisa").click()
    expect(page.get_by_role("alert")).to_contain_text("Välj ett skäl")
    page.get_by_label("Skäl, om du avvisar").select_option("not_serious")
    page.get_by_role("button", name="Avvisa").click()
    assert left(page) == count - 1
    page.get_by_role("button", name="Ångra").click()
    expect(page.locator("#case-title")).to_have_text(first)
    assert left(page) == count


def test_what_came_between_is_shown_beside_what_was_typed(
    enter: Enter, chromium: Browser, site: str, cookies: Any
) -> None:
    visitor = enter()
    visitor.record.known_statuses.add(409)
    page = visitor.page
    other = Visitor(chromium, site, storage_state=cookies)
    for each in (page, other.page):
        each.goto(f"{page.url.split('?')[0]}?panel=edit")
    other.page.get_by_label("Allvar, 1 till 5").select_option("4")
    other.page.get_by_role("button", name="Spara ändringen").click()
    other.page.wait_for_url(re.compile(r"reports/[0-9a-f-]+$"))
    other.leave()
    page.get_by_label("Allvar, 1 till 5").select_option("2")
    with page.expect_response(lambda answer: answer.status == 409):
        page.get_by_role("button", name="Spara ändringen").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("row", name=re.compile("Allvar"))).to_contain_text("4")
    expect(page.get_by_label("Allvar, 1 till 5")).to_have_value("2")
    assert_open_to_all(page)
