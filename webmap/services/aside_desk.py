"""What lies beside a walk: sent too late or not understood. It is taken in as at the door, or left."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata.errors import Conflict, Fault, InvalidValue, NotFound
from geodata.queries.findings import KnownFinding, tombstones_of
from geodata.queries.municipalities import Home, home
from geodata.queries.walk_aside import (
    Clash,
    SentAside,
    clashes_of,
    sent_aside_with,
    settled_aside,
    waiting_aside,
    waiting_by_reason,
    waiting_keys,
)
from geodata.queries.walk_entries import KnownEntry, entry_with, revision_with
from geodata.queries.walks import KnownDevice, KnownWalk, devices_of
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.tables.findings import FindingRevision, Quarantine
from geodata.vocabulary import QuarantineOutcome, QuarantineReason, RevisionState
from webmap.services import walking
from webmap.services.actors import Actor
from webmap.services.aside_reading import entry_in, is_change, told_by
from webmap.services.finding_desk import walk_in
from webmap.services.walk_body import Address
from webmap.services.walking import Incoming, now_stored

MOST_SHOWN = 100
_LONGEST_PRESS_S = 20.0


@dataclass(frozen=True)
class AsideDesk:
    """What lies beside a walk. waiting: the oldest, settled: the newest, of each at most `MOST_SHOWN`.

    counts: how much waits, by why. gone: what was taken back.
    """

    home: Home
    walk: KnownWalk
    waiting: list[SentAside]
    settled: list[SentAside]
    counts: Mapping[QuarantineReason, int]
    clashes: list[Clash]
    gone: list[KnownFinding]


@dataclass(frozen=True)
class TakenTogether:
    """What became of all of one kind. refused: by key, why it could not be taken in. rest: not tried yet."""

    taken: int
    refused: Mapping[int, Fault]
    rest: int


@dataclass(frozen=True)
class _Named:
    """Something kept aside, with whose walk it is of. device: the phone it came from, if it is known."""

    home: Home
    walk: KnownWalk
    item: SentAside
    device: KnownDevice | None


def aside_of(engine: Engine, uid: UUID, codes: Collection[str]) -> AsideDesk:
    """What lies beside a walk in one of these municipalities. Raises NotFound."""
    with reading(engine) as session:
        walk = walk_in(session, uid, codes)
        return AsideDesk(
            home(session, walk.code),
            walk,
            waiting_aside(session, walk.id, MOST_SHOWN),
            settled_aside(session, walk.id, MOST_SHOWN),
            waiting_by_reason(session, walk.id),
            clashes_of(session, walk.id),
            tombstones_of(session, walk.id),
        )


def take_in(engine: Engine, there: Home, walk: UUID, key: int, actor: Actor) -> None:
    """Take something in under the id it came with, also what was left before; twice is as good as once.

    A change is put beside what it would change, to be chosen between. Raises NotFound, InvalidValue where it
    cannot be read, and Conflict where it is settled or its id is taken by anything else.
    """
    with reading(engine) as session:
        named = _named(session, there, walk, key)
    if is_change(named.item.body, named.item.uid):
        _take_in_change(engine, named, actor)
        return
    told = told_by(named.item.body, Address(walk, named.item.uid))
    incoming = Incoming(named.item.uid, named.item.sha256, told, named.device, actor)
    taken = walking.receive(engine, there, named.walk, incoming)
    if taken.entry.deleted_at is not None:
        raise Conflict("aside.withdrawn", "aside")
    with writing(engine) as session:
        next_change(session, there.id)
        _settle(session, named, QuarantineOutcome.TAKEN_IN, actor)


def leave(engine: Engine, there: Home, walk: UUID, key: int, actor: Actor) -> None:
    """Say that something is not to be taken in; what it says stays. Raises NotFound and Conflict."""
    with writing(engine) as session:
        next_change(session, there.id)
        _settle(session, _named(session, there, walk, key), QuarantineOutcome.DISMISSED, actor)


def take_all(
    engine: Engine, there: Home, walk: UUID, reason: QuarantineReason, actor: Actor
) -> TakenTogether:
    """Take in all that waits for one reason, each by itself, the oldest first, for as long as a press may
    take. What cannot be taken in stays. Raises NotFound.
    """
    with reading(engine) as session:
        keys = waiting_keys(session, walk_in(session, walk, [there.code]).id, reason)
    until = time.monotonic() + _LONGEST_PRESS_S
    taken, refused = 0, dict[int, Fault]()
    for key in keys:
        if time.monotonic() > until:
            break
        try:
            take_in(engine, there, walk, key, actor)
            taken += 1
        except (Conflict, InvalidValue) as fault:
            refused[key] = fault
    return TakenTogether(taken, refused, len(keys) - taken - len(refused))


def _named(session: Session, there: Home, walk: UUID, key: int) -> _Named:
    known = walk_in(session, walk, [there.code])
    item = sent_aside_with(session, known.id, key)
    if item is None:
        raise NotFound("aside.unknown", "aside")
    if item.outcome == QuarantineOutcome.TAKEN_IN:
        raise Conflict("aside.settled", "aside")
    device = next((each for each in devices_of(session, known.id) if each.uid == item.device), None)
    return _Named(there, known, item, device)


def _settle(session: Session, named: _Named, outcome: QuarantineOutcome, actor: Actor) -> None:
    row = session.get_one(Quarantine, named.item.id)
    if row.outcome in (QuarantineOutcome.TAKEN_IN, outcome):
        raise Conflict("aside.settled", "aside")
    row.outcome, row.settled_at = outcome, now_stored()
    if outcome == QuarantineOutcome.TAKEN_IN:
        row.body = ""  # it is told where it was taken in, and leaves nothing here when it goes there
    action = "finding.take_in" if outcome == QuarantineOutcome.TAKEN_IN else "finding.leave_aside"
    what = ("finding", str(named.item.uid), named.home.code, actor.user_id)
    append(session, Entry(actor.role, action, *what))


def _take_in_change(engine: Engine, named: _Named, actor: Actor) -> None:
    item = named.item
    with writing(engine) as session:
        next_change(session, named.home.id)
        session.add(
            FindingRevision(
                uid=item.uid,
                walk_entry_id=_changed_by(session, named).id,
                walk_device_id=named.device.id if named.device else None,
                base_revision=0,
                state=RevisionState.CONFLICT,
                sha256=item.sha256,
                body=item.body,
                received_at=item.received_at,
                settled_at=None,
            )
        )
        _settle(session, named, QuarantineOutcome.TAKEN_IN, actor)


def _changed_by(session: Session, named: _Named) -> KnownEntry:
    """The entry that a change would change. Raises Conflict, and InvalidValue where it cannot be read."""
    item, of = named.item, entry_in(named.item.body)
    entry = None if of is None else entry_with(session, of)
    if entry is None or entry.walk_id != named.walk.id:
        raise Conflict("aside.entry_first", "aside")
    if entry.deleted_at is not None:
        raise Conflict("aside.withdrawn", "aside")
    if revision_with(session, item.uid) is not None:
        raise Conflict("finding.content_differs", "aside")
    told = told_by(item.body, Address(named.walk.uid, entry.uid, item.uid))
    if told.kind != entry.kind and not told.is_withdrawn:
        raise InvalidValue("aside.not_understood", "aside")
    return entry
