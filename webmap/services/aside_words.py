"""What a phone sent and nobody took in, in words for those who look at it. It can always be shown."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from geodata.hours import local
from geodata.queries.findings import KnownFinding
from geodata.vocabulary import BY_CODE, CheckAnswer, Polarity, Theme
from webmap.services.aside_reading import document_in
from webmap.services.finding_words import SIGNS
from webmap.services.walk_revisions import WITHDRAWN
from webmap.services.walk_tombs import DESTROYED
from webmap.words import Words
from webmap.words.labels import N_
from webmap.words.walk_labels import CHECK_ANSWERS, THEMES

_SAID = {
    "text": N_("Text"),
    "place_text": N_("Plats i ord"),
    "severity": N_("Allvar"),
}
_GONE = {
    WITHDRAWN: N_("Den som skickade det tog tillbaka det."),
    DESTROYED: N_("Det är gallrat."),
}
_LONGEST_SHOWN = 600
_MOST_DEGREES = 180


def body_words(body: str, words: Words) -> list[tuple[str, str]]:
    """What it says, as label and words; as it came where it cannot be read."""
    document = document_in(body)
    if not isinstance(document, dict):
        return _as_it_came(body, words)
    if document.get("withdrawn") is True:
        return [(words("Vill"), words("ta tillbaka iakttagelsen"))]
    lines = [
        (words("Tecken"), _sign(document, words)),
        (words("Gäller"), _about(document, words)),
        (words("Checklista"), _answers(document, words)),
        *((words(label), said_in(document, name)) for name, label in _SAID.items()),
        (words("Läge"), _position(document)),
        (words("Sagt"), _moment(document, words)),
        (words("Bilder"), str(len(_listed(document, "photos")) or "")),
    ]
    told = [(label, said[:_LONGEST_SHOWN]) for label, said in lines if said]
    return told or _as_it_came(json.dumps(document, ensure_ascii=False), words)


def gone_words(finding: KnownFinding, words: Words) -> str:
    """Why a finding is gone: by whom it was taken back, or the words of whoever took it away."""
    code = finding.deleted_reason
    return words(_GONE[code]) if code in _GONE else code


def said_in(document: Mapping[str, Any], name: str) -> str:
    """A member in plain signs; "" where it is nothing that can be said."""
    said = document.get(name)
    is_number = isinstance(said, int | float) and not isinstance(said, bool)
    return _plain(str(said)) if isinstance(said, str) or is_number else ""


def _as_it_came(text: str, words: Words) -> list[tuple[str, str]]:
    said = _plain(text[:_LONGEST_SHOWN])
    return [(words("Som det kom"), said)] if said else []


def _plain(text: str) -> str:
    """Without what no page can hold, or what would turn its order about: as stored texts are."""
    return "".join(sign for sign in text if sign.isprintable() or sign in "\n\t").strip()


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
    return ", ".join(f"{number:.5f}" for number in numbers) if all(map(_is_degrees, numbers)) else ""


def _is_degrees(number: Any) -> bool:
    is_number = isinstance(number, int | float) and not isinstance(number, bool)
    return is_number and math.isfinite(number) and abs(number) <= _MOST_DEGREES


def _moment(document: Mapping[str, Any], words: Words) -> str:
    try:
        moment = datetime.fromisoformat(str(document.get("created_at")))
        return words.moment(local(moment)) if moment.tzinfo else ""
    except (OverflowError, ValueError):  # no moment, or none that any clock here can show
        return ""
