"""Reads of what phones sent that nobody has taken a stand on: kept aside, or changes that clash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geodata.queries.findings import KnownFinding, finding_with
from geodata.tables.findings import FindingRevision, Quarantine, WalkEntry
from geodata.tables.walks import WalkDevice
from geodata.vocabulary import QuarantineOutcome, QuarantineReason, RevisionState


@dataclass(frozen=True)
class SentAside:
    """Something a phone sent that was not taken in. uid: of the finding it would be. body: as it came.

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
    """A change to an entry that was changed by somebody else first. body: the change as it came.

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


def sent_aside(session: Session, walk_id: int) -> list[SentAside]:
    """What was kept aside of a walk, the oldest first, settled or not."""
    return _aside(session, Quarantine.walk_id == walk_id)


def sent_aside_with(session: Session, walk_id: int, key: int) -> SentAside | None:
    """One of them."""
    return next(iter(_aside(session, Quarantine.walk_id == walk_id, Quarantine.id == key)), None)


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


def _aside(session: Session, *wanted: Any) -> list[SentAside]:
    asked = (
        select(Quarantine, WalkDevice.uid)
        .outerjoin(WalkDevice, WalkDevice.id == Quarantine.walk_device_id)
        .where(*wanted)
        .order_by(Quarantine.received_at, Quarantine.id)
    )
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
