"""What is looked for on every page: by axe-core, and by a script of our own where axe leaves it to others."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import axe_playwright_python
from playwright.sync_api import Page, expect

from tests.browser.visitor import DESKTOP, PHONE

THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SIZES = {"desk": DESKTOP, "phone": PHONE}
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
NARROW = {"width": 320, "height": 640}
_ASKED = {
    "runOnly": {"type": "tag", "values": TAGS},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations", "incomplete"],
}
_COLOURS = _ASKED | {
    "runOnly": {"type": "rule", "values": ("color-contrast", "link-in-text-block")},
    "rules": {},
}
"""A theme changes colours and nothing else."""
_SHORT = """async (asked) => {
  const found = await axe.run(document, asked);
  const nodes = (each) => each.nodes.map((node) => `${each.id} ${node.html.slice(0, 160)}`);
  const faint = found.incomplete.filter((each) => each.id === "color-contrast");
  const unsure = faint.flatMap((each) => each.nodes.map((node) => node.target[0]));
  return [found.violations.flatMap(nodes), looking.weak(unsure)];
}"""


@dataclass
class Found:
    """What is wrong, a line each, and the titles of the pages that were looked at."""

    lines: list[str] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)
    pages: int = 0


@cache
def _scripts() -> tuple[str, str]:
    axe = Path(axe_playwright_python.__file__).with_name("axe.min.js")
    return axe.read_text(encoding="utf-8"), Path(__file__).with_name("looking.js").read_text(encoding="utf-8")


def settle(page: Page) -> None:
    """Until what the page draws by itself is drawn."""
    page.wait_for_load_state("networkidle")
    if page.locator("#map_canvas.leaflet-container").count():
        expect(page.locator("[data-ready] #map_canvas")).to_be_attached()
        expect(page.locator("img.leaflet-tile:not(.leaflet-tile-loaded)")).to_have_count(0)


def faults(page: Page, theme: Literal["light", "dark"], asked: dict[str, Any] = _ASKED) -> list[str]:
    """What axe finds in this theme, and text that is too faint where axe is not sure."""
    page.emulate_media(color_scheme=theme)
    _bring(page)
    violations, weak = page.evaluate(_SHORT, asked)
    return [f"{page.url} {theme}: {each}" for each in (*violations, *weak)]


def all_faults(page: Page) -> list[str]:
    """The same, and then what another theme can break."""
    return [*faults(page, "light"), *faults(page, "dark", _COLOURS)]


def own_faults(page: Page) -> list[str]:
    """What our own script finds: structure, focus, and text that is cut where lines stand further apart."""
    _bring(page)
    page.keyboard.press("Tab")  # or a script's focus would not be shown as a keyboard's is
    found = page.evaluate("() => [...looking.structure(), ...looking.unseenFocus()]")
    page.evaluate("() => looking.spread()")
    found += page.evaluate("() => looking.cut()")
    return [f"{page.url}: {each}" for each in found]


def narrow_faults(page: Page) -> list[str]:
    """Whether a page has to be scrolled sideways at 320 px, with its lines further apart than before."""
    before: Any = page.viewport_size
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # a plain dict of the two
    found = page.evaluate("() => looking.sideways()")
    page.set_viewport_size(before)
    return [f"{page.url} at 320 px: {each}" for each in found]


def _bring(page: Page) -> None:
    if not page.evaluate("() => Boolean(window.looking)"):
        for script in _scripts():
            page.evaluate(script)
