"""Reads of what phones sent that nobody has taken a stand on: kept aside, or changes that clash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from geodata.queries.findings import KnownFinding, finding_with
from geodata.tables.findings import FindingRevision, Quarantine, WalkEntry
from geodata.tables.walks import Walk, WalkDevice
from geodata.vocabulary import QuarantineOutcome, QuarantineReason, RevisionState


@dataclass(frozen=True)
class SentAside:
    """Something a phone sent that was not taken in. uid: of the finding it would be. body: what it says,
    "" once it is taken in.

    device: which phone, never whose. outcome: None until somebody has settled it.
    """

    id: int
    uid: UUID
    walk_id: int
    device: UUID | None
    reason: QuarantineReason
    sha256: str
    body: str
    received_at: datetime
    settled_at: datetime | None
    outcome: QuarantineOutcome | None


@dataclass(frozen=True)
class Clash:
    """A change to an entry that was changed by somebody else first. body: what the change says.

    finding: what it would change, or None where that is a checklist, whose answers are the JSON it has now.
    revision: of the entry now.
    """

    uid: UUID
    entry: UUID
    finding: KnownFinding | None
    answers: str
    revision: int
    is_deleted: bool
    base_revision: int
    body: str
    received_at: datetime


def waiting_aside(session: Session, walk_id: int, most: int) -> list[SentAside]:
    """What was kept aside of a walk and waits for somebody, the oldest first."""
    oldest = (Quarantine.received_at, Quarantine.id)
    waiting = _aside_of(walk_id).where(Quarantine.outcome.is_(None))
    return _aside(session, waiting.order_by(*oldest).limit(most))


def settled_aside(session: Session, walk_id: int, most: int) -> list[SentAside]:
    """What was kept aside of a walk and is settled, what was settled last first."""
    settled = _aside_of(walk_id).where(Quarantine.outcome.is_not(None))
    newest = (Quarantine.settled_at.desc(), Quarantine.id.desc())
    return _aside(session, settled.order_by(*newest).limit(most))


def waiting_keys(session: Session, walk_id: int, reason: QuarantineReason) -> list[int]:
    """The keys of all that waits for this reason, the oldest first: a change after what it changes."""
    asked = select(Quarantine.id).where(
        Quarantine.walk_id == walk_id, Quarantine.outcome.is_(None), Quarantine.reason == reason
    )
    return list(session.scalars(asked.order_by(Quarantine.received_at, Quarantine.id)))


def waiting_by_reason(session: Session, walk_id: int) -> dict[QuarantineReason, int]:
    """How much waits for each reason that anything waits for."""
    counted = select(Quarantine.reason, func.count()).where(
        Quarantine.walk_id == walk_id, Quarantine.outcome.is_(None)
    )
    return {reason: count for reason, count in session.execute(counted.group_by(Quarantine.reason))}


def sent_aside_with(session: Session, walk_id: int, key: int) -> SentAside | None:
    """One of them."""
    return next(iter(_aside(session, _aside_of(walk_id).where(Quarantine.id == key))), None)


def clashes_of(session: Session, walk_id: int) -> list[Clash]:
    """The changes of a walk that wait for somebody to choose, the oldest first."""
    return _clashes(session, walk_id)


def clash_with(session: Session, walk_id: int, uid: UUID) -> Clash | None:
    """One of them."""
    return next(iter(_clashes(session, walk_id, FindingRevision.uid == uid)), None)


def _clashes(session: Session, walk_id: int, *wanted: Any) -> list[Clash]:
    asked = (
        select(FindingRevision, WalkEntry)
        .join(WalkEntry, WalkEntry.id == FindingRevision.walk_entry_id)
        .where(WalkEntry.walk_id == walk_id, FindingRevision.state == RevisionState.CONFLICT, *wanted)
        .order_by(FindingRevision.received_at, FindingRevision.id)
    )
    return [
        Clash(
            row.uid,
            entry.uid,
            finding_with(session, walk_id, entry.uid),
            entry.answers,
            entry.revision,
            entry.deleted_at is not None,
            row.base_revision,
            row.body,
            row.received_at,
        )
        for row, entry in session.execute(asked).all()
    ]


def unsettled_count(session: Session, walk_id: int) -> int:
    """How much of a walk waits for somebody to choose."""
    aside = select(func.count()).where(Quarantine.walk_id == walk_id, Quarantine.outcome.is_(None))
    clashing = (
        select(func.count())
        .select_from(FindingRevision)
        .join(WalkEntry, WalkEntry.id == FindingRevision.walk_entry_id)
        .where(WalkEntry.walk_id == walk_id, FindingRevision.state == RevisionState.CONFLICT)
    )
    return int(session.scalar(aside) or 0) + int(session.scalar(clashing) or 0)


def unsettled_walks(session: Session, municipality_id: int) -> list[tuple[UUID, str, int]]:
    """The walks of a municipality beside which anything waits: uid, title and how much, the newest first."""
    aside = select(Quarantine.walk_id).where(Quarantine.outcome.is_(None))
    clashing = (
        select(WalkEntry.walk_id)
        .join(FindingRevision, FindingRevision.walk_entry_id == WalkEntry.id)
        .where(FindingRevision.state == RevisionState.CONFLICT)
    )
    waiting = aside.union_all(clashing).subquery()
    asked = (
        select(Walk.uid, Walk.title, func.count())
        .join(waiting, waiting.c.walk_id == Walk.id)
        .where(Walk.municipality_id == municipality_id)
        .group_by(Walk.id, Walk.uid, Walk.title, Walk.day)
        .order_by(Walk.day.desc(), Walk.id.desc())
    )
    return [(uid, title, count) for uid, title, count in session.execute(asked)]


def _aside_of(walk_id: int) -> Select[Quarantine, UUID]:
    asked = select(Quarantine, WalkDevice.uid)
    joined = asked.outerjoin(WalkDevice, WalkDevice.id == Quarantine.walk_device_id)
    return joined.where(Quarantine.walk_id == walk_id)


def _aside(session: Session, asked: Select[Quarantine, UUID]) -> list[SentAside]:
    return [
        SentAside(
            row.id,
            row.uid,
            row.walk_id,
            device,
            row.reason,
            row.sha256,
            row.body,
            row.received_at,
            row.settled_at,
            row.outcome,
        )
        for row, device in session.execute(asked)
    ]
