"""The one place that uses Folium, and the one place that says latitude before longitude.

Only ids, numbers and class names of our own reach Folium: it escapes nothing for the reader. Names and
sentences are put on the map by the page's own script, as text. Colours are in the style sheets, by class.
"""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

import folium
from branca.element import CssLink, Element, Figure, JavascriptLink
from folium.map import CustomPane

from webmap.maps.ground import Ground, Path

LOCAL_SCRIPTS = [("leaflet", "/static/vendor/leaflet/leaflet.js")]
LOCAL_STYLES = [("leaflet_css", "/static/vendor/leaflet/leaflet.css")]

MIN_ZOOM = 7
MAX_ZOOM = 17
BAND_PX = 12
TILE_SIDE_PX = 512
GROUND_PANE = "ground"
BELOW_TILES = 150
"""Leaflet draws tiles at 200 and lines at 400: what is outside lies under the surface, the grid over it."""

WEIGHT_PX = {"m-band": 2 * BAND_PX, "m-border": 1.25, "m-grid": 1, "m-grid-coarse": 1}
"""Of the lines, per class. The outer half of the band is painted over by what is outside."""


class ForeignLink(Exception):
    """Folium asked for a file that is not served from here."""


@dataclass(frozen=True)
class Drawing:
    """A map ready to serve. script: JavaScript for the element `element_id`. digest: of the script, hex."""

    element_id: str
    script: str
    digest: str


def draw(ground: Ground, tiles_url: str = "") -> Drawing:
    """The script of a map with its ground and, where they are named, one layer of tiles.

    tiles_url: template with {z}, {x} and {y} on the own host. The page's script adds the layer when it
    knows the theme, so that no tile is fetched twice. Same ground and template, same bytes.
    Raises ForeignLink.
    """
    if tiles_url and (not tiles_url.startswith("/") or tiles_url.startswith("//")):
        raise ForeignLink(tiles_url)
    canvas = _blank(ground)
    _add(canvas, CustomPane(GROUND_PANE, z_index=BELOW_TILES), "ground")
    _add(canvas, _line(ground.border, "m-band", GROUND_PANE), "band")
    for number, rings in enumerate(ground.outside):
        _add(canvas, _area(rings, "m-out"), f"outside_{number}")
    _add(canvas, _line(ground.border, "m-border"), "border")
    if tiles_url:
        _add(canvas, _tiles(tiles_url), "heat")
    for name, grid in (("m-grid", ground.fine), ("m-grid-coarse", ground.coarse)):
        if grid.lines:
            _add(canvas, _line(grid.lines, name), name.removeprefix("m-").replace("-", "_"))
    script = _script_of(canvas)
    return Drawing(canvas.get_name(), script, hashlib.sha256(script.encode()).hexdigest()[:16])


def _blank(ground: Ground) -> folium.Map:
    lon, lat = ground.center
    canvas = folium.Map(
        location=(lat, lon),
        tiles=None,
        min_zoom=MIN_ZOOM,
        max_zoom=MAX_ZOOM,
        control_scale=True,
        zoom_control="topleft",
        prefer_canvas=False,  # a canvas knows no style sheet, and the colours follow the theme
        attribution_control=False,
        fade_animation=False,  # a tile is seen when it is there
        grid_km=ground.fine.labels_km,
        grid_coarse_km=ground.coarse.labels_km,
    )
    canvas.default_js, canvas.default_css = LOCAL_SCRIPTS, LOCAL_STYLES
    canvas._id = "canvas"
    # The page's script says where the map opens: with a zoom of its own every line would be drawn twice.
    del canvas.options["zoom"]
    # Map passes only the zoom of its own tile layer on to Leaflet, and has none here.
    canvas.options.update(minZoom=MIN_ZOOM, maxZoom=MAX_ZOOM)
    return canvas


def _add(canvas: folium.Map, element: Element, name: str) -> None:
    # Folium names elements at random; with names of ours the same map is the same file.
    element._id = name
    canvas.add_child(element, name=name)


def _tiles(url: str) -> folium.TileLayer:
    return folium.TileLayer(
        url,
        attr="Tryggkarta",
        name="heat",
        min_zoom=MIN_ZOOM,
        max_zoom=MAX_ZOOM,
        overlay=True,
        show=False,
        tile_size=TILE_SIDE_PX,
        zoom_offset=-1,  # a tile of twice the side shows the ground of one zoom further out
    )


def _line(paths: Iterable[Path], style: str, pane: str | None = None) -> folium.PolyLine:
    line = folium.PolyLine([_flipped(path) for path in paths], class_name=style, weight=WEIGHT_PX[style])
    return _quiet(line, pane)


def _area(rings: Iterable[Path], style: str) -> folium.Polygon:
    area = folium.Polygon(
        [_flipped(ring) for ring in rings], class_name=style, stroke=False, fill=True, fill_opacity=1
    )
    return _quiet(area, GROUND_PANE)


def _quiet(shape: Any, pane: str | None) -> Any:
    # Folium's own options leave these two out.
    shape.options["interactive"] = False
    if pane:
        shape.options["pane"] = pane
    return shape


def _flipped(path: Path) -> list[tuple[float, float]]:
    return [(lat, lon) for lon, lat in path]


def _script_of(canvas: folium.Map) -> str:
    figure = cast(Figure, canvas.get_root())
    for child in list(figure._children.values()):
        child.render()
    _refuse_foreign(figure)
    lines = textwrap.dedent(figure.script.render()).splitlines()
    return "\n".join(line.strip() for line in lines if line.strip()) + "\n"


def _refuse_foreign(figure: Figure) -> None:
    """Inline styles and switches are left out: the style sheets and Leaflet's defaults say the same."""
    known = {url for _, url in LOCAL_SCRIPTS + LOCAL_STYLES}
    parts = figure.header._children.values()
    asked = {part.url for part in parts if isinstance(part, JavascriptLink | CssLink)}
    if asked - known:
        raise ForeignLink(", ".join(sorted(asked - known)))
