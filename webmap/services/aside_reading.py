"""What a phone sent and nobody took in, read for those who look at it: in words, and as far as it goes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from geodata.errors import InvalidValue
from geodata.hours import local
from geodata.vocabulary import BY_CODE, CheckAnswer, EntryKind, Polarity, Theme
from webmap.services.finding_words import SIGNS
from webmap.services.walk_body import LONGEST_TEXT, SCHEMA, Address, NotUnderstood, Told, read, sent
from webmap.words import Words
from webmap.words.labels import N_
from webmap.words.walk_labels import CHECK_ANSWERS, THEMES

_OPTIONAL = ("created_at", "clock_offset_s", "stop", "text", "place_text", "position", "categories")
_LAST = ("severity", "photos", "answers")
_SAID = {
    "text": N_("Text"),
    "place_text": N_("Plats i ord"),
    "severity": N_("Allvar"),
}
_LONGEST_SHOWN = 600


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
    number = document.get("device_seq")
    base: dict[str, Any] = {
        "schema": SCHEMA,
        "kind": kind.value,
        "id": str(address.entry),
        "walk": str(address.walk),
        "device_seq": number if isinstance(number, int) else 0,
    }
    base |= {"revision": str(address.revision)} if address.revision else {}
    base |= {"answers": {}} if kind == EntryKind.CHECK else {"polarity": document.get("polarity")}
    told = _tried(base, address)
    for name in (*_OPTIONAL, *_LAST):
        wider = base | {name: _fitted(document[name])} if name in document else base
        if (better := _tried(wider, address)) is not None:
            base, told = wider, better
    if told is None:
        raise InvalidValue("aside.not_understood", "body")
    return told


def _fitted(value: Any) -> Any:
    return value[:LONGEST_TEXT] if isinstance(value, str) else value


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


def body_words(body: str, words: Words) -> list[tuple[str, str]]:
    """What it says, as label and words; as it came where it cannot be read."""
    document = document_in(body)
    if not isinstance(document, dict):
        return [(words("Som det kom"), body[:_LONGEST_SHOWN])] if body else []
    if document.get("withdrawn") is True:
        return [(words("Vill"), words("ta tillbaka iakttagelsen"))]
    lines = [
        (words("Tecken"), _sign(document, words)),
        (words("Gäller"), _about(document, words)),
        (words("Checklista"), _answers(document, words)),
        *((words(label), str(document.get(name) or "")) for name, label in _SAID.items()),
        (words("Läge"), _position(document)),
        (words("Sagt"), _moment(document, words)),
        (words("Bilder"), str(len(_listed(document, "photos")) or "")),
    ]
    told = [(label, said[:_LONGEST_SHOWN]) for label, said in lines if said]
    return told or [(words("Som det kom"), json.dumps(document, ensure_ascii=False)[:_LONGEST_SHOWN])]


def _listed(document: Mapping[str, Any], name: str) -> list[Any]:
    found = document.get(name)
    return found if isinstance(found, list) else []


def _sign(document: Mapping[str, Any], words: Words) -> str:
    said = document.get("polarity")
    return words(SIGNS[Polarity(said)]) if said in list(Polarity) else ""


def _about(document: Mapping[str, Any], words: Words) -> str:
    known = [code for code in _listed(document, "categories") if isinstance(code, str) and code in BY_CODE]
    return ", ".join(words.category(BY_CODE[code]) for code in known)


def _answers(document: Mapping[str, Any], words: Words) -> str:
    said = document.get("answers")
    if not isinstance(said, dict):
        return ""
    told = [
        f"{words(THEMES[Theme(theme)])}: {words(CHECK_ANSWERS[CheckAnswer(answer)]).lower()}"
        for theme, answer in said.items()
        if theme in list(Theme) and answer in list(CheckAnswer)
    ]
    return ", ".join(told)


def _position(document: Mapping[str, Any]) -> str:
    said = document.get("position")
    if not isinstance(said, dict):
        return ""
    numbers = [said.get(name) for name in ("lat", "lon")]
    if not all(isinstance(number, int | float) and not isinstance(number, bool) for number in numbers):
        return ""
    return ", ".join(f"{number:.5f}" for number in numbers)


def _moment(document: Mapping[str, Any], words: Words) -> str:
    try:
        moment = datetime.fromisoformat(str(document.get("created_at")))
    except ValueError:
        return ""
    return words.moment(local(moment)) if moment.tzinfo else ""
