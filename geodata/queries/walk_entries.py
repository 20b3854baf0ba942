"""Reads of what phones have sent from walks: what is stored, what is kept aside, and which photos lack."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select, union_all
from sqlalchemy.orm import Session

from geodata.tables.engine import run
from geodata.tables.findings import ExpectedPhoto, FindingRevision, Quarantine, WalkEntry
from geodata.tables.photos import Photo
from geodata.tables.reports import Report
from geodata.tables.walks import WalkDevice, WalkStop
from geodata.vocabulary import EntryKind, QuarantineOutcome, QuarantineReason, RevisionState, StopSource


@dataclass(frozen=True)
class KnownEntry:
    """Something sent from a walk, as it is stored. sha256: of the bytes as they were first sent.

    deleted_at: it is a tombstone since then.
    """

    id: int
    uid: UUID
    walk_id: int
    kind: EntryKind
    report_id: int | None
    seq: int
    said_at: datetime
    received_at: datetime
    sha256: str
    revision: int
    deleted_at: datetime | None
    deleted_reason: str
    stop_source: StopSource | None


@dataclass(frozen=True)
class KnownRevision:
    """A change to an entry, as the phone sent it."""

    id: int
    uid: UUID
    walk_entry_id: int
    base_revision: int
    state: RevisionState
    sha256: str
    body: str
    received_at: datetime

    @property
    def is_open(self) -> bool:
        """Whether it waits for somebody to decide."""
        return self.state == RevisionState.CONFLICT


@dataclass(frozen=True)
class KeptAside:
    """Something that was not taken in, and what became of it."""

    id: int
    uid: UUID
    walk_id: int
    walk_device_id: int | None
    reason: QuarantineReason
    sha256: str
    body: str
    received_at: datetime
    outcome: QuarantineOutcome | None


_ENTRY = tuple(getattr(WalkEntry, name) for name in KnownEntry.__dataclass_fields__)
_REVISION = tuple(getattr(FindingRevision, name) for name in KnownRevision.__dataclass_fields__)
_ASIDE = tuple(getattr(Quarantine, name) for name in KeptAside.__dataclass_fields__)
_ENTRIES, _KEPT = WalkEntry.__table__.c, Quarantine.__table__.c
_ENTRY_OF = select(*(_ENTRIES[each] for each in KnownEntry.__dataclass_fields__)).where(
    _ENTRIES.uid == bindparam("of")
)
_ASIDE_OF = select(*(_KEPT[each] for each in KeptAside.__dataclass_fields__)).where(
    _KEPT.uid == bindparam("of"), _KEPT.sha256 == bindparam("sum")
)
_STOP_OF = select(WalkStop.__table__.c.id).where(WalkStop.__table__.c.id == bindparam("of"))
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)


def entry_with(session: Session, uid: UUID) -> KnownEntry | None:
    """The entry with this id, of whatever walk."""
    row = run(session, _ENTRY_OF, {"of": uid}).one_or_none()
    return None if row is None else KnownEntry(*row)


def entries_with(session: Session, walk_id: int, uids: Collection[UUID]) -> list[KnownEntry]:
    """Those of the ids that are entries of the walk."""
    asked = select(*_ENTRY).where(WalkEntry.walk_id == walk_id, WalkEntry.uid.in_(uids))
    return [KnownEntry(*row) for row in session.execute(asked.order_by(WalkEntry.seq))]


def revision_with(session: Session, uid: UUID) -> KnownRevision | None:
    """The change with this id."""
    row = session.execute(select(*_REVISION).where(FindingRevision.uid == uid)).one_or_none()
    return None if row is None else KnownRevision(*row)


def revisions_with(
    session: Session, walk_id: int, uids: Collection[UUID]
) -> list[tuple[KnownRevision, KnownEntry]]:
    """Those of the ids that are changes to entries of the walk, each with its entry."""
    joined = select(*_REVISION, *_ENTRY).join(WalkEntry, WalkEntry.id == FindingRevision.walk_entry_id)
    asked = joined.where(WalkEntry.walk_id == walk_id, FindingRevision.uid.in_(uids))
    count = len(_REVISION)
    return [(KnownRevision(*row[:count]), KnownEntry(*row[count:])) for row in session.execute(asked)]


def kept_aside(session: Session, uid: UUID, sha256: str) -> KeptAside | None:
    """What was kept aside under this id with this content."""
    row = run(session, _ASIDE_OF, {"of": uid, "sum": sha256}).one_or_none()
    return None if row is None else KeptAside(*row)


def all_aside(session: Session, walk_id: int, uids: Collection[UUID]) -> list[KeptAside]:
    """Everything of the walk kept aside under these ids, the oldest first."""
    asked = select(*_ASIDE).where(Quarantine.walk_id == walk_id, Quarantine.uid.in_(uids))
    return [KeptAside(*row) for row in session.execute(asked.order_by(Quarantine.id))]


def named_aside(session: Session) -> set[UUID]:
    """Every id that is named in what can still be taken in: the photos among them are waited for."""
    kept = (select(row.body).where(row.body != "") for row in (Quarantine, FindingRevision))
    return {uid for body in session.scalars(union_all(*kept)) for uid in _named_in(body)}


def photos_waiting(
    session: Session, walk_id: int, device_id: int, uids: Collection[UUID]
) -> Mapping[UUID, set[UUID]]:
    """By entry of these ids, the photos that have come and that only a change names which can still be taken
    in: one that clashes, or that the phone sent and that was kept aside.
    """
    clashing = (
        select(FindingRevision.body)
        .join(WalkEntry, WalkEntry.id == FindingRevision.walk_entry_id)
        .where(WalkEntry.walk_id == walk_id, WalkEntry.uid.in_(uids), FindingRevision.body != "")
    )
    aside = select(Quarantine.body).where(
        Quarantine.walk_id == walk_id, Quarantine.walk_device_id == device_id, Quarantine.body != ""
    )
    named = [_named_in(body) for body in session.scalars(clashing.union_all(aside))]
    come = set(session.scalars(select(Photo.uid).where(Photo.uid.in_(set().union(*named)))))
    of = {uid: set[UUID]().union(*(each & come for each in named if uid in each)) for uid in uids}
    return {uid: photos for uid, photos in of.items() if photos}


def photos_tied(session: Session, entry_ids: Collection[int]) -> Mapping[int, set[UUID]]:
    """By entry, the photos that its report has, also those that it no longer says it has."""
    asked = select(WalkEntry.id, Photo.uid).join(Photo, Photo.report_id == WalkEntry.report_id)
    found: dict[int, set[UUID]] = {}
    for entry_id, uid in session.execute(asked.where(WalkEntry.id.in_(entry_ids))):
        found.setdefault(entry_id, set()).add(uid)
    return found


def _named_in(body: str) -> set[UUID]:
    return {UUID(each) for each in _UUID.findall(body)}


def photos_of(session: Session, entry_ids: Collection[int]) -> Mapping[int, dict[UUID, bool]]:
    """By entry, the photos it said it has, in their order, and whether each has come."""
    asked = (
        select(ExpectedPhoto.walk_entry_id, ExpectedPhoto.photo_uid, Photo.id)
        .outerjoin(Photo, Photo.uid == ExpectedPhoto.photo_uid)
        .where(ExpectedPhoto.walk_entry_id.in_(entry_ids))
        .order_by(ExpectedPhoto.walk_entry_id, ExpectedPhoto.number)
    )
    found: dict[int, dict[UUID, bool]] = {}
    for entry_id, uid, photo_id in session.execute(asked):
        found.setdefault(entry_id, {})[uid] = photo_id is not None
    return found


def photos_missing(session: Session, entry_id: int) -> tuple[UUID, ...]:
    """The photos of an entry that have not come."""
    return tuple(
        uid for uid, is_here in photos_of(session, [entry_id]).get(entry_id, {}).items() if not is_here
    )


def is_stop_there(session: Session, stop_id: int | None) -> bool:
    """Whether there is a stop with this key; of no key there is nothing to miss."""
    return stop_id is None or run(session, _STOP_OF, {"of": stop_id}).first() is not None


def is_report(session: Session, uid: UUID) -> bool:
    """Whether a report has this id, of whatever kind."""
    return session.scalar(select(Report.id).where(Report.uid == uid)) is not None


def phones_by_group(session: Session, walk_id: int) -> Mapping[int, int]:
    """How many phones walk in each group that has any; those that were turned away are not counted."""
    counted = select(WalkDevice.group_number, func.count()).where(
        WalkDevice.walk_id == walk_id, WalkDevice.revoked_at.is_(None)
    )
    return {group: count for group, count in session.execute(counted.group_by(WalkDevice.group_number))}
