"""A ranked place as people say it: what it is called, how many, since when, and at what hours."""

from __future__ import annotations

from geodata.queries.whereabouts import Relation, Whereabouts
from webmap.services.heat import Heat
from webmap.services.ranking import SLOT_HOURS, Change, RankedPlace
from webmap.words import Words
from webmap.words.labels import N_

_PARTS = {
    "": N_("Centrala %(name)s"),
    "n": N_("Norra %(name)s"),
    "ne": N_("Nordöstra %(name)s"),
    "e": N_("Östra %(name)s"),
    "se": N_("Sydöstra %(name)s"),
    "s": N_("Södra %(name)s"),
    "sw": N_("Sydvästra %(name)s"),
    "w": N_("Västra %(name)s"),
    "nw": N_("Nordvästra %(name)s"),
}
_OFF = {
    "n": N_("%(distance)s norr om %(name)s"),
    "ne": N_("%(distance)s nordost om %(name)s"),
    "e": N_("%(distance)s öster om %(name)s"),
    "se": N_("%(distance)s sydost om %(name)s"),
    "s": N_("%(distance)s söder om %(name)s"),
    "sw": N_("%(distance)s sydväst om %(name)s"),
    "w": N_("%(distance)s väster om %(name)s"),
    "nw": N_("%(distance)s nordväst om %(name)s"),
}


def name_of(place: RankedPlace, words: Words) -> str:
    """What a place is called; no two of a ranking alike."""
    where = place.where
    number = f" ({where.number})" if where.number > 1 else ""
    return f"{_plain_name(place, where, words)}{number}"


def _plain_name(place: RankedPlace, where: Whereabouts, words: Words) -> str:
    return spot_words(where, words) or coordinates_of(place.latitude, place.longitude)


def spot_words(where: Whereabouts, words: Words) -> str:
    """A place by what lies nearest; "" where nothing with a name is near."""
    if where.relation == Relation.AT:
        return where.name
    if where.relation == Relation.PART:
        return words(_PARTS[where.bearing], name=where.name)
    if where.relation == Relation.OFF:
        return words(_OFF[where.bearing], distance=distance_words(where.distance_m, words), name=where.name)
    return ""


def coordinates_of(latitude: float, longitude: float) -> str:
    """Degrees, as a map app understands them: 58.26000° N, 12.95000° E."""
    return f"{latitude:.5f}° N, {longitude:.5f}° E"


def distance_words(metres: int, words: Words) -> str:
    """A length in metres, or in kilometres from one on."""
    if metres < 1000:
        return words("%(metres)s m", metres=words.number(metres))
    return words("%(kilometres)s km", kilometres=words.number(metres / 1000, 1))


def sentence_of_place(place: RankedPlace, heat: Heat, words: Words) -> str:
    """How many, from how many voices, how that has changed, and when they come."""
    if not place.rank:
        return f"{_count(place, words)}. {words('För litet underlag för att rangordnas.')}"
    if place.change in (Change.UP, Change.DOWN):
        first = f"{_count(place, words)}, {_lowered(change_of(place, words))}."
    elif place.change == Change.UNSURE:
        first = f"{_count(place, words)}. {change_of(place, words)}."
    else:
        first = f"{_count(place, words)}."
    busiest = busiest_of(place, heat, words)
    return f"{first} {busiest}." if busiest else first


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def reports_of(n: float, words: Words) -> str:
    """A sum of shares as so many reports: 1 rapport, 9,4 rapporter."""
    return words.plural(
        "%(count)s rapport", "%(count)s rapporter", 1 if round(n, 1) == 1 else 2, count=words.number(n, 1)
    )


def _count(place: RankedPlace, words: Words) -> str:
    reports, voices = reports_of(place.n_near, words), voices_of(place, words)
    return words("%(reports)s från %(voices)s", reports=reports, voices=voices) if voices else reports


def counts_whole(place: RankedPlace) -> bool:
    """Whether every report near counts whole: beside parts of reports, voices would outnumber them."""
    return round(place.n_near, 1) == place.reports_near


def voices_of(place: RankedPlace, words: Words) -> str:
    """How many voices, where they are known and whole reports are counted."""
    if place.voices is None or not counts_whole(place):
        return ""
    if place.has_unmarked_voices:
        return words.plural("minst %(n)s röst", "minst %(n)s röster", place.voices)
    return words.plural("%(n)s röst", "%(n)s röster", place.voices)


def change_of(place: RankedPlace, words: Words) -> str:
    """What it became since the period before; empty where nothing is known of that."""
    if place.n_before is None or place.change == Change.UNKNOWN:
        return ""
    before = words.number(place.n_before, 1)
    if place.change == Change.UP:
        return words("Upp från %(n)s", n=before)
    if place.change == Change.DOWN:
        return words("Ner från %(n)s", n=before)
    return words("Förra perioden %(n)s, ingen säker skillnad", n=before)


def verdict_of(place: RankedPlace, words: Words) -> str:
    """The same beside a column that says how many they were; empty where nothing is known of that."""
    said = {
        Change.UP: words("Upp"),
        Change.DOWN: words("Ner"),
        Change.UNSURE: words("Ingen säker skillnad"),
        Change.UNKNOWN: "",
    }
    return said[place.change] if place.rank else words("För litet underlag")


def busiest_of(place: RankedPlace, heat: Heat, words: Words) -> str:
    """At what hours they come; empty where the filter itself is no longer than that."""
    if heat.window.hours.count <= SLOT_HOURS:
        return ""
    if place.busiest:
        return words("Mest %(hours)s", hours=words.hours(place.busiest))
    if heat.window.hours.is_open:
        return words("Jämnt över veckan")
    return words("Jämnt över de valda timmarna")
