"""axe-core finds nothing on any page, in both themes, at a desk and on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Visitors
from tests.browser.visitor import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

THEMES = ("light", "dark")
SIZES = {"desk": DESKTOP, "phone": PHONE}
OPEN = ("/", "/login", "/nowhere", "/report", "/follow", "/sun")
INSIDE = (
    "/account",
    "/staff/map",
    "/staff/map?hours=99-99&since=x",
    "/staff/map?view=squares",
    "/staff/map?view=points",
    "/staff/map/list",
    "/staff/map/week",
    "/staff/map/multiples?by=kind",
    "/staff/areas",
    "/staff/import",
    "/staff/reports",
    "/staff/reports/new",
    "/staff/reports/batch",
    "/staff/measures",
)


def faults(page: Page, theme: str) -> list[str]:
    page.emulate_media(color_scheme=theme)
    found = Axe().run(page).response["violations"]
    return [
        f"{page.url} {theme}: {each['id']} {node['html'][:200]}" for each in found for node in each["nodes"]
    ]


def all_faults(page: Page) -> list[str]:
    return [fault for theme in THEMES for fault in faults(page, theme)]


@pytest.mark.parametrize("size", SIZES)
class TestAxe:
    def test_it_finds_nothing_where_anybody_may_go(self, visitors: Visitors, size: str) -> None:
        visitor = visitors(viewport=SIZES[size])
        visitor.record.known_statuses.add(404)
        for path in OPEN:
            visitor.page.goto(path)
            assert all_faults(visitor.page) == []
        print(f"axe: {len(OPEN)} open pages × {len(THEMES)} themes, {size}")

    def test_it_finds_nothing_where_login_failed(self, visitors: Visitors, size: str) -> None:
        visitor = visitors(viewport=SIZES[size])
        visitor.record.known_statuses |= {403, 422}
        visitor.page.goto("/login")
        visitor.page.get_by_role("button", name="Logga in").click()
        assert all_faults(visitor.page) == []
        visitor.log_in("ingen@demo.example", "fel lösenord")
        assert all_faults(visitor.page) == []
        print(f"axe: 2 failed logins × {len(THEMES)} themes, {size}")

    def test_it_finds_nothing_behind_the_door(self, visitors: Visitors, badge: Any, size: str) -> None:
        visitor = visitors(viewport=SIZES[size], storage_state=badge)
        visitor.record.known_statuses.add(422)
        for path in INSIDE:
            visitor.page.goto(path)
            assert all_faults(visitor.page) == []
        print(f"axe: {len(INSIDE)} staff pages × {len(THEMES)} themes, {size}")

    def test_it_finds_nothing_beside_an_open_value(self, visitors: Visitors, badge: Any, size: str) -> None:
        visitor = visitors(viewport=SIZES[size], storage_state=badge)
        visitor.open_map()
        visitor.page.locator("#map_canvas").press("Enter")
        visitor.page.get_by_text("per km² och år").first.wait_for()
        assert all_faults(visitor.page) == []
        print(f"axe: the map with a value × {len(THEMES)} themes, {size}")
