"""Drawing on a sheet of paper in SVG. One unit is a tenth of a millimetre; north is up in SWEREF 99 TM."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, tostring

import shapely
from shapely.geometry.base import BaseGeometry

from geodata.analysis.grid import Bounds

WIDTH, HEIGHT = 1780, 1060
FONT = "Source Sans 3"
INK, MUTED = "#14212b", "#55606a"
LETTER = 34.0
_LEAST_M = 100.0


def fitted(bounds: Bounds) -> Bounds:
    """The smallest box of the sheet's proportions around a box, with the same middle."""
    across, along = bounds.east_m - bounds.west_m, bounds.north_m - bounds.south_m
    half_m = max(across / WIDTH, along / HEIGHT, _LEAST_M / HEIGHT) / 2
    x, y = (bounds.west_m + bounds.east_m) / 2, (bounds.south_m + bounds.north_m) / 2
    return Bounds(x - half_m * WIDTH, y - half_m * HEIGHT, x + half_m * WIDTH, y + half_m * HEIGHT)


class Pen:
    """Draws on a sheet that shows some ground. bounds: as `fitted` gives them."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.unit_m = (bounds.east_m - bounds.west_m) / WIDTH
        self.clip = shapely.box(bounds.west_m, bounds.south_m, bounds.east_m, bounds.north_m)
        self._root = Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "viewBox": f"0 0 {WIDTH} {HEIGHT}",
                "font-family": FONT,
            },
        )

    def drawn(self) -> bytes:
        """The sheet as SVG."""
        return tostring(self._root)

    def xy(self, east_m: float, north_m: float) -> tuple[float, float]:
        """Where a place in EPSG:3006 is on the sheet."""
        x = (east_m - self.bounds.west_m) / self.unit_m
        return round(x, 1), round((self.bounds.north_m - north_m) / self.unit_m, 1)

    def add(self, tag: str, text: str = "", /, **said: object) -> None:
        """An element; names with `_` for `-`."""
        made = SubElement(
            self._root, tag, {name.replace("_", "-"): str(value) for name, value in said.items()}
        )
        made.text = text or None

    def write(self, text: str, x: float, y: float, **said: object) -> None:
        """Words with light around them, so that they are read on every ground."""
        usual = {"font_size": LETTER, "fill": INK, "stroke": "#fff", "stroke_width": 9}
        joined = {"stroke_linejoin": "round", "paint_order": "stroke"}
        self.add("text", text, x=round(x, 1), y=round(y, 1), **{**usual, **joined, **said})

    def outline(self, shape: BaseGeometry, **said: object) -> None:
        """What is seen of a shape in EPSG:3006, as fine as paper shows it."""
        seen = shapely.intersection(shape, self.clip)
        path = "".join(self._line(line) for part in shapely.get_parts(seen) for line in _lines(part))
        if path:
            self.add("path", d=path, fill_rule="evenodd", **said)

    def _line(self, line: BaseGeometry) -> str:
        vertices = shapely.get_coordinates(line.simplify(2 * self.unit_m)).tolist()
        return "M" + "L".join("{:g} {:g}".format(*self.xy(*vertex)) for vertex in vertices)


def _lines(shape: BaseGeometry) -> Iterator[BaseGeometry]:
    """The lines that draw a shape; points have none."""
    if isinstance(shape, shapely.Polygon):
        yield from (shape.exterior, *shape.interiors)
    elif shape.geom_type in ("LineString", "LinearRing"):
        yield shape
    elif hasattr(shape, "geoms"):
        for part in shape.geoms:
            yield from _lines(part)
