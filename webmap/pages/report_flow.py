"""The order of the questions, and what every page of them shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from geodata.vocabulary import BY_CODE, Group
from webmap.gate import words, works
from webmap.pages.report_answers import Answers, answers

STEPS = ("what", "where", "when", "words", "photo", "contact")
"""The questions, each at `/report/<step>`; the check page comes after the last."""
CHECK = "/report/check"
_PAGES = {
    "begin": "report/begin.html",
    "what": "report/what.html",
    "where": "report/where.html",
    "when": "report/when.html",
    "words": "report/words.html",
    "photo": "report/photo.html",
    "contact": "report/contact.html",
    "crime": "report/crime.html",
    "check": "report/check.html",
    "already": "report/already.html",
}
CRIME = "/report/crime"


@dataclass(frozen=True)
class Step:
    """Where one is. number, of: as in "Steg 2 av 6"; back: the page before."""

    name: str
    number: int
    of: int
    back: str
    is_change: bool
    shows_exit: bool


def is_change() -> bool:
    """Whether one came from the check page to change one answer, and goes back there."""
    return request.args.get("change") == "1"


def step(name: str, now: Answers | None = None) -> Step:
    """What the page of a step shows of where one is."""
    now = now or answers()
    place = STEPS.index(name)
    before = "/report" if place == 0 else address(STEPS[place - 1])
    back = CHECK if is_change() else before
    return Step(name, place + 1, len(STEPS), back, is_change(), name == STEPS[0] or needs_exit(now))


def address(name: str) -> str:
    """The page of a step."""
    return f"/report/{name}"


def after(name: str) -> str:
    """The page after a step; the check page when one only came to change."""
    place = STEPS.index(name) + 1
    return CHECK if is_change() or place == len(STEPS) else address(STEPS[place])


def needs_exit(now: Answers) -> bool:
    """Whether a quick way out is shown: where what people do is told of."""
    return any(BY_CODE[code].group == Group.BEHAVIOUR for code in now.categories if code in BY_CODE)


def is_crime_like(now: Answers) -> bool:
    """Whether 112 and 114 14 are shown once more before one goes on."""
    return any(BY_CODE[code].is_crime_like for code in now.categories if code in BY_CODE)


def missing(now: Answers, name: str) -> ResponseReturnValue | None:
    """A way to the first unanswered question before this one, or None: nobody begins in the middle."""
    if not now.municipality or (not now.is_begun and name != "what"):
        return redirect("/report", 303)
    if name != "what" and is_crime_like(now) and not now.is_crime_told:
        is_answered = now.place is not None and now.when is not None
        return redirect(f"{CRIME}?change=1" if is_answered else CRIME, 303)
    if now.place is None and name not in ("what", "where"):
        return redirect(address("where"), 303)
    if now.when is None and name not in ("what", "where", "when"):
        return redirect(address("when"), 303)
    return None


def show(name: str, problems: dict[str, str], **said: Any) -> ResponseReturnValue:
    """The page of a step, again with 422 where there is something to mend."""
    return page(name, 422 if problems else 200, step=step(name), problems=problems, **said)


def page(name: str, status: int = 200, **said: Any) -> Response:
    """A page of the flow. No browser keeps it: whoever comes next at the same computer goes Back in vain."""
    home = works().homes.get(answers().municipality)
    named = {"municipality_name": words().municipality(home.name)} if home else {}
    answer = make_response(render_template(_PAGES[name], **{**named, **said}), status)
    answer.cache_control.private = answer.cache_control.no_store = True
    return answer
