"""Pictures of every room with the demo's data, at a desk and on a phone, light and dark.

`python -m tests.browser.screenshots [folder]` writes `room-size-theme.png`, and says what rooms are missing.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import QUIET, chromium_path
from tests.browser.field_pictures import field_pictures
from tests.browser.site import COORDINATOR, ROOT, House, serving
from tests.browser.visitor import Visitor

FOLDER = ROOT / "docs" / "screenshots"
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
THEMES = ("light", "dark")
LARGEST_BYTES = 150_000
ADMIN = "admin@demo.example"
FIELD_CODE = "KVENUM"
"""Of the demo's walk that is to come."""
_COLOURS = (256, 128, 64, 32)
_FRIDAY_NIGHT = "municipality=1470&weekdays=fri&hours=20-03&light=dark"
_AUTUMN = "municipality=1470&since=2025-09-01&until=2026-08-31"


@dataclass(frozen=True)
class Room:
    """A page. is_public: seen before anybody has logged in. is_map: it has tiles. login: who goes in."""

    name: str
    address: str
    is_public: bool = False
    is_map: bool = False
    login: str = COORDINATOR


ROOMS = (
    Room("start", "/", is_public=True),
    Room("login", "/login", is_public=True),
    Room("report", "/report", is_public=True),
    Room("follow", "/follow", is_public=True),
    Room("night", "/?view=block:night", is_public=True),
    Room("table", "/table", is_public=True),
    Room("about-map", "/about/map", is_public=True),
    Room("privacy", "/about/privacy", is_public=True),
    Room("accessibility", "/about/accessibility", is_public=True),
    Room("map", f"/staff/map?{_FRIDAY_NIGHT}", is_map=True),
    Room("squares", f"/staff/map?{_AUTUMN}&view=squares", is_map=True),
    Room("list", f"/staff/map/list?{_FRIDAY_NIGHT}"),
    Room("week", f"/staff/map/week?{_AUTUMN}"),
    Room("multiples", f"/staff/map/multiples?{_AUTUMN}"),
    Room("import", "/staff/import"),
    Room("areas", "/staff/areas"),
    Room("reports", "/staff/reports"),
    Room("entry", "/staff/reports/new"),
    Room("meeting", "/staff/reports/batch"),
    Room("measures", "/staff/measures"),
    Room("rooms", "/staff/"),
    Room("sharing", "/staff/sharing"),
    Room("disclosures", "/staff/disclosures"),
    Room("disclosure-new", "/staff/disclosures/new"),
    Room("refusal", "/staff/disclosures/refusal"),
    Room("secrecy", "/staff/secrecy"),
    Room("registry", "/staff/registry"),
    Room("retention", "/staff/retention"),
    Room("retention-rule", "/staff/retention/rules/new"),
    Room("journal", "/staff/journal"),
    Room("editions", "/staff/editions"),
    Room("edition-next", "/staff/editions/next"),
    Room("account", "/account"),
    Room("password", "/account/password"),
    Room("users", "/admin/users", login=ADMIN),
    Room("user-new", "/admin/users/new", login=ADMIN),
    Room("settings", "/admin/settings", login=ADMIN),
)


def main(words: list[str]) -> int:
    """Write every picture; 1 where a room could not be drawn small enough."""
    folder = Path(words[0]) if words else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    too_large = 0
    for name, content in taken():
        (folder / name).write_bytes(content)
        print(f"{len(content) / 1000:6.0f} kB  {name}")
        too_large += len(content) > LARGEST_BYTES
    return 1 if too_large else 0


def taken() -> Iterator[tuple[str, bytes]]:
    """Name and PNG of every picture of a demo that is made for it."""
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        house = House(Path(scratch), Path(scratch) / "demo.gpkg")
        house.run("demo", "--no-serve")
        browser = playwright.chromium.launch(executable_path=chromium_path(playwright), args=QUIET)
        with serving(house, workers=2) as address:
            badges = {login: _badge(browser, address, login) for login in (COORDINATOR, ADMIN)}
            for size in SIZES:
                for theme in THEMES:
                    yield from _pictures(browser, address, badges, (size, theme))
            for theme in THEMES:
                for name, page in field_pictures(browser, address, FIELD_CODE, theme):
                    yield f"{name}-{theme}.png", _packed(page)
        browser.close()


def _badge(browser: Browser, address: str, login: str) -> object:
    entering = Visitor(browser, address)
    entering.log_in(login)
    entering.page.wait_for_url("**/account")
    cookies = entering.context.storage_state()
    entering.context.close()
    return cookies


def _pictures(
    browser: Browser, address: str, badges: Mapping[str, object], look: tuple[str, str]
) -> Iterator[tuple[str, bytes]]:
    size, theme = look
    width, height = SIZES[size]
    how = {
        "viewport": {"width": width, "height": height},
        "color_scheme": theme,
        "has_touch": size == "phone",
    }
    for login, walked in (("", _told), (COORDINATOR, _reviewed), (ADMIN, None)):
        visitor = Visitor(browser, address, **how, **({"storage_state": badges[login]} if login else {}))
        for room in (room for room in ROOMS if login == ("" if room.is_public else room.login)):
            answer = visitor.page.goto(room.address)
            if answer is None or answer.status != 200:
                print(f"   no room  {room.name}")
                continue
            _settle(visitor, room)
            yield f"{room.name}-{size}-{theme}.png", _packed(visitor.page)
        for name in walked(visitor) if walked else ():
            visitor.page.wait_for_load_state("networkidle")
            yield f"{name}-{size}-{theme}.png", _packed(visitor.page)
        visitor.context.close()


def _told(visitor: Visitor) -> Iterator[str]:
    """What every question of a report is called when it is on the page, to the receipt."""
    page = visitor.page
    go_on = page.get_by_role("button", name="Fortsätt", exact=True)
    page.goto("/report")
    page.get_by_role("button", name="Börja").click()
    page.get_by_label("Platsen känns otrygg").check()
    page.get_by_label("Bristfällig belysning").check()
    yield "report-what"
    go_on.click()
    page.get_by_label("Peka på kartan").check()
    page.locator("[data-point-map][data-ready]").wait_for()
    page.evaluate("map_canvas.setView([58.26268, 12.95907], 16, {animate: false})")
    page.get_by_role("button", name="Markera kartans mitt").click()
    page.locator("[data-mark]").wait_for()
    yield "report-where"
    go_on.click()
    page.get_by_label("Det brukar vara så").check()
    yield "report-when"
    page.get_by_role("checkbox", name="fredag").check()
    go_on.click()
    page.get_by_label("Hur är platsen?").fill("Lamporna vid bryggan är släckta.")
    for question in ("words", "photo", "contact"):
        yield f"report-{question}"
        go_on.click()
    yield "report-check"
    page.get_by_role("button", name="Skicka rapporten").click()
    yield "receipt"


def _reviewed(visitor: Visitor) -> Iterator[str]:
    """A report under review, and one that is gone through before it is handed out."""
    page = visitor.page
    page.goto("/staff/reports")
    page.locator("#rows a").first.click()
    yield "review"
    page.goto("/staff/disclosures/new")
    page.get_by_label("Vad ska det heta?").fill("Begäran om belysning")
    page.get_by_label("Kom in från och med").fill("2026-11-02")
    page.get_by_role("button", name="Välj rapporterna").click()
    page.get_by_role("link", name="Gå igenom rapporterna").wait_for()
    yield "disclosure"
    page.get_by_role("link", name="Gå igenom rapporterna").click()
    page.locator("[data-verdict]").wait_for()
    yield "masks"


def _settle(visitor: Visitor, room: Room) -> None:
    """Until everything that comes later is there."""
    if room.is_map:
        visitor.await_tiles()
    visitor.page.wait_for_load_state("networkidle")
    visitor.page.evaluate("document.fonts.ready")


def _packed(page: Page) -> bytes:
    """What is seen, in as many colours as fit the size."""
    shown = Image.open(BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    packed = b""
    for colours in _COLOURS:
        written = BytesIO()
        shown.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            written, "PNG", optimize=True
        )
        packed = written.getvalue()
        if len(packed) <= LARGEST_BYTES:
            break
    return packed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
