"""A place in a form: by a name, or by a point on the map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from werkzeug.datastructures import MultiDict

from geodata.errors import InvalidValue
from webmap.gate import words
from webmap.services.place_search import FoundPlace, PlaceList
from webmap.services.place_ways import kind_word

NOWHERE, KEEP, WORDS, MAP = "none", "keep", "words", "map"
_LONGEST = 200


class PlaceSaid(Protocol):
    """What a form says of a place. way: `words` or `map`. choice: key of a place."""

    @property
    def way(self) -> str: ...
    @property
    def words(self) -> str: ...
    @property
    def choice(self) -> str: ...
    @property
    def lon(self) -> str: ...
    @property
    def lat(self) -> str: ...


@dataclass(frozen=True)
class PlaceRead:
    """The place a form means as GeoJSON, or places to choose between, or why neither."""

    place: Mapping[str, Any] | None = None
    meant: tuple[FoundPlace, ...] = ()
    fault: InvalidValue | None = None


@dataclass(frozen=True)
class OptionalPlace:
    """A place that need not be known yet. way: `none`, `keep` (as it is stored), `words` or `map`."""

    way: str = NOWHERE
    words: str = ""
    choice: str = ""
    asked: str = ""
    lon: str = ""
    lat: str = ""
    accuracy: str = ""
    source: str = ""

    @classmethod
    def sent(cls, said: MultiDict[str, str]) -> OptionalPlace:
        """From the form."""
        names = ("words", "asked", "lon", "lat", "accuracy", "source")
        texts = {name: said.get(name, "").strip()[:_LONGEST] for name in names}
        choice = (said.get("choice", "") or said.get("picked", ""))[:40]
        chosen = choice if texts["asked"] == texts["words"] else ""
        return cls(said.get("way", NOWHERE)[:10], choice=chosen, **texts)

    @classmethod
    def stored(cls, spot: tuple[float, float] | None) -> OptionalPlace:
        """From longitude and latitude as they are stored."""
        if spot is None:
            return cls()
        return cls(KEEP, lon=f"{spot[0]:.6f}", lat=f"{spot[1]:.6f}")

    def read(self, places: PlaceList, stored: tuple[float, float] | None) -> PlaceRead:
        """What it means; stored: longitude and latitude as they are now."""
        if self.way == KEEP and stored:
            return PlaceRead({"type": "Point", "coordinates": list(stored)})
        if self.way in (WORDS, MAP):
            return named_or_pointed(self, places, "walk")
        return PlaceRead()


def option_of(place: FoundPlace) -> dict[str, str]:
    """A place to choose, with what and where it is."""
    detail = ", ".join(part for part in (kind_word(place.kind, words()), place.locality) if part)
    return {"value": place.key, "name": place.name, "detail": detail}


def named_or_pointed(said: PlaceSaid, places: PlaceList, room: str) -> PlaceRead:
    """What a name or a point means. room: begins the codes of its faults."""
    if said.way == MAP:
        return _pointed(said)
    chosen, meant = places.meant(said.words, said.choice)
    if meant:
        return PlaceRead(meant=tuple(meant), fault=InvalidValue("place.which", "choice"))
    if chosen is None or chosen.geojson is None:
        code = "place_unknown" if said.words else "place_missing"
        return PlaceRead(fault=InvalidValue(f"{room}.{code}", "words"))
    return PlaceRead(chosen.geojson)


def _pointed(said: PlaceSaid) -> PlaceRead:
    try:
        spot = [float(said.lon), float(said.lat)]
    except ValueError:
        return PlaceRead(fault=InvalidValue("place.no_mark", "map"))
    return PlaceRead({"type": "Point", "coordinates": spot})
