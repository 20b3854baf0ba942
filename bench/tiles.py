"""A warm tile and a changed filter, through the whole application in one process."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from flask.testing import FlaskClient

from bench.page import plain_page
from bench.surface import measured, row
from bench.town import Town, known_client, town
from geodata.queries.window import Window
from geodata.vocabulary import Kind
from webmap.maps.tiles import Tile, paint
from webmap.services.heat import Look

TILE_REPEATS = 50
_ZOOM = 10
"""At which the page's tiles of 512 px show the whole municipality on a screen."""
_SCREEN = 3, 2
"""Tiles across and down of a screen of 1280 × 860."""

_TILES = re.compile(r'data-tiles="([^"]+)"')
_HOURS = ("hours=20-03", "hours=06-12", "hours=12-18", "hours=18-24", "hours=00-06")


def rows(n: int) -> list[dict[str, Any]]:
    made = town(n)
    client = known_client(made)
    _changed(client, made, "")  # what a process does once
    middle = _middle(made)
    warm_ms = _milliseconds(lambda: _get(client, middle), TILE_REPEATS)
    anew_ms = _milliseconds(_painting(made), TILE_REPEATS)
    seconds = [measured(partial(_changed, client, made, hours), 1)[0] for hours in _HOURS]
    plain = measured(lambda: plain_page(made.lat_lon), 3 if n < 10**6 else 1)
    return [
        row("tile warm", n, warm_ms, anew_ms, "the same tile painted anew") | {"unit": "ms"},
        row("changed filter request", n, seconds, plain, "plain Folium HeatMap page made anew, unpacked"),
    ]


def _get(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.text if answer.mimetype == "text/html" else ""


def _changed(client: FlaskClient, made: Town, hours: str) -> None:
    """The page with another filter, and every tile of the screen around the middle of the municipality."""
    template = _template(client, hours)
    middle = _middle_tile(made)
    for x in range(_SCREEN[0]):
        for y in range(_SCREEN[1]):
            at = {"z": _ZOOM, "x": middle.x + x - _SCREEN[0] // 2, "y": middle.y + y - _SCREEN[1] // 2}
            _get(client, template.format(**at))


def _template(client: FlaskClient, hours: str) -> str:
    found = _TILES.search(_get(client, f"/staff/map?{hours}"))
    assert found
    return found[1].replace("&amp;", "&")


def _middle(made: Town) -> str:
    tile = _middle_tile(made)
    return f"/heat/staff/{tile.z}/{tile.x}/{tile.y}.png?municipality={made.home.code}&kinds=perception"


def _middle_tile(made: Town) -> Tile:
    """The tile around the reports' middle."""
    lat, lon = np.radians(np.median(made.lat_lon[:: 1 + len(made.lat_lon) // 1_000], axis=0))
    side = 2**_ZOOM
    x, y = (lon / math.pi + 1) / 2 * side, (1 - math.asinh(math.tan(lat)) / math.pi) / 2 * side
    return Tile(_ZOOM, int(x), int(y))


def _painting(made: Town) -> Callable[[], object]:
    room = made.app.extensions["works"].room
    heat = room.heat(made.home.code, Window(kinds=frozenset({Kind.PERCEPTION})), Look())
    tile = _middle_tile(made)
    return lambda: paint(heat.field, heat.limits, tile, "light")


def _milliseconds(act: Callable[[], object], repeats: int) -> list[float]:
    act()
    return [1000 * seconds for seconds in measured(act, repeats)]
