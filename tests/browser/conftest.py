"""One server and one Chromium for all that is driven through a browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserType, Playwright, expect, sync_playwright

from tests.browser.attacks import poison
from tests.browser.door import Door
from tests.browser.phone import SMALL, Phone, Town, town_in
from tests.browser.poisoned_people import Poisoned, poison_people
from tests.browser.site import House, serving
from tests.browser.visitor import Visitor
from tests.databases import absent

Visitors = Callable[..., Visitor]

_NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


_PATIENCE_MS = 15_000
"""Two browsers and their servers share the machine's cores with everything else that is tested."""
expect.set_options(timeout=_PATIENCE_MS)
_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser that met a busy moment is asked once more; the report's last lines say for which tests."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=1))


def chromium_path(playwright: Playwright) -> str | None:
    """The browser of the machine, else Playwright's own."""
    return path_of(playwright.chromium)


def path_of(chromium: BrowserType) -> str | None:
    """The same, for who has the kind of browser only."""
    own = chromium.executable_path
    return next(filter(None, map(shutil.which, _NAMES)), own if os.path.exists(own) else None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = chromium_path(playwright)
        if path is None:
            absent("Chromium is not installed (./run setup)")
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def demo_house(tmp_path_factory: pytest.TempPathFactory) -> House:
    folder = tmp_path_factory.mktemp("demo")
    house = House(folder, folder / "demo.gpkg")
    house.run("demo", "--no-serve")
    return house


@pytest.fixture(scope="session")
def demo_site(demo_house: House, chromium: Browser) -> Iterator[str]:
    with serving(demo_house, workers=2) as address:
        yield address


@pytest.fixture
def visitors(chromium: Browser, demo_site: str) -> Iterator[Visitors]:
    """Makes visitors to the demo; each must have met with nothing bad when the test is over."""
    yield from visits(chromium, demo_site)


@pytest.fixture(scope="session")
def badge(chromium: Browser, demo_site: str) -> Any:
    """The cookies of a coordinator who has logged in to the demo by the form."""
    return _logged_in(chromium, demo_site)


@pytest.fixture
def visitor(visitors: Visitors, badge: Any) -> Visitor:
    """Somebody logged in as coordinator at a desk."""
    return visitors(storage_state=badge)


def _logged_in(browser: Browser, site: str) -> Any:
    entering = Visitor(browser, site)
    entering.log_in()
    entering.page.wait_for_url("**/account")
    cookies = entering.context.storage_state()
    entering.leave()
    return cookies


def visits(browser: Browser, site: str) -> Iterator[Visitors]:
    made: list[Visitor] = []

    def make(**how: Any) -> Visitor:
        made.append(Visitor(browser, site, **how))
        return made[-1]

    yield make
    for each in made:
        each.leave()


@pytest.fixture(scope="session")
def hostile_house(demo_house: House, tmp_path_factory: pytest.TempPathFactory) -> tuple[House, Poisoned]:
    """The demo with attacks for names, texts and words, and what there is of them."""
    folder: Path = tmp_path_factory.mktemp("hostile")
    house = House(folder, folder / "hostile.gpkg")
    shutil.copy(demo_house.database, house.database)
    poison(house)
    return house, poison_people(house)


@pytest.fixture(scope="session")
def poisoned(hostile_house: tuple[House, Poisoned]) -> Poisoned:
    """What people said there, and what was answered."""
    return hostile_house[1]


@pytest.fixture(scope="session")
def hostile_site(hostile_house: tuple[House, Poisoned], chromium: Browser) -> Iterator[str]:
    """The house of attacks, served."""
    with serving(hostile_house[0], workers=1) as address:
        yield address


@pytest.fixture(scope="session")
def hostile_badge(chromium: Browser, hostile_site: str) -> Any:
    """The same where names, texts and words are attacks."""
    return _logged_in(chromium, hostile_site)


@pytest.fixture
def hostile_visitors(chromium: Browser, hostile_site: str) -> Iterator[Visitors]:
    yield from visits(chromium, hostile_site)


@pytest.fixture(scope="session")
def walk_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, Door]]:
    """A town where people walk, served behind a door that can fail in all the ways of a network."""
    folder = tmp_path_factory.mktemp("walking")
    with town_in(folder, f"sqlite:///{folder / 'walk.gpkg'}") as made:
        yield made


@pytest.fixture
def town(walk_town: tuple[Town, Door]) -> Town:
    """The same with a walk that nobody has joined, and nothing in the way."""
    town, door = walk_town
    door.rules.clear()
    door.is_shut = False
    if town.process is None:
        town.start()
    town.new_walk()
    door.seen.clear()
    return town


@pytest.fixture
def phone(chromium: Browser, walk_town: tuple[Town, Door], town: Town) -> Iterator[Phone]:
    """A phone that has joined the walk."""
    made = Phone(chromium.new_context(viewport=SMALL, locale="sv-SE"), walk_town[1], town.walk)
    made.join()
    yield made
    made.leave()
