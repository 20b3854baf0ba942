"""Photos in the review: seen by those who review, let through or not, blacked out where they show too much.

A photo belongs to the municipality of its report. One that is elsewhere, or has no report, is not there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, Row, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import Select

from geodata.errors import Conflict, FileFault, NotFound
from geodata.exchange import photos as exchange
from geodata.exchange.photo_boxes import Box
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.tables.findings import WalkEntry
from geodata.tables.municipalities import Municipality
from geodata.tables.photos import Photo
from geodata.tables.reports import Report
from geodata.tables.walks import Walk
from geodata.vocabulary import Owner, PhotoState
from webmap.services.actors import Actor
from webmap.services.photo_files import PhotoFiles
from webmap.services.photos import PhotoView, touch, view_of


@dataclass(frozen=True)
class Reviewer:
    """Who reviews, and in which municipalities: their codes."""

    actor: Actor
    codes: Collection[str]


@dataclass(frozen=True)
class PhotoSheet:
    """A photo and whose it is. report: its uid. municipality: the code. walk, finding: where it was taken."""

    photo: PhotoView
    report: UUID
    municipality: str
    walk: UUID | None = None
    finding: int | None = None


_Found = Row[Photo, UUID, int, str]


def _found(codes: Collection[str]) -> Select[Photo, UUID, int, str]:
    return (
        select(Photo, Report.uid, Municipality.id, Municipality.code)
        .join(Report, Report.id == Photo.report_id)
        .join(Municipality, Municipality.id == Report.municipality_id)
        .where(Municipality.code.in_(codes), Report.owner == Owner.MUNICIPALITY)
    )


def sheet(engine: Engine, uid: UUID, codes: Collection[str]) -> PhotoSheet:
    """A photo to look at. Raises NotFound `photo.absent`."""
    with reading(engine) as session:
        photo, report, _, code = _one(session, uid, codes)
        walk = session.execute(_walk_of(photo)).one_or_none()
        return PhotoSheet(view_of(photo), report, code, *(walk or ()))


def _walk_of(photo: Photo) -> Select[UUID, int]:
    joined = select(Walk.uid, WalkEntry.seq).join(Walk, Walk.id == WalkEntry.walk_id)
    return joined.where(WalkEntry.report_id == photo.report_id)


def sheet_at(engine: Engine, address: str, codes: Collection[str]) -> PhotoSheet:
    """The photo whose file is at an address. Raises NotFound `photo.absent`."""
    with reading(engine) as session:
        found = session.execute(_found(codes).where(Photo.address == address)).one_or_none()
        if found is None:
            raise NotFound("photo.absent", "photo")
        return PhotoSheet(view_of(found[0]), found[1], found[3])


def _one(session: Session, uid: UUID, codes: Collection[str]) -> _Found:
    found = session.execute(_found(codes).where(Photo.uid == uid)).one_or_none()
    if found is None:
        raise NotFound("photo.absent", "photo")
    return found


def file_at(engine: Engine, folder: Path, asked: tuple[str, str], codes: Collection[str]) -> Path:
    """The file at an address, in one size. Raises NotFound for an address that is no longer one."""
    address, size = asked
    with reading(engine) as session:
        is_known = session.execute(_found(codes).where(Photo.address == address)).one_or_none() is not None
    path = PhotoFiles(folder).path(address, size) if is_known else None
    if path is None:
        raise NotFound("photo.absent", "photo")
    return path


def decide(engine: Engine, uid: UUID, version: int, state: PhotoState, by: Reviewer) -> PhotoSheet:
    """Let a photo through or not. Raises NotFound, and Conflict `photo.changed` for another version."""
    with writing(engine) as session:
        found = _one(session, uid, by.codes)
        found[0].state = state
        return _changed(session, found, version, _ACTIONS[state], by)


_ACTIONS = {
    PhotoState.NEW: "photo.reconsider",
    PhotoState.ACCEPTED: "photo.accept",
    PhotoState.REJECTED: "photo.reject",
}


def _changed(session: Session, found: _Found, version: int, action: str, by: Reviewer) -> PhotoSheet:
    """Stamp a photo that was changed, and write the act down."""
    photo, report, municipality_id, code = found
    change = next_change(session, municipality_id)  # from here on nobody else changes a photo there
    session.flush()
    session.refresh(photo, ["version"])
    if photo.version != version:
        raise Conflict("photo.changed", "version")
    photo.version += 1
    if photo.report_id is not None:
        touch(session, photo.report_id, change)
    append(
        session,
        Entry(by.actor.role, action, "photo", str(photo.uid), code, by.actor.user_id, photo.version),
    )
    return PhotoSheet(view_of(photo), report, code)


@dataclass(frozen=True)
class Redaction:
    """What is to be painted black. version: of the photo as it was looked at."""

    uid: UUID
    version: int
    boxes: Sequence[Box]


def redact(engine: Engine, folder: Path, redaction: Redaction, by: Reviewer) -> PhotoSheet:
    """Burn boxes into every size of a photo, for good; it gets another address, and the old one is empty.

    Raises NotFound, Conflict `photo.changed`, FileFault as `exchange.photos.make`.
    """
    files = PhotoFiles(folder)
    before = sheet(engine, redaction.uid, by.codes)
    if before.photo.version != redaction.version:
        raise Conflict("photo.changed", "version")
    made = exchange.make(_large(files, before.photo.address), redaction.boxes)
    address = files.put(made.files)
    try:
        after = _readdress(engine, redaction, address, made, by)
    except Conflict:
        files.drop(address)
        raise
    files.drop(before.photo.address)
    return after


def _large(files: PhotoFiles, address: str) -> bytes:
    path = files.path(address, "large")
    if path is None:
        raise FileFault("photo.gone", "photo")
    try:
        return path.read_bytes()
    except FileNotFoundError as fault:  # somebody redacted it just now
        raise Conflict("photo.changed", "version") from fault


def _readdress(
    engine: Engine, redaction: Redaction, address: str, made: exchange.Made, by: Reviewer
) -> PhotoSheet:
    with writing(engine) as session:
        found = _one(session, redaction.uid, by.codes)
        photo = found[0]
        photo.address, photo.is_redacted = address, True
        photo.size = sum(map(len, made.files.values()))
        return _changed(session, found, redaction.version, "photo.redact", by)
