"""An edition over the municipality's border, as numbers for an inline drawing."""

from __future__ import annotations

from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

from geodata.analysis.publication.edition import Edition, EffortSquare, PublicSquare
from webmap.maps.locator import MARGIN, WIDTH, locate

_LEAST_SIDE = 2.5
"""A square smaller than this would not be seen."""


@dataclass(frozen=True)
class DrawnSquare:
    """A square of the drawing, from its upper left corner. class_: from 1."""

    x: float
    y: float
    side: float
    class_: int


@dataclass(frozen=True)
class EditionPicture:
    """width, height: of the drawing. boundary_path: as an SVG path's `d`. squares: the largest first.

    effort: where somebody walked or patrolled, of class 0.
    """

    width: float
    height: float
    boundary_path: str
    squares: list[DrawnSquare]
    effort: list[DrawnSquare]


def draw_edition(boundary: BaseGeometry, edition: Edition, view: str) -> EditionPicture:
    """The picture of a view. boundary: EPSG:3006."""
    frame = locate(boundary, [], "")
    west, _, east, north = boundary.bounds
    scale = (WIDTH - 2 * MARGIN) / (east - west)

    def drawn(square: PublicSquare | EffortSquare, class_: int) -> DrawnSquare:
        return DrawnSquare(
            round(MARGIN + (square.west_m - west) * scale, 1),
            round(MARGIN + (north - square.south_m - square.size_m) * scale, 1),
            round(max(square.size_m * scale, _LEAST_SIDE), 1),
            class_,
        )

    shown = sorted((each for each in edition.squares if view in each.classes), key=lambda each: -each.size_m)
    squares = [drawn(each, each.classes[view]) for each in shown]
    effort = [drawn(each, 0) for each in edition.effort]
    return EditionPicture(frame.width, frame.height, frame.boundary_path, squares, effort)
