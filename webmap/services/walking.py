"""Taking in what phones send from a walk: each thing once, numbered without gaps, with its journal row."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select, update
from sqlalchemy.dialects.postgresql import insert as insert_in_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_in_sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geodata.drafts import ReportDraft
from geodata.errors import Conflict
from geodata.queries.municipalities import Home
from geodata.queries.walk_entries import (
    KnownEntry,
    entry_with,
    is_report,
    is_stop_there,
    photos_missing,
)
from geodata.queries.walks import KnownDevice, KnownWalk
from geodata.tables.chain import Entry, append, new_key, payload_mac
from geodata.tables.changes import next_change
from geodata.tables.engine import glancing, reading, writing
from geodata.tables.findings import ExpectedPhoto
from geodata.tables.photos import Photo
from geodata.tables.report_rows import Stamp, insert_report
from geodata.tables.walk_rows import insert_entry, next_number, see_phone
from geodata.vocabulary import EntryKind, RecordType
from webmap.services.actors import Actor
from webmap.services.receiving import PUBLIC
from webmap.services.registering import record_of, register
from webmap.services.walk_body import Told
from webmap.services.walk_drafts import finding_draft, said_at, stop_columns, stop_of
from webmap.services.walk_tokens import voice_of

_PATIENCE_S = 5.0
_SEEN_LATELY = timedelta(seconds=5)
_turn = threading.Lock()


@dataclass(frozen=True)
class Incoming:
    """An entry on its way in. sha256: of the bytes as sent. device: None for what a file brought."""

    uid: UUID
    sha256: str
    told: Told
    device: KnownDevice | None = None
    actor: Actor = PUBLIC


@dataclass(frozen=True)
class Taken:
    """An entry that is stored. is_new: it was not there before."""

    entry: KnownEntry
    is_new: bool
    missing: tuple[UUID, ...]


@dataclass(frozen=True)
class _Ready:
    """An entry as it will be stored, worked out before anybody waits for the write. stop: as in its row."""

    draft: ReportDraft | None
    stop: Mapping[str, Any]
    said_at: datetime


def receive(engine: Engine, home: Home, walk: KnownWalk, incoming: Incoming) -> Taken:
    """Store an entry, or find that it is stored already. Durable when it returns.

    Whether the walk still takes anything in is for whoever calls. Raises Conflict `finding.content_differs`
    for an id that is taken by anything else.
    """
    with glancing(engine) as session:
        ready = _ready(session, home, walk, incoming)
    try:
        with in_turn(engine), writing(engine) as session:
            return _store(session, home, walk, incoming, ready)
    except (IntegrityError, Conflict) as fault:
        # Another was first, between our look and our write, or the id is that of another report.
        with reading(engine) as session:
            if known := replayed(session, walk, incoming.uid, incoming.sha256):
                return known
            if not is_report(session, incoming.uid):
                raise  # nothing has its id: sent again it may well come in
        raise Conflict("finding.content_differs", "id") from fault


def replayed(session: Session, walk: KnownWalk, uid: UUID, sha256: str) -> Taken | None:
    """The entry, if it is stored already. Takes no lock. Raises Conflict as `receive` does."""
    entry = entry_with(session, uid)
    if entry is None:
        return None
    if entry.walk_id != walk.id or (entry.sha256 != sha256 and entry.deleted_at is None):
        raise Conflict("finding.content_differs", "id")
    return Taken(entry, False, photos_missing(session, entry.id))


@contextmanager
def in_turn(engine: Engine) -> Iterator[None]:
    """One of this process at a time, for a while: whoever waits for SQLite's lock tries again at random, and
    of forty phones at once some would wait for seconds while others pass.
    """
    is_mine = engine.dialect.name == "sqlite" and _turn.acquire(timeout=_PATIENCE_S)
    try:
        yield
    finally:
        if is_mine:
            _turn.release()


def now_stored() -> datetime:
    """Now, in whole milliseconds, as it is stored: a replay answers with the same moment."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1_000 * 1_000)


def _ready(session: Session, home: Home, walk: KnownWalk, incoming: Incoming) -> _Ready:
    told, draft = incoming.told, None
    moment = said_at(told, walk, now_stored())
    stop = stop_of(session, walk, told)
    if told.kind == EntryKind.FINDING:
        voice = voice_of(incoming.device.uid) if incoming.device else None
        draft = replace(finding_draft(home, incoming.uid, told, stop, moment), voice=voice)
    return _Ready(draft, stop_columns(session, walk, stop, draft), moment)


def _store(session: Session, home: Home, walk: KnownWalk, incoming: Incoming, ready: _Ready) -> Taken:
    change = next_change(session, home.id)  # from here on nobody else stores anything here
    if not is_stop_there(session, ready.stop["walk_stop_id"]):
        ready = _ready(session, home, walk, incoming)  # whoever plans took the stop away while we waited
    now, key = now_stored(), new_key()
    stamp = Stamp(home.id, change, now, journal_key=key)
    report_id = insert_report(session, ready.draft, stamp) if ready.draft else None
    row = _row(walk, incoming, ready) | {"report_id": report_id, "received_at": now}
    row["seq"] = next_number(session, walk.id)
    row["id"] = insert_entry(session, row)
    expect_photos(session, row["id"], incoming.told.photos, report_id)
    register(session, home, record_of(RecordType.FINDING, str(incoming.uid)), now)
    touch_device(session, incoming.device, now)
    append(session, _journal_row(home, incoming, ready.draft, key))
    entry = KnownEntry(**{each.name: row[each.name] for each in fields(KnownEntry)})
    return Taken(entry, True, photos_missing(session, entry.id) if incoming.told.photos else ())


def _row(walk: KnownWalk, incoming: Incoming, ready: _Ready) -> dict[str, Any]:
    """What of an entry is known before it has its number."""
    return {
        "uid": incoming.uid,
        "walk_id": walk.id,
        "kind": incoming.told.kind,
        "walk_device_id": incoming.device.id if incoming.device else None,
        **ready.stop,
        "device_seq": incoming.told.device_seq,
        "said_at": ready.said_at,
        "sha256": incoming.sha256,
        "answers": incoming.told.answers_text,
        "revision": 1,
        "deleted_at": None,
        "deleted_reason": "",
    }


def expect_photos(session: Session, entry_id: int, photos: Collection[UUID], report_id: int | None) -> None:
    """Note which photos an entry says it has, and give its report those that came before it.

    A photo that another entry has said it has stays that one's.
    """
    if not photos or report_id is None:
        return
    rows = [
        {"photo_uid": uid, "walk_entry_id": entry_id, "number": number}
        for number, uid in enumerate(photos, start=1)
    ]
    insert = insert_in_sqlite if session.get_bind().dialect.name == "sqlite" else insert_in_postgresql
    session.execute(insert(ExpectedPhoto).values(rows).on_conflict_do_nothing())
    own = select(ExpectedPhoto.photo_uid).where(ExpectedPhoto.walk_entry_id == entry_id)
    waiting = update(Photo).where(Photo.uid.in_(own), Photo.report_id.is_(None))
    session.execute(waiting.values(report_id=report_id).execution_options(synchronize_session=False))


def touch_device(session: Session, device: KnownDevice | None, now: datetime) -> None:
    """Note that a phone was heard of, in a transaction that writes anyway."""
    if device is not None and (device.seen_at is None or device.seen_at < now - _SEEN_LATELY):
        see_phone(session, device.id, now)


def _journal_row(home: Home, incoming: Incoming, draft: ReportDraft | None, key: bytes) -> Entry:
    actor = incoming.actor
    return Entry(
        actor.role,
        "finding.receive",
        "finding",
        str(incoming.uid),
        home.code,
        actor.user_id,
        object_rev=1,
        payload_mac=None if draft is None else payload_mac(draft.content, key),
    )
