"""Where the place is: in words, from a list, on the map, or not known."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from geodata.errors import NotFound
from geodata.queries.municipalities import Home
from webmap.access import Permission
from webmap.gate import needs, words, works
from webmap.pages.point_map import point_map
from webmap.pages.report_answers import Answers, answers, keep
from webmap.pages.report_flow import after, missing, show
from webmap.pages.report_place import KEEP_WORDS, RADII_M, Where, WhereForm, read
from webmap.services import measures, reception
from webmap.services.place_search import FoundPlace, PlaceList
from webmap.services.place_ways import kind_word

bp = Blueprint("report_where", __name__)

_TARGETS = {"way": "way-words", "choice": "choice-first", "map": "way-map"}


@dataclass(frozen=True)
class _Option:
    """One place to choose. detail: what and where it is."""

    value: str
    name: str
    detail: str = ""
    is_chosen: bool = False


@bp.get("/report/where")
@needs(Permission.SEND_REPORT)
def ask() -> ResponseReturnValue:
    now = answers()
    return missing(now, "where") or _page(now, WhereForm.kept(now.place), Where())


@bp.post("/report/where")
@needs(Permission.SEND_REPORT)
def take() -> ResponseReturnValue:
    now = answers()
    if astray := missing(now, "where"):
        return astray
    form = WhereForm.sent(request.form)
    home, places = _ground(now)
    found = read(form, home, places, words(), now)
    if found.place is None:
        return _page(now, form, found)
    keep(replace(now, place=found.place))
    return redirect(after("where"), 303)


def _ground(now: Answers) -> tuple[Home, PlaceList]:
    home = reception.first_home(works().engine, now.municipality)
    if home is None:
        raise NotFound("municipality.not_added", "municipality", code="")
    return home, works().places.now(home.code)


def _page(now: Answers, form: WhereForm, found: Where) -> ResponseReturnValue:
    say = words()
    home, places = _ground(now)
    done = measures.published(works().engine, home.code)
    return show(
        "where",
        {name: say.fault(fault) for name, fault in found.faults.items()},
        form=form,
        meant=[option_of(each, form) for each in found.meant],
        keep_words=KEEP_WORDS,
        groups=[(name, [_listed(each, form) for each in group]) for name, group in places.by_locality()],
        radii=[(f"{radius}", f"{radius}" == (form.radius or "0")) for radius in RADII_M],
        map=point_map(home, places, done, say),
        search_url=f"/api/v1/places?municipality={home.code}",
        targets=_TARGETS,
    )


def option_of(place: FoundPlace, form: WhereForm) -> _Option:
    detail = ", ".join(part for part in (kind_word(place.kind, words()), place.locality) if part)
    return _Option(place.key, place.name, detail, place.key == form.choice)


def _listed(place: FoundPlace, form: WhereForm) -> _Option:
    return _Option(place.key, place.name, is_chosen=place.key == form.listed)
