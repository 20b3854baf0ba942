"""A dialogue evening written down at once: all its rows, or none; and the receipts to hand out."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from geodata.errors import Fault, InvalidValue
from geodata.queries.municipalities import Home
from geodata.vocabulary import CATEGORIES, Polarity
from webmap.access import Permission
from webmap.gate import needs, note, words, works
from webmap.pages.batch_form import BatchForm, Ground, faults_of, saying_of
from webmap.pages.staff_entry import entering_actor, entering_at, only_own
from webmap.services import occasions, receipts
from webmap.services.occasions import ORIGINS, KnownOccasion, OccasionDraft
from webmap.services.receiving import Arrival, receive_all
from webmap.services.sayings import draft_of

bp = Blueprint("batch", __name__)

ADDRESS = "/staff/reports/batch"
_UNSTORED = UUID(int=0)
"""Stands for the occasion while its rows are looked through: it is made with them, or not at all."""


@bp.get(ADDRESS)
@needs(Permission.ENTER_REPORTS)
def ask() -> ResponseReturnValue:
    home = entering_at(request.args.get("municipality", ""))
    return _page(home, BatchForm.empty(), {})


@bp.post(ADDRESS)
@needs(Permission.ENTER_REPORTS)
def take() -> ResponseReturnValue:
    home, form = entering_at(request.form.get("municipality", "")), BatchForm.sent(request.form)
    if request.form.get("do") == "more":
        return _page(home, form, {})
    ground = Ground(home, works().places.now(home.code), words())
    occasion, faults = _occasion(home, form)
    if occasion:
        faults |= {
            f"{name}_{number}": fault
            for number, row in enumerate(form.rows)
            if not row.is_empty
            for name, fault in faults_of(row, occasion, ground).items()
        }
    if not any(not row.is_empty for row in form.rows):
        faults["place_0"] = InvalidValue("occasion.no_rows", "place_0")
    if faults or occasion is None:
        return _page(home, form, faults), 422
    if occasion.uid == _UNSTORED:
        made = occasions.create(works().engine, home, form.described(), entering_actor(home.code))
        occasion = occasions.one(works().engine, home, made)
    drafts = [draft_of(home, saying_of(row, occasion, ground)) for row in form.rows if not row.is_empty]
    arrivals = [Arrival(draft) for draft in drafts]
    receive_all(works().engine, home, arrivals, works().settings.secret(), entering_actor(home.code))
    return redirect(f"{ADDRESS}/{occasion.uid}?municipality={home.code}", 303)


def _occasion(home: Home, form: BatchForm) -> tuple[KnownOccasion | None, dict[str, Fault]]:
    """The one that was chosen, or the one that is described, not stored yet."""
    try:
        if form.occasion:
            return occasions.one(works().engine, home, _uid(form.occasion), only_own(home.code)), {}
        wanted = occasions.checked(form.described())
    except Fault as fault:
        return None, {fault.field or "occasion": fault}
    return KnownOccasion(_UNSTORED, wanted.title, wanted.day, wanted.origin, wanted.head_count, 0), {}


def _uid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as fault:
        raise InvalidValue("occasion.unknown", "occasion") from fault


def _page(home: Home, form: BatchForm, faults: dict[str, Fault]) -> str:
    return render_template(
        "entry/batch.html",
        code=home.code,
        municipality_name=words().municipality(home.name),
        form=form,
        occasions=[
            (each, _said(each)) for each in occasions.recent(works().engine, home, only_own(home.code))
        ],
        origins=[(each.value, words().label(each), form.origin == each) for each in ORIGINS],
        polarities=[(each.value, words().label(each)) for each in Polarity],
        categories=[(each.code, words().category(each)) for each in CATEGORIES],
        problems={name: _with_row(name, words().fault(fault)) for name, fault in faults.items()},
    )


def _with_row(name: str, sentence: str) -> str:
    """The sentence with the number of its row before it."""
    number = name.rpartition("_")[2]
    return (
        words()("Rad %(n)s: %(said)s", n=int(number) + 1, said=sentence) if number.isdecimal() else sentence
    )


def _said(occasion: KnownOccasion) -> str:
    """An occasion in a list: Dialogkväll i Kvänum, 14 nov. 2026, 18 personer, 12 rapporter."""
    return f"{occasion.title}, {_facts(occasion)}"


def _facts(occasion: KnownOccasion) -> str:
    say = words()
    parts = [say.day(occasion.day)]
    if occasion.head_count:
        parts.append(say.plural("%(n)s person", "%(n)s personer", occasion.head_count))
    parts.append(say.plural("%(n)s rapport", "%(n)s rapporter", occasion.report_count))
    return ", ".join(parts)


@bp.get(f"{ADDRESS}/<uuid:uid>")
@needs(Permission.ENTER_REPORTS)
def show(uid: UUID) -> ResponseReturnValue:
    home = entering_at(request.args.get("municipality", ""))
    return _occasion_page(home, uid, {})


def _occasion_page(home: Home, uid: UUID, faults: dict[str, Fault]) -> str:
    occasion = occasions.one(works().engine, home, uid, only_own(home.code))
    secret = works().settings.secret()
    note(home.code, "occasion.read", "occasion", str(uid))
    stored = occasions.reports_of(works().engine, home, uid)
    return render_template(
        "entry/occasion.html",
        code=home.code,
        municipality_name=words().municipality(home.name),
        occasion=occasion,
        said=_facts(occasion),
        reports=[(text, receipts.spelled(receipts.code_of(secret, each))) for each, text in stored],
        problems={name: words().fault(fault) for name, fault in faults.items()},
        typed=request.form,
    )


@bp.post(f"{ADDRESS}/<uuid:uid>")
@needs(Permission.ENTER_REPORTS)
def change(uid: UUID) -> ResponseReturnValue:
    home = entering_at(request.form.get("municipality", ""))
    known = occasions.one(works().engine, home, uid, only_own(home.code))
    try:
        occasions.change(works().engine, home, uid, _changed(known), entering_actor(home.code))
    except Fault as fault:
        return _occasion_page(home, uid, {fault.field: fault}), 422
    return redirect(f"{ADDRESS}/{uid}?municipality={home.code}", 303)


def _changed(known: KnownOccasion) -> OccasionDraft:
    form = BatchForm(
        title=request.form.get("title", "").strip()[:400],
        held_on=request.form.get("held_on", "").strip()[:10],
        origin=known.origin,
        head_count=request.form.get("head_count", "").strip()[:6],
    )
    return form.described()
