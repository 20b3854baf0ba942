"""The map in the minutes of a walk: the route, its stops, and the numbers of what was found.

Drawn here, of ground that is ours, in black on white: nothing is told by colour alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import shapely
import typst
from shapely.geometry.base import BaseGeometry

from geodata.analysis.grid import Bounds
from geodata.vocabulary import AreaKind
from webmap.maps.sheet import fonts
from webmap.maps.sheet_marks import Box
from webmap.maps.sheet_pen import INK, fitted
from webmap.maps.sheet_picture import Drawing

NUMBER_PX = 36
_LINE_HEIGHT, _DIGIT, _PADDING = 38.0, 18.0, 14.0
_DOT = 9.0
_NAME, _NAME_WIDTH = 28.0, 0.52
_MOST_SIGNS = 12
"""In a row of numbers; more make a new row."""
_AROUND_M, _LEAST_M = 60.0, 250.0
_STEPS, _RINGS = 12, 5
_PAGE = (
    '#set document(title: "map")\n'
    "#set page(width: 178mm, height: 106mm, margin: 0mm)\n"
    '#image("map.svg", width: 178mm)\n'
)
_PPI = 200.0


@dataclass(frozen=True)
class MinutesPlan:
    """What is drawn, in EPSG:3006.

    stops: number, east, north, in order. marks: the numbers of what was found, by where they are drawn.
    names: text, east, north, and whether it is a town.
    """

    boundary: BaseGeometry
    route: BaseGeometry | None
    stops: Sequence[tuple[int, float, float]]
    marks: Mapping[tuple[float, float], Sequence[int]]
    layers: Mapping[AreaKind, list[BaseGeometry]]
    names: Sequence[tuple[str, float, float, bool]]

    @property
    def bounds(self) -> Bounds:
        """The ground to show, with a little around it."""
        spots = [*((east, north) for _, east, north in self.stops), *self.marks]
        shapes: list[BaseGeometry] = [shapely.MultiPoint(spots)] if spots else []
        shapes += [self.route] if self.route is not None and not self.route.is_empty else []
        whole = shapely.GeometryCollection(shapes) if shapes else self.boundary
        west, south, east, north = whole.bounds
        across = max(_LEAST_M - (east - west), 0) / 2 + _AROUND_M
        along = max(_LEAST_M - (north - south), 0) / 2 + _AROUND_M
        return Bounds(west - across, south - along, east + across, north + along)


def draw_minutes_map(plan: MinutesPlan, stop_word: str) -> bytes:
    """The map as SVG, north up in SWEREF 99 TM; the same plan, the same bytes.

    stop_word: before the number of a stop.
    """
    drawing = Drawing(fitted(plan.bounds))
    drawing.ground(plan.boundary, plan.layers)
    drawing.grid()
    drawing.border(plan.boundary)
    if plan.route is not None:
        look = {"fill": "none", "stroke_linecap": "round", "stroke_linejoin": "round"}
        drawing.pen.outline(plan.route, stroke="#fff", stroke_width=15, **look)
        drawing.pen.outline(plan.route, stroke=INK, stroke_width=7, stroke_dasharray="22 12", **look)
    drawing.scale_and_north()
    for _, east, north in plan.stops:
        _dot(drawing, east, north)
    for (east, north), numbers in sorted(plan.marks.items()):
        _mark(drawing, (east, north), numbers)
    for number, east, north in plan.stops:
        _stop_name(drawing, f"{stop_word} {number}", (east, north))
    drawing.names(plan.names)
    return drawing.framed()


def picture_of(svg: bytes) -> bytes:
    """A drawn map as PNG, with our own letters."""
    made = typst.compile(  # type: ignore[call-overload]  # its stub does not know of several files by name
        {"main.typ": _PAGE.encode(), "map.svg": svg}, font_paths=fonts(), format="png", ppi=_PPI
    )
    return made[0] if isinstance(made, list) else made


def rows_of(numbers: Sequence[int]) -> list[str]:
    """Numbers as they stand on the map: in order, runs drawn together, in rows that are not too long."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    rows: list[str] = []
    for said in (_run(run) for run in runs):
        if rows and len(rows[-1]) + len(said) + 2 <= _MOST_SIGNS:
            rows[-1] += f", {said}"
        else:
            rows.append(said)
    return rows


def _run(run: list[int]) -> str:
    if len(run) < 3:
        return ", ".join(str(each) for each in run)
    return f"{run[0]}–{run[-1]}"


def _dot(drawing: Drawing, east: float, north: float) -> None:
    x, y = drawing.pen.xy(east, north)
    drawing.sheet.take(Box(x - _DOT, y - _DOT, x + _DOT, y + _DOT))
    drawing.pen.add("circle", cx=x, cy=y, r=_DOT, fill=INK, stroke="#fff", stroke_width=3)


def _mark(drawing: Drawing, spot: tuple[float, float], numbers: Sequence[int]) -> None:
    """A box with numbers where there is room near the place, and a line to it."""
    rows = rows_of(numbers)
    x, y = drawing.pen.xy(*spot)
    width = max(len(row) for row in rows) * _DIGIT + 2 * _PADDING
    height = len(rows) * _LINE_HEIGHT + _PADDING
    box = drawing.sheet.room_for(_around(x, y, width, height)) or _centred(x, y, width, height)
    middle = round((box.left + box.right) / 2, 1), round((box.top + box.bottom) / 2, 1)
    pen = drawing.pen
    pen.add("line", x1=x, y1=y, x2=middle[0], y2=middle[1], stroke=INK, stroke_width=4)
    pen.add("circle", cx=x, cy=y, r=_DOT, fill=INK, stroke="#fff", stroke_width=3)
    size = {"width": round(width, 1), "height": round(height, 1), "rx": 14}
    place = {"x": round(box.left, 1), "y": round(box.top, 1)}
    pen.add("rect", fill="#fff", stroke=INK, stroke_width=4, **place, **size)
    look = {"text_anchor": "middle", "font_size": NUMBER_PX, "font_weight": 600, "stroke": "none"}
    for at, row in enumerate(rows):
        pen.write(row, middle[0], box.top + _PADDING / 2 + (at + 0.8) * _LINE_HEIGHT, **look)


def _centred(x: float, y: float, width: float, height: float) -> Box:
    return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _around(x: float, y: float, width: float, height: float) -> Iterator[Box]:
    """Places for a box around a point, the nearest first, above before below."""
    for ring in range(1, _RINGS + 1):
        for step in range(_STEPS):
            angle = 2 * math.pi * step / _STEPS
            across = math.sin(angle) * (width / 2 + 24 * ring)
            along = math.cos(angle) * (height / 2 + 24 * ring)
            yield _centred(x + across, y - along, width, height)


def _stop_name(drawing: Drawing, text: str, spot: tuple[float, float]) -> None:
    x, y = drawing.pen.xy(*spot)
    width = len(text) * _NAME * _NAME_WIDTH
    box = drawing.sheet.room_for(_around(x, y, width, _NAME))
    if box is not None:
        drawing.pen.write(text, box.left, box.bottom - _NAME * 0.22, font_size=_NAME, font_weight=600)
