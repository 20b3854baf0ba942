"""Where, from the form to what is stored: checked at the step that asks, and once more when it is sent."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from geodata.errors import Fault, InvalidValue, OutsideArea
from geodata.queries.municipalities import Home
from geodata.vocabulary import PositionSource
from webmap.pages.report_answers import Answers, PlaceAnswer
from webmap.services.place_search import FoundPlace, PlaceList
from webmap.services.place_ways import label_at
from webmap.services.sayings import LONGEST_PLACE_TEXT, Refused, Saying, draft_of
from webmap.words import Words

WAYS = ("words", "list", "map", "unknown")
RADII_M = (0, 25, 50, 100, 200, 500)
KEEP_WORDS = "keep"
_FIELDS = {"geometry": "map", "radius": "radius", "accuracy_m": "map", "place_text": "words"}


@dataclass(frozen=True)
class WhereForm:
    """What was typed, chosen and pointed at, as it came. asked: the words that choices were shown for."""

    way: str = ""
    words: str = ""
    choice: str = ""
    asked: str = ""
    listed: str = ""
    unsure: str = ""
    lon: str = ""
    lat: str = ""
    radius: str = ""
    accuracy: str = ""
    source: str = ""

    @classmethod
    def sent(cls, said: Mapping[str, str]) -> WhereForm:
        """From the form."""
        texts = {name: said.get(name, "").strip()[:1_000] for name in cls.__dataclass_fields__}
        texts["choice"] = texts["choice"] or said.get("picked", "")[:40]
        if texts["asked"] != texts["words"]:  # chosen for other words than these
            texts["choice"] = ""
        return cls(**texts)

    @classmethod
    def kept(cls, place: PlaceAnswer | None) -> WhereForm:
        """From what was answered before."""
        if place is None:
            return cls()
        said: dict[str, str] = {"way": place.way}
        if place.way == "words":
            said |= {"words": place.words, "asked": place.words, "choice": place.key or KEEP_WORDS}
        elif place.way == "list":
            said["listed"] = place.key
        elif place.way == "unknown":
            said["unsure"] = place.words
        elif place.lon is not None and place.lat is not None:
            said |= {
                "lon": f"{place.lon:.6f}",
                "lat": f"{place.lat:.6f}",
                "radius": f"{place.radius_m or 0:g}",
            }
            said |= {"accuracy": "" if place.accuracy_m is None else f"{place.accuracy_m:g}"}
            said["source"] = place.source or ""
        return cls(**said)


@dataclass(frozen=True)
class Where:
    """What the form says: a place, or what to mend; meant: places to choose between first."""

    place: PlaceAnswer | None = None
    faults: dict[str, Fault] = field(default_factory=dict)
    meant: list[FoundPlace] = field(default_factory=list)


@dataclass(frozen=True)
class _Ground:
    """Where one is asked: the municipality and the names in it."""

    home: Home
    places: PlaceList
    words: Words
    now: Answers


def read(form: WhereForm, home: Home, places: PlaceList, words: Words, now: Answers) -> Where:
    """The form as an answer."""
    ground = _Ground(home, places, words, now)
    read_way = {"words": _by_words, "list": _by_list, "map": _by_map, "unknown": _by_nothing}.get(form.way)
    if read_way is None:
        return Where(faults={"way": InvalidValue("place.no_way", "way")})
    try:
        found = read_way(form, ground)
    except Refused as refused:
        return Where(faults={_FIELDS.get(fault.field, "way"): fault for fault in refused.faults})
    except Fault as fault:
        return Where(faults={fault.field: fault})
    return replace(found, place=_read_back(found.place, ground)) if found.place else found


def _read_back(place: PlaceAnswer, ground: _Ground) -> PlaceAnswer:
    """The answer, saying of itself where only its words tell the place."""
    if not place.label or geometry_of(place, ground.places):
        return place
    return replace(place, label=ground.words("%(place)s (ingen punkt på kartan)", place=place.label))


def geometry_of(place: PlaceAnswer, places: PlaceList) -> Mapping[str, Any] | None:
    """GeoJSON of an answer, for `Saying.place`: a point, a street or park, or None where nobody knows."""
    if place.lon is not None and place.lat is not None:
        return {"type": "Point", "coordinates": [place.lon, place.lat]}
    found = places.with_key(place.key) if place.key and place.source else None
    return found.geojson if found and found.lon is None else None


def _by_words(form: WhereForm, ground: _Ground) -> Where:
    if not form.words:
        raise InvalidValue("place.no_words", "words")
    if len(form.words) > LONGEST_PLACE_TEXT:
        raise InvalidValue("text.too_long", "words", count=len(form.words), most=LONGEST_PLACE_TEXT)
    keeps = form.choice == KEEP_WORDS
    chosen, meant = (None, []) if keeps else ground.places.meant(form.words, form.choice)
    if meant:
        return Where(faults={"choice": InvalidValue("place.which", "choice")}, meant=meant)
    answer = PlaceAnswer("words", form.words, form.words)
    if chosen is None:
        return Where(_admitted(answer, ground))
    return Where(_with_spot(replace(answer, label=chosen.label), chosen, ground))


def _by_list(form: WhereForm, ground: _Ground) -> Where:
    chosen = ground.places.with_key(form.listed)
    if chosen is None:
        raise InvalidValue("place.not_chosen", "listed")
    return Where(_with_spot(PlaceAnswer("list", chosen.label, chosen.label), chosen, ground))


def _by_map(form: WhereForm, ground: _Ground) -> Where:
    if not (form.lon and form.lat):
        raise InvalidValue("place.no_mark", "map")
    source = PositionSource.GPS if form.source == PositionSource.GPS else PositionSource.MAP
    radius_m = _number(form.radius or "0", "radius")
    if radius_m not in RADII_M:
        raise InvalidValue("radius.not_a_step", "radius", given=form.radius[:20])
    accuracy_m = _number(form.accuracy, "map") if form.accuracy and source == PositionSource.GPS else None
    lon, lat = _number(form.lon, "map"), _number(form.lat, "map")
    answer = PlaceAnswer("map", "", "", lon, lat, radius_m or None, accuracy_m, source)
    _admitted(replace(answer, radius_m=None), ground)
    try:
        _admitted(answer, ground)
    except Refused as refused:
        raise InvalidValue("radius.over_border", "radius", municipality=ground.home.name) from refused
    return Where(replace(answer, label=label_at(ground.home, ground.places, (lon, lat), ground.words)))


def _by_nothing(form: WhereForm, ground: _Ground) -> Where:
    return Where(_admitted(PlaceAnswer("unknown", form.unsure, form.unsure), ground))


def _number(text: str, name: str) -> float:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InvalidValue("position.bad", name)
    return number


def _with_spot(answer: PlaceAnswer, chosen: FoundPlace, ground: _Ground) -> PlaceAnswer:
    """The answer with what stands for the place; only its words where that would not be let in."""
    answer = replace(answer, key=chosen.key)
    if chosen.geojson is None:
        return _admitted(answer, ground)
    placed = replace(answer, source=PositionSource.ADDRESS)
    if chosen.lon is not None:
        placed = replace(placed, lon=chosen.lon, lat=chosen.lat, radius_m=chosen.radius_m or None)
    for each in (placed, replace(placed, radius_m=None)):
        try:
            return _admitted(each, ground)
        except Refused as refused:
            if not any(isinstance(fault, OutsideArea) for fault in refused.faults):
                raise
    return answer


def _admitted(answer: PlaceAnswer, ground: _Ground) -> PlaceAnswer:
    """The answer, through the door that all reports pass. Raises Refused."""
    draft_of(
        ground.home,
        Saying(
            uid=ground.now.uid,
            place=geometry_of(answer, ground.places),
            radius_m=answer.radius_m,
            place_text=answer.words,
            accuracy_m=answer.accuracy_m,
            position_source=answer.source,
        ),
    )
    return answer
