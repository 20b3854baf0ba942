"""How the field app looks: large things far apart, words of 7:1, both themes, both languages, open to all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.phone import Town, town_in
from tests.browser.walker import Walker
from tests.places import LATITUDE, LONGITUDE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LEAST_PX, LEAST_GAP_PX = 64, 16
SCREENS = ("", "type", "place", "begun", "asked", "leave begun", "after", "one")
SCREENS += ("mine", "map", "check", "checklist", "more", "leave", "code")
_STRICT = {"rules": {"color-contrast-enhanced": {"enabled": True}}}
# Everything that is pressed, with the box one may press in. What scrolls under the bar is no neighbour of it.
_CONTROLS = """
() => [...document.querySelectorAll("a[href], button, label.choice, .picker label, input.typed, textarea")]
  .filter((each) => each.checkVisibility() && !each.closest(".skip"))
  .map((each) => {
    const { x, y, width, height } = each.getBoundingClientRect();
    const words = `${each.tagName} ${each.textContent.trim().slice(0, 30)}`;
    return { words, x, y, width, height, isInBar: Boolean(each.closest(".bar")) };
  })
"""
_SMALLEST_TEXT = """
() => [...document.querySelectorAll(".stage *")]
  .filter((each) => each.checkVisibility() && !each.closest(".chart, .chart-credit, .vh"))
  .filter((each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
  .map((each) => [parseFloat(getComputedStyle(each).fontSize), each.textContent.trim().slice(0, 30)])
  .sort((a, b) => a[0] - b[0])
"""


@pytest.fixture(scope="module")
def town(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder: Path = tmp_path_factory.mktemp("field-looks")
    with town_in(folder, f"sqlite:///{folder / 'field.gpkg'}") as (made, _):
        made.new_walk(group_count=2)
        yield made


@pytest.fixture
def walker(chromium: Browser, town: Town) -> Iterator[Walker]:
    made = Walker(chromium, f"http://127.0.0.1:{town.port}", town.walk)
    made.stand_at(LONGITUDE, LATITUDE, 14.0)
    made.open()
    yield made
    made.leave()


def every_screen(walker: Walker) -> Iterator[tuple[str, Page]]:
    page = walker.page
    yield "", page
    page.locator(".pol.unsafe").click()
    yield "type", page
    page.locator(".tile").first.click()
    expect(page.get_by_text("±14 m")).to_be_visible()
    yield "place", page
    walker.go("")
    expect(page.locator(".go-on")).to_be_visible()
    yield "begun", page
    page.locator(".begun .only").click()
    yield "asked", page
    walker.go("leave")
    expect(page.locator(".screen.leave .go-on")).to_be_visible()
    yield "leave begun", page
    page.locator(".go-on").click()
    expect(page.locator(".screen.place")).to_be_visible()
    page.locator(".bar button").click()
    expect(page.locator(".screen.after")).to_be_visible()
    yield "after", page
    page.locator(".bar button").click()
    expect(page.locator(".screen.start")).to_be_visible()
    walker.go("mine").locator(".outbox a").first.click()
    yield "one", page
    for screen in ("mine", "map", "check"):
        walker.go(screen)
        yield screen, page
    page.locator(".outbox a").first.click()
    page.locator(".answer").first.click()
    yield "checklist", page
    for screen in ("more", "leave", "code"):
        walker.go(screen)
        yield screen, page


def apart_px(one: dict[str, Any], other: dict[str, Any]) -> float:
    gaps = [
        max(one[at] - other[at] - other[size], other[at] - one[at] - one[size])
        for at, size in (("x", "width"), ("y", "height"))
    ]
    return float(max(gaps))


def test_everything_to_press_is_64_px_and_16_px_apart(walker: Walker) -> None:
    seen, small, close = 0, [], []
    for screen, page in every_screen(walker):
        controls = page.evaluate(_CONTROLS)
        seen += len(controls)
        small += [(screen, each) for each in controls if min(each["width"], each["height"]) < LEAST_PX - 0.5]
        for number, one in enumerate(controls):
            others = [each for each in controls[number + 1 :] if each["isInBar"] == one["isInBar"]]
            near = [each for each in others if apart_px(one, each) < LEAST_GAP_PX - 0.5]
            close += [(screen, one["words"], each["words"], apart_px(one, each)) for each in near]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), screen
    print(f"UX-20: {seen} knappar på {len(SCREENS)} skärmar, ingen under 64 px, inga närmare än 16 px")
    assert (small, close) == ([], [])


def test_words_are_large(walker: Walker) -> None:
    small = []
    for screen, page in every_screen(walker):
        small += [(screen, *each) for each in page.evaluate(_SMALLEST_TEXT) if each[0] < 16]
    assert small == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_it_is_open_to_all_and_words_stand_out(walker: Walker, theme: str, language: str) -> None:
    walker.page.evaluate(
        "(said) => { for (const [name, value] of said) localStorage.setItem(name, value); }",
        [["field-theme", theme], ["field-language", language]],
    )
    walker.page.reload()
    expect(walker.page.locator(".stage h1")).to_be_visible()
    found = []
    for screen, page in every_screen_in(walker, language):
        violations = Axe().run(page, options=_STRICT).response["violations"]
        found += [(screen, each["id"], node["html"][:120]) for each in violations for node in each["nodes"]]
        raw = page.evaluate(
            "document.querySelector('.field-app').innerText.match(/\\b[a-z]+_[a-z_]+\\b|%\\(/g)"
        )
        assert raw is None, (screen, raw)
    assert found == [], "\n".join(map(str, found))


def every_screen_in(walker: Walker, language: str) -> Iterator[tuple[str, Page]]:
    assert walker.page.evaluate("document.documentElement.lang") == language
    yield from every_screen(walker)


def test_the_language_is_changed_inside_and_kept(walker: Walker) -> None:
    page = walker.go("more")
    page.get_by_label("English").check()
    expect(page.get_by_role("heading", name="More")).to_be_visible()
    walker.go("")
    expect(page.get_by_role("button", name=re.compile("Unsafe"))).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="What do you see here?")).to_be_visible()


@pytest.mark.parametrize(("hours", "theme"), [(2, "dark"), (-2, "light")])
def test_it_is_dark_after_sunset_and_not_before(walker: Walker, hours: int, theme: str) -> None:
    page = walker.page
    sets = page.evaluate("fetch(location.pathname.replace('/field', '/walk.json')).then((a) => a.json())")[
        "sun"
    ]["sets"]
    at = datetime.fromisoformat(f"{walker.walk.day.isoformat()}T{sets}") + timedelta(hours=hours)
    page.clock.install(time=at)
    page.reload()
    expect(page.locator(".stage h1")).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.theme") == theme


def test_the_theme_is_chosen_by_hand_and_kept(walker: Walker) -> None:
    page = walker.go("more")
    for label, theme in (("Ljust", "light"), ("Mörkt läge", "dark")):
        page.get_by_label(label).check()
        assert page.evaluate("document.documentElement.dataset.theme") == theme
    page.reload()
    expect(page.locator(".stage h1")).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_without_scripts_it_is_told(chromium: Browser, town: Town) -> None:
    made = Walker(chromium, f"http://127.0.0.1:{town.port}", town.walk, java_script_enabled=False)
    made.page.goto(f"/w/{town.walk.join_code}/field")
    expect(made.page.get_by_text("Appen behöver JavaScript")).to_be_visible()
    made.context.close()
