"""Photos of findings: tied to them whenever they come, also long after, by the token of the walk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from geodata.queries.walk_entries import entry_with
from geodata.queries.walks import KnownDevice
from geodata.tables.engine import reading, writing
from geodata.tables.municipalities import Municipality
from geodata.tables.photos import Photo
from geodata.tables.reports import Report
from webmap.services import photos
from webmap.services.walk_revisions import Tombstone
from webmap.services.walk_tokens import device_of
from webmap.services.walking import now_stored, touch_device

MOST_BYTES = 2_000_000


@dataclass(frozen=True)
class Sender:
    """A phone that sends a photo."""

    device: KnownDevice


def sender(engine: Engine, token: str, finding: UUID | None) -> Sender:
    """Who sends. Raises Unrecognised `walk.token`, and Tombstone where the finding is gone."""
    with reading(engine) as session:
        device = device_of(session, token, datetime.now(UTC))
        entry = entry_with(session, finding) if finding is not None else None
    if entry is not None and entry.walk_id == device.walk_id and entry.deleted_at is not None:
        raise Tombstone(entry)
    return Sender(device)


def attach(engine: Engine, uid: UUID, finding: UUID, by: Sender) -> bool:
    """Tie a photo to a finding of the phone's walk; whether it is tied to it now. As its third at most."""
    with reading(engine) as session:
        there, photo = _found(session, uid, finding, by.device)
        if there is None or photo is None or photo.report_id is not None:
            return there is not None and photo is not None and photo.report_id == there.id
    with writing(engine) as session:
        there, photo = _found(session, uid, finding, by.device)
        if there is None or photo is None or photo.report_id is not None:
            return there is not None and photo is not None and photo.report_id == there.id
        is_tied = photos.tie(session, photo, there)
        touch_device(session, by.device, now_stored())
        return is_tied


def _found(
    session: Session, uid: UUID, finding: UUID, device: KnownDevice
) -> tuple[photos.Place | None, Photo | None]:
    entry = entry_with(session, finding)
    photo = session.scalar(select(Photo).where(Photo.uid == uid))
    if entry is None or entry.walk_id != device.walk_id or entry.deleted_at is not None:
        return None, photo
    where = (
        select(Report.id, Report.municipality_id, Municipality.code)
        .join(Municipality, Municipality.id == Report.municipality_id)
        .where(Report.id == entry.report_id)
    )
    return session.execute(where).one_or_none(), photo
