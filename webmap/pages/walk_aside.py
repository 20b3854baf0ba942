"""Beside a walk: what came too late or was not understood, changes that clash, and a phone's own file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from geodata.errors import Conflict, Fault, FileFault, InvalidValue
from geodata.exchange.outbox import MOST_BYTES
from geodata.hours import local
from geodata.queries.walk_aside import Clash, SentAside
from webmap.access import Permission
from webmap.gate import needs, note, takes_files, words, works
from webmap.pages.finding_room import actor, desk, room
from webmap.pages.review_form import uid_in
from webmap.services import aside_desk, clash_settling
from webmap.services.aside_reading import body_words
from webmap.services.clash_words import SideBySide, side_by_side
from webmap.services.finding_desk import FindingDesk
from webmap.services.finding_words import title_words
from webmap.services.outbox_import import OutboxResult, take_in_file
from webmap.services.outbox_words import result_words
from webmap.uploads import keeps_off_disk
from webmap.words.walk_labels import QUARANTINE_OUTCOMES, QUARANTINE_REASONS

bp = Blueprint("walk_aside", __name__)

_PERMISSION = Permission.FOLLOW_UP_WALKS
_FORM_BYTES = 100_000


@dataclass(frozen=True)
class _AsideRow:
    """Something kept aside, in words. outcome: "" until it is settled."""

    key: int
    why: str
    when: str
    lines: list[tuple[str, str]]
    outcome: str


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
    return _page(desk(uid, _PERMISSION))


@bp.post("/staff/walks/<uuid:uid>/aside/<int:key>")
@needs(_PERMISSION)
def settle(uid: UUID, key: int) -> ResponseReturnValue:
    of = desk(uid, _PERMISSION)
    act = aside_desk.leave if request.form.get("do") == "leave" else aside_desk.take_in
    try:
        act(works().engine, of.home, uid, key, actor())
    except (Conflict, InvalidValue) as fault:
        status = 409 if isinstance(fault, Conflict) else 422
        return _page(of, {f"aside-{key}": words().fault(fault)}), status
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
        return _page(of, {f"clash-{revision}": words().fault(fault)}), status
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
        return _page(of, {"file": words().fault(fault)}), 422
    return _page(desk(uid, _PERMISSION), result=result)


def _page(
    of: FindingDesk, problems: Mapping[str, str] | None = None, result: OutboxResult | None = None
) -> str:
    note(of.walk.code, "finding.read_aside", "walk", str(of.walk.uid))
    beside = aside_desk.aside_of(works().engine, of.walk.uid, [of.walk.code])
    rows = [_row(each) for each in beside.aside]
    say = words()
    return render_template(
        "findings/aside.html",
        **room(of, "aside"),
        waiting=[row for row in rows if not row.outcome],
        settled=[row for row in rows if row.outcome],
        clashes=[_clash(each) for each in beside.clashes],
        gone=[
            (title_words(each, say), each.deleted_reason, say.moment(local(each.deleted_at)))
            for each in beside.gone
            if each.deleted_at is not None
        ],
        problems=problems or {},
        typed=request.form,
        result=result_words(result, say) if result else [],
        most_mb=MOST_BYTES // 10**6,
    )


def _row(item: SentAside) -> _AsideRow:
    say = words()
    outcome = "" if item.outcome is None else say(QUARANTINE_OUTCOMES[item.outcome])
    when = say.moment(local(item.received_at))
    return _AsideRow(item.id, say(QUARANTINE_REASONS[item.reason]), when, body_words(item.body, say), outcome)


def _clash(clash: Clash) -> _ClashRow:
    say = words()
    title = say("En checklista") if clash.finding is None else title_words(clash.finding, say)
    when = say.moment(local(clash.received_at))
    return _ClashRow(clash.uid, clash.revision, title, when, side_by_side(clash, say))
