"""Every page anybody can come to can be used by everybody: in both themes, by keys, on a narrow screen.

Pages are not listed here. They are the routes that answer HTML (`tests/browser/furnished.py`); a new one is
looked at as soon as it has its line in the matrix of routes, without which `test_routes.py` fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visitors
from tests.browser.furnished import NOBODY, Sight, Town, furnished, sights_of
from tests.browser.looking import THEMES, Found, all_faults, narrow_faults, own_faults, settle
from tests.browser.site import House, serving
from tests.browser.visitor import DESKTOP, PHONE, Visitor
from tests.webmap.application import ADMIN, COORDINATOR
from tests.webmap.matrix import LINES, OWN, rules_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LEADS_ON = {
    "home.favicon": "to the picture",
    "report_done.as_text": "a file, for those who have a receipt",
    "outer_login.leave": "to another site, where one is set up",
    "outer_login.enter": "back from there, into the rooms",
}
"""Routes that never answer a page of their own."""
STAFF_MAP = f"/staff/map?municipality={OWN}"
MORE = (
    Sight("nowhere", NOBODY, "/nowhere", 404),
    Sight("nowhere", COORDINATOR, "/nowhere", 404),
    Sight("follow.show", "following", "/follow"),
    Sight("report_done.show", "sent", "/report/done"),
    Sight("staff_map.show", COORDINATOR, f"{STAFF_MAP}&hours=99-99&since=x", 422),
    Sight("staff_map.show", COORDINATOR, f"{STAFF_MAP}&view=squares"),
    Sight("staff_map.show", COORDINATOR, f"{STAFF_MAP}&view=points"),
    Sight("multiples.show", COORDINATOR, f"/staff/map/multiples?municipality={OWN}&by=kind"),
    Sight("staff_start.show", ADMIN, "/staff/"),
)
"""What a page looks like otherwise than at its plain address."""
GROUPS = (NOBODY, COORDINATOR, ADMIN, "others")
MOST_STOPS = 150
_LOOKED_AT: dict[tuple[str, str], Found] = {}


@pytest.fixture(scope="module")
def town(demo_house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    made = furnished(tmp_path_factory.mktemp("furnished"), demo_house.database)
    yield made
    made.engine.dispose()


@pytest.fixture(scope="module")
def routes(town: Town) -> list[Sight]:
    """How every route answers."""
    return list(sights_of(town))


@pytest.fixture(scope="module")
def sights(routes: list[Sight]) -> list[Sight]:
    """Every page."""
    return [*(each for each in routes if each.who), *MORE]


@pytest.fixture(scope="module")
def furnished_site(town: Town) -> Iterator[str]:
    with serving(town.house, workers=2) as address:
        yield address


@contextmanager
def visit(browser: Browser, site: str, town: Town, who: str, **how: Any) -> Iterator[Visitor]:
    """Somebody with their cookie, in a window of their own."""
    visitor = Visitor(browser, site, **how)
    visitor.record.known_statuses |= {404, 422}
    if who in town.cookies:
        cookie = {"name": "s", "value": town.cookies[who], "domain": "127.0.0.1", "path": "/"}
        visitor.context.add_cookies([cookie])  # type: ignore[list-item]
    yield visitor
    visitor.leave()


def group_of(sight: Sight) -> str:
    return sight.who if sight.who in GROUPS else "others"


def look(page: Page, sight: Sight, found: Found) -> None:
    """Everything that is looked for on one page, at a desk."""
    answer = page.goto(sight.path)
    assert answer is not None
    if answer.status != sight.status:
        found.lines.append(f"{sight.path}: {answer.status}")
    settle(page)
    found.pages += 1
    found.titles[sight.path] = page.title()
    found.lines += all_faults(page)
    found.lines += own_faults(page)
    found.lines += narrow_faults(page)


class TestRoutes:
    def test_each_is_a_page_or_known_to_be_none(self, town: Town, routes: list[Sight]) -> None:
        readable = {rule.endpoint for rule in rules_of(town.app) if "GET" in (rule.methods or ())}
        assert readable - LINES.keys() == set()
        leading = {each.endpoint for each in routes if not each.who and each.status in (301, 302, 303)}
        assert leading - LEADS_ON.keys() == set()

    def test_none_is_without_somebody_to_look_at_it(self, routes: list[Sight]) -> None:
        refused = [each for each in routes if each.status in (400, 401, 403, 404, 409, 422, 500)]
        lines = [(each, LINES[each.endpoint]) for each in refused]
        assert [each for each, line in lines if not (line.ok or line.is_machine)] == []


class TestPages:
    @pytest.mark.parametrize("group", GROUPS)
    def test_nothing_is_found_at_a_desk(
        self, chromium: Browser, furnished_site: str, town: Town, sights: list[Sight], group: str
    ) -> None:
        found = Found()
        for who in dict.fromkeys(each.who for each in sights if group_of(each) == group):
            with visit(chromium, furnished_site, town, who, viewport=DESKTOP) as visitor:
                for sight in (each for each in sights if each.who == who):
                    look(visitor.page, sight, found)
        _LOOKED_AT[group, "desk"] = found
        assert not found.lines, "\n".join(found.lines)

    def test_nothing_is_found_on_a_phone_where_anybody_may_go(
        self, chromium: Browser, furnished_site: str, town: Town, sights: list[Sight]
    ) -> None:
        found = Found()
        for who in (NOBODY, "telling", "sent", "following"):
            with visit(chromium, furnished_site, town, who, viewport=PHONE, has_touch=True) as visitor:
                for sight in (each for each in sights if each.who == who):
                    visitor.page.goto(sight.path)
                    settle(visitor.page)
                    found.lines += all_faults(visitor.page)
                    found.pages += 1
        _LOOKED_AT["public", "phone"] = found
        assert not found.lines, "\n".join(found.lines)

    def test_all_were_looked_at_and_no_two_have_one_title(
        self, sights: list[Sight], capsys: pytest.CaptureFixture[str]
    ) -> None:
        if {group for group, _ in _LOOKED_AT} < {*GROUPS, "public"}:
            pytest.skip("the pages were not all looked at in this run")
        at_desk = [found for (_, size), found in _LOOKED_AT.items() if size == "desk"]
        pages, lines = sum(each.pages for each in at_desk), sum(len(each.lines) for each in at_desk)
        on_phone = _LOOKED_AT["public", "phone"]
        with capsys.disabled():
            said = f"axe: {pages} pages × {len(THEMES)} themes, {lines} violations"
            print(f"\n{said}; {on_phone.pages} of them on a phone too, {len(on_phone.lines)} violations")
        assert pages == len(sights)
        endpoints = {each.path: each.endpoint for each in sights}
        titles: dict[str, set[str]] = {}
        for path, title in (pair for found in at_desk for pair in found.titles.items()):
            titles.setdefault(title, set()).add(endpoints[path])
        assert {title: shared for title, shared in titles.items() if len(shared) > 1} == {}


class TestKeyboard:
    ROOMS = (
        (NOBODY, "/"),
        (NOBODY, "/report"),
        (NOBODY, "/about/privacy"),
        ("telling", "/report/where"),
        (COORDINATOR, "/staff/"),
        (COORDINATOR, STAFF_MAP),
        (COORDINATOR, "/staff/reports"),
        (ADMIN, "/admin/settings"),
    )

    @pytest.mark.parametrize(("who", "path"), ROOMS)
    def test_tab_leads_through_and_out_and_the_skip_link_past_the_head(
        self, chromium: Browser, furnished_site: str, town: Town, who: str, path: str
    ) -> None:
        with visit(chromium, furnished_site, town, who) as visitor:
            page = visitor.page
            page.goto(path)
            settle(page)
            page.keyboard.press("Tab")
            expect(page.locator("a.skip").first).to_be_focused()
            page.keyboard.press("Enter")
            expect(page.locator("main")).to_be_focused()
            page.goto(path)
            settle(page)
            assert way_out(page) < MOST_STOPS


def way_out(page: Page) -> int:
    """How many times Tab is pressed until one is past the last stop; none holds one fast."""
    # A date has a stop for each of its parts.
    stuck = "(before) => document.activeElement === before.element && before.element.type !== 'date'"
    for presses in range(MOST_STOPS):
        before = page.evaluate_handle("() => ({ element: document.activeElement })")
        page.keyboard.press("Tab")
        is_out = page.evaluate("() => document.activeElement === document.body")
        if is_out and presses:
            return presses
        assert not page.evaluate(stuck, before), page.evaluate("() => document.activeElement.outerHTML")
    return MOST_STOPS


class TestOtherStates:
    def test_nothing_is_found_where_login_failed(self, visitors: Visitors) -> None:
        visitor = visitors(viewport=PHONE)
        visitor.record.known_statuses |= {403, 422}
        visitor.page.goto("/login")
        visitor.page.get_by_role("button", name="Logga in").click()
        assert all_faults(visitor.page) == []
        visitor.log_in("ingen@demo.example", "fel lösenord")
        assert all_faults(visitor.page) == []

    def test_nothing_is_found_beside_an_open_value(self, visitors: Visitors, badge: Any) -> None:
        visitor = visitors(storage_state=badge)
        visitor.open_map()
        visitor.page.locator("#map_canvas").press("Enter")
        visitor.page.get_by_text("per km² och år").first.wait_for()
        assert all_faults(visitor.page) == []
