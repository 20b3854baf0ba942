"""The report's first pages: what this is, what one wants to tell of, and whom to call instead."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import uuid4

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from geodata.vocabulary import BY_CODE, CATEGORIES, Focus, Group, Polarity
from webmap.access import Permission
from webmap.gate import needs, say, words, works
from webmap.pages.report_answers import Answers, answers, is_too_old, keep, kept, wipe
from webmap.pages.report_flow import (
    CHECK,
    CRIME,
    STEPS,
    address,
    after,
    is_change,
    is_crime_like,
    missing,
    page,
    show,
    step,
)
from webmap.services import reception

bp = Blueprint("report", __name__)

_TARGETS = {"polarity": "polarity-unsafe", "categories": f"categories-{CATEGORIES[0].code}"}


@dataclass(frozen=True)
class Choice:
    """One thing to choose or tick."""

    value: str
    label: str
    is_chosen: bool
    hint: str = ""


@dataclass(frozen=True)
class ReasonGroup:
    """Reasons of one group. parts: a heading, or "", and the reasons under it."""

    code: str
    legend: str
    parts: list[tuple[str, list[Choice]]]


@bp.get("/report")
@needs(Permission.SEND_REPORT)
def begin() -> ResponseReturnValue:
    return _begin(request.args.get("municipality", ""), {})


def _begin(asked: str, problems: dict[str, str]) -> ResponseReturnValue:
    homes = reception.all_homes(works().engine)
    chosen = next((each for each in homes if each.code == asked), homes[0] if len(homes) == 1 else None)
    return page(
        "begin",
        422 if problems else 200,
        problems=problems,
        problem_targets={"municipality": f"municipality-{homes[0].code}"} if homes else {},
        choices=[(each.code, words().municipality(each.name)) for each in homes] if chosen is None else [],
        chosen=chosen,
        municipality_name=words().municipality(chosen.name) if chosen else None,
        goes_on_at=_goes_on_at(kept()),
        is_too_old=is_too_old(),
    )


def _goes_on_at(now: Answers | None) -> str:
    """The page where an unfinished report goes on, or "" where there is none."""
    if now is None or not now.is_begun:
        return ""
    if now.place is None:
        return address("where")
    return address("when") if now.when is None else CHECK


@bp.post("/report")
@needs(Permission.SEND_REPORT)
def start() -> ResponseReturnValue:
    homes = reception.all_homes(works().engine)
    if not homes:
        return redirect(url_for("home.show"), 303)
    asked = request.form.get("municipality", "")
    home = next((each for each in homes if each.code == asked), homes[0] if len(homes) == 1 else None)
    if home is None:
        return _begin("", {"municipality": say("Välj vilken kommun det gäller.")})
    wipe()
    keep(Answers(uuid4(), home.code))
    return redirect(address(STEPS[0]), 303)


@bp.get("/report/what")
@needs(Permission.SEND_REPORT)
def ask_what() -> ResponseReturnValue:
    return missing(answers(), "what") or _what(answers(), {})


def _what(now: Answers, problems: dict[str, str]) -> ResponseReturnValue:
    groups = [_environment(now), _behaviour(now)]
    said = {"polarities": _polarities(now), "groups": groups, "problem_targets": _TARGETS}
    return show("what", problems, **said)


def _polarities(now: Answers) -> list[Choice]:
    said = {
        Polarity.UNSAFE: (say("Platsen känns otrygg"), say("Du får berätta vad det är som gör den otrygg.")),
        Polarity.SAFE: (say("Platsen känns trygg"), say("Bra platser är värda att veta om och behålla.")),
        Polarity.IMPROVEMENT: (say("Jag har ett förslag"), say("Något som skulle göra platsen bättre.")),
    }
    return [Choice(each.value, label, now.polarity == each, hint) for each, (label, hint) in said.items()]


def _environment(now: Answers) -> ReasonGroup:
    areas = (Focus.ENVIRONMENT, Focus.TRAFFIC)
    parts = [(words().label(area), _reasons(now, Group.ENVIRONMENT, area)) for area in areas]
    return ReasonGroup("environment", say("Så ser det ut på platsen"), parts)


def _behaviour(now: Answers) -> ReasonGroup:
    areas = (Focus.ENVIRONMENT, Focus.TRAFFIC, Focus.DRUGS)
    parts = [(words().label(area), _reasons(now, Group.BEHAVIOUR, area)) for area in areas]
    parts.append((words().label("other_focus"), _reasons(now, Group.OTHER)))
    return ReasonGroup("behaviour", say("Det här händer på platsen"), parts)


def _reasons(now: Answers, group: Group, focus: Focus | None = None) -> list[Choice]:
    return [
        Choice(each.code, words().category(each), each.code in now.categories)
        for each in CATEGORIES
        if each.group == group and focus in (None, each.focus)
    ]


@bp.post("/report/what")
@needs(Permission.SEND_REPORT)
def take_what() -> ResponseReturnValue:
    now = answers()
    if astray := missing(now, "what"):
        return astray
    polarity = next((each for each in Polarity if each == request.form.get("polarity")), None)
    chosen = frozenset(code for code in request.form.getlist("categories") if code in BY_CODE)
    chosen = chosen if polarity in (None, Polarity.UNSAFE) else frozenset()
    told = replace(now, polarity=polarity, categories=chosen, is_crime_told=False)
    if problems := _wrong_with(told):
        return _what(told, problems)
    keep(told)
    if is_crime_like(told):
        return redirect(f"{CRIME}?change=1" if is_change() else CRIME, 303)
    return redirect(after("what"), 303)


def _wrong_with(now: Answers) -> dict[str, str]:
    if now.polarity is None:
        return {"polarity": say("Välj vad du vill berätta.")}
    if now.polarity == Polarity.UNSAFE and not now.categories:
        return {"categories": say("Välj minst en sak som gör platsen otrygg. Passar inget, välj Annat.")}
    return {}


@bp.get(CRIME)
@needs(Permission.SEND_REPORT)
def tell_of_crime() -> ResponseReturnValue:
    now = answers()
    back = f"{address('what')}?change=1" if is_change() else address("what")
    here = replace(step("what", now), back=back)
    return redirect("/report", 303) if not now.is_begun else page("crime", step=here, problems={})


@bp.post(CRIME)
@needs(Permission.SEND_REPORT)
def crime_is_told() -> ResponseReturnValue:
    now = answers()
    if not now.is_begun:
        return redirect("/report", 303)
    keep(replace(now, is_crime_told=True))
    return redirect(after("what"), 303)
