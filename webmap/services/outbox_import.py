"""A phone's file taken in: the same ids and bytes as by network, so that nothing is ever there twice."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, select
from sqlalchemy.dialects.postgresql import insert as insert_in_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_in_sqlite
from sqlalchemy.orm import Session

from geodata.errors import Conflict, Fault, FileFault, InvalidValue, NotFound
from geodata.exchange.outbox import Outbox, OutboxChange, OutboxEntry, read_outbox
from geodata.queries.municipalities import Home
from geodata.queries.walk_entries import named_aside
from geodata.queries.walks import KnownDevice, KnownWalk, devices_of
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.tables.findings import ExpectedPhoto, Quarantine, WalkEntry
from geodata.tables.municipalities import Municipality
from geodata.tables.photos import Photo
from geodata.tables.reports import Report
from geodata.vocabulary import QuarantineReason
from webmap.services import photos, walk_revisions, walking
from webmap.services.actors import Actor
from webmap.services.aside_reading import document_in
from webmap.services.finding_desk import walk_in
from webmap.services.kept_text import kept_text
from webmap.services.walk_body import Address, NotUnderstood, Sent, read, sent
from webmap.services.walk_revisions import Change, Tombstone
from webmap.services.walk_tokens import Known
from webmap.services.walking import Incoming, now_stored


class Fate(StrEnum):
    """What became of something in the file."""

    NEW = "new"
    ALREADY = "already"
    ASIDE = "aside"
    WITHDRAWN = "withdrawn"
    CLASH = "clash"
    NOBODYS = "nobodys"


@dataclass
class OutboxResult:
    """What became of a file: of its entries, its changes and its photos, and what it held that is nothing.

    faults: photos that could not be taken in, each with why.
    """

    entries: Counter[Fate] = field(default_factory=Counter)
    changes: Counter[Fate] = field(default_factory=Counter)
    photos: Counter[Fate] = field(default_factory=Counter)
    faults: list[tuple[UUID, Fault]] = field(default_factory=list)
    unread: int = 0


@dataclass(frozen=True)
class _Into:
    """Where to, by whom. device: the phone, where the walk knows it."""

    engine: Engine
    home: Home
    walk: KnownWalk
    device: KnownDevice | None
    actor: Actor


def take_in_file(
    engine: Engine, home: Home, walk: UUID, file: tuple[bytes, Path], actor: Actor
) -> OutboxResult:
    """Take in all that a phone's file holds; a second time nothing is new.

    file: the file, and the folder of photos. Each entry is durable by itself: what is cut off is done again.
    Raises FileFault, and NotFound.
    """
    outbox = read_outbox(file[0])
    if outbox.walk != walk:
        raise FileFault("outbox.not_this_walk", "file")
    with reading(engine) as session:
        known = walk_in(session, walk, [home.code])
        device = next((each for each in devices_of(session, known.id) if each.uid == outbox.device), None)
    into, result = _Into(engine, home, known, device, actor), OutboxResult(unread=outbox.unread)
    for entry in outbox.entries:
        _take_entry(into, entry, result)
    _take_photos(into, outbox, file[1], result)
    with writing(engine) as session:
        next_change(session, home.id)
        row = ("finding.import", "walk", str(walk), home.code, actor.user_id, len(outbox.entries))
        append(session, Entry(actor.role, *row))
    return result


def _take_entry(into: _Into, entry: OutboxEntry, result: OutboxResult) -> None:
    fate, revision = _entry_fate(into, entry)
    result.entries[fate] += 1
    is_own = fate == Fate.NEW
    for change in entry.changes:
        # Right after the entry, or a change before it, came in with the file nobody can have been between,
        # whichever revision the phone believed that the municipality would have by then.
        what, now = _change_fate(into, entry, change, revision if is_own else change.base)
        result.changes[what] += 1
        if what == Fate.NEW:
            is_own, revision = True, now


def _entry_fate(into: _Into, entry: OutboxEntry) -> tuple[Fate, int]:
    """What becomes of an entry, and the revision it has then."""
    try:
        said = _sent(entry.body, entry.sha256)
        told = read(said.document, Address(into.walk.uid, entry.uid))
        incoming = Incoming(entry.uid, said.sha256, told, into.device, into.actor)
        taken = walking.receive(into.engine, into.home, into.walk, incoming)
    except (NotUnderstood, InvalidValue, Conflict):
        return _aside(into, entry.uid, entry.body), 0
    if taken.entry.deleted_at is not None:
        return Fate.WITHDRAWN, taken.entry.revision
    return Fate.NEW if taken.is_new else Fate.ALREADY, taken.entry.revision


def _change_fate(into: _Into, entry: OutboxEntry, change: OutboxChange, base: int) -> tuple[Fate, int]:
    """What becomes of a change, and the revision that its entry has then, where it was taken in."""
    try:
        said = _sent(change.body, change.sha256)
        told = read(said.document, Address(into.walk.uid, entry.uid, change.uid))
        if into.device is None:
            return _aside(into, change.uid, change.body), 0
        asker = Known(into.walk, into.device, is_late=False)
        asked = Change(change.uid, entry.uid, base, said, told)
        revised = walk_revisions.revise(into.engine, into.home, asker, asked)
    except Tombstone:
        return Fate.WITHDRAWN, 0
    except (NotUnderstood, InvalidValue, Conflict, NotFound):
        return _aside(into, change.uid, change.body), 0
    if not revised.is_new:
        return Fate.ALREADY, 0
    return (Fate.CLASH, 0) if revised.is_conflict else (Fate.NEW, revised.entry.revision)


def _sent(body: str, sha256: str) -> Sent:
    """The body, if it is what was hashed on the phone. Raises InvalidValue."""
    said = sent(body.encode("utf-8"))
    if said.sha256 != sha256.lower():
        raise InvalidValue("outbox.other_hash", "sha256")
    return said


def _aside(into: _Into, uid: UUID, body: str) -> Fate:
    """Kept until somebody looks: nothing in the file is lost because it cannot be read."""
    said = Sent(body, hashlib.sha256(body.encode("utf-8")).hexdigest(), document_in(body))
    row = {
        "uid": uid,
        "walk_id": into.walk.id,
        "walk_device_id": into.device.id if into.device else None,
        "reason": QuarantineReason.CONTENT_UNKNOWN,
        "sha256": said.sha256,
        "body": kept_text(said),
        "received_at": now_stored(),
    }
    with writing(into.engine) as session:
        next_change(session, into.home.id)
        insert = insert_in_sqlite if session.get_bind().dialect.name == "sqlite" else insert_in_postgresql
        new = insert(Quarantine).values(row).on_conflict_do_nothing().returning(Quarantine.id)
        if session.scalar(new) is None:
            return Fate.ALREADY
        what = ("finding.aside", "finding", str(uid), into.home.code, into.actor.user_id)
        append(session, Entry(into.actor.role, *what))
    return Fate.ASIDE


def _take_photos(into: _Into, outbox: Outbox, folder: Path, result: OutboxResult) -> None:
    """Those that an entry has, or that something names which waits for somebody; the others are nobody's."""
    with reading(into.engine) as session:
        waited_for = named_aside(session)
        known = {uid for uid in outbox.photos if uid in waited_for or _report_of(session, into, uid)}
    result.photos[Fate.NOBODYS] += len(outbox.photos) - len(known)
    for uid in known:
        try:
            kept = photos.store(into.engine, folder, uid, outbox.photo(uid))
            _tie(into, uid)
        except Fault as fault:
            result.faults.append((uid, fault))
            continue
        result.photos[Fate.NEW if kept.is_new else Fate.ALREADY] += 1


def _report_of(session: Session, into: _Into, uid: UUID) -> int | None:
    asked = (
        select(WalkEntry.report_id)
        .join(ExpectedPhoto, ExpectedPhoto.walk_entry_id == WalkEntry.id)
        .where(ExpectedPhoto.photo_uid == uid, WalkEntry.walk_id == into.walk.id)
        .where(WalkEntry.deleted_at.is_(None))
    )
    return session.scalar(asked)


def _tie(into: _Into, uid: UUID) -> None:
    with writing(into.engine) as session:
        photo = session.scalar(select(Photo).where(Photo.uid == uid))
        report = _report_of(session, into, uid)
        if photo is None or photo.report_id is not None or report is None:
            return
        there = (
            select(Report.id, Report.municipality_id, Municipality.code)
            .join(Municipality, Municipality.id == Report.municipality_id)
            .where(Report.id == report)
        )
        photos.tie(session, photo, session.execute(there).one())
