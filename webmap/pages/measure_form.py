"""A measure's form: what was typed, the place it means, and how it differs from what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from geodata.queries.measures import KnownMeasure
from geodata.vocabulary import BY_CODE, CATEGORIES, Group, MeasureState
from webmap.pages.place_form import PlaceRead, named_or_pointed
from webmap.services.measures import MeasureSaid
from webmap.services.place_search import PlaceList
from webmap.words import Words

KEEP_PLACE = "keep"
OFFERED = tuple(
    each for each in CATEGORIES if each.group in (Group.ENVIRONMENT, Group.BEHAVIOUR, Group.OTHER)
)
_TEXTS = ("title", "responsible", "reason", "due", "way", "words", "asked", "lon", "lat")


@dataclass(frozen=True)
class MeasureForm:
    """As it came. way: `keep`, `words` or `map`. choice: key of a place. version: that was looked at."""

    title: str = ""
    responsible: str = ""
    reason: str = ""
    state: str = MeasureState.PLANNED.value
    due: str = ""
    categories: frozenset[str] = frozenset()
    way: str = "words"
    words: str = ""
    choice: str = ""
    asked: str = ""
    lon: str = ""
    lat: str = ""
    accuracy: str = ""
    source: str = ""
    version: int = 0

    @classmethod
    def sent(cls, said: MultiDict[str, str]) -> MeasureForm:
        """From the form."""
        texts = {name: said.get(name, "").strip()[:2_000] for name in _TEXTS}
        choice = (said.get("choice", "") or said.get("picked", ""))[:40]
        return cls(
            **texts,
            state=said.get("state", MeasureState.PLANNED.value)[:40],
            categories=frozenset(said.getlist("categories")),
            choice=choice if texts["asked"] == texts["words"] else "",
            version=said.get("version", 0, type=int),
        )

    @classmethod
    def stored(cls, known: KnownMeasure) -> MeasureForm:
        """From what is stored."""
        lon, lat = known.position
        return cls(
            known.title,
            known.responsible,
            known.reason,
            known.state.value,
            known.due.isoformat() if known.due else "",
            known.categories,
            way=KEEP_PLACE,
            lon=f"{lon:.6f}",
            lat=f"{lat:.6f}",
            version=known.version,
        )


def place_of(form: MeasureForm, known: KnownMeasure | None, places: PlaceList) -> PlaceRead:
    """Where the measure is, as the form has it."""
    if form.way == KEEP_PLACE and known:
        return PlaceRead(known.geojson)
    return named_or_pointed(form, places, "measure")


def said_in(form: MeasureForm, place: Mapping[str, Any] | None) -> MeasureSaid:
    """What the form says, for the service to check."""
    return MeasureSaid(
        form.title, form.responsible, form.reason, form.state, form.due, form.categories, place
    )


def differences(form: MeasureForm, known: KnownMeasure, words: Words) -> list[tuple[str, str, str]]:
    """(what, as it is stored now, as it was typed) of everything that differs."""
    pairs = zip(_told(MeasureForm.stored(known), words), _told(form, words), strict=True)
    return [(name, now, typed) for (name, now), (_, typed) in pairs if now != typed]


def _told(form: MeasureForm, words: Words) -> list[tuple[str, str]]:
    names = sorted(words.category(BY_CODE[code]) for code in form.categories if code in BY_CODE)
    return [
        (words("Åtgärd"), form.title),
        (words("Läge"), words.label(form.state)),
        (words("Klart senast"), form.due),
        (words("Ansvarig"), form.responsible),
        (words("Varför inte"), form.reason),
        (words("Orsaker"), ", ".join(names)),
    ]


def renewed(form: MeasureForm, known: KnownMeasure) -> MeasureForm:
    """What was typed, over what is stored now."""
    return replace(form, version=known.version)
