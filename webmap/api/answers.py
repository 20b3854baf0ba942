"""What the readers of the API answer, as its description has it."""

from __future__ import annotations

from geodata.vocabulary import Kind, Origin, Polarity, State
from webmap.api.description import (
    COUNT,
    DAY,
    GEOJSON,
    MUNICIPALITY,
    NUMBER,
    PERIOD,
    POSITION,
    SENTENCES,
    TEXT,
    WHOLE,
    Answer,
    Operation,
    Parameter,
    features,
    listed,
    one_of,
    or_null,
    record,
)
from webmap.api.parameters import COMPARED, FILTER, LANGUAGE, PLACE, SCREEN, SQUARE, SURFACE
from webmap.services.place_search import LONGEST_SEARCH
from webmap.services.ranking import Change

_UNIT = one_of(("reports/km2/year", "reports/km2"))
_CLASS = or_null({"type": "integer", "minimum": 1, "maximum": 5})
_INTERVAL = listed(COUNT)
_VOICES = or_null(WHOLE)
_SCALE = or_null(TEXT)
_FILTER = {"type": "object", "additionalProperties": TEXT}
_BAD_FILTER = {422: "A word of the filter, the place or the surface is wrong; the field says which."}

HEAT_VALUE = Operation(
    "The surface's value at a place",
    {
        200: Answer(
            "The value, what lies under it, and both in words.",
            record(
                {
                    "value": COUNT,
                    "rate_in_hours": COUNT,
                    "class": _CLASS,
                    "unit": _UNIT,
                    "n": COUNT,
                    "n_near": COUNT,
                    "interval": _INTERVAL,
                    "voices": _VOICES,
                    "bandwidth_m": NUMBER,
                    "kernel": TEXT,
                    "period": PERIOD,
                    "scale": _SCALE,
                    "filter": _FILTER,
                    "words": SENTENCES,
                }
            ),
        )
    },
    (*PLACE, *SURFACE),
    refuses=_BAD_FILTER,
)
SQUARE_VALUE = Operation(
    "What one square of the count map holds",
    {
        200: Answer(
            "The square's counts, its ring, and both in words.",
            record(
                {
                    "n": COUNT,
                    "reports": WHOLE,
                    "voices": _VOICES,
                    "class": _CLASS,
                    "interval": _INTERVAL,
                    "value": COUNT,
                    "rate_in_hours": COUNT,
                    "unit": _UNIT,
                    "n_filter": COUNT,
                    "square_m": WHOLE,
                    "bounds": listed(POSITION),
                    "period": PERIOD,
                    "scale": _SCALE,
                    "filter": _FILTER,
                    "words": SENTENCES,
                }
            ),
        )
    },
    (*PLACE, *SURFACE, SQUARE),
    refuses=_BAD_FILTER,
)
DIFFERENCE = Operation(
    "The difference between two periods at a place",
    {
        200: Answer(
            "The difference, both counts, and all in words.",
            record(
                {
                    "difference": NUMBER,
                    "code": {"type": "integer"},
                    "unit": _UNIT,
                    "n": COUNT,
                    "n_before": COUNT,
                    "n_near": COUNT,
                    "n_near_before": COUNT,
                    "bandwidth_m": NUMBER,
                    "period": PERIOD,
                    "period_before": PERIOD,
                    "words": SENTENCES,
                }
            ),
        )
    },
    (*PLACE, *SURFACE, *COMPARED),
    refuses=_BAD_FILTER,
)
HOTSPOTS = Operation(
    "The brightest places, ranked",
    {
        200: Answer(
            "Points with figures; beside them the filter and the figures of the whole.",
            features(
                record(
                    {
                        "rank": or_null(WHOLE),
                        "name": TEXT,
                        "value": COUNT,
                        "class": _CLASS,
                        "n_near": COUNT,
                        "reports_near": WHOLE,
                        "interval": _INTERVAL,
                        "voices": _VOICES,
                        "n_before": or_null(COUNT),
                        "change": one_of(Change),
                        "busiest": or_null(TEXT),
                        "words": TEXT,
                    }
                ),
                filter=_FILTER,
                unit=_UNIT,
                bandwidth_m=NUMBER,
                kernel=TEXT,
                n=COUNT,
                period=PERIOD,
                before=or_null(PERIOD),
            ),
            GEOJSON,
        )
    },
    SURFACE,
    refuses=_BAD_FILTER,
)
REPORTS = Operation(
    "The reports of a filter, a page at a time, or gathered as a map of a zoom shows them",
    {
        200: Answer(
            "Reports in codes and numbers, never in the words of those who sent them.",
            features(
                record(
                    {"words": SENTENCES},
                    kind=one_of(Kind),
                    origin=one_of(Origin),
                    polarity=one_of(Polarity),
                    state=one_of(State),
                    categories=listed(TEXT),
                    share=COUNT,
                    day=or_null(DAY),
                    has_position={"type": "boolean"},
                    aggregated={"type": "boolean"},
                    count=COUNT,
                    reports=WHOLE,
                ),
                n=COUNT,
                reports=WHOLE,
                aggregated={"type": "boolean"},
                square_m=or_null(NUMBER),
                cursor=or_null(TEXT),
                links=listed(record({"rel": TEXT, "type": TEXT, "href": TEXT})),
                words=SENTENCES,
            ),
            GEOJSON,
        )
    },
    (*FILTER, *SCREEN),
    refuses=_BAD_FILTER,
)
PLACES = Operation(
    "Named places like what was written",
    {
        200: Answer(
            "Names only, at most eight; no positions.",
            record({"places": listed(record({"key": TEXT, "name": TEXT, "kind": TEXT, "locality": TEXT}))}),
        )
    },
    (
        Parameter("q", {"type": "string", "maxLength": LONGEST_SEARCH}, "As written.", is_required=True),
        Parameter("municipality", MUNICIPALITY, "Its code.", is_required=True),
        LANGUAGE,
    ),
    refuses={404: "The municipality is not here.", 429: "Asked too often; Retry-After says for how long."},
)
