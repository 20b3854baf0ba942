"""What a view asks for and answers, declared beside it: of this the description of the whole is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
Schema = dict[str, Any]

JSON = "application/json"
GEOJSON = "application/geo+json"


@dataclass(frozen=True)
class Parameter:
    """Something in the query string. A schema of type array is written as `a,b,c`."""

    name: str
    schema: Schema
    about: str = ""
    is_required: bool = False


@dataclass(frozen=True)
class Answer:
    """A good answer: what it means, and the content of its one type."""

    about: str
    schema: Schema
    content_type: str = JSON


@dataclass(frozen=True)
class Operation:
    """What a view does. refuses: statuses of its own beside those that its permission brings, with what each
    means. body: what may be sent, by content type.
    """

    summary: str
    answers: Mapping[int, Answer]
    asks: tuple[Parameter, ...] = ()
    body: Mapping[str, Schema] = field(default_factory=dict)
    refuses: Mapping[int, str] = field(default_factory=dict)


def described(operation: Operation) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declares what a view does. Stands over `needs`."""

    def wrap(view: Callable[P, R]) -> Callable[P, R]:
        view.operation = operation  # type: ignore[attr-defined]
        return view

    return wrap


def record(required: Mapping[str, Schema], **optional: Schema) -> Schema:
    """An object with these members; others may come with a later version."""
    return {"type": "object", "required": list(required), "properties": {**required, **optional}}


def listed(items: Schema) -> Schema:
    """A list of these."""
    return {"type": "array", "items": items}


def or_null(schema: Schema) -> Schema:
    """This, or nothing."""
    return {"anyOf": [schema, {"type": "null"}]}


def one_of(words: Any) -> Schema:
    """A word of a closed list."""
    return {"type": "string", "enum": [str(word) for word in words]}


TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
COUNT: Schema = {"type": "number", "minimum": 0}
WHOLE: Schema = {"type": "integer", "minimum": 0}
UID: Schema = {"type": "string", "format": "uuid"}
DAY: Schema = {"type": "string", "format": "date"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
SHA_256: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
MUNICIPALITY: Schema = {"type": "string", "pattern": "^[0-9]{4}$"}
POSITION: Schema = {"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2}
SENTENCES: Schema = {"type": "object", "additionalProperties": {"type": "string"}}
"""Ready sentences in the asker's language, by what they are about."""
PERIOD: Schema = {"type": "array", "items": DAY, "minItems": 2, "maxItems": 2}


def features(properties: Schema, **beside: Schema) -> Schema:
    """A GeoJSON collection of points with these properties."""
    point = record({"type": {"const": "Point"}, "coordinates": POSITION})
    one = record({"type": {"const": "Feature"}, "geometry": point, "properties": properties})
    return record({"type": {"const": "FeatureCollection"}, "features": listed(one), **beside})
