"""The map on a printed sheet: drawn here, of ground that is ours, so that no tile is missing on paper.

Classes go from light to dark, have an edge and a numeral, and what has too few reports is hatched: it reads
as well in grey.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import Protocol

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.analysis.grid import Bounds
from geodata.vocabulary import AreaKind
from webmap.maps.classes import THEMES, indices, picture_of
from webmap.maps.picture import round_length_m
from webmap.maps.sheet_marks import Box, Sheet, numerals_of
from webmap.maps.sheet_pen import HEIGHT, INK, LETTER, MUTED, WIDTH, Pen, fitted

_PX_PER_UNIT = 0.8
_MARGIN = 8
_DISC, _NUMERAL_ROOM_PX = 26.0, 16.0
_DARK_FROM = 4
"""Numerals on this class and above are light."""
_LETTER_WIDTH, _GAP, _TOWN = 0.52, 14.0, 1.3
_MOST_NAMES, _MOST_LINES = 40, 9
_GRID_STEPS_M = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
_OUTSIDE, _LINE = "#e6e3da", "#c9c4b8"
_LAYERS = {
    AreaKind.GREEN: ("#eef1e4", "none", 0.0),
    AreaKind.WATER: ("#d5dde0", "#d5dde0", 4.0),
    AreaKind.BUILDING: ("#ddd8cc", "none", 0.0),
    AreaKind.PATH: ("none", "#cfcabd", 2.0),
    AreaKind.STREET: ("none", "#b9b3a5", 4.0),
    AreaKind.RAILWAY: ("none", "#8a857a", 4.0),
}
"""Fill, line and width, drawn in this order below the classes."""


class Plan(Protocol):
    """What is drawn, in EPSG:3006.

    bounds: the ground to show at least. names: text, east, north, and whether it is a town. layers: shapes by
    kind. classes: 0–6 at any places, all 0 where none are shown. spots: rank, east and north of ranked
    places. dots: (k, 2) east and north of reports shown one by one.
    """

    @property
    def bounds(self) -> Bounds: ...
    @property
    def boundary(self) -> BaseGeometry: ...
    @property
    def names(self) -> Sequence[tuple[str, float, float, bool]]: ...
    @property
    def layers(self) -> Mapping[AreaKind, list[BaseGeometry]]: ...
    @property
    def spots(self) -> Sequence[tuple[int, float, float]]: ...
    @property
    def dots(self) -> NDArray[np.float64]: ...
    def classes(self, east: NDArray[np.float64], north: NDArray[np.float64]) -> NDArray[np.uint8]: ...


def draw_sheet_picture(plan: Plan) -> bytes:
    """The map as SVG, north up in SWEREF 99 TM; the same plan, the same bytes."""
    return Drawing(fitted(plan.bounds)).draw(plan)


class Drawing:
    """A map on paper of some ground. bounds: as `fitted` gives them."""

    def __init__(self, bounds: Bounds) -> None:
        self.pen = Pen(bounds)
        self.sheet = Sheet(Box(_MARGIN, _MARGIN, WIDTH - _MARGIN, HEIGHT - _MARGIN))

    def draw(self, plan: Plan) -> bytes:
        """The whole map of a plan as SVG."""
        self.ground(plan.boundary, plan.layers)
        classes = self._classes(plan)
        self.grid()
        self.border(plan.boundary)
        self._dots(plan.dots)
        self.scale_and_north()
        self._spots(plan.spots)
        self._numerals(classes)
        self.names(plan.names)
        return self.framed()

    def framed(self) -> bytes:
        """The finished map as SVG, with a line around it."""
        frame = {"fill": "none", "stroke": MUTED, "stroke_width": 3}
        self.pen.add("rect", x=1, y=1, width=WIDTH - 2, height=HEIGHT - 2, **frame)
        return self.pen.drawn()

    def ground(self, boundary: BaseGeometry, layers: Mapping[AreaKind, list[BaseGeometry]]) -> None:
        """What lies under all else, in EPSG:3006."""
        self.pen.add("rect", width=WIDTH, height=HEIGHT, fill=_OUTSIDE)
        self.pen.outline(boundary, fill="#fff")
        self._layers(layers)

    def border(self, boundary: BaseGeometry) -> None:
        """The municipality's border."""
        self.pen.outline(boundary.boundary, fill="none", stroke=MUTED, stroke_width=5)

    def _layers(self, layers: Mapping[AreaKind, list[BaseGeometry]]) -> None:
        for kind, (fill, stroke, width) in _LAYERS.items():
            shapes = np.array(layers.get(kind, []), dtype=object)
            seen = shapes[shapely.intersects(shapes, self.pen.clip)] if len(shapes) else shapes
            if len(seen):
                every = shapely.GeometryCollection(list(seen))
                self.pen.outline(every, fill=fill, stroke=stroke, stroke_width=width)

    def _classes(self, plan: Plan) -> NDArray[np.uint8]:
        """Draws the classes, read at the middle of every pixel, and gives those of the pixels seen."""
        rows, columns = round(HEIGHT * _PX_PER_UNIT), round(WIDTH * _PX_PER_UNIT)
        pixel_m, bounds = self.pen.unit_m / _PX_PER_UNIT, self.pen.bounds
        east = bounds.west_m + (np.arange(-1, columns + 1) + 0.5) * pixel_m
        north = bounds.north_m - (np.arange(-1, rows + 1) + 0.5) * pixel_m
        classes = plan.classes(*np.meshgrid(east, north))
        picture, alphas = picture_of(indices(classes), THEMES["light"])
        written = BytesIO()
        picture.save(written, "PNG", transparency=alphas, bits=4)
        address = "data:image/png;base64," + base64.b64encode(written.getvalue()).decode("ascii")
        whole = {"x": 0, "y": 0, "width": WIDTH, "height": HEIGHT, "preserveAspectRatio": "none"}
        self.pen.add("image", href=address, **whole)
        return classes[1:-1, 1:-1]

    def grid(self) -> None:
        """Lines at round kilometres of SWEREF 99 TM."""
        pen, bounds = self.pen, self.pen.bounds
        across_m = WIDTH * pen.unit_m
        step = next((each for each in _GRID_STEPS_M if across_m / each <= _MOST_LINES), _GRID_STEPS_M[-1])
        line = {"stroke": _LINE, "stroke_width": 1.5}
        small = {"font_size": 24, "fill": MUTED, "stroke_width": 6}
        for east in range(math.ceil(bounds.west_m / step) * step, math.ceil(bounds.east_m), step):
            x, _ = pen.xy(east, bounds.north_m)
            pen.add("line", x1=x, y1=0, x2=x, y2=HEIGHT, **line)
            pen.write(f"{east // 1000}", x + 6, 28, **small)
        for north in range(math.ceil(bounds.south_m / step) * step, math.ceil(bounds.north_m), step):
            _, y = pen.xy(bounds.west_m, north)
            pen.add("line", x1=0, y1=y, x2=WIDTH, y2=y, **line)
            pen.write(f"{north // 1000}", 8, y - 6, **small)

    def _dots(self, dots: NDArray[np.float64]) -> None:
        bounds = self.pen.bounds
        lowest, highest = (bounds.west_m, bounds.south_m), (bounds.east_m, bounds.north_m)
        seen = dots[((dots >= lowest) & (dots <= highest)).all(axis=1)]
        for x, y in (self.pen.xy(*dot) for dot in seen.tolist()):
            self.pen.add(
                "circle", cx=x, cy=y, r=8, fill=INK, fill_opacity=0.75, stroke="#fff", stroke_width=2
            )

    def scale_and_north(self) -> None:
        """A bar of round metres and an arrow, lower right."""
        pen, right, bottom = self.pen, WIDTH - 40, HEIGHT - 40
        length_m = round_length_m(WIDTH * pen.unit_m / 4)
        left = round(right - length_m / pen.unit_m, 1)
        self._plate(Box(left - 70, bottom - 74, right + 22, bottom + 22))
        middle = round((left + right) / 2, 1)
        bar = f"M{left} {bottom - 14}V{bottom}H{right}V{bottom - 14}M{middle} {bottom - 14}V{bottom}"
        pen.add("path", d=bar, fill="none", stroke=INK, stroke_width=4)
        said = f"{length_m / 1000:g} km" if length_m >= 1000 else f"{length_m:g} m"
        pen.write(said, right, bottom - 24, text_anchor="end", font_size=30, stroke="none")
        x = round(left - 36, 1)
        pen.add("path", d=f"M{x} {bottom - 66}l14 46-14-10-14 10Z", fill=INK)
        pen.write("N", x, bottom + 10, text_anchor="middle", font_size=28, font_weight=600, stroke="none")

    def _plate(self, box: Box) -> None:
        self.sheet.take(box)
        size = {"width": round(box.right - box.left, 1), "height": round(box.bottom - box.top, 1)}
        self.pen.add("rect", x=round(box.left, 1), y=box.top, fill="#fff", fill_opacity=0.9, **size)

    def _spots(self, spots: Sequence[tuple[int, float, float]]) -> None:
        """Numbered discs, the first drawn last so that it is never covered."""
        number = {"text_anchor": "middle", "font_size": 36, "font_weight": 600, "stroke": "none"}
        for rank, east, north in reversed(spots):
            x, y = self.pen.xy(east, north)
            if 0 <= x <= WIDTH and 0 <= y <= HEIGHT:
                self.sheet.take(Box(x - _DISC, y - _DISC, x + _DISC, y + _DISC))
                self.pen.add("circle", cx=x, cy=y, r=_DISC, fill="#fff", stroke=INK, stroke_width=5)
                self.pen.write(str(rank), x, y + 12, **number)

    def _numerals(self, classes: NDArray[np.uint8]) -> None:
        taken = [box.scaled(_PX_PER_UNIT) for box in self.sheet.taken]
        for each in numerals_of(classes, _NUMERAL_ROOM_PX, taken):
            x, y = each.x / _PX_PER_UNIT, each.y / _PX_PER_UNIT
            self.sheet.take(Box(x - 14, y - 16, x + 14, y + 16))
            colour = "#fff" if each.class_ >= _DARK_FROM else INK
            number = {"text_anchor": "middle", "font_size": 30, "fill": colour, "stroke": "none"}
            self.pen.write(str(each.class_), x, y + 10, **number)

    def names(self, names: Sequence[tuple[str, float, float, bool]]) -> None:
        """Each beside its dot where there is room; towns first."""
        bounds = self.pen.bounds
        seen = [name for name in names if bounds.holds(Bounds(name[1], name[2], name[1], name[2]))]
        for text, east, north, is_town in sorted(seen, key=lambda name: not name[3])[:_MOST_NAMES]:
            x, y = self.pen.xy(east, north)
            is_free = self.sheet.is_free(Box(x - 5, y - 5, x + 5, y + 5))
            size = LETTER * (_TOWN if is_town else 1)
            box = self.sheet.room_for(_beside(x, y, len(text) * size * _LETTER_WIDTH, size))
            if box and is_free:
                self.pen.add("circle", cx=x, cy=y, r=5, fill=INK, stroke="#fff", stroke_width=2)
            if box:
                look = {"font_size": round(size, 1), "font_weight": 600 if is_town else 400}
                self.pen.write(text, box.left, box.bottom - size * 0.22, **look)


def _beside(x: float, y: float, width: float, height: float) -> Iterator[Box]:
    """Places for a name by its dot: right, left, above, below, then the same farther off."""
    for gap in (_GAP, _GAP + _DISC):
        yield Box(x + gap, y - height / 2, x + gap + width, y + height / 2)
        yield Box(x - gap - width, y - height / 2, x - gap, y + height / 2)
        yield Box(x - width / 2, y - gap - height, x + width / 2, y - gap)
        yield Box(x - width / 2, y + gap, x + width / 2, y + gap + height)
