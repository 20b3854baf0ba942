"""Acts of review: the one way in which a report moves from state to state, or is set right."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from geodata.errors import Conflict, InvalidValue, NotFound
from geodata.queries.duplicates import root_of
from geodata.queries.municipalities import Home
from geodata.tables.chain import Entry, append, payload_mac
from geodata.tables.changes import next_change
from geodata.tables.engine import writing
from geodata.tables.reports import Report
from geodata.tables.reviews import ReviewAct
from geodata.vocabulary import Owner, Refusal, State
from webmap.access import Permission
from webmap.services import scales
from webmap.services.actors import Actor
from webmap.services.review_effects import Told, accompany
from webmap.services.review_moves import Action, move_of
from webmap.services.review_values import COLUMNS, columns_in, written

LONGEST_NOTE = 1_000


class Stale(Conflict):
    """The report is no longer as it was when it was looked at. uid: which one."""

    def __init__(self, uid: UUID) -> None:
        super().__init__("review.changed", "version")
        self.uid = uid


@dataclass(frozen=True)
class Deed:
    """What is to be done to one report. version: of the report as it was looked at.

    reason, note: why it is rejected; the note is for colleagues. kept: of a duplicate, the report it repeats.
    changes: columns to set, of an edit or a move. permission: under which it is done.
    """

    uid: UUID
    version: int
    action: Action
    reason: Refusal | None = None
    note: str = ""
    kept: UUID | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    permission: Permission = Permission.REVIEW_REPORTS


@dataclass(frozen=True)
class Done:
    """An act that is stored. uid: by which it can be undone."""

    uid: UUID
    at: datetime
    reports: tuple[UUID, ...]


@dataclass(frozen=True)
class _By:
    """Who acts, where and when; one for all reports of an act."""

    home: Home
    actor: Actor
    act: UUID
    change: int
    at: datetime


def act(engine: Engine, home: Home, actor: Actor, deed: Deed) -> Done:
    """Do one thing to one report. Raises as `act_on_all`."""
    return act_on_all(engine, home, actor, [deed])


def act_on_all(engine: Engine, home: Home, actor: Actor, deeds: Sequence[Deed]) -> Done:
    """Do something to reports of one municipality: all of it, in one change, or nothing.

    Raises NotFound, Stale for a report that was changed since it was looked at, Conflict for a move there is
    not, and InvalidValue for a deed that lacks its reason, its kept report or any change.
    """
    if not deeds:
        raise InvalidValue("review.none_chosen", "uid")
    with writing(engine) as session:
        # Everybody who changes a report here waits at the counter: what is read after it stays true.
        change = next_change(session, home.id)
        by = _By(home, actor, uuid4(), change, now())
        marks = [_do(session, by, deed) for deed in deeds]
        append(session, marks[0] if len(deeds) == 1 else _bulk_entry(by, deeds))
    if any(deed.action == Action.ACCEPT for deed in deeds):
        scales.refresh(engine, home, actor)
    return Done(by.act, by.at, tuple(deed.uid for deed in deeds))


def act_within(session: Session, home: Home, actor: Actor, deed: Deed, change: int) -> Entry:
    """Do one thing to one report in the session's own change, and say what the journal is to be told of it.

    Raises as `act_on_all`.
    """
    return _do(session, _By(home, actor, uuid4(), change, now()), deed)


def now() -> datetime:
    """In whole milliseconds, as it is stored."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1_000 * 1_000)


def _do(session: Session, by: _By, deed: Deed) -> Entry:
    columns = [getattr(Report, name) for name in ("id", "version", "journal_key", *COLUMNS)]
    found = select(*columns).where(Report.uid == deed.uid, Report.municipality_id == by.home.id)
    row = session.execute(found.where(Report.owner == Owner.MUNICIPALITY)).mappings().one_or_none()
    if row is None:
        raise NotFound("report.unknown", "uid")
    if row["version"] != deed.version:
        raise Stale(deed.uid)
    to = move_of(row["state"], deed.action, deed.permission).to
    wanted = {**columns_in(deed.changes), **_standing(session, by, deed, row["id"]), "state": to}
    after = {name: value for name, value in wanted.items() if value != row[name]}
    if not after:
        raise InvalidValue("review.nothing_changed")
    before = {name: row[name] for name in after}
    _update(session, by, deed, after)
    told = Told(by.at, deed.action, deed.note)
    before_more, after_more = accompany(session, row["id"], (row["state"], to), told)
    kept_as = written({**after, **after_more})
    session.add(_act_row(by, deed, row["id"], (written({**before, **before_more}), kept_as)))
    mac = payload_mac(kept_as, row["journal_key"]) if row["journal_key"] else None
    return _entry(by, deed, mac)


def _standing(session: Session, by: _By, deed: Deed, report_id: int) -> dict[str, Any]:
    """What the act says of a report's standing to another; checks what the act must not lack."""
    if deed.action == Action.REJECT and deed.reason is None:
        raise InvalidValue("review.no_reason", "reason")
    if len(deed.note) > LONGEST_NOTE:
        raise InvalidValue("text.too_long", "note", count=len(deed.note), most=LONGEST_NOTE)
    if deed.action == Action.DUPLICATE:
        return {"duplicate_of": _kept_report(session, by, deed, report_id)}
    return {} if deed.action in (Action.EDIT, Action.MOVE) else {"duplicate_of": None}


def _kept_report(session: Session, by: _By, deed: Deed, report_id: int) -> int:
    """The report that is kept: never itself a duplicate, and never the one that is merged into it."""
    if deed.kept is None:
        raise InvalidValue("duplicate.none_chosen", "kept")
    named = select(Report.id).where(Report.uid == deed.kept, Report.municipality_id == by.home.id)
    named = named.where(Report.owner == Owner.MUNICIPALITY)
    found = session.scalar(named)
    if found is None:
        raise NotFound("report.unknown", "kept")
    root = root_of(session, found)
    if root == report_id:
        raise InvalidValue("duplicate.of_itself", "kept")
    state = session.scalars(select(Report.state).where(Report.id == root)).one()
    if state in (State.REJECTED, State.WITHDRAWN):
        raise InvalidValue("duplicate.kept_is_closed", "kept")
    return root


def _update(session: Session, by: _By, deed: Deed, after: Mapping[str, Any]) -> None:
    changed = update(Report).where(Report.uid == deed.uid, Report.version == deed.version)
    values = {**after, "version": deed.version + 1, "change_seq": by.change}
    touched = session.execute(changed.values(values).returning(Report.id))
    if touched.scalar_one_or_none() is None:
        raise Stale(deed.uid)


def _act_row(by: _By, deed: Deed, report_id: int, said: tuple[str, str]) -> ReviewAct:
    return ReviewAct(
        uid=by.act,
        report_id=report_id,
        user_account_id=by.actor.user_id,
        role=by.actor.role,
        action=deed.action,
        reason=deed.reason if deed.action == Action.REJECT else None,
        before=said[0],
        after=said[1],
        version=deed.version + 1,
        at=by.at,
    )


def _entry(by: _By, deed: Deed, mac: str | None) -> Entry:
    return Entry(
        by.actor.role,
        f"review.{deed.action}",
        "report",
        str(deed.uid),
        by.home.code,
        by.actor.user_id,
        deed.version + 1,
        mac,
    )


def _bulk_entry(by: _By, deeds: Sequence[Deed]) -> Entry:
    """One row for all, with a digest of which reports, from which version, and what was done to each: why it
    was rejected, or which report it repeats.
    """
    lines = sorted(
        f"{deed.uid} {deed.version} {deed.action} {deed.reason or deed.kept or ''}" for deed in deeds
    )
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return Entry(
        by.actor.role,
        f"review.bulk_{deeds[0].action}",
        "review_act",
        str(by.act),
        by.home.code,
        by.actor.user_id,
        len(deeds),
        digest,
    )
