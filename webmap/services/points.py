"""The reports of a filter on one screen: each by itself, or gathered in squares where they are many."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from geodata import crs
from geodata.analysis.squares import count_squares
from geodata.errors import InvalidValue
from geodata.hours import from_day_number
from geodata.hours.week import Words as HourWords
from geodata.queries.boxed import in_box
from geodata.queries.columns import NO_DAY
from geodata.queries.reports import uids_of
from geodata.queries.selection import Selection
from geodata.queries.window import Box, Window
from geodata.tables.engine import reading
from geodata.vocabulary import CATEGORIES, Kind, Origin, Polarity, State
from webmap.services.heat import Heat, Look
from webmap.services.heat_room import HeatRoom

MOST_APART = 400
"""More than these on a screen cannot be told apart, and are gathered."""
LARGEST_PAGE = 1_000
GATHERED_M = (50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000)
_LEAST_APART_PX = 56
_DEEPEST_ZOOM = 22
_PIXEL_M = 156_543.034
"""Side of a pixel at zoom 0 on the equator."""
_LAST_KEY = 2**63 - 1
_KINDS, _ORIGINS, _POLARITIES, _STATES = tuple(Kind), tuple(Origin), tuple(Polarity), tuple(State)


@dataclass(frozen=True)
class Screen:
    """What is asked for. zoom: None gives every report a feature of its own, a page at a time."""

    box: Box | None = None
    zoom: int | None = None
    limit: int = MOST_APART
    after: int = 0

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> Screen:
        """From `bbox`, `zoom`, `limit` and `cursor`. Raises InvalidValue."""
        return cls(
            Window.parse({"bbox": given.get("bbox", "")}).bbox,
            _whole(given, "zoom", (0, _DEEPEST_ZOOM)),
            _whole(given, "limit", (1, LARGEST_PAGE)) or MOST_APART,
            _whole(given, "cursor", (0, _LAST_KEY)) or 0,
        )


def _whole(given: Mapping[str, str], name: str, among: tuple[int, int]) -> int | None:
    text = given.get(name, "").strip()
    if not text:
        return None
    is_number = text.isascii() and text.isdigit() and len(text) < 20
    if not is_number or not among[0] <= int(text) <= among[1]:
        raise InvalidValue("option.bad", name, option=name, given=text[:40])
    return int(text)


@dataclass(frozen=True)
class Point:
    """A report where it lies, in codes and numbers only. share: the part of it that the filter counts."""

    uid: UUID
    longitude: float
    latitude: float
    kind: Kind
    origin: Origin
    polarity: Polarity
    state: State
    categories: tuple[str, ...]
    share: float
    day: date | None
    hours: HourWords


@dataclass(frozen=True)
class Gathering:
    """The reports of one square of EPSG:3006 at its middle. count: sum of shares."""

    name: str
    longitude: float
    latitude: float
    count: float
    reports: int


@dataclass(frozen=True)
class Points:
    """One answer. n: sum of shares in the box; reports: how many. side_m: of the squares, where gathered.

    cursor: where the next page begins, None after the last.
    """

    n: float
    reports: int
    points: tuple[Point, ...] = ()
    gatherings: tuple[Gathering, ...] = ()
    side_m: int | None = None
    cursor: int | None = None


def points_heat(room: HeatRoom, code: str, given: Mapping[str, str]) -> Heat:
    """The surface whose reports are asked for: the screen's box is no part of the filter.

    Raises as `HeatRoom.heat`.
    """
    return room.heat(code, replace(Window.parse(given), bbox=None), Look.parse(given))


def points_of(engine: Engine, heat: Heat, screen: Screen) -> Points:
    """The placed reports of the filter in the screen's box, in an order that stays."""
    chosen = in_box(heat.selection, screen.box) if screen.box else heat.selection
    if screen.zoom is not None and chosen.reports > MOST_APART:
        side_m = max(gathering_side(screen.zoom, heat.home.middle[1]), heat.precision_m)
        return _gathered(chosen, side_m)
    page, cursor = _page(chosen, screen)
    return Points(chosen.n, chosen.reports, tuple(_points(engine, page)), cursor=cursor)


def _page(chosen: Selection, screen: Screen) -> tuple[Selection, int | None]:
    keys = chosen.columns.row_id[chosen.rows]
    later = np.flatnonzero(keys > screen.after) if screen.after else np.arange(len(keys))
    if len(later) > screen.limit:
        first = np.argpartition(keys[later], screen.limit)[: screen.limit]
        cursor = int(keys[later[first]].max())
        later = later[first]
    else:
        cursor = None
    kept = later[np.argsort(keys[later])]
    return Selection(chosen.columns, chosen.rows[kept], chosen.share[kept]), cursor


def _points(engine: Engine, page: Selection) -> list[Point]:
    columns = page.columns.take(page.rows)
    keys: list[int] = columns.row_id.tolist()
    with reading(engine) as session:
        uids = uids_of(session, keys)
    longitude, latitude = crs.to_degrees_xy(columns.east, columns.north)
    return [
        Point(
            uids[key],
            float(longitude[at]),
            float(latitude[at]),
            _KINDS[columns.kind[at]],
            _ORIGINS[columns.origin[at]],
            _POLARITIES[columns.polarity[at]],
            _STATES[columns.state[at]],
            _codes(int(columns.categories[at])),
            float(page.share[at]),
            None if columns.day[at] == NO_DAY else from_day_number(int(columns.day[at])),
            _hours(columns.hours.words[:, at]),
        )
        for at, key in enumerate(keys)
        if key in uids  # one taken away since the columns were read
    ]


def _codes(bit_set: int) -> tuple[str, ...]:
    """In the order of the vocabulary, which stays."""
    return tuple(known.code for known in CATEGORIES if bit_set >> known.bit & 1)


def _hours(words: NDArray[np.uint64]) -> HourWords:
    first, second, third = (int(word) for word in words)
    return first, second, third


def _gathered(chosen: Selection, side_m: int) -> Points:
    columns, rows = chosen.columns, chosen.rows
    counts = count_squares(columns.east[rows], columns.north[rows], chosen.share, side_m)
    longitudes, latitudes = crs.to_degrees_xy((counts.column + 0.5) * side_m, (counts.row + 0.5) * side_m)
    gatherings = tuple(
        Gathering(f"{side_m}-{column}-{row}", *place)
        for column, row, *place in zip(
            counts.column.tolist(),
            counts.row.tolist(),
            longitudes.tolist(),
            latitudes.tolist(),
            counts.n.tolist(),
            counts.reports.tolist(),
            strict=True,
        )
    )
    return Points(chosen.n, chosen.reports, gatherings=gatherings, side_m=side_m)


def gathering_side(zoom: int, latitude: float) -> int:
    """The smallest side of squares whose middles can be told apart on a screen at this zoom."""
    least_m = _LEAST_APART_PX * _PIXEL_M * math.cos(math.radians(latitude)) / 2**zoom
    return next((side for side in GATHERED_M if side >= least_m), GATHERED_M[-1])
