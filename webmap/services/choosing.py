"""Which records are to be handed out, and how exactly they tell where: from a form, and as it is stored."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from geodata.errors import InvalidValue
from geodata.queries.disclosures import ReportFilter
from geodata.queries.municipalities import Home
from geodata.vocabulary import Precision, State, category

_NUMBER = re.compile(r"(?:TK\s*)?(\d{4})-(\d{1,9})", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Choosing:
    """Which reports, as a form has them. numbers: of the register, with commas or blanks between."""

    since: str = ""
    until: str = ""
    area: str = ""
    category: str = ""
    states: tuple[str, ...] = ()
    numbers: str = ""


@dataclass(frozen=True)
class Place:
    """How exactly a package tells where, and on what provision where that is not exactly."""

    precision: Precision = Precision.EXACT
    provision: str = ""
    has_photos: bool = False


def filter_of(there: Home, said: Choosing) -> ReportFilter:
    """What a form says as a filter. Raises InvalidValue at the field that is wrong."""
    if said.category:
        category(said.category, "category")
    since, until = _day(said.since, "since"), _day(said.until, "until")
    if since and until and until < since:
        raise InvalidValue("dates.reversed", "until")
    return ReportFilter(
        since,
        until,
        there.ground(said.area).area if said.area else None,
        said.category,
        tuple(State(each) for each in said.states if each in list(State)),
        tuple(_numbers(said.numbers)),
    )


def _day(text: str, name: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as fault:
        raise InvalidValue("date.not_a_date", name, given=text.strip()[:20]) from fault


def _numbers(text: str) -> Iterable[tuple[int, int]]:
    joined = re.sub(r"\bTK\s+", "TK", text, flags=re.IGNORECASE)
    for part in re.split(r"[,;\s]+", joined.strip()):
        found = _NUMBER.fullmatch(part)
        if part and found is None:
            raise InvalidValue("disclosure.bad_number", "numbers", given=part[:20])
        if found:
            yield int(found[1]), int(found[2])


def written(said: Choosing, place: Place | None = None) -> str:
    """A choice as it is stored."""
    told: dict[str, Any] = {"filter": {name: value for name, value in vars(said).items() if value}}
    if place:
        told["place"] = {
            "precision": place.precision.value,
            "provision": place.provision,
            "photos": place.has_photos,
        }
    return json.dumps(told, sort_keys=True, ensure_ascii=False)


def read_back(chosen: str) -> tuple[Choosing, Place]:
    """A choice as it was stored."""
    told = json.loads(chosen)
    said = told.get("filter", {})
    if "states" in said:
        said["states"] = tuple(said["states"])
    place = told.get("place", {})
    precision = Precision(place.get("precision", Precision.EXACT.value))
    return Choosing(**said), Place(precision, place.get("provision", ""), bool(place.get("photos")))
