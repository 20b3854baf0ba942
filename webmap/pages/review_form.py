"""What a reviewer sends: which act, on which version, and what was typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict

from geodata.drafts import checked_text
from geodata.errors import InvalidValue
from geodata.privacy import mask_identity_numbers, masked
from geodata.queries.municipalities import Home
from geodata.queries.review_case import ReviewedReport
from geodata.vocabulary import Polarity, Refusal, bits, checked_codes
from webmap.services.place_search import PlaceList
from webmap.services.review_moves import Action
from webmap.services.review_places import moved_to_name, moved_to_point
from webmap.services.review_words import suspects_in
from webmap.services.reviewing import Deed

PANELS = ("edit", "duplicate", "place")
_MOST_DIGITS = 9
_UID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class CaseForm:
    """The fields of the page, as typed or as the report has them. panel: which part of the page is open."""

    panel: str = ""
    reason: str = ""
    note: str = ""
    public_text: str = ""
    is_public: bool = False
    categories: frozenset[str] = field(default_factory=frozenset)
    polarity: str = ""
    severity: str = ""
    east: str = ""
    north: str = ""
    place: str = ""
    search: str = ""
    kept: str = ""

    @classmethod
    def of(cls, report: ReviewedReport, home: Home, asked: Mapping[str, str], mark: str) -> CaseForm:
        """As the report stands, with what the address asks for. mark: what masked words are replaced by."""
        text = report.public_text or report.private_text
        is_masking = "mask" in asked
        if is_masking:
            text = masked(text, suspects_in(text, home), mark)
        panel = asked.get("panel", "")
        return cls(
            panel=panel if panel in PANELS else "",
            public_text=text,
            is_public=report.public_text is not None or is_masking,
            categories=frozenset(report.categories),
            polarity=report.polarity,
            severity=str(report.severity or ""),
            east=asked.get("east", "")[:20] or _metres(report.east),
            north=asked.get("north", "")[:20] or _metres(report.north),
            search=asked.get("search", "")[:80],
            kept=asked.get("kept", "")[:200],
        )

    @classmethod
    def sent(cls, said: MultiDict[str, str], drawn: CaseForm) -> CaseForm:
        """What was typed; where a field was not among those sent, as it was drawn."""
        action = said.get("do", "")
        panel = {"edit": "edit", "duplicate": "duplicate", "move": "place"}.get(action, "")
        typed: dict[str, Any] = {
            name: said[name]
            for name in ("reason", "note", "public_text", "polarity", "severity", "east", "north")
            if name in said
        }
        typed |= {name: said[name] for name in ("place", "search", "kept") if name in said}
        if action == "edit":
            typed |= {
                "categories": frozenset(said.getlist("categories")),
                "is_public": "is_public" in said,
            }
        return cls(**{**vars(drawn), **typed, "panel": panel})


def _metres(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def version_in(said: Mapping[str, str]) -> int:
    """The version a form was drawn from; 0, which no report has, for anything else."""
    text = said.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else 0


def action_in(said: Mapping[str, str]) -> Action:
    """What is to be done. Raises InvalidValue."""
    try:
        return Action(said.get("do", ""))
    except ValueError as fault:
        raise InvalidValue("option.bad", "do", option="do", given=said.get("do", "")[:40]) from fault


def reason_in(said: Mapping[str, str]) -> Refusal | None:
    """Why it is rejected; None where nothing was chosen."""
    text = said.get("reason", "")
    return Refusal(text) if text in list(Refusal) else None


def uid_in(text: str) -> UUID | None:
    """The id of a report or an act in what was written, also in an address; None where there is none."""
    found = _UID.search(text.lower())
    return UUID(found[0]) if found else None


def deed_of(
    form: CaseForm, said: Mapping[str, str], report: ReviewedReport, home: Home, places: PlaceList
) -> Deed:
    """The deed that was sent. Raises InvalidValue and what a place may raise, each of its field."""
    action = action_in(said)
    changes: dict[str, Any] = {}
    if action == Action.EDIT:
        changes = _edited(form, report)
    elif action == Action.MOVE:
        changes = _moved(form, home, places)
    return Deed(
        report.uid,
        version_in(said),
        action,
        reason_in(said) if action == Action.REJECT else None,
        checked_text(form.note, "note"),
        uid_in(form.kept) if action == Action.DUPLICATE else None,
        changes,
    )


def _edited(form: CaseForm, report: ReviewedReport) -> dict[str, Any]:
    text = mask_identity_numbers(checked_text(form.public_text, "public_text"))[0]
    shown = checked_text(report.public_text or report.private_text)
    if not form.is_public and text != shown:
        raise InvalidValue("review.text_not_shown", "public_text")
    if not form.categories:
        raise InvalidValue("review.no_category", "categories")
    if form.polarity not in list(Polarity):
        raise InvalidValue("polarity.unknown", "polarity", given=form.polarity[:40])
    if form.severity not in ("", *"12345"):
        raise InvalidValue("option.bad", "severity", option="severity", given=form.severity[:40])
    return {
        "public_text": (text or None) if form.is_public else None,
        "categories": bits(checked_codes(form.categories)),
        "polarity": Polarity(form.polarity),
        "severity": int(form.severity) if form.severity else None,
    }


def _moved(form: CaseForm, home: Home, places: PlaceList) -> dict[str, Any]:
    if form.place:
        found = places.with_key(form.place)
        if found is None or found.geojson is None:
            raise InvalidValue("place.unknown", "place")
        return moved_to_name(home, found.geojson)
    return moved_to_point(home, form.east, form.north)
