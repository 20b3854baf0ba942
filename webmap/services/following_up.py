"""The follow-up meeting: what is done about each finding, by which unit, until when, or why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata.errors import Conflict
from geodata.hours import to_day_number
from geodata.queries.findings import KnownFinding, findings_of
from geodata.queries.municipalities import Home
from geodata.queries.walks import KnownWalk
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.engine import writing
from geodata.tables.findings import FollowUp
from geodata.tables.walks import Walk
from geodata.vocabulary import State, WalkState
from webmap.services.actors import Actor
from webmap.services.finding_desk import finding_in, walk_in
from webmap.services.follow_up_draft import FollowUpDraft
from webmap.services.minutes_measures import keep_in_step
from webmap.services.promises_kept import check_kept


@dataclass(frozen=True)
class Decision:
    """What is said of one finding. version: of its follow-up as it was looked at, 0 where there was none."""

    finding: UUID
    version: int
    draft: FollowUpDraft


def decide(engine: Engine, home: Home, walk: UUID, decisions: Sequence[Decision], actor: Actor) -> bool:
    """Store what is done about findings of a walk: all of it, or nothing. Whether all are decided now.

    Raises NotFound, Conflict `finding.changed` where somebody else was first, and Refused where everybody
    would no longer be told what they have been told.
    """
    with writing(engine) as session:
        change = next_change(session, home.id)  # whoever changes anything here waits: it stays as it is read
        known = walk_in(session, walk, [home.code])
        for decision in decisions:
            _decide(session, home, known, decision, actor)
        keep_in_step(session, home, known, actor)
        return _move_on(session, home, known, (change, actor))


def _decide(session: Session, home: Home, walk: KnownWalk, decision: Decision, actor: Actor) -> None:
    finding = finding_in(session, walk, decision.finding)
    if not finding.is_accepted:
        raise Conflict("finding.not_accepted", "finding")
    check_kept(walk, finding, decision.draft)
    row = session.get(FollowUp, finding.id)
    if (0 if row is None else row.version) != decision.version:
        raise Conflict("finding.changed", "version")
    if row is None:
        row = FollowUp(walk_entry_id=finding.id)
        session.add(row)
    _fill(row, decision.draft)
    row.version, row.changed_at = decision.version + 1, datetime.now(UTC)
    said = Entry(
        actor.role,
        "finding.follow_up",
        "finding",
        str(finding.uid),
        home.code,
        actor.user_id,
        row.version,
    )
    append(session, said)


def _fill(row: FollowUp, draft: FollowUpDraft) -> None:
    row.state, row.words, row.unit, row.land_owner = draft.state, draft.words, draft.unit, draft.land_owner
    row.is_cost_driving, row.action, row.reason = draft.is_cost_driving, draft.action, draft.reason
    row.due_day = None if draft.due is None else to_day_number(draft.due)
    row.done_day = None if draft.done is None else to_day_number(draft.done)


def finish(engine: Engine, home: Home, walk: UUID, actor: Actor) -> None:
    """Say that a walk is followed up. Raises NotFound, and Conflict `walk.not_decided` where it is not."""
    with writing(engine) as session:
        change = next_change(session, home.id)
        known = walk_in(session, walk, [home.code])
        if not _move_on(session, home, known, (change, actor)):
            raise Conflict("walk.not_decided", "walk")


def _move_on(session: Session, home: Home, walk: KnownWalk, by: tuple[int, Actor]) -> bool:
    """Let a walk that is over be followed up when all is decided, and no longer when something is not."""
    is_done = all(_is_settled(each) for each in findings_of(session, walk.id))
    to = WalkState.FOLLOWED_UP if is_done else WalkState.CLOSED
    if walk.state in (WalkState.CLOSED, WalkState.FOLLOWED_UP) and walk.state != to:
        row = session.get_one(Walk, walk.id)
        row.state, row.change_seq = to, by[0]
        action = "walk.follow_up" if is_done else "walk.reopen_follow_up"
        append(session, Entry(by[1].role, action, "walk", str(walk.uid), home.code, by[1].user_id))
    return is_done


def _is_settled(finding: KnownFinding) -> bool:
    return finding.state != State.NEW and (finding.is_decided or not finding.needs_decision)
