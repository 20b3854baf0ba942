"""The map page beside a plain Folium HeatMap page, both in the same Chromium over loopback.

Both servers have the reports in memory; ours has drawn another view before, and is forked anew for every
repeat, so that the surface asked for is never there. Seconds: from the request to the last tile, or to the
drawn heat. Bytes: HTML with data or tiles, as sent; libraries apart.
"""

from __future__ import annotations

import gzip
import multiprocessing
import shutil
import socket
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import folium
from flask import Flask, Response
from folium.plugins import HeatMap
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from bench.town import EMAIL, PASSWORD, Town, known_client, town

REPEATS = 3
BUDGET_BYTES = 150_000
_VENDOR = Path(__file__).parents[1] / "webmap/static/vendor/leaflet"
_SIZE = {"width": 1280, "height": 860}
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking")
_PEER = "plain Folium HeatMap page"
_LONGEST_S = 240
_LOOK_AGAIN_S = 1.0
_ANOTHER_VIEW = "hours=00-06"
"""What the process has drawn before: positions sorted and templates read, but the surface not made."""

_OURS_SHOWN = """() => {
  const tiles = [...document.querySelectorAll("img.leaflet-tile")];
  return tiles.length > 0 && tiles.every((each) => each.matches(".leaflet-tile-loaded")) && performance.now();
}"""
_HEAT_SHOWN = """() => {
  const heat = document.querySelector("canvas.leaflet-heatmap-layer");
  if (!heat || !heat.width) return false;
  const pixels = heat.getContext("2d").getImageData(0, 0, heat.width, heat.height).data;
  return pixels.some((value) => value > 0) && performance.now();
}"""
_WATCH = """(() => {
  const isShown = %s;
  const look = () => {
    const shown_ms = isShown();
    if (shown_ms) window.shown_ms = shown_ms;
    else requestAnimationFrame(look);
  };
  look();
})()"""
"""Asked in the page itself at every frame: a question from outside takes the cores that are measured."""
_SENT = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .map((each) => [new URL(each.name).pathname, each.encodedBodySize])"""


@dataclass(frozen=True)
class Visit:
    """One opening of a page: how long it took, and the bytes of each address."""

    seconds: float
    sent: dict[str, int]

    def bytes_of(self, is_counted: Callable[[str], bool]) -> int:
        return sum(size for path, size in self.sent.items() if is_counted(path))


def rows(n: int) -> list[dict[str, Any]]:
    made = town(n)
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or playwright.chromium.executable_path
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        first_ever = [_our_visit(browser, made)]
        _draw_another_view(made)
        ours = [_our_visit(browser, made) for _ in range(REPEATS)]
        plain = [_plain_visit(browser, made.lat_lon) for _ in range(REPEATS)]
        browser.close()
    peer = f"{_PEER}; ours {made.how}"
    counted = _row("heat page bytes", n, _bytes(ours, _is_data), _bytes(plain, _is_data), peer, "bytes")
    timed = _row("heat page seconds", n, _seconds(ours), _seconds(plain), peer, "s")
    ever = _row(
        "heat page seconds first", n, _seconds(first_ever), _seconds(plain), f"{peer}; a new process", "s"
    )
    first = _row(
        "first view bytes", n, _bytes(ours, _is_own), [BUDGET_BYTES], "budget beside libraries", "bytes"
    )
    libraries = _row(
        "library bytes", n, _bytes(ours, _is_library), _bytes(plain, _is_library), _PEER, "bytes"
    )
    return [counted, timed, ever, first, libraries]


def _draw_another_view(made: Town) -> None:
    client = known_client(made)
    for address in (
        f"/staff/map?{_ANOTHER_VIEW}",
        f"/heat/staff/9/274/153.png?kinds=perception&{_ANOTHER_VIEW}",
    ):
        assert client.get(address).status_code == 200


def _is_library(path: str) -> bool:
    return "/vendor/" in path


def _is_own(path: str) -> bool:
    return not _is_library(path)


def _is_data(path: str) -> bool:
    """HTML, ground and tiles; what stays the same on every page is counted with the first view."""
    return not path.startswith("/static/")


def _our_visit(browser: Browser, made: Town) -> Visit:
    with _served(made.app) as address, _page(browser, address) as page:
        page.goto("/login?next=/account")
        page.locator("#email").fill(EMAIL)
        page.locator("#password").fill(PASSWORD)
        page.locator("form[action='/login'] button").click()
        page.wait_for_url("**/account")
        return _visited(page, "/staff/map", _OURS_SHOWN)


def _plain_visit(browser: Browser, lat_lon: NDArray[Any]) -> Visit:
    with _served(plain_app(lat_lon)) as address, _page(browser, address) as page:
        return _visited(page, "/", _HEAT_SHOWN)


def _visited(page: Page, path: str, is_shown: str) -> Visit:
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    page.add_init_script(_WATCH % is_shown)
    page.goto(path, wait_until="commit", timeout=_LONGEST_S * 1000)
    deadline = time.monotonic() + _LONGEST_S
    while time.monotonic() < deadline:
        time.sleep(_LOOK_AGAIN_S)
        if shown_ms := page.evaluate("() => window.shown_ms"):
            return Visit(shown_ms / 1000, _sizes(page.evaluate(_SENT)))
    raise TimeoutError(path)


def _sizes(sent: list[tuple[str, int]]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for path, size in sent:
        sizes[path] = sizes.get(path, 0) + size
    return sizes


def plain_page(lat_lon: NDArray[Any]) -> str:
    """What Folium's own examples do, its libraries from here and the ones the heat does not need left out."""
    canvas = folium.Map(location=lat_lon.mean(axis=0).tolist(), zoom_start=11, tiles=None)
    canvas.default_js = [("leaflet", "/vendor/leaflet.js")]
    canvas.default_css = [("leaflet_css", "/vendor/leaflet.css")]
    heat = HeatMap(lat_lon)
    heat.default_js = [("leaflet-heat.js", "/vendor/leaflet_heat.min.js")]
    heat.add_to(canvas)
    return str(canvas.get_root().render())


def plain_app(lat_lon: NDArray[Any]) -> Flask:
    app = Flask("plain", static_folder=None)
    heat = Path(folium.__file__).parent / "templates/leaflet_heat.min.js"

    @app.get("/")
    def page() -> Response:
        packed = gzip.compress(plain_page(lat_lon).encode(), 6)
        return Response(packed, mimetype="text/html", headers={"Content-Encoding": "gzip"})

    @app.get("/vendor/<name>")
    def vendor(name: str) -> Response:
        path = heat if name == heat.name else _VENDOR / name
        kind = "text/css" if name.endswith("css") else "text/javascript"
        return Response(path.read_bytes(), mimetype=kind)

    return app


class _Silent(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_: object) -> None:
        """Nothing: what is measured is printed."""


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    """The application in a process of its own, forked with what is in memory now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    forked = multiprocessing.get_context("fork").Process(target=_serve, args=(app, port), daemon=True)
    forked.start()
    try:
        _await_open(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        forked.terminate()
        forked.join()


def _serve(app: Flask, port: int) -> None:
    if works := app.extensions.get("works"):
        works.engine.dispose(close=False)  # a connection is not shared with the process it was made in
    make_server("127.0.0.1", port, app, threaded=True, request_handler=_Silent).serve_forever()


def _await_open(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("the server did not start")


@contextmanager
def _page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(base_url=address, viewport=_SIZE, locale="sv-SE")  # type: ignore[arg-type]
    try:
        yield context.new_page()
    finally:
        context.close()


def _bytes(visits: list[Visit], is_counted: Callable[[str], bool]) -> list[float]:
    return [visit.bytes_of(is_counted) for visit in visits]


def _seconds(visits: list[Visit]) -> list[float]:
    return [visit.seconds for visit in visits]


def _row(
    name: str, n: int, ours: list[float], peer: list[float], peer_name: str, unit: str
) -> dict[str, Any]:
    own, other = statistics.median(ours), statistics.median(peer)
    return {
        "name": name,
        "n": n,
        "ours": own,
        "peer": other,
        "peer_name": peer_name,
        "ratio": own / other,
        "unit": unit,
        "spread": (max(ours) - min(ours)) / own,
    }
