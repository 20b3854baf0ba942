"""Somebody who walks along with the field app on a small phone."""

from __future__ import annotations

import json
import re
from typing import Any

from playwright.sync_api import Browser, Page, expect

from geodata.queries.walks import KnownWalk
from tests.browser.visitor import Visitor

PHONE = {"width": 360, "height": 740}
TILES = {"unsafe": "Mörkt", "safe": "Bra ljus", "improvement": "Bättre ljus"}
# Every watch of the position, when it began and when it was over; and every tap.
_COUNTED = """
window.watches = [];
window.taps = 0;
const { watchPosition, clearWatch } = Geolocation.prototype;
Geolocation.prototype.watchPosition = function (...said) {
  const id = watchPosition.apply(this, said);
  watches.push({ id, began: Date.now(), over: null });
  return id;
};
Geolocation.prototype.clearWatch = function (id) {
  for (const each of watches) if (each.id === id) each.over = Date.now();
  clearWatch.call(this, id);
};
addEventListener("click", (event) => { if (event.isTrusted) taps += 1; }, true);
"""


class Walker(Visitor):
    """A phone on a walk. position: longitude, latitude and accuracy in metres; None where there is none."""

    def __init__(self, browser: Browser, address: str, walk: KnownWalk, **how: Any) -> None:
        chosen = {"viewport": PHONE, "has_touch": True, "device_scale_factor": 2}
        super().__init__(browser, address, **(chosen | how))
        self.walk = walk
        self.context.add_init_script(_COUNTED)

    def stand_at(self, lon: float, lat: float, accuracy_m: float = 8.0) -> None:
        self.context.grant_permissions(["geolocation"], origin=self.address)
        self.context.set_geolocation({"longitude": lon, "latitude": lat, "accuracy": accuracy_m})

    def open(self, screen: str = "") -> Page:
        self.page.goto(f"/w/{self.walk.join_code}/field{f'#{screen}' if screen else ''}")
        expect(self.page.locator(".stage h1")).to_be_visible()
        return self.page

    def go(self, screen: str) -> Page:
        """To a screen by its address, without loading the page anew."""
        self.page.evaluate("(screen) => { location.hash = screen; }", screen)
        expect(self.page.locator(".stage h1")).to_be_visible()
        return self.page

    def begin(self, sign: str = "unsafe", tile: str = "") -> None:
        self.page.locator(f".pol.{sign}").click()
        self.page.get_by_role("button", name=tile or TILES[sign], exact=True).click()
        expect(self.page.locator(".screen.place")).to_be_visible()

    def save(self) -> None:
        self.page.get_by_role("button", name="Spara", exact=True).click()
        expect(self.page.locator(".screen.after")).to_be_visible()

    def tell(self, sign: str = "unsafe") -> None:
        """One finding, with nothing added to it."""
        self.begin(sign)
        self.save()
        self.page.get_by_role("button", name="Klar").click()
        expect(self.page.locator(".screen.start")).to_be_visible()

    def await_received(self, count: int) -> None:
        words = "1 mottagen" if count == 1 else f"{count} mottagna"
        expect(self.page.locator(".sync-rest")).to_contain_text(words)

    def bar(self) -> str:
        return " ".join(self.page.locator(".sync-words").inner_text().split())

    def sent(self) -> list[dict[str, Any]]:
        """The bodies of all findings and checklists from now on, as they are sent."""
        bodies: list[dict[str, Any]] = []
        path = re.compile(r"/api/v1/walks/[^/]+/findings/[^/]+$")

        def note(request: Any) -> None:
            if request.method == "PUT" and path.search(request.url):
                bodies.append(json.loads(request.post_data or "{}"))

        self.context.on("request", note)
        return bodies
