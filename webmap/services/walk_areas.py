"""In which locality something was said on a walk: by its stop, else by what the walk is said to be in."""

from __future__ import annotations

from geodata.geometry import Place
from geodata.queries.municipalities import LOCALITY, Home
from geodata.queries.walks import KnownStop, KnownWalk
from geodata.sweden.walk_places import short_name, walk_places

_ENDING = " tätort"
"""Vara tätort and Vara are one place to whoever lives there."""


class WalkAreas:
    """The localities of a municipality, to find the one of a stop by its ground or by its name."""

    def __init__(self, there: Home) -> None:
        shaped = [place for place in there.places if place.kind == LOCALITY]
        self._shapes: list[tuple[Place, str]] = [(place.shape, short_name(place.name)) for place in shaped]
        names = (*(place.name for place in shaped), *(place.locality for place in walk_places(there.code)))
        self._names = {name.casefold(): short_name(name) for name in names}

    def named(self, text: str) -> str:
        """A locality as the municipality writes it; what is no known one as it was written."""
        bare = text.strip()
        if bare.casefold().endswith(_ENDING):
            bare = bare[: -len(_ENDING)].rstrip()
        return self._known(bare) or bare

    def of(self, walk: KnownWalk, stop: KnownStop | None) -> str:
        """The locality a stop lies in, or is called after; else that of the walk."""
        own = self.named(walk.locality)
        if stop is None:
            return own
        return self._around(stop.place) or self._known(stop.name.strip()) or own

    def _known(self, name: str) -> str:
        return self._names.get(name.casefold(), "")

    def _around(self, place: Place | None) -> str:
        """The nearest of those whose ground it lies on."""
        if place is None:
            return ""
        around = [
            (shape.centroid.distance(place), name) for shape, name in self._shapes if shape.covers(place)
        ]
        return min(around, default=(0.0, ""))[1]
