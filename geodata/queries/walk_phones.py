"""What has come in from the phones of a walk, and what is still on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from geodata.hours import to_day_number
from geodata.queries.follow_ups import late_findings
from geodata.queries.walks import KnownDevice, devices_of
from geodata.tables.findings import ExpectedPhoto, WalkEntry
from geodata.tables.photos import Photo
from geodata.tables.reports import Report
from geodata.tables.walks import Walk
from geodata.vocabulary import EntryKind, State, WalkState


@dataclass(frozen=True)
class Received:
    """What came from one phone. photos_missing: that its findings said they have and that have not come."""

    findings: int = 0
    checks: int = 0
    photos: int = 0
    photos_missing: int = 0


@dataclass(frozen=True)
class WalkWaits:
    """What waits in the walks of a municipality. today, due_meetings: uid and title of walks."""

    today: list[tuple[str, str]]
    due_meetings: list[tuple[str, str]]
    findings_to_review: int
    late_findings: int


def received_by_device(session: Session, walk_id: int) -> dict[int, Received]:
    """What has come from each phone of a walk, by its key; what was withdrawn is not counted."""
    here = (WalkEntry.walk_id == walk_id, WalkEntry.deleted_at.is_(None))
    asked = (
        select(WalkEntry.walk_device_id, WalkEntry.kind, func.count())
        .where(*here, WalkEntry.walk_device_id.is_not(None))
        .group_by(WalkEntry.walk_device_id, WalkEntry.kind)
    )
    counted = {(device, kind): count for device, kind, count in session.execute(asked)}
    expected = (
        select(WalkEntry.walk_device_id, func.count(ExpectedPhoto.id), func.count(Photo.id))
        .join(ExpectedPhoto, ExpectedPhoto.walk_entry_id == WalkEntry.id)
        .outerjoin(Photo, Photo.uid == ExpectedPhoto.photo_uid)
        .where(*here, WalkEntry.walk_device_id.is_not(None))
        .group_by(WalkEntry.walk_device_id)
    )
    photos = {device: (told, come) for device, told, come in session.execute(expected) if device}
    found = {}
    for device in {device for device, _ in counted if device}:
        told, come = photos.get(device, (0, 0))
        found[device] = Received(
            counted.get((device, EntryKind.FINDING), 0),
            counted.get((device, EntryKind.CHECK), 0),
            come,
            told - come,
        )
    return found


def finding_count(session: Session, walk_id: int) -> int:
    """How many findings a walk has; what was withdrawn is not counted."""
    asked = select(func.count()).where(
        WalkEntry.walk_id == walk_id, WalkEntry.kind == EntryKind.FINDING, WalkEntry.deleted_at.is_(None)
    )
    return int(session.scalar(asked) or 0)


def finding_counts(session: Session, municipality_id: int) -> dict[int, int]:
    """The same for every walk of a municipality that has any, by the walk's key."""
    asked = (
        select(WalkEntry.walk_id, func.count())
        .join(Walk, Walk.id == WalkEntry.walk_id)
        .where(
            Walk.municipality_id == municipality_id,
            WalkEntry.kind == EntryKind.FINDING,
            WalkEntry.deleted_at.is_(None),
        )
        .group_by(WalkEntry.walk_id)
    )
    return {walk_id: count for walk_id, count in session.execute(asked)}


def unsent(session: Session, walk_id: int) -> tuple[int, int]:
    """Entries and photos that are still on the phones of a walk; revoked phones do not count."""
    received = received_by_device(session, walk_id)
    open_ones = [each for each in devices_of(session, walk_id) if each.revoked_at is None]
    photos = sum(photos_left(each, received.get(each.id, Received())) for each in open_ones)
    return sum(each.unsent_entries for each in open_ones), photos


def photos_left(device: KnownDevice, received: Received) -> int:
    """How many photos are still on a phone: as it last said, and at least those that its findings lack."""
    return max(device.unsent_photos, received.photos_missing)


def walk_waits(session: Session, municipality_id: int, day: date) -> WalkWaits:
    """What waits on a day: walks of that day, meetings that should have been held, and findings."""
    number = to_day_number(day)
    here = Walk.municipality_id == municipality_id
    live = (Walk.state.in_((WalkState.PLANNED, WalkState.OPEN)), Walk.day == number)
    due = (Walk.state == WalkState.CLOSED, Walk.follow_up_day <= number)
    return WalkWaits(
        today=_named(session, here, *live),
        due_meetings=_named(session, here, *due),
        findings_to_review=_new(session, Report.municipality_id == municipality_id),
        late_findings=sum(late_findings(session, municipality_id, day).values()),
    )


def _named(session: Session, *where: ColumnElement[bool]) -> list[tuple[str, str]]:
    asked = select(Walk.uid, Walk.title).where(*where).order_by(Walk.day, Walk.id)
    return [(str(uid), title) for uid, title in session.execute(asked)]


def to_review(session: Session, walk_id: int) -> int:
    """How many findings of a walk nobody has reviewed."""
    return _new(session, WalkEntry.walk_id == walk_id)


def _new(session: Session, *where: ColumnElement[bool]) -> int:
    asked = (
        select(func.count())
        .select_from(WalkEntry)
        .join(Report, Report.id == WalkEntry.report_id)
        .where(*where, Report.state == State.NEW, WalkEntry.deleted_at.is_(None))
    )
    return int(session.scalar(asked) or 0)
