"""What a printed sheet of the map says, as plain values for its template."""

from __future__ import annotations

from typing import Any

from geodata.analysis.scale import CLASSES
from webmap.services.filter_words import sentence_of
from webmap.services.heat import Heat
from webmap.services.legend import summary_of
from webmap.services.place_words import busiest_of, change_of, name_of
from webmap.services.ranking import RankedPlace
from webmap.services.sheet_plan import MOST_PLACES, SheetPlan
from webmap.words import Words


def sheet_words(plan: SheetPlan, words: Words) -> dict[str, Any]:
    """Every word of the sheet, by the names the template knows them by."""
    heat = plan.heat
    day = plan.occasion.day
    return {
        "language": words.language,
        "day": [day.year, day.month, day.day],
        "title": sentence_of(heat, words),
        "municipality": words.municipality(heat.home.name),
        "demo": words("Påhittade exempeldata") if plan.occasion.is_demo else "",
        "summary": summary_of(heat, words),
        "alt": _alternative(plan, words),
        "legend": _legend(plan, words),
        "note": plan.legend.note,
        "warnings": [said for said in (plan.legend.empty, plan.legend.too_few, plan.legend.warning) if said],
        "places": _places(plan, words),
        "printed": words("Utskriven %(day)s", day=words.day(day)),
        "page": words("Sida"),
        "grid": words("Rutnät i kilometer, SWEREF 99 TM. Norr är uppåt."),
    }


def _alternative(plan: SheetPlan, words: Words) -> str:
    """The picture said aloud: where, what, and the places that stand out."""
    heat = plan.heat
    said = words(
        "Karta över %(place)s: %(what)s, %(summary)s.",
        place=words.municipality(heat.home.name),
        what=sentence_of(heat, words),
        summary=summary_of(heat, words),
    )
    names = [f"{place.rank} {name_of(place, words)}" for place in plan.ranking.places[:MOST_PLACES]]
    if not names:
        return said
    return said + " " + words("Platser i rangordning: %(names)s.", names=", ".join(names))


def _legend(plan: SheetPlan, words: Words) -> dict[str, Any]:
    legend = plan.legend
    lines = (*legend.lines, legend.scale_name, legend.scale_note, legend.rate)
    with_classes = plan.has_classes and bool(legend.limits)
    keys = [words("Siffra i ring: plats i tabellen.")] if plan.ranking.places else []
    if with_classes:
        keys.insert(0, words("Siffra i ytan: klass."))
    return {
        "title": legend.title if plan.has_classes else words("Varje prick är en rapport"),
        "classes": [f"{class_}" for class_ in range(1, CLASSES + 1)] if with_classes else [],
        "limits": [
            f"{limit}+" if place == CLASSES else limit for place, limit in enumerate(legend.limits or [], 1)
        ],
        "class": words("Klass"),
        "from": words("från"),
        "too_little": words("För litet underlag: under 3 rapporter") if plan.has_classes else "",
        "keys": " ".join(keys),
        "lines": [line for line in lines if line],
    }


def _places(plan: SheetPlan, words: Words) -> dict[str, Any]:
    ranked = plan.ranking.places[:MOST_PLACES]
    radius = words.number(plan.heat.look.kernel.bandwidth_m)
    return {
        "title": words("Platser i rangordning"),
        "heads": [
            words("Rang"),
            words("Plats"),
            words("Rapporter"),
            words("95 %-intervall"),
            words("Röster"),
            words("Förändring"),
            words("När"),
            words("Klass"),
        ],
        "rows": [_row(place, plan.heat, words) for place in ranked],
        "none": words("Ingen plats har 3 rapporter inom %(metres)s m.", metres=radius) if not ranked else "",
        "near": words("Platserna är ytans toppar. Rapporter räknas inom %(metres)s m.", metres=radius),
    }


def _row(place: RankedPlace, heat: Heat, words: Words) -> list[str]:
    low, high = place.interval
    return [
        f"{place.rank}",
        name_of(place, words),
        words.number(place.n_near, 1),
        f"{words.number(low, 1)}–{words.number(high, 1)}",
        words("okänt") if place.voices is None else words.number(place.voices),
        change_of(place, words) or words("okänt"),
        busiest_of(place, heat, words),
        f"{place.class_ or '–'}",
    ]
