"""The surroundings of one report, as numbers for an inline drawing that needs no script."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from geodata.queries.municipalities import LOCALITY, Home
from geodata.queries.review_case import NearReport
from geodata.vocabulary import AreaKind, Polarity
from webmap.maps.picture import round_length_m
from webmap.maps.review_frame import HEIGHT, SPANS_M, WIDTH, Frame

CLOSE_M = 50.0
_FINE_M, _WIDE_M = 1_600, 12_800
_DRAWN_WITHIN_M = 3_200
"""Wider than this, streets and houses are a grey mass."""
_GROUND = (
    AreaKind.GREEN,
    AreaKind.WATER,
    AreaKind.BUILDING,
    AreaKind.PATH,
    AreaKind.STREET,
    AreaKind.RAILWAY,
)
_LETTER_PX = 8.6
_MOST_NAMES = 24


@dataclass(frozen=True)
class Marked:
    """The report itself. place: EPSG:3006, with the point that stands for it, or None."""

    place: BaseGeometry | None
    east: float | None
    north: float | None
    accuracy_m: float | None


@dataclass(frozen=True)
class Name:
    """A place's name, from its left end."""

    x: float
    y: float
    text: str
    is_town: bool


@dataclass(frozen=True)
class ReviewPicture:
    """Paths are the `d` of SVG paths. ground: class and path. tiles: address and matrix. points: polarity,
    whether close, and path. scale_px, scale_m: a bar of round metres.
    """

    frame: Frame
    grid: str
    border: str
    ground: list[tuple[str, str]]
    tiles: list[tuple[str, str]]
    names: list[Name]
    points: list[tuple[str, bool, str]]
    shape: str
    pin: tuple[float, float] | None
    close_px: float
    accuracy_px: float
    scale_px: float
    scale_m: float

    width, height = WIDTH, HEIGHT

    @property
    def corner(self) -> tuple[float, float]:
        """East and north of the upper left corner."""
        west, _, _, top = self.frame.box
        return west, top


def span_for(home: Home) -> int:
    """The narrowest width that shows the whole municipality."""
    west, south, east, north = home.boundary.bounds
    wanted = max(east - west, (north - south) * WIDTH / HEIGHT)
    return next((span for span in SPANS_M if span >= wanted), SPANS_M[-1])


def draw_review(
    frame: Frame,
    marked: Marked,
    home: Home,
    around: Sequence[NearReport],
    shapes: Mapping[AreaKind, list[BaseGeometry]],
) -> ReviewPicture:
    """The drawing, without base map. around: other reports, drawn by what they say of the place."""
    length_m = round_length_m(frame.span_m / 5)
    pin = None
    if marked.east is not None and marked.north is not None:
        pin = frame.drawn(marked.east, marked.north)
    return ReviewPicture(
        frame=frame,
        grid=_grid(frame),
        border=_path(_clipped(home.boundary.boundary, frame), frame),
        ground=list(_ground(frame, shapes)) if frame.span_m <= _DRAWN_WITHIN_M else [],
        tiles=[],
        names=_names(home, frame),
        points=[_point(each, frame) for each in around],
        shape=_shape(marked.place, frame),
        pin=pin,
        close_px=round(CLOSE_M * frame.scale, 1),
        accuracy_px=round((marked.accuracy_m or 0) * frame.scale, 1),
        scale_px=round(length_m * frame.scale, 1),
        scale_m=length_m,
    )


def _grid(frame: Frame) -> str:
    step = 100 if frame.span_m <= _FINE_M else 1_000 if frame.span_m <= _WIDE_M else 5_000
    west, south, east, north = frame.box
    upright = (frame.drawn(at, north)[0] for at in range(math.ceil(west / step) * step, int(east) + 1, step))
    level = (frame.drawn(west, at)[1] for at in range(math.ceil(south / step) * step, int(north) + 1, step))
    return "".join([*(f"M{x:g} 0V{HEIGHT:g}" for x in upright), *(f"M0 {y:g}H{WIDTH:g}" for y in level)])


def _clipped(place: BaseGeometry, frame: Frame) -> BaseGeometry:
    west, south, east, north = frame.box
    margin = frame.span_m / 50
    return shapely.clip_by_rect(place, west - margin, south - margin, east + margin, north + margin)


def _ground(frame: Frame, shapes: Mapping[AreaKind, list[BaseGeometry]]) -> Iterator[tuple[str, str]]:
    west, south, east, north = frame.box
    for kind in _GROUND:
        every = np.array(shapes.get(kind, []), dtype=object)
        if not len(every):
            continue
        bounds = shapely.bounds(every)
        is_here = (
            (bounds[:, 0] < east) & (bounds[:, 2] > west) & (bounds[:, 1] < north) & (bounds[:, 3] > south)
        )
        path = "".join(_path(_clipped(place, frame), frame) for place in every[is_here])
        if path:
            yield f"g-{kind}", path


def _path(place: BaseGeometry, frame: Frame) -> str:
    """Lines and rings of a shape; points are none."""
    parts: list[str] = []
    for part in shapely.get_parts(place):
        if part.geom_type == "GeometryCollection":
            parts.append(_path(part, frame))
        for line, is_ring in _lines(part):
            spots = (frame.drawn(east, north) for east, north in line.coords)
            parts.append("M" + "L".join(f"{x:g} {y:g}" for x, y in spots) + ("Z" if is_ring else ""))
    return "".join(parts)


def _lines(part: BaseGeometry) -> Iterable[tuple[BaseGeometry, bool]]:
    if part.is_empty:
        return []
    if isinstance(part, Polygon):
        return [(ring, True) for ring in (part.exterior, *part.interiors)]
    return [(part, part.geom_type == "LinearRing")] if "Line" in part.geom_type else []


def _shape(place: BaseGeometry | None, frame: Frame) -> str:
    """The report's own line or surface; a point has its pin."""
    return "" if place is None or place.geom_type == "Point" else _path(_clipped(place, frame), frame)


def _names(home: Home, frame: Frame) -> list[Name]:
    """Names in the frame, those of localities first, none over another."""
    west, south, east, north = frame.box
    told: list[Name] = []
    for place in sorted(home.places, key=lambda each: each.kind != LOCALITY):
        spot = place.geometry.centroid
        if len(told) < _MOST_NAMES and west < spot.x < east and south < spot.y < north:
            name = Name(*frame.drawn(spot.x, spot.y), place.name, place.kind == LOCALITY)
            told += [name] if all(_is_apart(name, other) for other in told) else []
    return told


def _is_apart(name: Name, other: Name) -> bool:
    first, second = sorted((name, other), key=lambda each: each.x)
    return abs(name.y - other.y) > 22 or first.x + len(first.text) * _LETTER_PX + 12 < second.x


_MARKS = {
    Polarity.UNSAFE: "M{x:g} {y:g}m0 -7l6.5 11.5h-13z",
    Polarity.SAFE: "M{x:g} {y:g}m-5.5 0a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0 -11 0z",
    Polarity.IMPROVEMENT: "M{x:g} {y:g}m-5 -5h10v10h-10z",
}


def _point(report: NearReport, frame: Frame) -> tuple[str, bool, str]:
    x, y = frame.drawn(report.east, report.north)
    return report.polarity.value, report.distance_m <= CLOSE_M, _MARKS[report.polarity].format(x=x, y=y)
