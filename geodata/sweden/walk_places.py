"""Stops of a municipality's own walks, as it has published them; a position where one is known here."""

from __future__ import annotations

from dataclasses import dataclass

from shapely.geometry import Point

from geodata.sweden.places import localities


@dataclass(frozen=True, slots=True)
class WalkPlace:
    """A locality that is walked in. meeting: where one gathers there, or "". point: EPSG:3006, or None."""

    locality: str
    meeting: str
    point: Point | None


# Source: Vara kommun's tätortsvandring of 2017 and 2023: the localities, and the meeting points it named.
_VARA = (
    ("Tråvad", "Boulebanan"),
    ("Larv", ""),
    ("Vedum", ""),
    ("Öttum", ""),
    ("Kvänum", "Konstverket Draken"),
    ("Jung", "Busshållsplatsen"),
    ("Håkantorp", ""),
    ("Levene", ""),
    ("Helås", ""),
    ("Arentorp", ""),
    ("Tumleberg", ""),
    ("Emtunga", ""),
    ("Vara", ""),
)
_KNOWN = {"1470": _VARA}
_ALSO_CALLED = {"Levene": "Stora Levene"}


def short_name(name: str) -> str:
    """A locality as the municipality calls it on its walks, where its sign says more: Levene."""
    return next((short for short, full in _ALSO_CALLED.items() if full == name), name)


def walk_places(code: str) -> tuple[WalkPlace, ...]:
    """The localities of a municipality's own walks in the order it lists them; none for most."""
    points = {each.name: each.point for each in localities(code)}
    return tuple(
        WalkPlace(name, meeting, points.get(_ALSO_CALLED.get(name, name)))
        for name, meeting in _KNOWN.get(code, ())
    )
