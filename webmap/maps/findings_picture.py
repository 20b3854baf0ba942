"""What was found on a walk, numbered on a drawing that needs no script."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shapely.geometry.base import BaseGeometry

from geodata.queries.findings import KnownFinding
from geodata.queries.municipalities import Home
from geodata.queries.walks import KnownStop
from geodata.vocabulary import AreaKind, Polarity
from webmap.maps.review_frame import HEIGHT, SPANS_M, WIDTH, Frame
from webmap.maps.review_picture import Marked, ReviewPicture, draw_review, span_for

_ROOM = 1.25
"""So much wider than what it shows."""
_LEAST_M = 200
_APART_PX = 46.0
"""So far from each other, marks do not hide each other."""


@dataclass(frozen=True)
class FindingMark:
    """A finding on the drawing, a little beside its place where another is drawn there."""

    x: float
    y: float
    number: int
    polarity: Polarity


@dataclass(frozen=True)
class FindingsPicture:
    """The ground with the route, the stops by number, and the findings by number."""

    ground: ReviewPicture
    route: str
    stops: list[tuple[float, float, int]]
    marks: list[FindingMark]


def draw_findings(
    home: Home,
    route: BaseGeometry | None,
    stops: Sequence[KnownStop],
    findings: Sequence[KnownFinding],
    shapes: Mapping[AreaKind, list[BaseGeometry]],
) -> FindingsPicture:
    """The drawing without base map, wide enough for all of it."""
    places = [*(stop.place for stop in stops), *(each.place for each in findings)]
    spots = [_spot(place) for place in places if place is not None]
    frame = _frame(home, spots)
    numbered = [(*frame.drawn(*_spot(each.place)), each.number) for each in stops if each.place is not None]
    return FindingsPicture(
        draw_review(frame, Marked(None, None, None, None), home, [], shapes),
        "" if route is None else _line(route, frame),
        numbered,
        _marks(findings, frame, numbered),
    )


def _spot(place: Any) -> tuple[float, float]:
    point = place.representative_point()
    return point.x, point.y


def _frame(home: Home, spots: Sequence[tuple[float, float]]) -> Frame:
    if not spots:
        inside = home.boundary.representative_point()
        return Frame(inside.x, inside.y, span_for(home))
    east, north = ([spot[axis] for spot in spots] for axis in (0, 1))
    across, along = max(east) - min(east), max(north) - min(north)
    wanted = max(across, along * WIDTH / HEIGHT, _LEAST_M) * _ROOM
    span = next((span for span in SPANS_M if span >= wanted), SPANS_M[-1])
    return Frame((max(east) + min(east)) / 2, (max(north) + min(north)) / 2, span)


def _line(route: BaseGeometry, frame: Frame) -> str:
    spots = (frame.drawn(east, north) for east, north in getattr(route, "coords", ()))
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in spots)


def _marks(
    findings: Sequence[KnownFinding], frame: Frame, stops: Sequence[tuple[float, float, int]]
) -> list[FindingMark]:
    """Beside each other where they are told of the same spot, so that every number can be read."""
    taken = [(x, y) for x, y, _ in stops]
    marks: list[FindingMark] = []
    for each in findings:
        if each.place is None or each.polarity is None:
            continue
        x, y = _free(frame.drawn(*_spot(each.place)), taken)
        taken.append((x, y))
        marks.append(FindingMark(x, y, each.seq, each.polarity))
    return marks


def _free(spot: tuple[float, float], taken: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The spot, or the nearest one to its right or below where nothing is drawn yet."""
    offers = sorted(((across, down) for across in range(6) for down in range(-2, 3)), key=_farness)
    for across, down in offers:
        x, y = round(spot[0] + across * _APART_PX, 1), round(spot[1] + down * _APART_PX, 1)
        if all(math.hypot(x - east, y - north) >= _APART_PX for east, north in taken):
            return x, y
    return spot


def _farness(offer: tuple[int, int]) -> float:
    return math.hypot(*offer)
