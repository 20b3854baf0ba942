"""When it was: a time, between two, a habit, a day, or one does not know."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from geodata.errors import Fault
from webmap.access import Permission
from webmap.gate import needs, say, words, works
from webmap.pages.report_answers import Answers, WhenAnswer, answers, keep
from webmap.pages.report_flow import after, missing, show
from webmap.pages.when_form import day_choices, typed_when, when_of
from webmap.services import measures
from webmap.services.measure_words import told

bp = Blueprint("report_when", __name__)

_TARGETS = {"when": "when-often"}
_NEAR_M = 150.0


@bp.get("/report/when")
@needs(Permission.SEND_REPORT)
def ask() -> ResponseReturnValue:
    now = answers()
    return missing(now, "when") or _page(now, now.when or WhenAnswer(""), {})


@bp.post("/report/when")
@needs(Permission.SEND_REPORT)
def take() -> ResponseReturnValue:
    now = answers()
    if astray := missing(now, "when"):
        return astray
    typed = typed_when(request.form)
    try:
        when_of(typed)
    except Fault as fault:
        return _page(now, typed, {fault.field: words().fault(fault)})
    keep(replace(now, when=typed))
    return redirect(after("when"), 303)


def _page(now: Answers, typed: WhenAnswer, problems: dict[str, str]) -> ResponseReturnValue:
    return show(
        "when",
        problems,
        typed=typed,
        days=day_choices(typed, words()),
        near=_near(now),
        problem_targets=_TARGETS,
        title=say("När känns det så?") if now.polarity != "improvement" else say("Gäller det en viss tid?"),
    )


def _near(now: Answers) -> list[tuple[str, str]]:
    """What is done nearby already, so that one knows before one writes."""
    place = now.place
    if place is None or place.lon is None or place.lat is None:
        return []
    found = measures.published_near(works().engine, now.municipality, place.lon, place.lat, _NEAR_M)
    return [(each.title, told(each, words())) for each in found]
