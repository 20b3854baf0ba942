"""An edition as GeoJSON: what anybody may have of it, and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np

from geodata import crs
from geodata.analysis.publication.edition import VIEWS, Edition
from geodata.hours import local
from webmap.services.edition_words import band_label
from webmap.services.editions import PublishedEdition

_DIGITS = 6


def cells_of(published: PublishedEdition, view: str) -> dict[str, Any]:
    """The squares of a view as a collection; beside them what is said of the edition as a whole."""
    edition = published.edition
    shown = [square for square in edition.squares if view in square.classes]
    rings = rings_of([(square.west_m, square.south_m, square.size_m) for square in shown])
    features = [
        {
            "type": "Feature",
            "id": square.key,
            "geometry": {"type": "Polygon", "coordinates": [ring]},
            "properties": {
                "class": square.classes[view],
                "label": band_label(edition.bands[square.classes[view] - 1]),
                "place": square.place,
                "side_m": square.size_m,
            },
        }
        for square, ring in zip(shown, rings, strict=True)
    ]
    return {"type": "FeatureCollection", **_beside(published, view), "features": features}


def _beside(published: PublishedEdition, view: str) -> dict[str, Any]:
    edition = published.edition
    effort = rings_of([(square.west_m, square.south_m, square.size_m) for square in edition.effort])
    return {
        "municipality": edition.municipality,
        "edition": published.number,
        "published": local(published.made_at).date().isoformat(),
        "digest": published.digest,
        "note": published.note,
        "period": [day.isoformat() for day in edition.period],
        "k": edition.k,
        "view": view,
        "views": list(VIEWS),
        "classes": _classes(edition),
        "whole": _whole(edition, view),
        "is_something_left_out": edition.is_something_left_out,
        "effort": {"type": "MultiPolygon", "coordinates": [[ring] for ring in effort]},
    }


def _classes(edition: Edition) -> list[dict[str, Any]]:
    return [
        {"class": number, "from": band.first, "to": band.last, "label": band_label(band)}
        for number, band in enumerate(edition.bands, 1)
    ]


def _whole(edition: Edition, view: str) -> dict[str, Any] | None:
    class_ = edition.whole.get(view)
    if class_ is None:
        return None
    return {"class": class_, "label": band_label(edition.whole_bands[class_ - 1])}


def rings_of(squares: list[tuple[int, int, int]]) -> list[list[list[float]]]:
    """The corners of squares as [longitude, latitude], counter-clockwise from the south-west and back."""
    if not squares:
        return []
    west, south, side = np.array(squares, dtype=np.float64).T
    east = np.column_stack((west, west + side, west + side, west, west))
    north = np.column_stack((south, south, south + side, south + side, south))
    longitude, latitude = crs.to_degrees_xy(east.ravel(), north.ravel())
    corners = np.column_stack((longitude, latitude)).round(_DIGITS)
    return [ring.tolist() for ring in corners.reshape(len(squares), 5, 2)]
