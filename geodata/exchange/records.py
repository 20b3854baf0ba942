"""A frame of reports as plain rows, for every format to write.

A frame to be written has one row per report, EPSG:3006, geometry None where there is no position, and the
columns of FRAME_COLUMNS: categories joined by "|", day as ISO text, the hours of the week as seven integers.
It may also have `share`, the part of each report that the filter's hours hold: their sum is the filter's n.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

import geopandas
import numpy as np
import pandas
import shapely

from geodata import crs
from geodata.exchange.hourcode import to_code
from geodata.geometry import representative_xy
from geodata.hours import HoursOfWeek

HOUR_COLUMNS = (
    "week_a",
    "week_b",
    "week_c",
    "first_hour",
    "last_hour",
    "minutes_before_first",
    "minutes_after_last",
)
COLUMNS = (
    "uid",
    "kind",
    "origin",
    "polarity",
    "categories",
    "severity",
    "day",
    "hours",
    "light",
    "text",
    "source",
    "source_id",
    "source_category",
    "accuracy_m",
    "state",
    "share",
)
FRAME_COLUMNS = tuple(name for name in COLUMNS if name not in ("hours", "share")) + HOUR_COLUMNS
FREE_WORDS = {"text", "source", "source_id", "source_category"}
"""What people wrote, or a file did: it could run in a spreadsheet."""
POSITION_COLUMNS = ("sweref99_e", "sweref99_n", "lon", "lat", "wkt")
LAYER = "reports"

Filter = Mapping[str, str]
Record = dict[str, Any]


class Position(NamedTuple):
    """Metres in EPSG:3006, degrees, and the shape where it is no point; None and "" without a position."""

    east: float | None = None
    north: float | None = None
    longitude: float | None = None
    latitude: float | None = None
    wkt: str = ""


def in_words(chosen: Filter) -> str:
    """A filter as one line: the query string it would be in a link."""
    return urlencode(chosen, safe=",:")


def records(frame: geopandas.GeoDataFrame) -> Iterator[Record]:
    """Rows as plain values, None for what is missing, the hours as one word."""
    columns = [_plain(frame[name]) for name in FRAME_COLUMNS]
    shares = _plain(frame["share"]) if "share" in frame else [None] * len(frame)
    for *row, share in zip(*columns, shares, strict=True):
        said = {**dict(zip(FRAME_COLUMNS, row, strict=True)), "share": share}
        week = [said.pop(name) for name in HOUR_COLUMNS]
        said["hours"] = to_code(HoursOfWeek((week[0], week[1], week[2]), *week[3:]))
        if said["severity"] is not None:
            said["severity"] = int(said["severity"])
        yield {name: said[name] for name in COLUMNS}


def _plain(column: pandas.Series) -> list[Any]:
    return [None if pandas.isna(value) else value for value in column.tolist()]


def positions(frame: geopandas.GeoDataFrame) -> Iterator[Position]:
    """Where each row is: a point that stands for it, in both systems, and the shape in words."""
    places = np.asarray(frame.geometry.array, dtype=object)
    metres = representative_xy(places) if len(places) else np.empty((0, 2))
    degrees = np.column_stack(crs.to_degrees_xy(metres[:, 0], metres[:, 1]))
    for place, (east, north), (longitude, latitude) in zip(places, metres, degrees, strict=True):
        if place is None:
            yield Position()
        else:
            shape = "" if place.geom_type == "Point" else shapely.to_wkt(place, rounding_precision=3)
            yield Position(float(east), float(north), float(longitude), float(latitude), shape)
