"""Beside a walk: what came too late or was not understood, changes that clash, and a phone's own file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from geodata.errors import Conflict, Fault, FileFault, InvalidValue
from geodata.exchange.outbox import MOST_BYTES
from geodata.hours import local
from geodata.queries.walk_aside import Clash, SentAside
from geodata.vocabulary import QuarantineOutcome, QuarantineReason
from webmap.access import Permission
from webmap.gate import needs, note, takes_files, words, works
from webmap.pages.finding_room import actor, desk, room
from webmap.pages.review_form import uid_in
from webmap.services import aside_desk, clash_settling
from webmap.services.aside_desk import MOST_SHOWN, TakenTogether
from webmap.services.aside_words import body_words, gone_words
from webmap.services.clash_words import SideBySide, side_by_side
from webmap.services.finding_desk import FindingDesk
from webmap.services.finding_words import title_words
from webmap.services.outbox_import import take_in_file
from webmap.services.outbox_words import result_words
from webmap.uploads import keeps_off_disk
from webmap.words.walk_labels import QUARANTINE_OUTCOMES, QUARANTINE_REASONS

bp = Blueprint("walk_aside", __name__)

_PERMISSION = Permission.FOLLOW_UP_WALKS
_FORM_BYTES = 100_000
_MOST_SAID = 100_000
_DOES = {"take": aside_desk.take_in, "leave": aside_desk.leave}


@dataclass(frozen=True)
class _AsideRow:
    """Something kept aside, in words. outcome: "" until it is settled. can_take: it can still be taken in."""

    key: int
    why: str
    when: str
    lines: list[tuple[str, str]]
    outcome: str
    can_take: bool


@dataclass(frozen=True)
class _Done:
    """What a press did. problems: by place on the page. lines: of a file. taken: how many, in words."""

    problems: Mapping[str, str] = field(default_factory=dict)
    lines: Sequence[str] = ()
    taken: str = ""


@dataclass(frozen=True)
class _ClashRow:
    """A change that waits to be chosen."""

    uid: UUID
    version: int
    title: str
    when: str
    sides: SideBySide


@bp.get("/staff/walks/<uuid:uid>/aside")
@needs(_PERMISSION)
def show(uid: UUID) -> ResponseReturnValue:
    count = request.args.get("taken", 0, type=int)
    return _page(desk(uid, _PERMISSION), _Done(taken=_taken_words(min(count, _MOST_SAID))))


@bp.post("/staff/walks/<uuid:uid>/aside")
@needs(_PERMISSION)
def settle_all(uid: UUID) -> ResponseReturnValue:
    of = desk(uid, _PERMISSION)
    reason = request.form.get("reason", "")
    if reason not in list(QuarantineReason):
        said = words().fault(InvalidValue("option.bad", "reason", option="reason", given=reason[:40]))
        return _page(of, _Done({"": said})), 422
    made = aside_desk.take_all(works().engine, of.home, uid, QuarantineReason(reason), actor())
    if made.refused or made.rest:
        return _page(desk(uid, _PERMISSION), _together(made)), 200 if made.taken else 422
    return redirect(f"/staff/walks/{uid}/aside?taken={made.taken}", 303)


@bp.post("/staff/walks/<uuid:uid>/aside/<int:key>")
@needs(_PERMISSION)
def settle(uid: UUID, key: int) -> ResponseReturnValue:
    of = desk(uid, _PERMISSION)
    does = request.form.get("do", "")
    try:
        if does not in _DOES:
            raise InvalidValue("option.bad", "do", option="do", given=does[:40])
        _DOES[does](works().engine, of.home, uid, key, actor())
    except (Conflict, InvalidValue) as fault:
        status = 409 if isinstance(fault, Conflict) else 422
        return _page(desk(uid, _PERMISSION), _Done({f"aside-{key}": words().fault(fault)})), status
    return redirect(f"/staff/walks/{uid}/aside", 303)


@bp.post("/staff/walks/<uuid:uid>/aside/clash")
@needs(_PERMISSION)
def choose(uid: UUID) -> ResponseReturnValue:
    of, form = desk(uid, _PERMISSION), request.form
    revision = uid_in(form.get("revision", "")) or UUID(int=0)
    said = clash_settling.Settlement(
        revision,
        form.get("version", 0, type=int),
        form.get("choice", ""),
        form.get("text", ""),
        form.get("place", clash_settling.NOW),
    )
    try:
        clash_settling.settle(works().engine, of.home, uid, said, actor())
    except (Conflict, InvalidValue) as fault:
        status = 409 if isinstance(fault, Conflict) else 422
        return _page(of, _Done({f"clash-{revision}": words().fault(fault)})), status
    return redirect(f"/staff/walks/{uid}/aside", 303)


@bp.post("/staff/walks/<uuid:uid>/aside/file")
@takes_files(MOST_BYTES + _FORM_BYTES)
@keeps_off_disk
@needs(_PERMISSION)
def take_file(uid: UUID) -> ResponseReturnValue:
    of = desk(uid, _PERMISSION)
    given = request.files.get("file")
    try:
        if given is None or not given.filename:
            raise FileFault("outbox.no_file", "file")
        file = given.stream.read(), works().settings.photos_folder
        result = take_in_file(works().engine, of.home, uid, file, actor())
    except Fault as fault:
        return _page(of, _Done({"file": words().fault(fault)})), 422
    return _page(desk(uid, _PERMISSION), _Done(lines=result_words(result, words())))


def _together(made: TakenTogether) -> _Done:
    """How many came in, and why the others did not, each at its place."""
    say = words()
    problems = {f"aside-{key}": say.fault(fault) for key, fault in islice(made.refused.items(), MOST_SHOWN)}
    if made.rest:
        problems[""] = say.plural(
            "%(n)s hann inte tas in. Tryck en gång till.",
            "%(n)s hann inte tas in. Tryck en gång till.",
            made.rest,
        )
    return _Done(problems, taken=_taken_words(made.taken))


def _taken_words(count: int) -> str:
    return words().plural("%(n)s är intagen.", "%(n)s är intagna.", count) if count > 0 else ""


def _page(of: FindingDesk, done: _Done) -> str:
    note(of.walk.code, "finding.read_aside", "walk", str(of.walk.uid))
    beside = aside_desk.aside_of(works().engine, of.walk.uid, [of.walk.code])
    say = words()
    return render_template(
        "findings/aside.html",
        **room(of, "aside"),
        waiting=[_row(each) for each in beside.waiting],
        settled=[_row(each) for each in beside.settled],
        kinds=[
            (reason.value, say(QUARANTINE_REASONS[reason]), beside.counts[reason])
            for reason in QuarantineReason
            if beside.counts.get(reason, 0) > 1
        ],
        unshown=sum(beside.counts.values()) - len(beside.waiting),
        clashes=[_clash(each) for each in beside.clashes],
        gone=[
            (title_words(each, say), gone_words(each, say), say.moment(local(each.deleted_at)))
            for each in beside.gone
            if each.deleted_at is not None
        ],
        problems=done.problems,
        typed=request.form,
        result=done.lines,
        taken=done.taken,
        most_mb=MOST_BYTES // 10**6,
    )


def _row(item: SentAside) -> _AsideRow:
    say = words()
    outcome = "" if item.outcome is None else say(QUARANTINE_OUTCOMES[item.outcome])
    when = say.moment(local(item.received_at))
    lines, can_take = body_words(item.body, say), item.outcome != QuarantineOutcome.TAKEN_IN
    return _AsideRow(item.id, say(QUARANTINE_REASONS[item.reason]), when, lines, outcome, can_take)


def _clash(clash: Clash) -> _ClashRow:
    say = words()
    title = say("En checklista") if clash.finding is None else title_words(clash.finding, say)
    when = say.moment(local(clash.received_at))
    return _ClashRow(clash.uid, clash.revision, title, when, side_by_side(clash, say))
