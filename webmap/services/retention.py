"""What has been kept long enough: a list, then a yes from somebody else. The rest is `retention_run`."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

from geodata.errors import Conflict, NotAllowed, NotFound
from geodata.hours import to_day_number, today
from geodata.queries.municipalities import Home
from geodata.queries.retention_runs import (
    APPROVED,
    CANCELLED,
    DUE,
    HELD,
    PROPOSED,
    KnownItem,
    KnownRun,
    counts_of,
    items_of,
    runs_of,
)
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.tables.retention import RetentionItem, RetentionRun
from geodata.vocabulary.register import RecordType
from webmap.services.actors import Actor
from webmap.services.registering import record_of, register
from webmap.services.retention_list import Listed, digest_of, list_of, snapshot
from webmap.services.retention_rules import rules_of

_FORMAT = 1


def propose(engine: Engine, home: Home, actor: Actor, day: date | None = None) -> UUID:
    """Write down the list of what is due; an older one that is not carried out is cancelled by it.

    Raises Conflict `retention.nothing_due`, and `retention.under_way` where one has begun to be carried out.
    """
    as_of = day or today()
    with writing(engine) as session:
        change = next_change(session, home.id)
        found = list_of(session, home, as_of)
        if not any(each.outcome == DUE for each in found):
            raise Conflict("retention.nothing_due")
        _cancel_open(session, home, actor)
        run = _run_of(session, home, actor, found, as_of)
        register(session, home, record_of(RecordType.RETENTION_RUN, str(run.uid)))
        said = Entry(
            actor.role, "retention.propose", "retention_run", str(run.uid), home.code, actor.user_id, change
        )
        append(session, said)
        return run.uid


def approve(engine: Engine, home: Home, known: tuple[UUID, int], digest: str, actor: Actor) -> None:
    """Let a list be carried out. known: the run's uid, and its version that was looked at.

    Raises NotFound; NotAllowed `retention.own_list` for one's own list; Conflict `retention.changed` where
    somebody was first, `retention.list_changed` where the same list would no longer be made.
    """
    with writing(engine) as session:
        change = next_change(session, home.id)
        run = locked(session, home, known[0])
        if run.state != PROPOSED or run.version != known[1]:
            raise Conflict("retention.changed", "version")
        if actor.user_id is None or run.proposed_by == actor.user_id:
            raise NotAllowed("retention.own_list")
        as_of = date.fromisoformat(json.loads(run.protocol)["as_of"])
        now_said = digest_of(home, list_of(session, home, as_of), as_of)
        if not run.digest == digest == now_said:
            raise Conflict("retention.list_changed")
        run.state, run.approved_by, run.approved_at = APPROVED, actor.user_id, datetime.now(UTC)
        run.version += 1
        said = Entry(
            actor.role, "retention.approve", "retention_run", str(run.uid), home.code, actor.user_id, change
        )
        append(session, said)


def cancel(engine: Engine, home: Home, uid: UUID, actor: Actor) -> None:
    """Put a list aside that is not begun; what is due stays due. Raises NotFound, Conflict as `propose`."""
    with writing(engine) as session:
        next_change(session, home.id)
        run = locked(session, home, uid)
        if run.state not in (PROPOSED, APPROVED):
            raise Conflict("retention.changed", "version")
        _cancel(session, home, run, actor)


def runs(engine: Engine, home: Home) -> list[KnownRun]:
    """A municipality's runs, the newest first."""
    with reading(engine) as session:
        return runs_of(session, home.id)


def one(engine: Engine, home: Home, uid: UUID) -> KnownRun:
    """A run. Raises NotFound."""
    with reading(engine) as session:
        found = runs_of(session, home.id, uid)
    if not found:
        raise NotFound("retention.unknown", "run")
    return found[0]


def items(engine: Engine, run: KnownRun, most: int | None = None) -> list[KnownItem]:
    """The objects on a run's list."""
    with reading(engine) as session:
        return items_of(session, run.id, most)


def counts(engine: Engine, run: KnownRun) -> dict[tuple[int, str], int]:
    """How many objects of a run by rule and outcome."""
    with reading(engine) as session:
        return counts_of(session, run.id)


def locked(session: Session, home: Home, uid: UUID) -> RetentionRun:
    """The run's row, in a transaction that has called `next_change`. Raises NotFound."""
    own = (RetentionRun.uid == uid, RetentionRun.municipality_id == home.id)
    run = session.scalar(select(RetentionRun).where(*own))
    if run is None:
        raise NotFound("retention.unknown", "run")
    return run


def has_begun(session: Session, run: RetentionRun) -> bool:
    """Whether anything of it has been carried out."""
    begun = select(RetentionItem.id).where(
        RetentionItem.retention_run_id == run.id, RetentionItem.outcome.not_in((DUE, HELD))
    )
    return session.scalar(begun.limit(1)) is not None


def _run_of(session: Session, home: Home, actor: Actor, found: list[Listed], as_of: date) -> RetentionRun:
    known = rules_of(session, home.id)
    protocol = {
        "format": _FORMAT,
        "municipality": home.code,
        "as_of": as_of.isoformat(),
        "rules": [snapshot(rule) for rule in known if rule.acts],
        "without_decision": [rule.term.record.value for rule in known if not rule.acts],
    }
    run = RetentionRun(uid=uuid4(), municipality_id=home.id, state=PROPOSED, version=1)
    run.digest, run.protocol = digest_of(home, found, as_of), json.dumps(protocol)
    run.proposed_by, run.proposed_at = actor.user_id, datetime.now(UTC)
    session.add(run)
    session.flush()
    session.execute(insert(RetentionItem), [_row(run, each) for each in found])
    return run


def _row(run: RetentionRun, each: Listed) -> dict[str, Any]:
    return {
        "retention_run_id": run.id,
        "retention_rule_id": each.rule.id,
        "record": each.rule.term.record.value,
        "object_id": each.object_id,
        "due_on": to_day_number(each.due_on),
        "outcome": each.outcome,
    }


def _cancel_open(session: Session, home: Home, actor: Actor) -> None:
    own = RetentionRun.municipality_id == home.id
    for run in session.scalars(select(RetentionRun).where(own, RetentionRun.state.in_((PROPOSED, APPROVED)))):
        _cancel(session, home, run, actor)


def _cancel(session: Session, home: Home, run: RetentionRun, actor: Actor) -> None:
    if has_begun(session, run):
        raise Conflict("retention.under_way")
    run.state, run.version = CANCELLED, run.version + 1
    append(
        session,
        Entry(
            actor.role,
            "retention.cancel",
            "retention_run",
            str(run.uid),
            home.code,
            actor.user_id,
            run.version,
        ),
    )
