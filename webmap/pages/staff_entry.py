"""Writing a report down for somebody: who rang, sent a paper or said it to a colleague."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from geodata.privacy import Suspect
from geodata.queries.municipalities import Home
from geodata.vocabulary import CATEGORIES, Group, Polarity
from webmap.access import Permission, Role
from webmap.gate import allowed_municipality, may_here, needs, viewer, words, works
from webmap.pages.entry_form import CHANNELS, KINDS, ORIGINS, Entry, EntryForm, understood
from webmap.pages.point_map import point_map
from webmap.pages.report_place import KEEP_WORDS, RADII_M, Where
from webmap.pages.report_where import option_of
from webmap.pages.when_form import day_choices
from webmap.services import measures, receipts, reception
from webmap.services.actors import Actor
from webmap.services.receiving import Arrival, receive
from webmap.services.review_words import pieces_of, suspect_words, suspects_in
from webmap.services.sayings import Refused, draft_of

bp = Blueprint("staff_entry", __name__)

ADDRESS = "/staff/reports/new"
_DONE = "entered"
_GROUPS = (Group.ENVIRONMENT, Group.BEHAVIOUR, Group.CONTEXT, Group.OTHER)
_FIELDS = {"geometry": "map", "radius": "radius", "accuracy_m": "map", "place_text": "words"}
_TARGETS = {"choice": "choice-first", "map": "way-map", "way": "way-words", "when": "when-often"}


def entering_at(asked: str) -> Home:
    """The municipality to write down for. Raises NotFound."""
    code = allowed_municipality(Permission.ENTER_REPORTS, asked)
    return next(iter(reception.homes_by_code(works().engine, [code])))


def entering_actor(code: str) -> Actor:
    """Who writes it down, in the role they have there."""
    may_read = may_here(Permission.REVIEW_REPORTS, code)
    return Actor(viewer().user_id, Role.COORDINATOR if may_read else Role.REPORTER)


def only_own(code: str) -> int | None:
    """The account whose writings alone are shown; None for those who read all that has come in."""
    return None if may_here(Permission.REVIEW_REPORTS, code) else viewer().user_id


@bp.get(ADDRESS)
@needs(Permission.ENTER_REPORTS)
def ask() -> ResponseReturnValue:
    home = entering_at(request.args.get("municipality", ""))
    like = EntryForm.sent(request.args).next_one()
    return _page(home, like)


@bp.post(ADDRESS)
@needs(Permission.ENTER_REPORTS)
def take() -> ResponseReturnValue:
    home = entering_at(request.form.get("municipality", ""))
    form = _within_rights(EntryForm.sent(request.form), home.code)
    places = works().places.now(home.code)
    entry = understood(form, home, places, words())
    suspects = [] if form.is_looked_over else suspects_in(form.text, home)
    if entry.saying is None or suspects:
        return _page(home, form, entry, suspects=suspects), 422
    try:
        draft = draft_of(home, entry.saying)
    except Refused as refused:
        faults = {_FIELDS.get(fault.field, fault.field): fault for fault in refused.faults}
        return _page(home, form, Entry(None, faults, entry.where)), 422
    secret, actor = works().settings.secret(), entering_actor(home.code)
    received = receive(works().engine, home, Arrival(draft), secret, actor)
    session[_DONE] = {"code": received.code, "is_accepted": form.is_accepted}
    return redirect(
        f"{ADDRESS}?municipality={home.code}&channel={form.channel}&origin={form.origin}&saved=1", 303
    )


def _within_rights(form: EntryForm, code: str) -> EntryForm:
    """Only who reviews may leave the review out."""
    return replace(form, is_accepted=form.is_accepted and may_here(Permission.REVIEW_REPORTS, code))


def _page(home: Home, form: EntryForm, entry: Entry | None = None, suspects: Sequence[Suspect] = ()) -> str:
    faults = entry.faults if entry else {}
    problems = {name: words().fault(fault) for name, fault in faults.items()}
    if suspects:
        problems["text"] = words()("Det ser ut att stå något om en person. Ta bort det, eller spara ändå.")
    places = works().places.now(home.code)
    done = session.get(_DONE) if request.args.get("saved") else None
    return render_template(
        "entry/new.html",
        code=home.code,
        municipality_name=words().municipality(home.name),
        form=form.where,
        entry=form,
        typed=form.when,
        days=day_choices(form.when, words()),
        problems=problems,
        targets=_TARGETS,
        meant=[option_of(each, form.where) for each in (entry.where if entry else Where()).meant],
        keep_words=KEEP_WORDS,
        radii=[(f"{radius}", f"{radius}" == (form.where.radius or "0")) for radius in RADII_M],
        map=point_map(home, places, measures.published(works().engine, home.code), words()),
        search_url=f"/api/v1/places?municipality={home.code}",
        choices=_choices(form),
        may_accept=may_here(Permission.REVIEW_REPORTS, home.code),
        groups=_groups(form),
        pieces=pieces_of(form.text, suspects) if suspects else [],
        looks_like=suspect_words(suspects, words()) if suspects else "",
        done=done and {"code": receipts.spelled(done["code"]), "is_accepted": done["is_accepted"]},
    )


def _choices(form: EntryForm) -> dict[str, list[tuple[str, str, bool]]]:
    """Value, label and whether it is chosen, of the fields with a few choices."""
    say = words()
    lists = (("channel", CHANNELS), ("origin", ORIGINS), ("kind", KINDS), ("polarity", tuple(Polarity)))
    return {
        name: [(each.value, say.label(each), getattr(form, name) == each) for each in known]
        for name, known in lists
    }


def _groups(form: EntryForm) -> list[list[tuple[str, str, bool]]]:
    return [
        [
            (each.code, words().category(each), each.code in form.categories)
            for each in CATEGORIES
            if each.group == group
        ]
        for group in _GROUPS
    ]
