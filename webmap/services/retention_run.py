"""Carrying out an approved list, a few objects at a time: killed at any moment, it goes on where it was."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from geodata.errors import Conflict, DatabaseFault
from geodata.hours import today
from geodata.queries.column_shelf import ColumnShelf
from geodata.queries.holds import held_in
from geodata.queries.keeping import due_objects
from geodata.queries.municipalities import Home, homes
from geodata.queries.retention_runs import APPROVED, DELETED, DONE, DUE, GONE, HELD, KnownItem, items_of
from geodata.tables.chain import Entry, append, payload_mac
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.tables.retention import RetentionItem, RetentionRun
from geodata.tables.wiping import wipe
from geodata.vocabulary.keeping import WHOLE_REPORTS
from webmap.services import photos
from webmap.services.actors import Actor
from webmap.services.destroying import Doomed, Leavings, destroy
from webmap.services.import_history import forget_scales
from webmap.services.photo_files import PhotoFiles
from webmap.services.report_spool import ReportSpool
from webmap.services.retention import has_begun, locked
from webmap.services.retention_list import snapshot
from webmap.services.retention_rules import KnownRule, rules_of
from webmap.services.spool import Spool
from webmap.settings import Settings

AT_ONCE = 200
"""Objects in one transaction: others wait for no longer than it takes."""
BACKUP_DAYS = 35
"""After so many days no copy of the database is left that holds what was destroyed."""
SYSTEM = Actor(None, "system")


@dataclass(frozen=True)
class Carried:
    """How far it came. left: objects still to do. is_done: all is gone from the files too."""

    left: int
    is_done: bool


def carry_out(
    engine: Engine, settings: Settings, run: tuple[Home, UUID], actor: Actor, patience_s: float = 1e9
) -> Carried:
    """Destroy what an approved list holds, as far as it goes in that time; call it again for the rest.

    Every object is looked at again: one that is held by now stays, and so does one that is no longer due.
    Raises NotFound; Conflict `retention.not_approved`, and `retention.list_changed` where a rule on the list
    says otherwise than when it was approved.
    """
    home, uid = run
    until_s = time.monotonic() + patience_s
    while time.monotonic() < until_s:
        leavings = _batch(engine, home, uid, actor)
        if leavings is None:
            return Carried(0, settle(engine, settings, home, uid, actor))
        _take_away(settings, leavings)
    with reading(engine) as session:
        return Carried(len(items_of(session, locked(session, home, uid).id, outcomes=[DUE])), False)


def _batch(engine: Engine, home: Home, uid: UUID, actor: Actor) -> Leavings | None:
    """Some objects of one rule, in one transaction; None where there are none left."""
    with writing(engine) as session:
        change = next_change(session, home.id)
        run = locked(session, home, uid)
        if run.state != APPROVED:
            raise Conflict("retention.not_approved")
        rules = _approved_rules(session, home, run)
        due = items_of(session, run.id, AT_ONCE, [DUE])
        if not due:
            return None
        rule = rules.get(due[0].rule_id)
        some = [item for item in due if item.rule_id == due[0].rule_id]
        doomed, outcomes = _judged(session, home, (rule, _as_of(run)), some)
        leavings = destroy(session, due[0].record, Doomed(home.id, change, doomed))
        _write(session, outcomes)
        said = Entry(
            actor.role, "retention.destroy", "retention_run", str(uid), home.code, actor.user_id, change
        )
        append(session, _with_digest(said, run, some, outcomes))
        return leavings


def _as_of(run: RetentionRun) -> date:
    return date.fromisoformat(json.loads(run.protocol)["as_of"])


def _approved_rules(session: Session, home: Home, run: RetentionRun) -> dict[int, KnownRule]:
    """By their keys those that say what was approved. Once it has begun, the others' objects are let be."""
    now = {rule.id: rule for rule in rules_of(session, home.id)}
    said = json.loads(run.protocol)["rules"]
    same = {each["id"]: now[each["id"]] for each in said if each["id"] in now}
    same = {key: rule for key, rule in same.items() if snapshot(rule) in said}
    if len(same) < len(said) and not has_begun(session, run):
        raise Conflict("retention.list_changed")
    return same


def _judged(
    session: Session, home: Home, by: tuple[KnownRule | None, date], some: list[KnownItem]
) -> tuple[list[int], dict[int, str]]:
    """Keys of what is to be destroyed, and what becomes of every item."""
    rule, as_of = by
    if rule is None:
        return [], {item.id: GONE for item in some}
    held = held_in(session, home.id)
    ids = [item.object_id for item in some]
    found = {each.object_id: each for each in due_objects(session, home.id, rule.term, as_of, ids)}
    outcomes: dict[int, str] = {}
    for item in some:
        each = found.get(item.object_id)
        is_held = each is not None and held.holds(rule.term.record, each)
        outcomes[item.id] = GONE if each is None else HELD if is_held else DELETED
    doomed = [found[item.object_id].key for item in some if outcomes[item.id] == DELETED]
    return doomed, outcomes


def _write(session: Session, outcomes: dict[int, str]) -> None:
    for outcome in (DELETED, HELD, GONE):
        ids = [item for item, said in outcomes.items() if said == outcome]
        if ids:
            written = update(RetentionItem).where(RetentionItem.id.in_(ids)).values(outcome=outcome)
            session.execute(written.execution_options(synchronize_session=False))


def _with_digest(entry: Entry, run: RetentionRun, some: list[KnownItem], outcomes: dict[int, str]) -> Entry:
    """The row with a digest of what became of each; the protocol's items prove it, for good."""
    said = "\n".join(f"{item.record} {item.object_id} {outcomes[item.id]}" for item in some)
    return Entry(
        entry.role,
        entry.action,
        entry.object_type,
        entry.object_id,
        entry.municipality,
        entry.actor_id,
        entry.object_rev,
        payload_mac(said, run.uid.bytes),
    )


def _take_away(settings: Settings, leavings: Leavings) -> None:
    """Files of what is gone. Killed before or in this, `settle` finds them."""
    files, jobs = PhotoFiles(settings.photos_folder), Spool(settings.data_folder)
    for address in leavings.photos:
        files.drop(address)
    for job in leavings.jobs:
        jobs.drop(job)


def settle(engine: Engine, settings: Settings, home: Home, uid: UUID, actor: Actor = SYSTEM) -> bool:
    """Once nothing is left to do: take every trace away, and write the protocol; whether that is done.

    False where the database is too busy to be rewritten: `tick` comes back to it.
    """
    with reading(engine) as session:
        run_id = locked(session, home, uid).id
        gone = [item for item in items_of(session, run_id, outcomes=[DELETED])]
    spool = ReportSpool(settings.data_folder)
    for item in gone:
        if item.record in WHOLE_REPORTS:
            spool.forget(UUID(item.object_id))
    _sweep_photos(engine, settings.photos_folder)
    ColumnShelf(settings.columns_folder).forget(home.id)
    try:
        wipe(engine)
    except DatabaseFault:
        return False
    _close(engine, home, uid, actor)
    return True


def _sweep_photos(engine: Engine, folder: Path) -> None:
    photos.sweep(engine, folder, datetime.now(UTC))


def _close(engine: Engine, home: Home, uid: UUID, actor: Actor) -> None:
    with writing(engine) as session:
        change = next_change(session, home.id)
        run = locked(session, home, uid)
        if run.state != APPROVED:
            return
        forget_scales(session, home.id)
        protocol = json.loads(run.protocol) | _results(session, run, engine.dialect.name)
        run.protocol, run.state, run.done_at = json.dumps(protocol), DONE, datetime.now(UTC)
        run.version += 1
        mac = payload_mac(run.protocol, run.uid.bytes)
        entry = Entry(
            actor.role, "retention.done", "retention_run", str(uid), home.code, actor.user_id, change, mac
        )
        append(session, entry)


def _results(session: Session, run: RetentionRun, database: str) -> dict[str, Any]:
    items = items_of(session, run.id)
    said = "\n".join(f"{item.record} {item.object_id} {item.outcome}" for item in items)
    counted = Counter((item.rule_id, item.outcome) for item in items)
    return {
        "counts": [
            {"rule": rule, "outcome": outcome, "count": count}
            for (rule, outcome), count in sorted(counted.items())
        ],
        "objects_digest": hashlib.sha256(said.encode()).hexdigest(),
        "database": database,
        "backups_gone_on": (today() + timedelta(days=BACKUP_DAYS + 1)).isoformat(),
    }


def settle_left(engine: Engine, settings: Settings) -> int:
    """Runs whose objects are destroyed but whose traces are not taken away yet: finish them; how many."""
    with reading(engine) as session:
        there = {home.id: home for home in homes(session)}
        is_left = select(RetentionItem.id).where(
            RetentionItem.retention_run_id == RetentionRun.id, RetentionItem.outcome == DUE
        )
        left = select(RetentionRun.uid, RetentionRun.municipality_id).where(
            RetentionRun.state == APPROVED, ~is_left.exists()
        )
        waiting = [(uid, there[home_id]) for uid, home_id in session.execute(left)]
    return sum(settle(engine, settings, home, uid) for uid, home in waiting)
