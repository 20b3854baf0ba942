"""The map before a walk: those who are invited mark unsafe and liked places, and can take marks back."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from geodata import crs
from geodata.errors import Conflict, Fault
from geodata.privacy import Suspect
from geodata.queries.premap import KnownMark
from geodata.vocabulary import Polarity
from webmap.access import Permission
from webmap.gate import needs, words, works
from webmap.limits import limited
from webmap.pages.point_map import point_map
from webmap.pages.report_answers import Answers
from webmap.pages.report_place import Where, WhereForm, geometry_of, read
from webmap.pages.report_where import option_of
from webmap.services import field_walk, premapping
from webmap.services.field_walk import FieldWalk
from webmap.services.place_search import PlaceList
from webmap.services.place_ways import label_at
from webmap.services.premapping import LONGEST_TEXT, MOST_OF_ONE, MarkSaid
from webmap.services.review_words import pieces_of, suspect_words, suspects_in
from webmap.words.walk_route_labels import MARK_CATEGORIES, MARK_SIGNS

bp = Blueprint("walk_before", __name__)

_VOICE = "premap"
_TARGETS = {
    "polarity": f"polarity-{Polarity.UNSAFE}",
    "way": "way-words",
    "choice": "choice-first",
    "map": "way-map",
    "place": "way-words",
}


@dataclass(frozen=True)
class _Typed:
    """What was typed. where: the place as the report's form has it."""

    where: WhereForm = field(default_factory=lambda: WhereForm(way="words"))
    polarity: str = ""
    category: str = ""
    text: str = ""

    @classmethod
    def sent(cls, said: MultiDict[str, str]) -> _Typed:
        """From the form."""
        return cls(
            WhereForm.sent(said),
            said.get("polarity", "")[:40],
            said.get("category", "")[:40],
            said.get("text", "").strip()[: 5 * LONGEST_TEXT],
        )


@dataclass(frozen=True)
class _Trouble:
    """Why the form is shown again. problems: sentences by field; suspects: what may point at a person."""

    problems: dict[str, str] = field(default_factory=dict)
    found: Where = field(default_factory=Where)
    suspects: tuple[Suspect, ...] = ()


@bp.get("/w/<code>/before")
@limited("walk_join")
@needs(Permission.JOIN_WALK)
def show(code: str) -> ResponseReturnValue:
    there = field_walk.with_code(works().engine, code)
    if there.walk.join_code != code:
        return redirect(_address(there), 303)
    return _page(there, _Typed())


@bp.post("/w/<code>/before")
@limited("premap")
@needs(Permission.JOIN_WALK)
def mark(code: str) -> ResponseReturnValue:
    there, typed = field_walk.with_code(works().engine, code), _Typed.sent(request.form)
    places = works().places.now(there.home.code)
    found = read(typed.where, there.home, places, words(), Answers(uuid4()))
    trouble = _trouble(there, typed, found)
    if trouble.problems:
        return _page(there, typed, trouble), 422
    try:
        premapping.put(works().engine, there.home, there.walk, _said(typed, found, places), _voice())
    except Conflict as fault:
        return _page(there, typed, _Trouble({"": words().fault(fault)})), 409
    except Fault as fault:
        return _page(there, typed, _Trouble({fault.field or "": words().fault(fault)})), 422
    return redirect(f"{_address(there)}#own-marks", 303)


@bp.post("/w/<code>/before/undo")
@limited("premap")
@needs(Permission.JOIN_WALK)
def undo(code: str) -> ResponseReturnValue:
    there = field_walk.with_code(works().engine, code)
    uid = request.form.get("mark", UUID(int=0), type=UUID)
    premapping.take_back(works().engine, there.home, there.walk, uid, session.get(_VOICE, ""))
    return redirect(f"{_address(there)}#own-marks", 303)


def _address(there: FieldWalk) -> str:
    return f"/w/{there.walk.join_code}/before"


def _voice() -> str:
    """The random mark of this session, made with its first mark on the map."""
    return str(session.setdefault(_VOICE, secrets.token_hex(16)))


def _trouble(there: FieldWalk, typed: _Typed, found: Where) -> _Trouble:
    say = words()
    problems = {name: say.fault(fault) for name, fault in found.faults.items()}
    if typed.polarity not in MARK_SIGNS:
        problems = {"polarity": say("Välj om platsen känns otrygg eller trygg.")} | problems
    is_looked_over = request.form.get("anyway") == "1"
    suspects = () if is_looked_over else tuple(suspects_in(typed.text, there.home))
    if suspects:
        problems["text"] = say("Det ser ut att stå något om en person. Ta bort det, eller gå vidare ändå.")
    return _Trouble(problems, found, suspects)


def _said(typed: _Typed, found: Where, places: PlaceList) -> MarkSaid:
    place = geometry_of(found.place, places) if found.place else None
    known = frozenset({typed.category} & MARK_CATEGORIES.keys())
    return MarkSaid(place, typed.polarity, known, typed.text)


def _page(there: FieldWalk, typed: _Typed, trouble: _Trouble | None = None) -> str:
    say, places = words(), works().places.now(there.home.code)
    trouble = trouble or _Trouble()
    own = premapping.own_marks(works().engine, there.walk, session.get(_VOICE, ""))
    return render_template(
        "walks/before.html",
        walk=there.walk,
        municipality_name=say.municipality(there.walk.municipality),
        is_open=premapping.is_open(there.walk),
        until=say.day(there.walk.premap_until) if there.walk.premap_until else "",
        day=say.day(there.walk.day),
        typed=typed,
        own=[_own(mark, there, places) for mark in own],
        has_enough=len(own) >= MOST_OF_ONE,
        problems=trouble.problems,
        targets=_TARGETS,
        most=LONGEST_TEXT,
        pieces=pieces_of(typed.text, trouble.suspects) if trouble.suspects else [],
        looks_like=suspect_words(trouble.suspects, say) if trouble.suspects else "",
        categories=[(code, say(label), code == typed.category) for code, label in MARK_CATEGORIES.items()],
        **_where(there, typed.where, trouble.found, places),
    )


def _where(there: FieldWalk, form: WhereForm, found: Where, places: PlaceList) -> dict[str, Any]:
    """What the parts of the page that ask where need."""
    return {
        "form": form,
        "meant": [option_of(each, form) for each in found.meant],
        "keep_words": "",
        "groups": places.by_locality(),
        "radii": (),
        "map": replace(point_map(there.home, places, [], words()), opening=_opening(there)),
        "search_url": f"/api/v1/places?municipality={there.home.code}",
    }


def _opening(there: FieldWalk) -> list[list[float]]:
    """Corners of the ground around where one walks."""
    west, south, east, north = there.frame
    lon, lat = crs.to_degrees_xy([west, east], [south, north])
    return [[round(float(x), 5), round(float(y), 5)] for x, y in zip(lon, lat, strict=True)]


def _own(mark: KnownMark, there: FieldWalk, places: PlaceList) -> dict[str, Any]:
    say = words()
    reasons = [say(MARK_CATEGORIES[code]) for code in MARK_CATEGORIES if code in mark.categories]
    return {
        "uid": mark.uid,
        "polarity": mark.polarity,
        "sign": say(MARK_SIGNS[mark.polarity]),
        "place": label_at(there.home, places, mark.position, say),
        "says": ". ".join([*reasons, *([mark.text] if mark.text else [])]),
    }
