"""What lies beside a walk: sent too late or not understood. It is taken in as at the door, or left."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata.errors import Conflict, NotFound
from geodata.queries.findings import KnownFinding, tombstones_of
from geodata.queries.municipalities import Home, home
from geodata.queries.walk_aside import Clash, SentAside, clashes_of, sent_aside, sent_aside_with
from geodata.queries.walk_entries import entry_with
from geodata.queries.walks import KnownDevice, KnownWalk, devices_of
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.tables.findings import FindingRevision, Quarantine
from geodata.vocabulary import QuarantineOutcome, RevisionState
from webmap.services import walking
from webmap.services.actors import Actor
from webmap.services.aside_reading import entry_in, is_change, told_by
from webmap.services.finding_desk import walk_in
from webmap.services.walk_body import Address
from webmap.services.walking import Incoming, now_stored


@dataclass(frozen=True)
class AsideDesk:
    """All that lies beside a walk. aside: settled or not. gone: what was taken back."""

    home: Home
    walk: KnownWalk
    aside: list[SentAside]
    clashes: list[Clash]
    gone: list[KnownFinding]


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
            sent_aside(session, walk.id),
            clashes_of(session, walk.id),
            tombstones_of(session, walk.id),
        )


def take_in(engine: Engine, there: Home, walk: UUID, key: int, actor: Actor) -> None:
    """Take something in under the id it came with; twice is as good as once.

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
    """Say that something is not to be taken in; it stays as it came. Raises NotFound and Conflict."""
    with writing(engine) as session:
        next_change(session, there.id)
        _settle(session, _named(session, there, walk, key), QuarantineOutcome.DISMISSED, actor)


def _named(session: Session, there: Home, walk: UUID, key: int) -> _Named:
    known = walk_in(session, walk, [there.code])
    item = sent_aside_with(session, known.id, key)
    if item is None:
        raise NotFound("aside.unknown", "aside")
    if item.outcome is not None:
        raise Conflict("aside.settled", "aside")
    device = next((each for each in devices_of(session, known.id) if each.uid == item.device), None)
    return _Named(there, known, item, device)


def _settle(session: Session, named: _Named, outcome: QuarantineOutcome, actor: Actor) -> None:
    row = session.get_one(Quarantine, named.item.id)
    if row.outcome is not None:
        raise Conflict("aside.settled", "aside")
    row.outcome, row.settled_at = outcome, now_stored()
    action = "finding.take_in" if outcome == QuarantineOutcome.TAKEN_IN else "finding.leave_aside"
    what = ("finding", str(named.item.uid), named.home.code, actor.user_id)
    append(session, Entry(actor.role, action, *what))


def _take_in_change(engine: Engine, named: _Named, actor: Actor) -> None:
    item, of = named.item, entry_in(named.item.body)
    with writing(engine) as session:
        next_change(session, named.home.id)
        entry = None if of is None else entry_with(session, of)
        if entry is None or entry.walk_id != named.walk.id:
            raise Conflict("aside.entry_first", "aside")
        if entry.deleted_at is not None:
            raise Conflict("aside.withdrawn", "aside")
        session.add(
            FindingRevision(
                uid=item.uid,
                walk_entry_id=entry.id,
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
