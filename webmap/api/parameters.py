"""The words of the filter, which are the same everywhere, as the description of the API has them."""

from __future__ import annotations

from geodata.analysis.kernels import BANDWIDTHS_M
from geodata.hours import WEEKDAYS
from geodata.vocabulary import CATEGORIES, Kind, Light, Origin, Polarity, State
from webmap.api.description import DAY, MUNICIPALITY, NUMBER, TEXT, Parameter, Schema, listed, one_of
from webmap.services.display import SQUARES_M
from webmap.services.points import LARGEST_PAGE
from webmap.words import LANGUAGES

HOURS: Schema = {"type": "string", "pattern": "^([01]?[0-9]|2[0-3])-([01]?[0-9]|2[0-4])$"}
_BOX: Schema = {"type": "array", "items": NUMBER, "minItems": 4, "maxItems": 4}

LANGUAGE = Parameter("lang", one_of(LANGUAGES), "Language of the sentences; Swedish where nothing is said.")
PLACE = (
    Parameter("lon", {**NUMBER, "minimum": -180, "maximum": 180}, "Longitude, WGS 84.", is_required=True),
    Parameter("lat", {**NUMBER, "minimum": -90, "maximum": 90}, "Latitude, WGS 84.", is_required=True),
)
WHERE = Parameter("municipality", MUNICIPALITY, "Its code; the first you may see where none is named.")
FILTER = (
    WHERE,
    Parameter("since", DAY, "First local day, included."),
    Parameter("until", DAY, "Last local day, included."),
    Parameter("weekdays", listed(one_of(WEEKDAYS)), "A night belongs to the day it begins."),
    Parameter("hours", HOURS, "Clock hours, such as 20-03."),
    Parameter("kinds", listed(one_of(Kind)), "A surface is of one kind."),
    Parameter("origins", listed(one_of(Origin))),
    Parameter("polarity", listed(one_of(Polarity)), "Unsafe where nothing is said."),
    Parameter("categories", listed(one_of(each.code for each in CATEGORIES))),
    Parameter("light", one_of(Light)),
    Parameter("states", listed(one_of(State)), "Accepted where nothing is said."),
    Parameter("bbox", _BOX, "West, south, east, north in WGS 84."),
    Parameter("area", TEXT, "A locality's name."),
    LANGUAGE,
)
SURFACE = (
    *FILTER,
    Parameter("bandwidth", {"type": "number", "enum": list(BANDWIDTHS_M)}, "Radius in metres."),
    Parameter("kernel", one_of(("quartic", "gaussian"))),
    Parameter("cell", {"type": "integer", "minimum": 1, "maximum": 4000}, "Metres; divides 4000."),
)
SQUARE = Parameter("square", {"type": "integer", "enum": list(SQUARES_M)}, "Side in metres.")
COMPARED = (
    Parameter("compare_since", DAY, "First day of the earlier period.", is_required=True),
    Parameter("compare_until", DAY, "Last day of the earlier period.", is_required=True),
)
SCREEN = (
    Parameter("zoom", {"type": "integer", "minimum": 0, "maximum": 22}, "Gather reports as the map does."),
    Parameter(
        "limit", {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE}, "Most features of a page."
    ),
    Parameter("cursor", {"type": "string", "pattern": "^[0-9]{1,18}$"}, "Where the next page begins."),
)
