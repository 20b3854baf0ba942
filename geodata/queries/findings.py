"""Reads of what was found on a walk, with what is done about it. Checklists: `queries.checklists`."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.hours import from_day_number
from geodata.queries.finding_photos import FindingPhoto, photos_of
from geodata.queries.review_queue import in_order
from geodata.queries.same_findings import Same, same_of
from geodata.queries.walks import KnownStop, degrees_of, stops_of
from geodata.tables.findings import FollowUp, WalkEntry
from geodata.tables.reports import Report
from geodata.tables.walks import WalkDevice
from geodata.vocabulary import (
    EntryKind,
    FindingState,
    LandOwner,
    Polarity,
    PositionSource,
    State,
    StopSource,
)

DECIDED = (FindingState.ASSIGNED, FindingState.PLANNED, FindingState.DONE, FindingState.NOT_POSSIBLE)
"""In these somebody has said what becomes of a finding."""
ENDED = (FindingState.DONE, FindingState.NOT_POSSIBLE)
"""In these nothing more is owed."""


@dataclass(frozen=True)
class KnownFollowUp:
    """What is done about a finding. words: the finding as the minutes tell it. unit: no person."""

    state: FindingState
    words: str
    unit: str
    land_owner: LandOwner
    is_cost_driving: bool | None
    action: str
    due: date | None
    done: date | None
    reason: str
    measure_id: int | None
    version: int
    changed_at: datetime
    told_at: datetime | None

    @property
    def is_decided(self) -> bool:
        """Whether somebody has said what becomes of it."""
        return self.state in DECIDED

    def is_overdue(self, today: date) -> bool:
        """Whether its day has passed and it is still owed."""
        return self.due is not None and self.due < today and self.state not in ENDED


@dataclass(frozen=True)
class KnownFinding:
    """A finding as it is stored. place: EPSG:3006, or None. device: which phone, never whose.

    state: of its report; None where the report has been destroyed. report_version: of the report;
    revision: of the entry. photos: those that have come and those still missing, by number. same: numbers of
    those merged into it; same_as: of a merged one, the number of the one that was kept.
    """

    id: int
    uid: UUID
    walk_id: int
    seq: int
    device: UUID | None
    device_seq: int
    said_at: datetime
    received_at: datetime
    revision: int
    deleted_at: datetime | None
    deleted_reason: str
    stop: KnownStop | None
    stop_source: StopSource | None
    report_id: int | None
    report_uid: UUID | None
    report_version: int
    place: BaseGeometry | None
    accuracy_m: float | None
    position_source: PositionSource | None
    place_text: str
    polarity: Polarity | None
    categories: tuple[str, ...]
    severity: int | None
    private_text: str
    public_text: str | None
    state: State | None
    photos: tuple[FindingPhoto, ...]
    follow_up: KnownFollowUp | None
    same: tuple[int, ...] = ()
    same_as: int | None = None

    @property
    def said_by(self) -> int:
        """How many findings say it: itself, and those merged into it."""
        return 1 + len(self.same)

    @property
    def position(self) -> tuple[float, float] | None:
        """Longitude and latitude of a point on it."""
        return degrees_of(None if self.place is None else self.place.representative_point())

    @property
    def is_accepted(self) -> bool:
        """Whether it has passed review and stands for itself."""
        return self.state == State.ACCEPTED and self.deleted_at is None

    @property
    def needs_decision(self) -> bool:
        """Whether the follow-up meeting owes it an answer: what is good already needs none."""
        return self.is_accepted and self.polarity != Polarity.SAFE

    @property
    def is_decided(self) -> bool:
        """Whether somebody has said what becomes of it."""
        return self.follow_up is not None and self.follow_up.is_decided

    @property
    def words(self) -> str:
        """The finding as the minutes tell it, or "" until staff have written it."""
        return "" if self.follow_up is None else self.follow_up.words

    @property
    def progress(self) -> FindingState:
        """How far the municipality has come with it."""
        if self.follow_up is not None:
            return self.follow_up.state
        return FindingState.REVIEWED if self.is_accepted else FindingState.NEW

    @property
    def photos_missing(self) -> int:
        """How many of its photos have not come."""
        return sum(not photo.has_come for photo in self.photos)

    def is_overdue(self, today: date) -> bool:
        """Whether its day has passed and it is still owed."""
        return self.follow_up is not None and self.follow_up.is_overdue(today)


def findings_of(session: Session, walk_id: int) -> list[KnownFinding]:
    """The findings of a walk in the order they were said, without those withdrawn."""
    return _findings(session, walk_id, WalkEntry.deleted_at.is_(None))


def outlived_of(session: Session, walk_id: int) -> list[KnownFinding]:
    """Those whose report has been destroyed, and that minutes told: what staff wrote of them stays."""
    is_tomb = (WalkEntry.deleted_at.is_not(None), WalkEntry.report_id.is_(None))
    return _findings(session, walk_id, *is_tomb, FollowUp.walk_entry_id.is_not(None))


def tombstones_of(session: Session, walk_id: int) -> list[KnownFinding]:
    """The findings of a walk that were withdrawn, in the order they were said."""
    return _findings(session, walk_id, WalkEntry.deleted_at.is_not(None))


def finding_with(session: Session, walk_id: int, uid: UUID) -> KnownFinding | None:
    """One of them, withdrawn or not."""
    return next(iter(_findings(session, walk_id, WalkEntry.uid == uid)), None)


def _findings(session: Session, walk_id: int, *wanted: Any) -> list[KnownFinding]:
    asked = (
        in_spoken_order(select(WalkEntry, Report, FollowUp, WalkDevice.uid))
        .outerjoin(Report, Report.id == WalkEntry.report_id)
        .outerjoin(FollowUp, FollowUp.walk_entry_id == WalkEntry.id)
        .where(WalkEntry.walk_id == walk_id, WalkEntry.kind == EntryKind.FINDING, *wanted)
    )
    rows = session.execute(asked).all()
    stops = _stops(session, walk_id)
    photos = photos_of(session, [(entry.id, entry.report_id) for entry, *_ in rows])
    same = same_of(session, walk_id)
    found = (
        _finding(entry, report, (stops.get(entry.walk_stop_id), device, photos[entry.id], follow_up))
        for entry, report, follow_up, device in rows
    )
    return [_with_same(each, same) for each in found]


def _with_same(finding: KnownFinding, same: Same) -> KnownFinding:
    key = finding.report_id or 0
    return replace(finding, same=same.merged.get(key, ()), same_as=same.kept.get(key))


def in_spoken_order(asked: Any) -> Any:
    """Entries by when it was said; of one moment by phone, and by the phone's own count."""
    phones = asked.outerjoin(WalkDevice, WalkDevice.id == WalkEntry.walk_device_id)
    return phones.order_by(WalkEntry.said_at, WalkDevice.uid, WalkEntry.device_seq, WalkEntry.id)


def _stops(session: Session, walk_id: int) -> dict[int | None, KnownStop]:
    return {stop.id: stop for stop in stops_of(session, walk_id)}


_OF_ENTRY = (
    *("id", "uid", "walk_id", "report_id", "seq", "device_seq", "said_at", "received_at", "revision"),
    *("deleted_at", "deleted_reason", "stop_source"),
)
_OF_REPORT = ("accuracy_m", "position_source", "polarity", "severity", "public_text", "state")

_OF_FOLLOW_UP = [each.name for each in fields(KnownFollowUp) if each.name not in ("due", "done")]


def _finding(
    entry: WalkEntry,
    report: Report | None,
    around: tuple[KnownStop | None, UUID | None, tuple[FindingPhoto, ...], FollowUp | None],
) -> KnownFinding:
    stop, device, photos, follow_up = around
    said: dict[str, Any] = {name: getattr(entry, name) for name in _OF_ENTRY}
    said |= {name: getattr(report, name, None) for name in _OF_REPORT}
    return KnownFinding(
        **said,
        device=device,
        stop=stop,
        report_uid=None if report is None else report.uid,
        report_version=0 if report is None else report.version,
        place=None if report is None else report.geometry,
        place_text="" if report is None else report.place_text,
        categories=() if report is None else in_order(report.categories),
        private_text="" if report is None else report.private_text,
        photos=photos,
        follow_up=None if follow_up is None else _follow_up(follow_up),
    )


def _follow_up(row: FollowUp) -> KnownFollowUp:
    said: dict[str, Any] = {name: getattr(row, name) for name in _OF_FOLLOW_UP}
    days = [None if day is None else from_day_number(day) for day in (row.due_day, row.done_day)]
    return KnownFollowUp(**said, due=days[0], done=days[1])
