"""What lies under the surface, chosen with the keyboard, whatever the base map's source does."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Visitors, _logged_in
from tests.browser.looking import all_faults
from tests.browser.site import House, serving
from tests.browser.visitor import PHONE, Visitor
from tests.webmap.cli.layer_files import BOW_TIE, HOUSE, frame, geopackage, town
from tests.webmap.test_basemap_speed import Mapped
from tests.webmap.tile_servers import Behaviour, dead_template, picture, tile_server

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

TOWN = "#14/58.26300/12.95300"
MOST_KEYS = 80


class Site:
    """The demo with some streets, over a base map."""

    def __init__(self, address: str, source: Behaviour, badge: Any) -> None:
        self.address, self.source, self.badge = address, source, badge


@pytest.fixture(scope="module")
def town_house(demo_house: House, tmp_path_factory: pytest.TempPathFactory) -> House:
    folder = tmp_path_factory.mktemp("town")
    house = House(folder, folder / "town.gpkg")
    shutil.copy(demo_house.database, house.database)
    extract = town().write(folder / "vara.osm")
    house.run(
        "area", "import", str(extract), "--municipality", "1470", "--kind", "street", "--kind", "building"
    )
    return house


@pytest.fixture(scope="module")
def mapped(town_house: House, chromium: Browser) -> Iterator[Site]:
    source = Behaviour(body=picture("#7090b0"))
    with tile_server(source) as template:
        house = Mapped(town_house.folder, town_house.database, template)
        with serving(house, workers=1) as address:
            yield Site(address, source, _logged_in(chromium, address))


@pytest.fixture
def visitor(mapped: Site, chromium: Browser) -> Iterator[Visitor]:
    made = Visitor(chromium, mapped.address, storage_state=mapped.badge)
    yield made
    made.leave()


def pane(page: Page, name: str) -> Locator:
    return page.locator(f".leaflet-{name}-pane img.leaflet-tile-loaded")


def choice(page: Page, label: str) -> Locator:
    return page.get_by_role("checkbox", name=label)


def tab_to(page: Page, selector: str) -> None:
    for _ in range(MOST_KEYS):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{MOST_KEYS} times Tab and never at {selector}")


def open_with_keys(page: Page) -> None:
    page.locator("#map_canvas").focus()
    tab_to(page, "[data-layers] summary")
    page.keyboard.press("Enter")


def has_picture(page: Page) -> bool:
    """Whether a tile of the base map is more than the one pixel that stands for none."""
    return bool(
        page.locator(".leaflet-base-pane img.leaflet-tile").evaluate_all(
            "(tiles) => tiles.length > 0 && tiles.every((tile) => tile.naturalWidth > 1)"
        )
    )


class TestTheControl:
    def test_it_is_reached_and_used_with_keys_alone(self, visitor: Visitor) -> None:
        visitor.open_map(view=TOWN)
        page = visitor.page
        open_with_keys(page)
        tab_to(page, "[data-layer=ground]")
        page.keyboard.press("Space")
        expect(pane(page, "drawn").first).to_be_attached()
        tab_to(page, "[data-layer=grid]")
        page.keyboard.press("Space")
        expect(page.locator("path.m-grid").first).to_be_hidden()
        page.keyboard.press("Escape")
        expect(page.locator("[data-layers] summary")).to_be_focused()
        expect(choice(page, "Rutnät")).to_be_hidden()

    def test_what_was_chosen_is_kept_by_this_browser(self, visitor: Visitor) -> None:
        visitor.open_map(view=TOWN)
        page = visitor.page
        open_with_keys(page)
        choice(page, "Ortnamn").uncheck()
        choice(page, "Bakgrundskarta").uncheck()
        expect(page.locator(".m-lab").first).to_be_hidden()
        page.reload()
        visitor.await_tiles()
        expect(page.locator(".leaflet-base-pane img")).to_have_count(0)
        expect(page.locator(".m-lab").first).to_be_hidden()
        assert "names" not in page.url

    def test_each_has_its_height(self, visitor: Visitor) -> None:
        visitor.open_map(view=TOWN)
        heights = visitor.page.evaluate(
            "() => ['base', 'drawn', 'ground', 'tile', 'overlay', 'marker'].map((name) =>"
            " Number(getComputedStyle(document.querySelector(`.leaflet-${name}-pane`)).zIndex))"
        )
        assert heights == sorted(heights)

    @pytest.mark.parametrize("how", [{}, {"viewport": PHONE, "has_touch": True}], ids=["desk", "phone"])
    def test_it_is_large_enough_to_touch_and_lies_on_the_map(
        self, mapped: Site, chromium: Browser, how: dict[str, Any]
    ) -> None:
        person = Visitor(chromium, mapped.address, storage_state=mapped.badge, **how)
        person.open_map(view=TOWN)
        page = person.page
        page.locator("[data-layers] summary").click()
        boxes = [page.locator("[data-layers] summary"), *page.locator("[data-layers] .opt").all()]
        assert min(box.bounding_box()["height"] for box in boxes) >= 44  # type: ignore[index]
        card, whole = page.locator("[data-layers]").bounding_box(), page.locator("#map").bounding_box()
        assert card is not None
        assert whole is not None
        assert card["y"] >= whole["y"]
        assert card["x"] + card["width"] <= whole["x"] + whole["width"]
        person.leave()


class TestTheBaseMap:
    def test_it_comes_from_here_and_is_credited(self, visitor: Visitor, mapped: Site) -> None:
        visitor.open_map(view=TOWN)
        page = visitor.page
        page.wait_for_function(
            "() => { const tiles = [...document.querySelectorAll('.leaflet-base-pane img')];"
            " return tiles.length && tiles.every((tile) => tile.naturalWidth > 1); }"
        )
        expect(page.locator("[data-credit=base]")).to_be_visible()
        expect(choice_hidden(page, "ground")).not_to_be_checked()
        assert has_picture(page)
        assert mapped.source.asked

    def test_imported_ground_is_credited_where_it_is_seen(self, visitor: Visitor) -> None:
        visitor.open_map(view=TOWN)
        page = visitor.page
        credit = page.locator("[data-credit=ground]")
        expect(credit).to_be_hidden()
        page.locator("[data-layers] summary").click()
        choice(page, "Gator, byggnader och vatten").check()
        expect(credit).to_have_text("© OpenStreetMaps bidragsgivare")
        expect(credit.get_by_role("link")).to_have_attribute(
            "href", "https://www.openstreetmap.org/copyright"
        )

    def test_the_ground_follows_the_theme(self, visitor: Visitor) -> None:
        visitor.open_map(view=TOWN)
        page = visitor.page
        page.locator("[data-layers] summary").click()
        choice(page, "Gator, byggnader och vatten").check()
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            expect(page.locator(f".leaflet-drawn-pane img[src*='theme={scheme}']").first).to_be_attached()


@pytest.mark.parametrize("how", [{}, {"viewport": PHONE}], ids=["desk", "phone"])
class TestAxe:
    def test_it_finds_nothing_with_the_control_open(
        self, mapped: Site, chromium: Browser, how: dict[str, Any]
    ) -> None:
        person = Visitor(chromium, mapped.address, storage_state=mapped.badge, **how)
        person.open_map(view=TOWN)
        person.page.locator("[data-layers] summary").click()
        assert all_faults(person.page) == []
        person.leave()

    def test_it_finds_nothing_where_a_file_was_faulty(
        self, mapped: Site, chromium: Browser, how: dict[str, Any], tmp_path: Path
    ) -> None:
        person = Visitor(chromium, mapped.address, storage_state=mapped.badge, **how)
        person.record.known_statuses.add(422)
        page = person.page
        page.goto("/staff/areas")
        path = geopackage(tmp_path / "h.gpkg", frame([HOUSE, BOW_TIE], ["a", "b"]))
        page.get_by_label("Fil", exact=True).set_input_files(path)
        choice(page, "Byggnader").check()
        page.get_by_role("button", name="Kontrollera först").click()
        expect(page.get_by_role("heading", name="Inget sparades")).to_be_visible()
        page.get_by_text("Om gissningen inte räcker").click()
        page.get_by_text("Ta bort", exact=False).first.click()
        assert all_faults(page) == []
        person.leave()


def choice_hidden(page: Page, name: str) -> Locator:
    """A choice of the control while it is shut."""
    return page.locator(f"[data-layer={name}]")


def test_a_dead_source_leaves_the_ground_and_a_word(town_house: House, chromium: Browser) -> None:
    house = Mapped(town_house.folder, town_house.database, dead_template())
    with serving(house, workers=1) as address:
        person = Visitor(chromium, address, storage_state=_logged_in(chromium, address))
        person.open_map(view=TOWN)
        page = person.page
        expect(pane(page, "drawn").first).to_be_attached(timeout=30_000)
        page.locator("[data-layers] summary").click()
        expect(page.get_by_text("Bakgrundskartan svarar inte just nu.")).to_be_visible()
        expect(page.locator("[data-credit=base]")).to_be_hidden()
        person.leave()


def test_without_a_base_map_there_is_none_to_choose(visitors: Visitors, badge: Any) -> None:
    person = visitors(storage_state=badge)
    person.open_map(view=TOWN)
    person.page.locator("[data-layers] summary").click()
    expect(choice(person.page, "Ortnamn")).to_be_checked()
    expect(choice_hidden(person.page, "base")).to_have_count(0)
