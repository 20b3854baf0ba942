"""Marking places before a walk by keys, and changing its route by taps, keys and links, in a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from shapely import LineString
from sqlalchemy import Engine

from geodata.drafts import AreaDraft
from geodata.hours import to_day_number, today
from geodata.queries.municipalities import home
from geodata.queries.premap import marks_of
from geodata.queries.walks import KnownWalk, stops_of, walk_by_id
from geodata.tables.area_rows import insert_areas
from geodata.tables.engine import make_engine, reading, writing
from geodata.tables.walks import WalkMark
from geodata.vocabulary import AreaKind, Polarity, RouteSource, WalkState
from tests import walks
from tests.browser.site import House, serving
from tests.browser.visitor import DESKTOP, PHONE, Visitor
from tests.places import place_at

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FIELD = {"width": 360, "height": 740}
SIZES = {"desk": DESKTOP, "phone": PHONE, "field": FIELD}
ROUTE = "[data-walk-map][data-ready]"
Enter = Callable[..., Visitor]


@pytest.fixture(scope="module")
def house(demo_house: House, tmp_path_factory: pytest.TempPathFactory) -> House:
    """The demo in a house of its own, with streets around the walks of this file."""
    folder: Path = tmp_path_factory.mktemp("route")
    made = House(folder, folder / "demo.gpkg")
    shutil.copy(demo_house.database, made.database)
    lines = [
        LineString([place_at(*start), place_at(*end)])
        for at in range(-400, 401, 100)
        for start, end in (((at, -400), (at, 400)), ((-400, at), (400, at)))
    ]
    engine = make_engine(f"sqlite:///{made.database}")
    with writing(engine) as session:
        drafts = [AreaDraft(AreaKind.STREET, f"Gata {n}", line) for n, line in enumerate(lines)]
        insert_areas(session, home(session, "1470").id, drafts, "test")
    engine.dispose()
    return made


@pytest.fixture(scope="module")
def site(house: House) -> Iterator[str]:
    with serving(house, workers=1) as address:
        yield address


@pytest.fixture
def engine(house: House) -> Iterator[Engine]:
    made = make_engine(f"sqlite:///{house.database}")
    yield made
    made.dispose()


@pytest.fixture
def walk(engine: Engine) -> KnownWalk:
    said = {"state": WalkState.PLANNED, "geometry": None, "route_source": None}
    return walks.walk(engine, premap_until=to_day_number(today()) + 1, **said)


@pytest.fixture(scope="module")
def cookies(chromium: Browser, site: str) -> Any:
    entering = Visitor(chromium, site)
    entering.log_in()
    entering.page.wait_for_url("**/account")
    kept = entering.context.storage_state()
    entering.leave()
    return kept


@pytest.fixture
def enter(chromium: Browser, site: str, cookies: Any, walk: KnownWalk) -> Iterator[Enter]:
    """Somebody who leads the walk, before its map."""
    made: list[Visitor] = []

    def entered(**how: Any) -> Visitor:
        visitor = Visitor(chromium, site, storage_state=cookies, **how)
        made.append(visitor)
        visitor.page.goto(f"/staff/walks/{walk.uid}/map")
        return visitor

    yield entered
    for each in made:
        each.leave()


@pytest.fixture
def stranger(chromium: Browser, site: str) -> Iterator[Enter]:
    """Somebody who has the poster."""
    made: list[Visitor] = []

    def entered(**how: Any) -> Visitor:
        made.append(Visitor(chromium, site, **how))
        return made[-1]

    yield entered
    for each in made:
        each.leave()


def mark(engine: Engine, walk: KnownWalk, east_m: float, north_m: float, voice: str) -> None:
    with writing(engine) as session:
        values = {"polarity": Polarity.UNSAFE, "categories": 0, "text": "", "voice": voice}
        place = place_at(east_m, north_m)
        session.add(
            WalkMark(uid=uuid4(), walk_id=walk.id, geometry=place, created_at=datetime.now(UTC), **values)
        )


def stored(engine: Engine, walk: KnownWalk) -> KnownWalk:
    with reading(engine) as session:
        found = walk_by_id(session, walk.id)
    assert found is not None
    return found


def names(page: Page) -> list[str]:
    lines = page.locator("ol.walkroute-list > li .walkroute-name").all()
    return [line.evaluate("line => line.firstChild.textContent.trim()") for line in lines]


class TestMarking:
    def test_a_place_is_marked_and_unmarked_by_keys_alone(
        self, stranger: Enter, engine: Engine, walk: KnownWalk
    ) -> None:
        page = stranger().page
        page.goto(f"/w/{walk.join_code}/before")
        page.locator("#polarity-safe").press("Space")
        page.locator("#way-map").press("Space")
        expect(page.locator("[data-point-map][data-ready]")).to_be_attached()
        page.locator("#map_canvas").press("Enter")
        page.keyboard.press("ArrowUp")
        page.get_by_role("button", name="Märk ut platsen").press("Enter")
        expect(page.get_by_role("heading", name="Du har märkt ut 1 plats")).to_be_visible()
        with reading(engine) as session:
            assert [each.polarity for each in marks_of(session, walk.id)] == [Polarity.SAFE]
        page.get_by_role("button", name="Ångra").press("Enter")
        expect(page.get_by_role("heading", name="Du har märkt ut 1 plats")).to_be_hidden()

    def test_it_goes_without_scripts(self, stranger: Enter, walk: KnownWalk) -> None:
        page = stranger(java_script_enabled=False).page
        page.goto(f"/w/{walk.join_code}/before")
        page.locator("#polarity-unsafe").check()
        page.locator("#way-list").check()
        page.locator("#listed").select_option(index=1)
        page.get_by_role("button", name="Märk ut platsen").click()
        expect(page.get_by_role("heading", name="Du har märkt ut 1 plats")).to_be_visible()

    @pytest.mark.parametrize("size", SIZES)
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_it_is_open_to_all(self, stranger: Enter, walk: KnownWalk, size: str, scheme: str) -> None:
        page = stranger(viewport=SIZES[size], color_scheme=scheme).page
        page.goto(f"/w/{walk.join_code}/before")
        assert Axe().run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


class TestRoute:
    def test_it_is_proposed_bent_by_a_tap_undone_and_saved(
        self, enter: Enter, engine: Engine, walk: KnownWalk
    ) -> None:
        for voice in "abc":
            mark(engine, walk, 300, 300, voice)
        page = enter().page
        expect(page.locator(ROUTE)).to_be_attached()
        page.get_by_role("button", name="Föreslå").click()
        expect(page.locator("ol.walkroute-list > li")).to_have_count(5)
        page.locator("#map_canvas").click(position={"x": 60, "y": 300})
        expect(page.locator("ol.walkroute-list > li")).to_have_count(6)
        page.get_by_role("link", name="Ångra").click()
        expect(page.locator("ol.walkroute-list > li")).to_have_count(5)
        page.get_by_role("button", name="Klar, spara vägen").click()
        expect(page.get_by_text("Vägen är sparad.")).to_be_visible()
        assert stored(engine, walk).route_source == RouteSource.STREETS
        with reading(engine) as session:
            assert len(stops_of(session, walk.id)) == 5

    def test_keys_alone_add_and_move_a_point(self, enter: Enter, walk: KnownWalk) -> None:
        page = enter().page
        expect(page.locator(ROUTE)).to_be_attached()
        page.locator("#map_canvas").press("Enter")
        expect(page.locator("ol.walkroute-list > li")).to_have_count(5)
        page.get_by_role("link", name="Flytta upp Stopp 2").press("Enter")
        expect(page.locator("ol.walkroute-list > li").first).to_contain_text("Stopp 2")
        page.go_back()
        expect(page.locator("ol.walkroute-list > li").first).to_contain_text("Stopp 1")

    def test_a_line_is_drawn_by_hand_on_a_phone(self, enter: Enter, engine: Engine, walk: KnownWalk) -> None:
        page = enter(viewport=PHONE, has_touch=True).page
        expect(page.locator(ROUTE)).to_be_attached()
        page.get_by_role("link", name="Rita för hand").tap()
        expect(page.get_by_text("Ritad för hand", exact=True)).to_be_visible()
        for number, spot in enumerate(((120, 200), (200, 260), (260, 180)), 5):
            page.locator("#map_canvas").tap(position={"x": spot[0], "y": spot[1]})
            expect(page.locator("ol.walkroute-list > li")).to_have_count(number)
        done = page.get_by_role("button", name="Klar, spara vägen")
        assert done.bounding_box()["height"] >= 44
        done.tap()
        expect(page.get_by_text("Vägen är sparad.")).to_be_visible()
        assert stored(engine, walk).route_source == RouteSource.DRAWN

    def test_it_goes_without_scripts(self, enter: Enter, engine: Engine, walk: KnownWalk) -> None:
        page = enter(java_script_enabled=False).page
        page.get_by_role("button", name="Föreslå").click()
        page.get_by_role("link", name="Ta bort Stopp 4 från vägen").click()
        page.get_by_role("button", name="Klar, spara vägen").click()
        expect(page.get_by_text("Vägen är sparad.")).to_be_visible()
        assert names(page)[-1] == "Stopp 3"
        expect(page.get_by_role("heading", name="Inte på vägen")).to_be_visible()
        page.get_by_role("link", name="Ta med Stopp 4").click()
        assert names(page)[-1] == "Stopp 4"

    @pytest.mark.parametrize("size", ["desk", "phone"])
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_it_is_open_to_all(
        self, enter: Enter, engine: Engine, walk: KnownWalk, size: str, scheme: str
    ) -> None:
        mark(engine, walk, 300, 300, "a")
        page = enter(viewport=SIZES[size], color_scheme=scheme).page
        expect(page.locator(ROUTE)).to_be_attached()
        page.get_by_role("button", name="Föreslå").click()
        expect(page.get_by_role("button", name="Klar, spara vägen")).to_be_visible()
        assert Axe().run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


class TestWalked:
    def test_the_staff_map_asks_for_walks_only_when_they_are_wanted(
        self, enter: Enter, engine: Engine, walk: KnownWalk
    ) -> None:
        walked = walks.walk(engine, state=WalkState.CLOSED)
        page = enter().page
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url) if "/walked" in request.url else None)
        page.goto("/staff/map")
        expect(page.locator("#map[data-ready]")).to_be_attached()
        assert asked == []
        page.locator("[data-layers] summary").click()
        page.get_by_label("Vandrat").check()
        expect(page.locator("path.m-walked").first).to_be_attached()
        expect(page.locator(".legend .walked-key")).to_be_visible()
        assert len(asked) == 1
        assert walked.title
