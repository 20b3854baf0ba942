"""Localities whose position is known here. Others come from a file of Statistics Sweden's localities."""

from __future__ import annotations

from dataclasses import dataclass

from shapely.geometry import Point

RADIUS_M = 1_000.0
"""What a locality that is only a point reaches."""


@dataclass(frozen=True, slots=True)
class Locality:
    """A named place. point: EPSG:3006. population: as last published, or None. source: of the position."""

    name: str
    point: Point
    population: int | None
    source: str


# The metres are those of the sources' degrees; Vedum's are given to the minute only.
_VARA = (
    Locality("Vara", Point(379_967, 6_459_741), 4_052, "GeoNames"),
    Locality("Kvänum", Point(393_769, 6_463_509), 1_320, "Wikipedia"),
    Locality("Vedum", Point(381_361, 6_449_040), 960, "GeoNames"),
    Locality("Stora Levene", Point(378_492, 6_466_731), 809, "GeoNames"),
    Locality("Larv", Point(389_456, 6_451_405), 227, "Wikipedia"),
    Locality("Sparlösa", Point(373_579, 6_469_491), 52, "Wikipedia"),
)
_KNOWN = {"1470": _VARA}


def localities(code: str) -> tuple[Locality, ...]:
    """The known localities of a municipality, largest first; none for most."""
    return _KNOWN.get(code, ())
