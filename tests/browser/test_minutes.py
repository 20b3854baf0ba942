"""Minutes in a browser: read on a phone, published and taken back at a desk, and open to all."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looking import all_faults, narrow_faults, own_faults
from tests.browser.site import House, serving
from tests.browser.visitor import DESKTOP, PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SIZES = {"desk": DESKTOP, "phone": PHONE}
TITLE = "Vara centrum, hösten 2025"
Enter = Callable[..., Page]


@pytest.fixture(scope="module")
def site(demo_house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demo in a house of its own: what is published here is seen by nobody else."""
    folder: Path = tmp_path_factory.mktemp("minutes")
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
def enter(chromium: Browser, site: str) -> Iterator[Enter]:
    """Somebody at a page, who meets with nothing bad on the way."""
    made: list[Visitor] = []

    def entered(address: str, **how: Any) -> Page:
        made.append(Visitor(chromium, site, **how))
        made[-1].record.known_statuses |= {404, 422}
        made[-1].page.goto(address)
        return made[-1].page

    yield entered
    for each in made:
        each.leave()


def read(page: Page) -> Page:
    """From the list to the minutes."""
    page.get_by_role("link", name=TITLE).first.click()
    expect(page.get_by_role("heading", level=1, name=TITLE)).to_be_visible()
    return page


class TestReading:
    def test_from_the_start_page_to_what_was_done(self, enter: Enter) -> None:
        page = enter("/")
        page.get_by_role("link", name="Läs protokollen").click()
        page.get_by_role("link", name="En bänk är på plats.").click()
        expect(page).to_have_url(re.compile(r"/walks/[0-9a-f-]{36}#n\d+$"))
        expect(page.locator("li:target")).to_contain_text("Klart")

    def test_the_map_is_there_and_has_words(self, enter: Enter) -> None:
        page = read(enter("/walks"))
        drawn = page.get_by_role("img", name=re.compile("Karta över vandringen i Vara"))
        assert drawn.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 1_200

    def test_without_scripts_all_of_it_can_be_read(self, enter: Enter) -> None:
        page = read(enter("/walks", java_script_enabled=False))
        expect(page.get_by_text("Försenad sedan").first).to_be_visible()

    def test_the_sheet_can_be_taken_home(self, enter: Enter) -> None:
        page = read(enter("/walks"))
        with page.expect_download() as taken:
            page.get_by_role("link", name="Protokollet som PDF").click()
        assert taken.value.suggested_filename == "protokoll-1470-2025-10-16.pdf"
        assert Path(taken.value.path()).read_bytes().startswith(b"%PDF")

    def test_one_asks_to_be_told_by_keys_alone(self, enter: Enter) -> None:
        page = read(enter("/walks"))
        page.get_by_label("Din e-postadress").focus()
        page.keyboard.type("asa@example.se")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("Tack. Vi mejlar adressen du skrev.")


class TestForAll:
    @pytest.mark.parametrize("size", SIZES)
    @pytest.mark.parametrize("address", ["/walks", "minutes", "letters", "/walks/letters/unknown"])
    def test_axe_finds_nothing(self, enter: Enter, size: str, address: str) -> None:
        page = enter(address if address.startswith("/") else "/walks", viewport=SIZES[size])
        if address in ("minutes", "letters"):
            read(page)
        if address == "letters":
            page.goto(f"{page.url}/letters")
        assert all_faults(page) == []

    def test_nothing_is_cut_on_a_narrow_screen(self, enter: Enter) -> None:
        page = read(enter("/walks", viewport=PHONE))
        assert own_faults(page) == []
        assert narrow_faults(page) == []

    @pytest.mark.parametrize("size", SIZES)
    def test_nor_at_the_desk(self, enter: Enter, cookies: Any, size: str) -> None:
        page = read(enter("/walks", storage_state=cookies, viewport=SIZES[size]))
        page.goto(page.url.replace("/walks/", "/staff/walks/") + "/minutes")
        assert all_faults(page) == []
        assert narrow_faults(page) == []


class TestPublishing:
    def test_taken_back_nobody_reads_them_and_again_everybody_does(self, enter: Enter, cookies: Any) -> None:
        reader = read(enter("/walks"))
        address = reader.url
        desk = enter(address.replace("/walks/", "/staff/walks/") + "/minutes", storage_state=cookies)
        desk.get_by_role("button", name="Ta tillbaka protokollet").click()
        expect(desk.get_by_text("Bara ni ser protokollet nu.")).to_be_visible()
        gone = reader.goto(address)
        assert gone is not None
        assert gone.status == 404
        desk.get_by_label("Sammanfattning").fill("Mest talade vi om ljus.")
        desk.get_by_role("button", name="Publicera protokollet").click()
        expect(desk.get_by_role("link", name="Läs det som alla ser")).to_be_visible()
        reader.goto(address)
        expect(reader.get_by_text("Mest talade vi om ljus.")).to_be_visible()
