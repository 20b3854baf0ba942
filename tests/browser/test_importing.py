"""A file brought in, followed and taken back in a browser: with keys alone, at a desk and on a phone."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.site import House, serving
from tests.browser.visitor import DESKTOP, PHONE, Visitor
from tests.webmap.imports import file_of, row

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SIZES = {"desk": DESKTOP, "phone": PHONE}
MOST_KEYS = 120


@pytest.fixture(scope="module")
def site(demo_house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demo in a house of its own: what is imported here is seen by nobody else."""
    folder = tmp_path_factory.mktemp("imports")
    house = House(folder, folder / "demo.gpkg")
    shutil.copy(demo_house.database, house.database)
    with serving(house, workers=1) as address:
        yield address


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "rapporter.csv"
    file.write_bytes(file_of(30, row(98, word="hundbajs"), row(99, day="2025-02-31")))
    return file


def press_to(page: Page, is_there: str) -> None:
    """Tab until the focus is on what matches a selector."""
    for _ in range(MOST_KEYS):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", is_there):
            return
    raise AssertionError(f"{MOST_KEYS} tabs and never at {is_there}")


def assert_open_to_all(page: Page) -> None:
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        found = Axe().run(page).response["violations"]
        nodes = [(each["id"], node["html"][:150]) for each in found for node in each["nodes"]]
        assert nodes == [], f"{page.url} {theme}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words, timeout=30_000)


@pytest.mark.parametrize("size", SIZES)
def test_a_file_comes_in_by_keys_alone_and_is_taken_back(
    chromium: Browser, site: str, size: str, path: Path
) -> None:
    visitor = Visitor(chromium, site, viewport=SIZES[size])
    visitor.log_in(after="/staff/import")
    page = visitor.page
    heading(page, "Importera en fil")
    assert_open_to_all(page)
    page.get_by_label("Fil", exact=True).set_input_files(path)
    press_to(page, "#origin")
    page.keyboard.type("Enk")
    press_to(page, "button.primary")
    page.keyboard.press("Enter")
    heading(page, "Granska filen")
    expect(page.get_by_text("Gissat: med SWEREF 99 TM")).to_be_visible()
    assert_open_to_all(page)
    press_to(page, "select[name='word:hundbajs']")
    page.keyboard.type("Ned")
    expect(page.get_by_text("Du har ändrat något")).to_be_visible()
    press_to(page, "button.primary[value=import]")
    page.keyboard.press("Enter")
    heading(page, "Inget sparades")
    expect(page.get_by_text("Datumet 2025-02-31 finns inte.")).to_be_visible()
    assert_open_to_all(page)
    press_to(page, "button[value=keep_good]")
    page.keyboard.press("Enter")
    heading(page, "Importen är klar")
    expect(page.locator("dl.counts")).to_contain_text(re.compile(r"Sparade\s*31"))
    assert_open_to_all(page)
    press_to(page, "a[href*='/undo']")
    page.keyboard.press("Enter")
    heading(page, "Ångra importen")
    assert_open_to_all(page)
    press_to(page, "button.danger")
    page.keyboard.press("Enter")
    heading(page, "Importera en fil")
    expect(page.get_by_role("table")).to_contain_text("Ångrad")
    visitor.leave()


def test_without_scripts_all_of_it_works(chromium: Browser, site: str, path: Path) -> None:
    visitor = Visitor(chromium, site, java_script_enabled=False)
    visitor.log_in(after="/staff/import")
    page = visitor.page
    path.write_bytes(file_of(25))
    page.get_by_label("Fil", exact=True).set_input_files(path)
    page.get_by_label("Varifrån kommer de?").select_option("walk")
    page.get_by_role("button", name="Ladda upp och granska").click()
    page.get_by_role("button", name="Importera 25 rader").click()
    heading(page, "Importen är klar")
    visitor.context.close()


def test_a_file_that_is_too_large_is_told_of_before_it_is_sent(
    chromium: Browser, site: str, path: Path
) -> None:
    visitor = Visitor(chromium, site)
    visitor.log_in(after="/staff/import")
    page = visitor.page
    page.get_by_label("Fil", exact=True).set_input_files(path)
    page.locator("[data-upload]").evaluate("(form) => { form.dataset.mostBytes = 10; }")
    page.get_by_role("button", name="Ladda upp och granska").click()
    expect(page.get_by_text("Filen är större än 60 MB")).to_be_visible()
    visitor.leave()
