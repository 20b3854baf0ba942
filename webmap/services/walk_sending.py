"""What becomes of what a phone sends: known, kept aside, or taken in. One order of looking for all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from geodata.errors import NotFound
from geodata.queries.walk_entries import KeptAside, all_aside, entry_with, kept_aside
from geodata.tables.engine import glancing
from geodata.vocabulary import QuarantineReason
from webmap.services import walk_aside, walk_revisions, walking
from webmap.services.reception_spool import home_lately, home_now
from webmap.services.walk_aside import Unused
from webmap.services.walk_body import Address, NotUnderstood, Sent, Told, read
from webmap.services.walk_revisions import Change, Revised, Tombstone, known_revision
from webmap.services.walk_tokens import Known, recognise
from webmap.services.walking import Incoming, Taken
from webmap.services.works import Works

T = TypeVar("T")


@dataclass(frozen=True)
class Delivery:
    """A request: where it is sent, what came, by whose token. base: the revision a change was made to."""

    address: Address
    sent: Sent
    token: str
    base: int = 0

    @property
    def uid(self) -> UUID:
        """Under which it is stored or kept aside."""
        return self.address.revision or self.address.entry


@dataclass(frozen=True)
class Made(Generic[T]):
    """What became of it. safe_seq: the last entry of the walk that lies in a checked backup."""

    outcome: T
    safe_seq: int


def deliver(works: Works, delivery: Delivery) -> Made[Taken | KeptAside]:
    """Store an entry, once. What is known already is answered without a lock.

    Raises NotFound `walk.unknown`, Unrecognised `walk.token`, Conflict `finding.content_differs`.
    """
    address, sha256 = delivery.address, delivery.sent.sha256
    with glancing(works.engine) as session:
        asker = recognise(session, address.walk, delivery.token, datetime.now(UTC))
        taken = walking.replayed(session, asker.walk, address.entry, sha256)
        known = taken or _aside_here(session, asker, delivery)
    return Made(known or _take(works, asker, delivery), asker.walk.safe_seq)


def deliver_change(works: Works, delivery: Delivery) -> Made[Revised | KeptAside]:
    """Store a change to an entry, once. Raises as `deliver`, NotFound `finding.unknown`, and Tombstone."""
    address, sha256 = delivery.address, delivery.sent.sha256
    with glancing(works.engine) as session:
        asker = recognise(session, address.walk, delivery.token, datetime.now(UTC))
        revised = known_revision(session, address.entry, delivery.uid, sha256)
        known = revised or _aside_here(session, asker, delivery)
        aside = None if known else _aside_with_its_entry(session, asker, address.entry)
    if known is None and aside is not None:
        known = walk_aside.keep(works.engine, asker, Unused(delivery.uid, delivery.sent, aside))
    return Made(known or _revise(works, asker, delivery), asker.walk.safe_seq)


def _take(works: Works, asker: Known, delivery: Delivery) -> Taken | KeptAside:
    try:
        told = _told(asker, delivery)
    except NotUnderstood as why:
        return walk_aside.keep(works.engine, asker, Unused(delivery.uid, delivery.sent, why.reason))
    incoming = Incoming(delivery.uid, delivery.sent.sha256, told, asker.device)
    return walking.receive(works.engine, home_lately(works, asker.walk.code), asker.walk, incoming)


def _revise(works: Works, asker: Known, delivery: Delivery) -> Revised | KeptAside:
    try:
        told = _told(asker, delivery)
    except NotUnderstood as why:
        return walk_aside.keep(works.engine, asker, Unused(delivery.uid, delivery.sent, why.reason))
    change = Change(delivery.uid, delivery.address.entry, delivery.base, delivery.sent, told)
    return walk_revisions.revise(works.engine, home_now(works, asker.walk.code), asker, change)


def _told(asker: Known, delivery: Delivery) -> Told:
    """What it says. Raises NotUnderstood also for what comes too late to be taken in at once."""
    if asker.is_late:
        raise NotUnderstood(QuarantineReason.TOKEN_EXPIRED)
    if not asker.walk.is_joinable:
        raise NotUnderstood(QuarantineReason.WALK_CLOSED)
    return read(delivery.sent.document, delivery.address)


def _aside_here(session: Session, asker: Known, delivery: Delivery) -> KeptAside | None:
    kept = kept_aside(session, delivery.uid, delivery.sent.sha256)
    return kept if kept is not None and kept.walk_id == asker.walk.id else None


def _aside_with_its_entry(session: Session, asker: Known, uid: UUID) -> QuarantineReason | None:
    """Why a change waits aside: because what it changes does, or did until somebody left it there.

    Raises NotFound, Tombstone.
    """
    entry = entry_with(session, uid)
    if entry is None:
        kept = all_aside(session, asker.walk.id, [uid])
        if not kept:
            raise NotFound("finding.unknown", "id")
        return kept[0].reason
    if entry.walk_id != asker.walk.id:
        raise NotFound("finding.unknown", "id")
    if entry.deleted_at is not None:
        raise Tombstone(entry)
    return None
