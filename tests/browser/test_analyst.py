"""An analyst's errand from the keyboard alone: Friday night in the dark, two autumns, the list, the files."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitors
from tests.browser.visitor import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SIZES = {"desk": DESKTOP, "phone": PHONE}
MOST_KEYS = 400
AUTUMN = ("2025-09-01", "2025-11-30")


def go_to(page: Page, selector: str) -> None:
    """Tab until the focus is on what a selector matches."""
    for _ in range(MOST_KEYS):
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way by Tab to {selector}")


def press_at(page: Page, selector: str, key: str = "Enter") -> None:
    go_to(page, selector)
    page.keyboard.press(key)


def open_fold(page: Page, selector: str) -> None:
    """Unfold a panel, if it is folded."""
    if page.locator(selector).get_attribute("open") is None:
        press_at(page, f"{selector} > summary")
    expect(page.locator(selector)).to_have_attribute("open", "")


def choose(page: Page, selector: str, value: str) -> None:
    """Step through a select with the arrows until it says so."""
    go_to(page, selector)
    select = page.locator(selector)
    values = select.locator("option").evaluate_all("all => all.map((each) => each.value)")
    steps = values.index(value) - values.index(select.input_value())
    for _ in range(abs(steps)):
        page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
    expect(select).to_have_value(value)


def write(page: Page, selector: str, value: str) -> None:
    go_to(page, selector)
    page.locator(":focus").fill(value)
    page.keyboard.press("Enter")


def heading(page: Page) -> Any:
    return page.get_by_role("heading", level=1)


def narrow_to_friday_night_in_the_dark(page: Page) -> None:
    press_at(page, "#filter [name=weekdays][value=fri]", "Space")
    expect(heading(page)).to_contain_text("fre")
    choose(page, "#hours_from", "20")
    expect(heading(page)).to_contain_text("20–24")
    choose(page, "#hours_to", "03")
    choose(page, "#light", "dark")
    expect(heading(page)).to_have_text("Upplevd otrygghet, fre 20–03, i mörker")


def compare_two_autumns(page: Page) -> None:
    for field, day in zip(("#since", "#until"), AUTUMN, strict=True):
        write(page, field, day)
    expect(page.locator("[data-swap=summary]")).to_contain_text("30 nov. 2025")
    press_at(page, ".periods a:first-child")
    expect(heading(page)).to_contain_text(re.compile(r"förändring sedan 1\ssep\.\s2024–30\snov\.\s2024"))
    expect(page.get_by_text("Under bruset: ingen säker skillnad")).to_be_attached()


def the_list(page: Page) -> list[str]:
    open_fold(page, "[data-part-of=list]")
    expect(page.locator("[data-part-of=list] [aria-busy]")).to_have_count(0)
    expect(page.locator("[data-part=list]")).to_be_visible()
    return page.locator("[data-part=list] h3 span").all_inner_texts()


def taken(page: Page, selector: str, folder: Path) -> Path:
    """A file, fetched by Enter on its link."""
    go_to(page, selector)
    with page.expect_download() as coming:
        page.keyboard.press("Enter")
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def faults(page: Page) -> list[str]:
    found = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        violations = Axe().run(page).response["violations"]
        found += [
            f"{theme}: {each['id']} {node['html'][:160]}" for each in violations for node in each["nodes"]
        ]
    return found


@pytest.mark.parametrize("size", SIZES)
def test_from_the_whole_week_to_a_printed_sheet_without_a_mouse(
    visitors: Visitors, badge: Any, size: str, tmp_path: Path
) -> None:
    analyst = visitors(storage_state=badge, viewport=SIZES[size], accept_downloads=True)
    analyst.open_map()
    page = analyst.page
    open_fold(page, "[data-filter]")
    narrow_to_friday_night_in_the_dark(page)
    places = the_list(page)
    assert places
    assert faults(page) == []
    listed = taken(page, "[data-part=list] a[href*='list.csv']", tmp_path).read_text("utf-8-sig")
    rows = list(csv.reader(listed.splitlines(), delimiter=";"))
    assert [name for name in places if any(name in row for row in rows)] == places
    compare_two_autumns(page)
    analyst.await_tiles()
    assert faults(page) == []
    open_fold(page, "[data-menu]")
    sheet = taken(page, "[data-menu] a[href*='map.pdf']", tmp_path)
    assert sheet.read_bytes().startswith(b"%PDF")
    size_bytes = sheet.stat().st_size
    print(f"journey, {size}: {len(places)} places, {len(rows)} lines, PDF {size_bytes} bytes, axe 0")
