"""A filter as a person would say it: whole in a heading, and part by part where one can be taken away."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from geodata.vocabulary import BY_CODE, Kind, Origin, Polarity, State
from webmap.services.heat import Heat
from webmap.words import Words

_FEW_NAMED = 2


def sentence_of(heat: Heat, words: Words) -> str:
    """Everything in the filter but its dates, which stand with the count."""
    window = heat.window
    parts = _what(heat, words)
    if window.categories:
        parts.append(_categories(heat, words))
    if not window.hours.is_open:
        parts.append(words.hours(window.hours))
    if window.light:
        parts.append(words("i mörker") if window.light == "dark" else words("i dagsljus"))
    return ", ".join([*parts, *unchosen(heat, words).values()])


def unchosen(heat: Heat, words: Words) -> dict[str, str]:
    """What a link may ask for and the form has no field for: the word of the filter, and how it is said."""
    window = heat.window
    said: dict[str, str] = {}
    if window.origins:
        said["origins"] = words("från %(origins)s", origins=_joined(Origin, window.origins, words))
    if window.states != {State.ACCEPTED}:
        said["states"] = words("läge: %(states)s", states=_joined(State, window.states, words))
    if window.area:
        said["area"] = window.area
    if window.bbox:
        said["bbox"] = words("bara i en ruta av kartan")
    return said


def _what(heat: Heat, words: Words) -> list[str]:
    """The kind and what it says of places; a kind's own label is that of the unsafe ones."""
    polarity = heat.window.polarity
    if polarity == {Polarity.UNSAFE}:
        return [words.label(heat.kind)]
    said = _joined(Polarity, polarity, words)
    if heat.kind == Kind.PERCEPTION:
        return [words("Upplevd trygghet")] if polarity == {Polarity.SAFE} else [words("Upplevelser"), said]
    return [words.label(heat.kind), said]


def _joined(family: type[StrEnum], chosen: Iterable[StrEnum], words: Words) -> str:
    picked = set(chosen)
    return "/".join(words.label(each) for each in family if each in picked).lower()


def _categories(heat: Heat, words: Words) -> str:
    chosen = sorted(heat.window.categories)
    if len(chosen) > _FEW_NAMED:
        return words("%(count)s kategorier", count=len(chosen))
    return ", ".join(words.category(BY_CODE[code]).lower() for code in chosen)
