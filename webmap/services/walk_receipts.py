"""What a phone may be told of what it has sent, and what it tells of what it still has."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from geodata.queries.walk_entries import (
    KeptAside,
    KnownEntry,
    KnownRevision,
    all_aside,
    entries_with,
    photos_of,
    photos_tied,
    photos_waiting,
    revisions_with,
)
from geodata.tables.engine import reading, writing
from geodata.tables.walks import WalkDevice
from webmap.services.walk_tokens import Known, recognise


@dataclass(frozen=True)
class Receipt:
    """What is known of one id: an entry, a change to one, or something kept aside.

    photos: those of the entry, and whether each has come; also one that only a change names which waits.
    """

    entry: KnownEntry | None = None
    revision: KnownRevision | None = None
    aside: KeptAside | None = None
    photos: tuple[tuple[UUID, bool], ...] = ()


def receipts(
    engine: Engine, walk: UUID, token: str, ids: Collection[UUID]
) -> tuple[Known, dict[UUID, Receipt]]:
    """By id, what is known of those that are known. Raises as `recognise`."""
    with reading(engine) as session:
        asker = recognise(session, walk, token, datetime.now(UTC))
        return asker, _receipts(session, asker, ids)


def _receipts(session: Session, asker: Known, ids: Collection[UUID]) -> dict[UUID, Receipt]:
    walk_id = asker.walk.id
    found = {each.uid: Receipt(aside=each) for each in all_aside(session, walk_id, ids)}
    found |= {
        revision.uid: Receipt(entry, revision) for revision, entry in revisions_with(session, walk_id, ids)
    }
    entries = entries_with(session, walk_id, ids)
    photos = _photos(session, asker, entries)
    return found | {entry.uid: Receipt(entry, photos=photos[entry.id]) for entry in entries}


def _photos(
    session: Session, asker: Known, entries: Sequence[KnownEntry]
) -> dict[int, tuple[tuple[UUID, bool], ...]]:
    """By entry, the photos it says it has, and those that came and are kept though it does not say so."""
    keys, uids = [entry.id for entry in entries], [entry.uid for entry in entries]
    said, tied = photos_of(session, keys), photos_tied(session, keys)
    waiting = photos_waiting(session, asker.walk.id, asker.device.id, uids)
    found = {}
    for entry in entries:
        kept = tied.get(entry.id, set()) | waiting.get(entry.uid, set())
        found[entry.id] = tuple((said.get(entry.id, {}) | dict.fromkeys(kept, True)).items())
    return found


@dataclass(frozen=True)
class Heard:
    """A phone was heard of. group: the one it goes in, of so many groups."""

    at: datetime
    group: int
    groups: int


def note_waiting(
    engine: Engine, walk: UUID, token: str, unsent: tuple[int, int], group: int | None = None
) -> Heard:
    """Note how many entries and photos are still on a phone. group: one it would rather go in.

    Raises as `recognise`.
    """
    now = datetime.now(UTC)
    with reading(engine) as session:
        asker = recognise(session, walk, token, now)
    entries, photos = unsent
    said = {"unsent_entries": entries, "unsent_photos": photos, "seen_at": now}
    groups = asker.walk.group_count
    if group is not None and 1 <= group <= groups:
        said["group_number"] = group
    with writing(engine) as session:
        phone = update(WalkDevice).where(WalkDevice.id == asker.device.id).values(said)
        goes_in = session.scalar(phone.returning(WalkDevice.group_number))
    return Heard(now, goes_in or asker.device.group_number, groups)
