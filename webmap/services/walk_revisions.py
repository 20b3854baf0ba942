"""Changes to what was sent from a walk: taken in where nothing came between, else both are kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session

from geodata.drafts import ReportDraft
from geodata.errors import Conflict, NotFound
from geodata.queries.municipalities import Home
from geodata.queries.walk_entries import (
    KnownEntry,
    KnownRevision,
    entry_with,
    photos_missing,
    revision_with,
)
from geodata.queries.walks import KnownStop, KnownWalk
from geodata.tables.chain import Entry, append, new_key, payload_mac
from geodata.tables.changes import next_change
from geodata.tables.engine import writing
from geodata.tables.findings import ExpectedPhoto, FindingRevision, WalkEntry
from geodata.tables.photos import Photo
from geodata.tables.report_rows import Stamp, update_reports
from geodata.tables.reports import Report
from geodata.vocabulary import PhotoState, RevisionState, State, StopSource
from webmap.access import Permission
from webmap.services.kept_text import kept_text
from webmap.services.receiving import PUBLIC
from webmap.services.review_moves import Action
from webmap.services.reviewing import Deed, act_within
from webmap.services.walk_body import Sent, Told
from webmap.services.walk_drafts import finding_draft, stop_columns, stop_of
from webmap.services.walk_tokens import Known
from webmap.services.walking import expect_photos, in_turn, now_stored, touch_device

WITHDRAWN = "withdrawn"
"""Why an entry is a tombstone: whoever sent it took it back."""


@dataclass(frozen=True)
class Change:
    """A change on its way in. base: the revision the phone had before it; 0 where it did not say."""

    uid: UUID
    entry: UUID
    base: int
    sent: Sent
    told: Told


@dataclass(frozen=True)
class Revised:
    """A change that is stored, and its entry as it is now."""

    revision: KnownRevision
    entry: KnownEntry
    missing: tuple[UUID, ...]
    is_new: bool

    @property
    def is_conflict(self) -> bool:
        """Whether it waits for the leader beside what it would have changed."""
        return self.revision.is_open


class Tombstone(Exception):
    """The entry is gone; nothing is changed about it any more."""

    def __init__(self, entry: KnownEntry) -> None:
        super().__init__(entry.uid)
        self.entry = entry


def known_revision(session: Session, entry_uid: UUID, uid: UUID, sha256: str) -> Revised | None:
    """The change, if it is stored already. Raises Conflict `finding.content_differs`."""
    revision = revision_with(session, uid)
    if revision is None:
        return None
    entry = entry_with(session, entry_uid)
    if entry is None or revision.walk_entry_id != entry.id or revision.sha256 != sha256:
        raise Conflict("finding.content_differs", "id")
    return Revised(revision, entry, photos_missing(session, entry.id), False)


def revise(engine: Engine, home: Home, asker: Known, change: Change) -> Revised:
    """Take a change in, or keep it beside where something came between. Durable when it returns.

    Raises NotFound `finding.unknown`, Tombstone, and Conflict `finding.content_differs`.
    """
    with in_turn(engine), writing(engine) as session:
        number = next_change(session, home.id)  # from here on nobody else changes anything here
        if known := known_revision(session, change.entry, change.uid, change.sent.sha256):
            return known
        entry = entry_with(session, change.entry)
        if entry is None or entry.walk_id != asker.walk.id or entry.kind != change.told.kind:
            raise NotFound("finding.unknown", "id")
        if entry.deleted_at is not None:
            raise Tombstone(entry)
        now = now_stored()
        is_first = change.base == entry.revision and _is_untouched(session, entry, change.told)
        _keep(session, asker, (entry, change), now, is_first)
        touch_device(session, asker.device, now)
        stamp = Stamp(home.id, number, now)
        way = (_withdraw if change.told.is_withdrawn else _apply) if is_first else _leave
        append(session, way(session, (home, asker), (entry, change), stamp))
        made = known_revision(session, change.entry, change.uid, change.sent.sha256)
    if made is None:
        raise NotFound("finding.unknown", "id")
    return replace(made, is_new=True)


def _is_untouched(session: Session, entry: KnownEntry, told: Told) -> bool:
    """Whether nobody has reviewed or set right the report since the phone last changed it.

    Whoever said something may take it back all the same.
    """
    if entry.report_id is None or told.is_withdrawn:
        return True
    state, version = session.execute(
        select(Report.state, Report.version).where(Report.id == entry.report_id)
    ).one()
    return state == State.NEW and version == entry.revision


def _keep(
    session: Session, asker: Known, what: tuple[KnownEntry, Change], now: datetime, is_applied: bool
) -> None:
    entry, change = what
    session.add(
        FindingRevision(
            uid=change.uid,
            walk_entry_id=entry.id,
            walk_device_id=asker.device.id,
            base_revision=change.base,
            state=RevisionState.APPLIED if is_applied else RevisionState.CONFLICT,
            sha256=change.sent.sha256,
            body="" if is_applied else kept_text(change.sent),
            received_at=now,
            settled_at=now if is_applied else None,
        )
    )
    session.flush()


def _leave(
    session: Session, where: tuple[Home, Known], what: tuple[KnownEntry, Change], stamp: Stamp
) -> Entry:
    return _journal_row(where[0], what[0], "finding.conflict")


def _apply(
    session: Session, where: tuple[Home, Known], what: tuple[KnownEntry, Change], stamp: Stamp
) -> Entry:
    (home, asker), (entry, change) = where, what
    stop = stop_of(session, asker.walk, change.told)
    mac = draft = None
    if entry.report_id is not None:
        voice, key = session.execute(
            select(Report.voice, Report.journal_key).where(Report.id == entry.report_id)
        ).one()
        made = finding_draft(home, change.entry, change.told, stop, entry.said_at)
        draft = replace(made, voice=voice)
        update_reports(session, [draft], stamp)
        _renew_photos(session, entry, change.told.photos)
        mac = payload_mac(draft.content, key or new_key())
    session.execute(
        update(WalkEntry)
        .where(WalkEntry.id == entry.id)
        .values(
            answers=change.told.answers_text,
            revision=entry.revision + 1,
            **_stop(session, asker.walk, entry, (stop, draft)),
        )
    )
    return _journal_row(home, entry, "finding.revise", mac)


def _stop(
    session: Session, walk: KnownWalk, entry: KnownEntry, said: tuple[KnownStop | None, ReportDraft | None]
) -> dict[str, Any]:
    """The stop it has now. What staff have said of it stays until the phone names one itself."""
    if said[0] is None and entry.stop_source == StopSource.STAFF:
        return {}
    return stop_columns(session, walk, *said)


def _renew_photos(session: Session, entry: KnownEntry, photos: tuple[UUID, ...]) -> None:
    """The photos it says it has now; one that was taken away waits for no report, and is swept."""
    session.execute(delete(ExpectedPhoto).where(ExpectedPhoto.walk_entry_id == entry.id))
    gone = update(Photo).where(
        Photo.report_id == entry.report_id, Photo.uid.not_in(photos), Photo.state == PhotoState.NEW
    )
    session.execute(gone.values(report_id=None).execution_options(synchronize_session=False))
    expect_photos(session, entry.id, photos, entry.report_id)


def _withdraw(
    session: Session, where: tuple[Home, Known], what: tuple[KnownEntry, Change], stamp: Stamp
) -> Entry:
    (home, _), (entry, change) = where, what
    gone = {"revision": entry.revision + 1, "deleted_at": stamp.created_at, "deleted_reason": WITHDRAWN}
    session.execute(update(WalkEntry).where(WalkEntry.id == entry.id).values(**gone, answers=""))
    found = select(Report.state, Report.version).where(Report.id == entry.report_id)
    state, version = session.execute(found).one_or_none() or (State.WITHDRAWN, 0)
    if state == State.WITHDRAWN:
        return _journal_row(home, entry, "finding.withdraw")
    deed = Deed(change.entry, version, Action.WITHDRAW, permission=Permission.FOLLOW_REPORT)
    return act_within(session, home, PUBLIC, deed, stamp.change_seq)


def _journal_row(home: Home, entry: KnownEntry, action: str, mac: str | None = None) -> Entry:
    revision = entry.revision + 1
    return Entry(
        PUBLIC.role,
        action,
        "finding",
        str(entry.uid),
        home.code,
        object_rev=revision,
        payload_mac=mac,
    )
