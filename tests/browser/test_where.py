"""Saying where in a browser: by name, by pointer and keys on the map, by own position; without a script."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from geodata import crs
from tests.browser.conftest import Visitors
from tests.browser.looking import all_faults
from tests.browser.visitor import PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

BADHUSPARKEN = {"latitude": 58.26268, "longitude": 12.95907}
NEARBY = re.compile(r"Vid Badhusparken, Vara")
STOCKHOLM = {"latitude": 59.3293, "longitude": 18.0686}


def asked_where(visitors: Visitors, **how: Any) -> Visitor:
    """Somebody who has come as far as the question."""
    visitor = visitors(**how)
    page = visitor.page
    page.goto("/report")
    page.locator("main form button.primary").first.click()
    page.get_by_label("Jag har ett förslag").check()
    page.get_by_role("button", name="Fortsätt").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Var är platsen?")
    return visitor


def open_map(page: Page) -> None:
    """The map, drawn, in the middle of Vara."""
    page.get_by_label("Peka på kartan").check()
    expect(page.locator("[data-point-map][data-ready]")).to_be_attached()
    page.evaluate("map_canvas.setView([58.2625, 12.9595], 16, {animate: false})")


def mark(page: Page) -> tuple[float, float]:
    """Where the mark is, EPSG:3006, from what the form would send."""
    lon, lat = (float(page.locator(f"[name={name}]").input_value()) for name in ("lon", "lat"))
    east, north = crs.to_metres_xy([lon], [lat])
    return float(east[0]), float(north[0])


def tap(page: Page) -> None:
    page.locator("#map_canvas").click(position={"x": 200, "y": 190})
    expect(page.locator("[data-mark]")).to_be_visible()


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Fortsätt").click()


class TestNames:
    def test_a_name_is_suggested_and_chosen_by_keys_alone(self, visitors: Visitors) -> None:
        page = asked_where(visitors).page
        page.get_by_label("Skriv adress eller platsnamn").check()
        page.keyboard.press("Tab")
        page.keyboard.type("badhs")
        field = page.get_by_role("combobox", name="Adress eller platsnamn")
        expect(page.get_by_role("option")).to_have_text(["BadhusparkenPlats, Vara"])
        page.keyboard.press("ArrowDown")
        expect(field).to_have_attribute("aria-activedescendant", "names-0")
        page.keyboard.press("Enter")
        expect(field).to_have_value("Badhusparken, Vara")
        expect(page.locator("[data-said]")).to_have_text("Du har valt Badhusparken, Vara.")
        go_on(page)
        expect(page).to_have_url(re.compile("/report/when$"))

    def test_without_a_script_it_asks_which(self, visitors: Visitors) -> None:
        visitor = asked_where(visitors, java_script_enabled=False)
        visitor.record.known_statuses.add(422)
        page = visitor.page
        expect(page.locator("[data-point-map]")).to_be_hidden()
        page.get_by_label("Skriv adress eller platsnamn").check()
        page.get_by_role("textbox", name="Adress eller platsnamn").fill("skola")
        go_on(page)
        expect(page).to_have_title(re.compile("^Fel: "))
        page.get_by_label(re.compile("^Parkskolan")).check()
        go_on(page)
        expect(page).to_have_url(re.compile("/report/when$"))


class TestPointing:
    def test_the_mark_moves_twenty_five_metres_by_keys(self, visitors: Visitors) -> None:
        page = asked_where(visitors).page
        open_map(page)
        page.locator("#map_canvas").focus()
        page.keyboard.press("Enter")
        begun = mark(page)
        for key in ("ArrowRight", "ArrowRight", *["Shift+ArrowRight"] * 5):
            page.keyboard.press(key)
        east, north = (now - then for now, then in zip(mark(page), begun, strict=True))
        assert math.hypot(east, north) == pytest.approx(25, abs=1)
        assert east > 24
        page.get_by_role("button", name="Flytta 10 meter åt norr").click()
        assert mark(page)[1] - begun[1] - north == pytest.approx(10, abs=0.5)

    def test_where_it_is_is_said_and_kept(self, visitors: Visitors) -> None:
        page = asked_where(visitors, viewport=PHONE).page
        open_map(page)
        tap(page)
        expect(page.get_by_role("status").filter(has_text="Badhusparken")).to_have_text(NEARBY)
        expect(page.locator("[data-near]")).to_contain_text("Fyra lampor är bytta vid lekplatsen")
        page.get_by_label("Hur stort är området?").select_option("100")
        expect(page.locator("path.m-ground")).to_be_attached()
        before = mark(page)
        go_on(page)
        page.goto("/report/where")
        expect(page.locator(".m-pin")).to_be_visible()
        assert math.dist(mark(page), before) < 0.2
        expect(page.get_by_label("Hur stort är området?")).to_have_value("100")

    def test_a_mark_outside_is_told_of_at_once_and_by_the_server(self, visitors: Visitors) -> None:
        visitor = asked_where(visitors)
        visitor.record.known_statuses.add(422)
        page = visitor.page
        open_map(page)
        page.evaluate("map_canvas.setView([58.7, 13.9], 14, {animate: false})")
        tap(page)
        expect(page.locator("[data-mark-words]")).to_have_text("Platsen ligger utanför Vara.")
        go_on(page)
        expect(page.get_by_role("alert")).to_contain_text("Platsen ligger utanför Vara.")

    def test_the_page_still_works_when_the_map_does_not(self, visitors: Visitors) -> None:
        visitor = visitors()
        visitor.context.route("**/leaflet.js*", lambda route: route.abort())
        visitor = asked_where(lambda: visitor)
        page = visitor.page
        page.get_by_label("Peka på kartan").check()
        expect(page.locator("[data-failed]")).to_be_visible()
        page.get_by_label("Jag vet inte exakt var").check()
        go_on(page)
        expect(page).to_have_url(re.compile("/report/when$"))
        visitor.record.console.clear()


class TestOwnPosition:
    def test_it_is_marked_with_its_circle_and_a_warning_where_poor(self, visitors: Visitors) -> None:
        here = BADHUSPARKEN | {"accuracy": 80}
        page = asked_where(visitors, viewport=PHONE, geolocation=here, permissions=["geolocation"]).page
        open_map(page)
        page.get_by_role("button", name="Min position").click()
        expect(page.locator("[data-position-said]")).to_contain_text("osäkert, ungefär 80 meter")
        expect(page.locator("path.m-sure")).to_be_attached()
        assert page.locator("[name=accuracy]").input_value() == "80.0"
        page.get_by_role("button", name="Flytta 10 meter åt norr").click()
        expect(page.locator("path.m-sure")).not_to_be_attached()
        assert page.locator("[name=source]").input_value() == "map"

    def test_it_is_elsewhere(self, visitors: Visitors) -> None:
        page = asked_where(visitors, geolocation=STOCKHOLM, permissions=["geolocation"]).page
        open_map(page)
        page.get_by_role("button", name="Min position").click()
        expect(page.locator("[data-mark-words]")).to_have_text("Platsen ligger utanför Vara.")

    def test_one_who_is_not_let_know_is_told_what_to_do(self, visitors: Visitors) -> None:
        page = asked_where(visitors).page
        open_map(page)
        page.get_by_role("button", name="Min position").click()
        expect(page.locator("[data-position-said]")).to_contain_text("Peka på kartan i stället")


@pytest.mark.parametrize("viewport", [None, PHONE])
def test_axe_finds_nothing_in_any_state_of_it(visitors: Visitors, viewport: dict[str, int] | None) -> None:
    visitor = asked_where(visitors, **({"viewport": viewport} if viewport else {}))
    visitor.record.known_statuses.add(422)
    page = visitor.page
    found = all_faults(page)
    page.get_by_label("Skriv adress eller platsnamn").check()
    page.get_by_role("combobox").fill("skola")
    expect(page.get_by_role("option").first).to_be_visible()
    found += all_faults(page)
    go_on(page)
    expect(page).to_have_title(re.compile("^Fel: "))  # the page has come
    found += all_faults(page)
    open_map(page)
    tap(page)
    assert found + all_faults(page) == []


def test_axe_finds_nothing_on_the_pages_for_measures(visitor: Visitor) -> None:
    found = []
    for path in ("/staff/measures", "/staff/measures/new"):
        visitor.page.goto(path)
        found += all_faults(visitor.page)
    assert found == []
