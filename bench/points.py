"""The points of one screen through the application, beside GeoPandas' `cx` and `to_json` on the same."""

from __future__ import annotations

from typing import Any

import geopandas
import numpy as np
from flask.testing import FlaskClient

from bench.surface import measured, row
from bench.town import MOST_STORED, Town, known_client, town
from geodata import crs

_SCREEN_DEGREES = 0.08, 0.026
"""Half of what 1280 × 860 pixels show at zoom 13."""
_FEW = 300
_LARGE = 100_000

Box = tuple[float, float, float, float]


def rows(n: int) -> list[dict[str, Any]]:
    made = town(n)
    client = known_client(made)
    frame = geopandas.GeoDataFrame(
        geometry=geopandas.points_from_xy(made.lat_lon[:, 1], made.lat_lon[:, 0]), crs=crs.DEGREES
    )
    asked = [("points of a screen", _around(made, *_SCREEN_DEGREES))]
    if n <= MOST_STORED:  # the others are not in the database, which names them
        asked.append(("points one by one", _around_few(made)))
    return [_row(name, n, client, frame, box) for name, box in asked]


def _row(name: str, n: int, client: FlaskClient, frame: geopandas.GeoDataFrame, box: Box) -> dict[str, Any]:
    west, south, east, north = box
    address = f"/api/v1/reports?kinds=perception&zoom=13&bbox={west},{south},{east},{north}"
    answer = client.get(address)
    seen = frame.cx[west:east, south:north]
    assert abs(answer.get_json(force=True)["reports"] - len(seen)) <= len(seen) * 0.01 + 2
    ours = measured(lambda: client.get(address))
    peer = measured(lambda: frame.cx[west:east, south:north].to_json(), 1 if n >= _LARGE else 3)
    return row(name, n, ours, peer, "GeoPandas cx and to_json, each report a feature")


def _around(made: Town, across: float, along: float) -> Box:
    latitude, longitude = np.median(made.lat_lon, axis=0)
    return longitude - across, latitude - along, longitude + across, latitude + along


def _around_few(made: Town) -> Box:
    """A box around the middle with a few hundred reports."""
    apart = np.abs(made.lat_lon - np.median(made.lat_lon, axis=0)).max(axis=1)
    half = float(np.partition(apart, _FEW)[_FEW])
    return _around(made, half, half)
