"""Everything once more before it is sent, and the sending."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, redirect, session
from flask.typing import ResponseReturnValue

from geodata.errors import Conflict, Fault
from geodata.vocabulary import Channel, Polarity
from webmap.access import Permission
from webmap.gate import needs, words, works
from webmap.limits import limited
from webmap.pages.report_answers import Answers, answers, kept, voice, wipe, wipe_all
from webmap.pages.report_flow import CHECK, missing, needs_exit, page
from webmap.pages.report_lines import lines_of
from webmap.pages.report_place import geometry_of
from webmap.pages.report_trap import is_filled
from webmap.pages.report_words import MOST_SIGNS
from webmap.pages.when_form import when_of
from webmap.services import photos
from webmap.services.moments import ANYTIME
from webmap.services.receiving import Arrival, Received
from webmap.services.reception_spool import home_now, receive_or_spool
from webmap.services.sayings import Refused, Saying, draft_of

bp = Blueprint("report_check", __name__)

_STEP_OF = {
    "categories": "what",
    "polarity": "what",
    "geometry": "where",
    "radius": "where",
    "accuracy_m": "where",
    "place_text": "where",
    "text": "words",
}


@bp.get(CHECK)
@needs(Permission.SEND_REPORT)
def check() -> ResponseReturnValue:
    now = answers()
    return missing(now, "contact") or _page(now, {})


def _page(now: Answers, problems: dict[str, str]) -> ResponseReturnValue:
    return page(
        "check",
        422 if problems else 200,
        lines=lines_of(now, words()),
        wrong=_wrong_lines(problems),
        photos=now.photos,
        problems=problems,
        problem_targets={field: f"line-{_STEP_OF.get(field, 'when')}" for field in problems},
        shows_exit=needs_exit(now),
    )


def _wrong_lines(problems: dict[str, str]) -> dict[str, str]:
    """What is wrong with each line."""
    return {_STEP_OF.get(field, "when"): sentence for field, sentence in problems.items()}


@bp.post("/report/send")
@limited("report")
@needs(Permission.SEND_REPORT)
def send() -> ResponseReturnValue:
    now = kept()
    if now is None:
        return redirect("/report/done" if "report_done" in session else "/report", 303)
    if astray := missing(now, "contact"):
        return astray
    now = replace(now, is_trapped=now.is_trapped or is_filled())
    there = home_now(works(), now.municipality)
    try:
        draft = draft_of(there, _saying(now))
    except Refused as refused:
        return _page(now, {fault.field: words().fault(fault) for fault in refused.faults})
    except Fault as fault:
        return _page(now, {fault.field: words().fault(fault)})
    arrival = Arrival(draft, now.email, words().language, now.photos)
    try:
        _show_receipt_of(receive_or_spool(works(), there, arrival).received, there.code)
    except Conflict:
        # It was sent before, the answer was lost on the way, and then something was changed.
        _show_receipt_of(Received(now.uid, False, "", datetime.now(UTC)), there.code)
        return page("already", 409)
    return redirect("/report/done", 303)


def _show_receipt_of(taken: Received, code: str) -> None:
    at = taken.at.isoformat(timespec="seconds")
    session["report_done"] = {"uid": str(taken.uid), "municipality": code, "at": at}
    wipe()


def _saying(now: Answers) -> Saying:
    place = now.place
    is_by_program = now.is_by_program(timedelta(seconds=int(works().settings.quickest_report_s)))
    return Saying(
        uid=now.uid,
        channel=Channel.MACHINE if is_by_program else Channel.FORM,
        polarity=now.polarity or Polarity.UNSAFE,
        categories=now.categories,
        place=_geometry(now),
        radius_m=place.radius_m if place else None,
        place_text=place.words if place else "",
        accuracy_m=place.accuracy_m if place else None,
        position_source=place.source if place else None,
        when=when_of(now.when) if now.when else ANYTIME,
        text=now.text,
        voice=None if is_by_program else voice(),
        most_text=MOST_SIGNS,
    )


def _geometry(now: Answers) -> Mapping[str, Any] | None:
    """The list of places is read only for what is no point, so that the others can be sent without it."""
    place = now.place
    if place is None:
        return None
    if place.lon is not None:
        return {"type": "Point", "coordinates": [place.lon, place.lat]}
    return geometry_of(place, works().places.now(now.municipality)) if place.key else None


@bp.post("/report/exit")
@needs(Permission.SEND_REPORT)
def leave() -> ResponseReturnValue:
    for uid in answers().photos:
        photos.remove(works().engine, works().settings.photos_folder, uid)
    wipe_all()
    return redirect("/sun", 303)
