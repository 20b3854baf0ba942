"""A place as it is read back to the one who named it or pointed at it."""

from __future__ import annotations

from geodata import crs
from geodata.queries.municipalities import Home
from geodata.queries.whereabouts import Relation, whereabouts
from geodata.vocabulary import AreaKind
from webmap.services.place_search import PlaceList
from webmap.services.place_words import coordinates_of, spot_words
from webmap.words import Words
from webmap.words.labels import N_

AT_M = 150.0
"""So near a place with a name, one is at it."""
_KINDS = {
    AreaKind.PLACE: N_("Plats"),
    AreaKind.SCHOOL: N_("Skola"),
    AreaKind.GREEN: N_("Park eller grönområde"),
    AreaKind.STREET: N_("Gata eller väg"),
}


def kind_word(kind: AreaKind, words: Words) -> str:
    """What one place of a kind is called."""
    return words(_KINDS[kind])


def label_at(home: Home, places: PlaceList, spot: tuple[float, float], words: Words) -> str:
    """What to call a spot (longitude, latitude): Vid Badhusparken, Vara."""
    east, north = crs.to_metres_xy([spot[0]], [spot[1]])
    where = whereabouts(home, [(float(east[0]), float(north[0]))], AT_M)[0]
    said = spot_words(where, words) or coordinates_of(spot[1], spot[0])
    if where.relation != Relation.AT:
        return said
    locality = places.locality_of(where.name)
    return words("Vid %(name)s", name=", ".join(part for part in (said, locality) if part))
