"""What a phone sent and nobody took in, read as far as it goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from geodata.errors import InvalidValue
from geodata.vocabulary import EntryKind
from webmap.services.walk_body import LONGEST_TEXT, SCHEMA, Address, NotUnderstood, Told, read, sent

_OPTIONAL = ("device_seq", "created_at", "clock_offset_s", "stop", "text", "place_text", "position")
_LAST = ("categories", "severity", "photos", "answers")
_MOST_OF_A_LIST = 40


def document_in(body: str) -> Any:
    """What a body is as JSON; None where it is none."""
    try:
        return sent(body.encode("utf-8", "replace")).document
    except InvalidValue:
        return None


def told_by(body: str, address: Address) -> Told:
    """What a body says, without what cannot be used of it. Raises InvalidValue `aside.not_understood`."""
    document = document_in(body)
    try:
        return read(document, address)
    except NotUnderstood:
        return _salvaged(document, address)


def _salvaged(document: Any, address: Address) -> Told:
    """As much of it as the schema of today knows, one member after another."""
    if not isinstance(document, dict):
        raise InvalidValue("aside.not_understood", "body")
    kind = EntryKind.CHECK if "answers" in document else EntryKind.FINDING
    base: dict[str, Any] = {
        "schema": SCHEMA,
        "kind": kind.value,
        "id": str(address.entry),
        "walk": str(address.walk),
        "device_seq": 0,
    }
    if address.revision:
        base |= {"revision": str(address.revision), "withdrawn": document.get("withdrawn") is True}
    base |= {"answers": {}} if kind == EntryKind.CHECK else {"polarity": document.get("polarity")}
    told = _tried(base, address)
    for name in (*_OPTIONAL, *_LAST):
        wider = base | {name: _fitted(base, name, document[name], address)} if name in document else base
        if (better := _tried(wider, address)) is not None:
            base, told = wider, better
    if told is None:
        raise InvalidValue("aside.not_understood", "body")
    return told


def _fitted(base: dict[str, Any], name: str, value: Any, address: Address) -> Any:
    """As much of a value as can be used: the beginning of a text, of a list what is known here."""
    if not isinstance(value, list):
        return value[:LONGEST_TEXT] if isinstance(value, str) else value
    usable: list[Any] = []
    for each in value[:_MOST_OF_A_LIST]:
        if _tried(base | {name: [*usable, each]}, address) is not None:
            usable.append(each)
    return usable


def _tried(document: Mapping[str, Any], address: Address) -> Told | None:
    try:
        return read(document, address)
    except NotUnderstood:
        return None


def is_change(body: str, uid: UUID) -> bool:
    """Whether what lies under this id is a change to an entry, and not the entry."""
    document = document_in(body)
    return isinstance(document, dict) and str(document.get("revision", "")).lower() == str(uid)


def entry_in(body: str) -> UUID | None:
    """Which entry a change says it is of."""
    document = document_in(body)
    try:
        return UUID(str(document.get("id"))) if isinstance(document, dict) else None
    except ValueError:
        return None
