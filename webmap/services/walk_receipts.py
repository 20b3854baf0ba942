"""What a phone may be told of what it has sent, and what it tells of what it still has."""

from __future__ import annotations

from collections.abc import Collection
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
    revisions_with,
)
from geodata.tables.engine import reading, writing
from geodata.tables.walks import WalkDevice
from webmap.services.walk_tokens import Known, recognise


@dataclass(frozen=True)
class Receipt:
    """What is known of one id: an entry, a change to one, or something kept aside.

    photos: those of the entry, and whether each has come.
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
        return asker, _receipts(session, asker.walk.id, ids)


def _receipts(session: Session, walk_id: int, ids: Collection[UUID]) -> dict[UUID, Receipt]:
    found = {each.uid: Receipt(aside=each) for each in all_aside(session, walk_id, ids)}
    found |= {
        revision.uid: Receipt(entry, revision) for revision, entry in revisions_with(session, walk_id, ids)
    }
    entries = entries_with(session, walk_id, ids)
    photos = photos_of(session, [entry.id for entry in entries])
    return found | {
        entry.uid: Receipt(entry, photos=tuple(photos.get(entry.id, {}).items())) for entry in entries
    }


def note_waiting(engine: Engine, walk: UUID, token: str, unsent: tuple[int, int]) -> datetime:
    """Note how many entries and photos are still on a phone; when. Raises as `recognise`."""
    now = datetime.now(UTC)
    with reading(engine) as session:
        asker = recognise(session, walk, token, now)
    entries, photos = unsent
    with writing(engine) as session:
        said = {"unsent_entries": entries, "unsent_photos": photos, "seen_at": now}
        session.execute(update(WalkDevice).where(WalkDevice.id == asker.device.id).values(said))
    return now
