"""Somebody at a browser, and a record of everything there that should not happen."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

from tests.browser.site import COORDINATOR, PASSWORD

DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
_STATUS = re.compile(r"status of (\d+)")
_NOT_A_DATE = "does not conform to the required format"
"""What Chromium says of a date that came with the address and is none; the page says so too."""

_WATCH = """
for (const name of ["alert", "confirm", "prompt"])
  window[name] = (said) => recordExecution(`${name} ${said}`);
document.addEventListener("securitypolicyviolation", (event) =>
  recordViolation(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`));
"""


@dataclass
class Record:
    """What went wrong, one list for each way. known_statuses: answers that the test itself asked for."""

    address: str
    strangers: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    executions: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    known_statuses: set[int] = field(default_factory=set)

    def found(self) -> dict[str, list[str]]:
        """Only what is not empty."""
        lists = {name: value for name, value in vars(self).items() if isinstance(value, list)}
        return {name: value for name, value in lists.items() if value}

    def request(self, request: Request) -> None:
        asked = urlsplit(request.url)
        if asked.scheme not in ("data", "blob") and f"{asked.scheme}://{asked.netloc}" != self.address:
            self.strangers.append(request.url)

    def message(self, message: ConsoleMessage) -> None:
        status = _STATUS.search(message.text)
        is_known = bool(status) and int(status[1]) in self.known_statuses
        if message.type in ("error", "warning") and not is_known and _NOT_A_DATE not in message.text:
            self.console.append(message.text)


class Visitor:
    """One browser window with its own cookies, over one site."""

    def __init__(self, browser: Browser, address: str, **how: Any) -> None:
        self.address, self.record = address, Record(address)
        self.context: BrowserContext = browser.new_context(
            base_url=address, locale="sv-SE", **({"viewport": DESKTOP} | how)
        )
        self.context.set_default_timeout(15_000)
        self._watch()
        self.page: Page = self.context.new_page()

    def _watch(self) -> None:
        record = self.record
        self.context.expose_binding("recordViolation", lambda _, said: record.violations.append(said))
        self.context.expose_binding("recordExecution", lambda _, said: record.executions.append(said))
        self.context.add_init_script(_WATCH)
        self.context.on("request", record.request)
        self.context.on("console", record.message)
        self.context.on("weberror", lambda fault: record.errors.append(str(fault.error)))
        self.context.on("dialog", lambda dialog: (record.executions.append(dialog.message), dialog.dismiss()))

    def log_in(self, email: str = COORDINATOR, password: str = PASSWORD, after: str = "/account") -> None:
        self.page.goto(f"/login?{urlencode({'next': after})}")
        self.fill_in_login(email, password)

    def fill_in_login(self, email: str = COORDINATOR, password: str = PASSWORD) -> None:
        self.page.get_by_label("E-post").fill(email)
        self.page.get_by_label("Lösenord").fill(password)
        self.page.get_by_role("button", name="Logga in").click()

    def open_map(self, query: str = "", view: str = "") -> None:
        """The staff map, with every tile of the first view in place."""
        self.page.goto(f"/staff/map{query}{view}")
        self.await_tiles()

    def await_tiles(self) -> None:
        """Until the layer on the map is the one the page last asked for, and whole."""
        expect(self.page.locator("#map[data-ready]")).to_be_attached()
        expect(self.page.locator("[data-redrawing]")).to_be_hidden()
        shown = self.page.locator(".leaflet-tile-pane .leaflet-layer")
        expect(shown).to_have_count(1)
        expect(shown.locator("img.leaflet-tile-loaded").first).to_be_attached()
        expect(shown.locator("img.leaflet-tile:not(.leaflet-tile-loaded)")).to_have_count(0)

    def tile_addresses(self) -> list[str]:
        """Path and query of every tile in view."""
        return self.page.locator("img.leaflet-tile").evaluate_all(
            "(tiles) => tiles.map((tile) => tile.getAttribute('src'))"
        )

    def tile_bytes(self, address: str) -> bytes:
        """What the server answers this visitor for a tile."""
        answer = self.context.request.get(address)
        assert answer.ok, address
        return answer.body()

    def leave(self) -> None:
        """Close the window; everything that was recorded must have been nothing."""
        self.page.evaluate("0")  # lets what is on its way arrive
        self.context.close()
        if found := self.record.found():
            raise AssertionError(found)
