"""What may be sent to the API, and what is answered, as its description has it."""

from __future__ import annotations

from geodata.drafts import LONGEST_TEXT, MOST_ACCURACY_M
from geodata.hours import WEEKDAYS
from geodata.vocabulary import CATEGORIES, Kind, Origin, Polarity, PositionSource, State
from webmap.api.description import (
    GEOJSON,
    JSON,
    MOMENT,
    NUMBER,
    POSITION,
    SHA_256,
    TEXT,
    UID,
    WHOLE,
    Answer,
    Operation,
    Parameter,
    Schema,
    listed,
    one_of,
    or_null,
    record,
)
from webmap.api.parameters import LANGUAGE
from webmap.api.walk_answers import GONE
from webmap.services.sayings import LONGEST_PLACE_TEXT


def _geometry(kind: str, coordinates: Schema) -> Schema:
    members = {"type": {"const": kind}, "coordinates": coordinates}
    return record(members) | {"additionalProperties": False}


_RING: Schema = {"type": "array", "items": POSITION, "minItems": 4}
_GEOMETRY: Schema = {
    "anyOf": [
        {"type": "null"},
        _geometry("Point", POSITION),
        _geometry("LineString", {"type": "array", "items": POSITION, "minItems": 2}),
        _geometry("Polygon", {"type": "array", "items": _RING, "minItems": 1}),
    ],
    "description": "Null where nobody knows. Within the municipality, at most 2,000 vertices.",
}
_CLOCK: Schema = {"type": "string", "pattern": "^([01]?[0-9]|2[0-4])([:.][0-5][0-9])?$"}
_HABIT: Schema = {
    "type": "object",
    "properties": {"weekdays": listed(one_of(WEEKDAYS)), "from": _CLOCK, "to": _CLOCK},
    "additionalProperties": False,
    "description": "The same hours on some weekdays, all where none is named; a night belongs to its first.",
}
_INTERVAL: Schema = {"type": "array", "items": MOMENT, "minItems": 2, "maxItems": 2}
_PROPERTIES: Schema = record(
    {"municipality": {"type": "string", "pattern": "^[0-9]{4}$"}},
    kind=or_null(one_of(Kind)) | {"description": "Perception where nothing is said. Others for staff alone."},
    origin=or_null(one_of(Origin)) | {"description": "Public where nothing is said. Others for staff alone."},
    polarity=or_null(one_of(Polarity)) | {"description": "That of the categories where nothing is said."},
    categories=or_null(listed(one_of(each.code for each in CATEGORIES))),
    text=or_null({"type": "string", "maxLength": LONGEST_TEXT}),
    place_text=or_null({"type": "string", "maxLength": LONGEST_PLACE_TEXT}),
    severity=or_null({"type": "integer", "minimum": 1, "maximum": 5}),
    accuracy_m=or_null({**NUMBER, "minimum": 0, "maximum": MOST_ACCURACY_M}),
    position_source=or_null(one_of(PositionSource)),
    time=or_null(MOMENT),
    interval=or_null(_INTERVAL),
    hours=or_null(_HABIT),
) | {
    "additionalProperties": False,
    "description": "At most one of time, interval and hours; none of them is any hour.",
}
_FEATURE: Schema = record(
    {"type": {"const": "Feature"}, "geometry": _GEOMETRY, "properties": _PROPERTIES}, id=UID
) | {"additionalProperties": False, "description": "An id must be that of the address."}
_ECHO: Schema = record(
    {
        "id": UID,
        "sha256": SHA_256 | {"description": "Of the content as it is stored."},
        "state": one_of(State),
        "received_at": MOMENT,
        "receipt": or_null(TEXT) | {"description": "To follow the report by; null for staff."},
    }
)
_TOO_OFTEN = "Sent too often; Retry-After says for how long."
_NO_FILE = {413: "Too large.", 415: "Of another type.", 429: _TOO_OFTEN}

REPORT_SENT = Operation(
    "Send a report. The same id with the same content is stored once, however often it is sent.",
    {
        201: Answer("Stored for the first time.", _ECHO),
        200: Answer("It was stored already; the same answer as then.", _ECHO),
        202: Answer("Safe, but not stored yet: the database is away.", _ECHO),
    },
    (LANGUAGE,),
    {GEOJSON: _FEATURE, JSON: _FEATURE},
    {
        **_NO_FILE,
        409: "The id is stored with other content.",
        422: "Every fault of the content, each at its field.",
    },
)
_PHOTO: Schema = record(
    {"id": UID, "sha256": SHA_256, "width": WHOLE, "height": WHOLE, "report": or_null(UID)}
)
PHOTO_SENT = Operation(
    "Send a photo. What is stored is made anew from its pixels; the original is not kept. From a walk with"
    " Authorization: Bearer, and Content-Digest of what is sent.",
    {
        201: Answer("Stored for the first time.", _PHOTO),
        200: Answer("It was stored already.", _PHOTO),
        410: Answer("Its finding was withdrawn or destroyed.", GONE),
    },
    (Parameter("report", UID, "The report it belongs to, whether or not it has come yet."), LANGUAGE),
    {"image/*": {}},
    {
        **_NO_FILE,
        401: "The token shown is worth nothing: scan the walk's code again.",
        409: "The id is stored with another photo.",
        422: "It cannot be read as a photo.",
    },
)
