"""What the import's forms say, as a job's instructions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from geodata.crs import ACCEPTED
from geodata.exchange.layout import FIELDS
from geodata.vocabulary import BY_CODE, Kind, Origin

IN_FILE = "file"
"""Chosen for kind or origin: each row says it itself."""
COLUMN, WAS, WORD = "column:", "was:", "word:"
_LONGEST = 200


def instructions(form: MultiDict[str, str], before: Mapping[str, Any]) -> dict[str, Any]:
    """The instructions with what the form says; a word of no vocabulary leaves what was there before."""
    said = dict(before)
    said["kind"] = _one_of(form.get("kind", ""), list(Kind), said["kind"])
    said["origin"] = _one_of(form.get("origin", ""), list(Origin), said["origin"])
    if form.get("system", "-") in ("", *ACCEPTED):
        said["system"] = form["system"]
    if form.get("category", "-") in ("", *BY_CODE):
        said["category"] = form["category"]
    for name in ("source", "layer"):
        if name in form:
            said[name] = clean(form[name])
    said["columns"] = {**said["columns"], **_columns(form)}
    said["categories"] = {**said["categories"], **_categories(form)}
    return said


def clean(text: str) -> str:
    """A short text without signs that cannot be printed."""
    return "".join(sign for sign in text if sign.isprintable()).strip()[:_LONGEST]


def _one_of(chosen: str, known: list[Any], before: str) -> str:
    if chosen == IN_FILE:
        return ""
    return chosen if chosen in known else before


def _columns(form: MultiDict[str, str]) -> dict[str, str]:
    """Header → field where another was chosen than was shown; untouched ones stay guessed."""
    chosen = {name.removeprefix(COLUMN): form[name] for name in form if name.startswith(COLUMN)}
    known = {name: field for name, field in chosen.items() if field in ("", *FIELDS)}
    return {name: field for name, field in known.items() if field != form.get(WAS + name, "")}


def _categories(form: MultiDict[str, str]) -> dict[str, str]:
    chosen = {name.removeprefix(WORD): form[name] for name in form if name.startswith(WORD)}
    return {word: code for word, code in chosen.items() if code in BY_CODE}
