"""Pictures of the field app on a small phone, screen by screen."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Browser, Page, expect

from tests.browser.visitor import Visitor
from tests.browser.walker import PHONE

_ACCURACY_M = 14.0
_BESIDE = ("mine", "check", "map", "more")


def field_pictures(browser: Browser, address: str, code: str, theme: str) -> Iterator[tuple[str, Page]]:
    """Name and page of every screen, from the page of the walk to what the phone has said."""
    visitor = Visitor(browser, address, viewport=PHONE, has_touch=True, permissions=["geolocation"])
    west, south, east, north = visitor.context.request.get(f"/w/{code}/walk.json").json()["bounds"]
    middle = {"longitude": (west + east) / 2, "latitude": (south + north) / 2}
    visitor.context.set_geolocation(middle | {"accuracy": _ACCURACY_M})  # type: ignore[arg-type]
    visitor.context.add_init_script(f"localStorage.setItem('field-theme', '{theme}')")
    page = visitor.page
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.goto(f"/w/{code}")
    yield "field-join", page
    page.goto(f"/w/{code}/field")
    expect(page.locator(".stage h1")).to_be_visible()
    yield "field-start", page
    page.locator(".pol.unsafe").click()
    yield "field-tiles", page
    page.locator(".tile").first.click()
    expect(page.get_by_text("±14 m")).to_be_visible()
    yield "field-place", page
    page.locator(".bar button").click()
    expect(page.locator(".screen.after")).to_be_visible()
    yield "field-after", page
    page.locator(".bar button").click()
    for sign in ("safe", "improvement"):
        page.locator(f".pol.{sign}").click()
        page.locator(".tile").nth(4).click()
        page.locator(".bar button").click()
        expect(page.locator(".screen.after")).to_be_visible()
        page.locator(".bar button").click()
    for screen in _BESIDE:
        page.evaluate("(screen) => { location.hash = screen; }", screen)
        expect(page.locator(".stage h1")).to_be_visible()
        yield f"field-{screen}", page
    visitor.context.close()
