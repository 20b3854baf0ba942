"""JSON as RFC 8259 has it, and no more: UTF-8, real numbers, each name once, not too deep."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

from flask import request

from webmap.errors import Unreadable, WrongType

DEEPEST = 12
"""A polygon's coordinates lie six deep in a feature."""
_LARGEST_WHOLE = 2**53


def document_sent(types: Iterable[str], most_bytes: int) -> Any:
    """The request's body. Raises WrongType, Unreadable, and 413 for what is too large."""
    if request.mimetype not in types:
        raise WrongType("json.wrong_type", accepted=", ".join(types))
    request.max_content_length = most_bytes
    return parsed(request.get_data(cache=False))


def parsed(raw: bytes) -> Any:
    """What a document says. Raises Unreadable `json.not_json`, `json.bad_number`, `json.twice`,
    `json.bad_text` or `json.too_deep`.
    """
    try:
        found = json.loads(
            raw.decode("utf-8"),
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_whole,
            object_pairs_hook=_each_once,
        )
    except RecursionError as fault:
        raise Unreadable("json.too_deep") from fault
    except ValueError as fault:  # which faults of JSON and of UTF-8 are, both
        raise Unreadable("json.not_json") from fault
    _refuse_depth(found)
    return found


def _refuse_constant(name: str) -> float:
    raise Unreadable("json.bad_number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise Unreadable("json.bad_number")
    return number


def _whole(text: str) -> int:
    # As a real number first: a whole one of thousands of digits takes its time.
    if abs(float(text)) > _LARGEST_WHOLE:
        raise Unreadable("json.bad_number")
    return int(text)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Unreadable("json.twice")
    return found


def _refuse_depth(found: Any) -> None:
    level = [found]
    for _ in range(DEEPEST + 1):
        if any(isinstance(each, str) and not _is_text(each) for each in level):
            raise Unreadable("json.bad_text")
        level = [inner for each in level for inner in _within(each)]
    if level:
        raise Unreadable("json.too_deep")


def _within(each: Any) -> Iterable[Any]:
    if isinstance(each, dict):
        return (*each, *each.values())
    return each if isinstance(each, list) else ()


def _is_text(text: str) -> bool:
    """Half a character, as `\\ud800` says, is none."""
    return not any("\ud800" <= sign <= "\udfff" for sign in text)
