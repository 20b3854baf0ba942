"""The journal for those who may read it: rows in plain words, whether it is whole, and a file of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from geodata.errors import Fault, InvalidValue
from geodata.hours import local, today
from geodata.queries.journal_rows import JournalFilter
from webmap.access import Permission, Role
from webmap.gate import allowed_municipality, may_here, needs, note, viewer, words, works
from webmap.services import anchor_file, journal_list, reception
from webmap.services.actors import Actor
from webmap.services.journal_list import SaidRow, day_bounds
from webmap.services.journal_watch import JournalState, journal_state, look_through
from webmap.words.journal_words import ACTS, THINGS

bp = Blueprint("journal", __name__)

MOST_ROWS_AT_ONCE = 1_500_000
"""More are looked through by night, and not while somebody waits for the page."""
_AGAIN_AFTER = timedelta(minutes=1)
_ROOMS = {
    "report": ("/staff/reports/", Permission.REVIEW_REPORTS),
    "photo": ("/staff/photos/", Permission.REVIEW_REPORTS),
    "measure": ("/staff/measures/", Permission.EDIT_MEASURES),
}
"""Where a thing can be looked at, and by whom."""
_OF = {"contact": "report", "import": "import_batch", "review": "report", "role": "user"}
"""What acts are done to that are not called by its name."""


@dataclass(frozen=True)
class Asked:
    """What of the journal is asked for. problems: by field."""

    act: str
    thing: str
    number: str
    person: str
    day: str
    before: int | None
    problems: dict[str, Fault]

    @classmethod
    def parse(cls, said: MultiDict[str, str]) -> Asked:
        """From an address; what cannot be is a problem and asks for nothing."""
        given = {name: said.get(name, "").strip() for name in ("act", "thing", "number", "person", "day")}
        problems: dict[str, Fault] = {}
        if given["day"] and _day(given["day"]) is None:
            problems["day"] = InvalidValue("date.not_a_date", "day", given=given["day"][:20])
        return cls(**given, before=said.get("before", type=int), problems=problems)

    @property
    def filter(self) -> JournalFilter:
        since, until = day_bounds(_day(self.day))
        who = int(self.person) if self.person.isascii() and self.person.isdigit() else None
        return JournalFilter(self.act, self.thing, self.number, who, since, until)

    def query(self, code: str, **more: object) -> str:
        """The same as it stands in an address."""
        asked = (self.act, self.thing, self.number, self.person, self.day)
        said = dict(zip(("act", "thing", "number", "person", "day"), asked, strict=True))
        kept = {name: value for name, value in said.items() if value}
        return urlencode({"municipality": code, **kept, **more})


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@bp.get("/staff/journal")
@needs(Permission.SEE_JOURNAL)
def show() -> ResponseReturnValue:
    code = allowed_municipality(Permission.SEE_JOURNAL, request.args.get("municipality", ""))
    asked, say = Asked.parse(request.args), words()
    found = journal_list.page_of(works().engine, code, asked.filter, asked.before, say)
    homes = reception.homes_by_code(works().engine, viewer().municipalities_for(Permission.SEE_JOURNAL))
    page = render_template(
        "journal/list.html",
        rows=[(each, _link(each, code)) for each in found.rows],
        asked=asked,
        code=code,
        homes=homes,
        municipality_name=next(say.municipality(home.name) for home in homes if home.code == code),
        older=f"/staff/journal?{asked.query(code, before=found.older)}" if found.older else "",
        newest=f"/staff/journal?{asked.query(code)}" if asked.before else "",
        csv_link=f"/staff/journal.csv?{asked.query(code)}",
        problems={name: say.fault(fault) for name, fault in asked.problems.items()},
        **_choices(code),
        **_state(),
    )
    return page, 422 if asked.problems else 200


@bp.get("/staff/journal.csv")
@needs(Permission.SEE_JOURNAL)
def as_file() -> Response:
    code = allowed_municipality(Permission.SEE_JOURNAL, request.args.get("municipality", ""))
    content, rows = journal_list.as_csv(works().engine, code, Asked.parse(request.args).filter, words())
    journal_list.note_export(works().engine, code, _actor(code), rows)
    answer = Response(content, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="journal-{code}-{today()}.csv"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.post("/staff/journal/check")
@needs(Permission.SEE_JOURNAL)
def check() -> ResponseReturnValue:
    code = allowed_municipality(Permission.SEE_JOURNAL, request.form.get("municipality", ""))
    engine, settings = works().engine, works().settings
    state = journal_state(engine, settings)
    is_fresh = state.watch is not None and datetime.now(UTC) - state.watch.at < _AGAIN_AFTER
    if state.rows <= MOST_ROWS_AT_ONCE and not is_fresh:
        note(code, "journal.check", "journal", "chain")
        look_through(engine, settings)
    return redirect(f"/staff/journal?municipality={code}#state", 303)


def _actor(code: str) -> Actor:
    held = viewer().roles.get(code, frozenset())
    return Actor(viewer().user_id, next(role for role in Role if role in held))


def _link(row: SaidRow, code: str) -> str:
    """Where the thing can be looked at, by those who may."""
    address, permission = _ROOMS.get(row.row.object_type, ("", Permission.SEE_JOURNAL))
    is_open = address and row.row.municipality == code and may_here(permission, code)
    return f"{address}{row.row.object_id}" if is_open else ""


def _choices(code: str) -> dict[str, Any]:
    say = words()
    acts = sorted(((act, _of_any(act, text)) for act, text in ACTS.items()), key=lambda each: each[1])
    things = sorted(((thing, say(text)) for thing, text in THINGS.items()), key=lambda each: each[1])
    people = [(str(number), name) for number, name in journal_list.people(works().engine, code)]
    return {"acts": acts, "things": things, "people": people}


def _of_any(act: str, text: str) -> str:
    """An act as it is said of any thing of its sort."""
    family = act.partition(".")[0]
    thing = words()(THINGS.get(_OF.get(family, family), "…"))
    return words()(text, what=thing, id="…", last="…")


def _state() -> dict[str, Any]:
    """How the journal was found, in words."""
    say, state = words(), journal_state(works().engine, works().settings)
    watch = state.watch
    checked = say.moment(local(watch.at)) if watch else ""
    return {
        "state": state,
        "checked": checked,
        "wrong": _wrong(state),
        "is_too_long": state.rows > MOST_ROWS_AT_ONCE,
        "whole": say.plural("%(n)s rad, kedjan är hel.", "%(n)s rader, kedjan är hel.", watch.rows)
        if watch
        else "",
        "anchor": anchor_file.on_paper(state.anchor, say) if state.anchor else "",
        "mail": say.fault(Fault(watch.mail)) if watch and watch.mail else "",
    }


def _wrong(state: JournalState) -> str:
    watch = state.watch
    if watch is None or watch.is_whole:
        return ""
    say = words()
    said = say.fault(Fault(f"journal.{watch.reason}"))
    if watch.first_bad_seq is None or watch.reason in ("file", "folder"):
        return said
    return f"{said} {say('Första felaktiga raden: %(row)s.', row=say.number(watch.first_bad_seq))}"
