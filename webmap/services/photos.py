"""Photos of reports: taken in once each, made anew, tied to their report, and swept where none came."""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, Row, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geodata.errors import Conflict, NotFound, TooOften
from geodata.exchange import photos as exchange
from geodata.exchange.photo_kinds import LONGEST_PX, kind_of
from geodata.queries.walk_entries import named_aside
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.tables.journal import JournalEntry
from geodata.tables.municipalities import Municipality
from geodata.tables.photos import Photo
from geodata.tables.reports import Report
from geodata.vocabulary import PhotoState, State
from webmap.services.photo_files import PhotoFiles
from webmap.services.receiving import PUBLIC

MOST_OF_A_REPORT = 3
SMALL_PX = LONGEST_PX["small"]
ATTACHED_WITHIN = timedelta(hours=2)
"""How long after its report a photo may come; the report's id is the secret of the one who sent it."""
KEPT_ALONE = timedelta(days=1)
"""How long a photo waits for its report."""
MOST_WAITING_BYTES = 1_000_000_000
_FOLDER_KEPT_S = 3600.0
"""How long files are left without a row: somebody may be about to write it."""
_MADE_AT_ONCE = 2
_PATIENCE_S = 20.0
Place = Row[int, int, str]
"""A report as a photo is tied to it: its key, that of its municipality, and the municipality's code."""
_making = threading.BoundedSemaphore(_MADE_AT_ONCE)


@dataclass(frozen=True)
class StoredPhoto:
    """A photo that is kept. is_new: it was not there before. digest: SHA-256 of what was sent."""

    uid: UUID
    is_new: bool
    digest: str
    width: int
    height: int


@dataclass(frozen=True)
class PhotoView:
    """A photo as it is looked at. width, height: of the large size in pixels."""

    uid: UUID
    address: str
    state: PhotoState
    width: int
    height: int
    version: int
    is_redacted: bool

    @property
    def small_size(self) -> tuple[int, int]:
        """Width and height of the small one."""
        share = min(1.0, SMALL_PX / max(self.width, self.height))
        return max(1, round(self.width * share)), max(1, round(self.height * share))


def store(engine: Engine, folder: Path, uid: UUID, raw: bytes) -> StoredPhoto:
    """Make a photo of what was sent and keep it, or find that it is kept already. Durable when it returns.

    Raises Conflict `photo.other_content` for an id that is kept with another content, FileFault and
    UnknownMedia as `exchange.photos.make`, TooOften `photo.busy`, `photo.full`.
    """
    digest = hashlib.sha256(raw).hexdigest()
    if known := _known(engine, uid, digest):
        return known
    kind_of(raw)
    with _one_of_few():
        made = exchange.make(raw)
    files = PhotoFiles(folder)
    address = files.put(made.files)
    photo = Photo(uid=uid, state=PhotoState.NEW, address=address, digest=digest, is_redacted=False, version=1)
    photo.width, photo.height, photo.created_at = made.width, made.height, datetime.now(UTC)
    photo.size = sum(map(len, made.files.values()))
    try:
        files.claim(_insert(engine, photo))
    except (IntegrityError, TooOften) as fault:
        files.drop(address)
        if isinstance(fault, TooOften) or (known := _known(engine, uid, digest)) is None:
            raise
        return known
    return StoredPhoto(uid, True, digest, made.width, made.height)


@contextmanager
def _one_of_few() -> Iterator[None]:
    """So that a flood of photos takes neither all memory nor all processors."""
    if not _making.acquire(timeout=_PATIENCE_S):
        raise TooOften("photo.busy", "photo")
    try:
        yield
    finally:
        _making.release()


def _known(engine: Engine, uid: UUID, digest: str) -> StoredPhoto | None:
    with reading(engine) as session:
        kept = session.execute(
            select(Photo.digest, Photo.width, Photo.height).where(Photo.uid == uid)
        ).one_or_none()
    if kept is None:
        return None
    if kept.digest != digest:
        raise Conflict("photo.other_content", "id")
    return StoredPhoto(uid, False, digest, kept.width, kept.height)


def _insert(engine: Engine, photo: Photo) -> str:
    """Whose photo it is then."""
    with writing(engine) as session:
        kept = session.scalar(select(func.sum(Photo.size)).where(Photo.report_id.is_(None)))
        if (kept or 0) > MOST_WAITING_BYTES:
            raise TooOften("photo.full", "photo")
        session.add(photo)
        return _owner(session)


def attach(engine: Engine, uid: UUID, report: UUID, now: datetime | None = None) -> bool:
    """Tie a photo to a report that came before it; whether it is tied to it now.

    Only to a new report, within two hours of it, and as its third at most. Why not is not told.
    """
    earliest = (now or datetime.now(UTC)) - ATTACHED_WITHIN
    with writing(engine) as session:
        there = session.execute(
            select(Report.id, Report.municipality_id, Municipality.code)
            .join(Municipality, Municipality.id == Report.municipality_id)
            .where(Report.uid == report, Report.state == State.NEW, Report.created_at >= earliest)
        ).one_or_none()
        photo = session.scalar(select(Photo).where(Photo.uid == uid))
        if there is None or photo is None or photo.report_id is not None:
            return there is not None and photo is not None and photo.report_id == there.id
        return tie(session, photo, there)


def tie(session: Session, photo: Photo, there: Place) -> bool:
    """Tie a photo to a report, as its third at most; whether it is. there: id, municipality_id, code."""
    change = next_change(session, there.municipality_id)  # from here on nobody else ties one there
    kept = select(func.count()).select_from(Photo).where(Photo.report_id == there.id)
    if (session.scalar(kept) or 0) >= MOST_OF_A_REPORT:
        return False
    photo.report_id = there.id
    touch(session, there.id, change)
    append(session, Entry(PUBLIC.role, "photo.attach", "photo", str(photo.uid), there.code))
    return True


def touch(session: Session, report_id: int, change: int) -> None:
    """Stamp a report whose photos changed; its own version stays, so that nobody's review is in the way."""
    session.get_one(Report, report_id).change_seq = change


def view_of(photo: Photo) -> PhotoView:
    """A row as it is looked at."""
    return PhotoView(
        photo.uid,
        photo.address,
        photo.state,
        photo.width,
        photo.height,
        photo.version,
        photo.is_redacted,
    )


def of_report(session: Session, report_id: int) -> list[PhotoView]:
    """The photos of a report in the order they came."""
    found = session.scalars(select(Photo).where(Photo.report_id == report_id).order_by(Photo.id))
    return [view_of(photo) for photo in found]


def waiting(engine: Engine, uids: Sequence[UUID]) -> list[PhotoView]:
    """Of these photos those that are kept and have no report yet, in the order asked for."""
    with reading(engine) as session:
        alone = select(Photo).where(Photo.uid.in_(uids), Photo.report_id.is_(None))
        found = {photo.uid: view_of(photo) for photo in session.scalars(alone)}
    return [found[uid] for uid in uids if uid in found]


def preview(engine: Engine, folder: Path, uid: UUID, size: str) -> Path:
    """A file of a photo that waits for its report. Raises NotFound. Who may ask is not looked at here."""
    for view in waiting(engine, [uid]):
        if path := PhotoFiles(folder).path(view.address, size):
            return path
    raise NotFound("photo.absent", "photo")


def remove(engine: Engine, folder: Path, uid: UUID) -> None:
    """Take a photo away that waits for its report; nothing happens where it does not."""
    with writing(engine) as session:
        gone = delete(Photo).where(Photo.uid == uid, Photo.report_id.is_(None)).returning(Photo.address)
        address = session.scalar(gone)
    if address:
        PhotoFiles(folder).drop(address)


def sweep(engine: Engine, folder: Path, now: datetime) -> int:
    """Take away photos that no report came for in a day, and files of no photo; how many went."""
    files = PhotoFiles(folder)
    with reading(engine) as session:
        is_old, is_unnamed = Photo.created_at < now - KEPT_ALONE, Photo.uid.not_in(named_aside(session))
        alone = (Photo.report_id.is_(None), is_old, is_unnamed)
        is_due = session.scalar(select(Photo.id).where(*alone).limit(1)) is not None
    gone: list[str] = []
    if is_due:
        with writing(engine) as session:
            gone = list(session.scalars(delete(Photo).where(*alone).returning(Photo.address)))
    for address in gone:
        files.drop(address)
    return len(gone) + _sweep_folders(engine, files)


def _sweep_folders(engine: Engine, files: PhotoFiles) -> int:
    if not (found := files.older_than(_FOLDER_KEPT_S)):
        return 0
    with reading(engine) as session:
        known, owner = set(session.scalars(select(Photo.address))), _owner(session)
    if not owner or files.owner != owner:
        return 0  # another database has photos here too, and to us they all look like nobody's
    nobodys = [folder for folder in found if folder.name not in known]
    for folder in nobodys:
        shutil.rmtree(folder, ignore_errors=True)
    return len(nobodys)


def _owner(session: Session) -> str:
    """What tells this database from all others, also after a backup was put back: how its journal begins."""
    return session.scalar(select(JournalEntry.hash).order_by(JournalEntry.seq).limit(1)) or ""
