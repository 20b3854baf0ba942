"""Findings of a walk for tests, stored as if a phone had sent them: what a test does not say is ordinary."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, select

from geodata.hours import to_day_number, today
from geodata.queries.findings import KnownFinding, finding_with
from geodata.queries.walks import KnownStop, KnownWalk
from geodata.tables.engine import reading, writing
from geodata.tables.findings import ExpectedPhoto, FollowUp, WalkEntry
from geodata.tables.photos import Photo
from geodata.tables.reports import Report
from geodata.tables.walks import Walk
from geodata.vocabulary import EntryKind, FindingState, Kind, LandOwner, Origin, State
from tests import factories


def found(
    engine: Engine, of: KnownWalk, stop: KnownStop | None = None, photos: int = 0, **said: Any
) -> KnownFinding:
    """A finding nobody has reviewed, at a stop where one is given. photos: expected, none has come."""
    entry: dict[str, Any] = {
        name: said.pop(name) for name in ("said_at", "device_seq", "walk_device_id") if name in said
    }
    values: dict[str, Any] = {"kind": Kind.WALK_FINDING, "origin": Origin.WALK, "state": State.NEW}
    with writing(engine) as session:
        draft = factories.draft(None if stop is None else stop.place, **values | said)
        factories.store(session, factories.home_in(session, of.code), [draft])
        report_id = session.scalars(select(Report.id).where(Report.uid == draft.uid)).one()
        row = WalkEntry(uid=draft.uid, kind=EntryKind.FINDING, report_id=report_id, answers="")
        _fill(row, _next_seq(session, of), of, stop, entry)
        session.add(row)
        session.flush()
        for number in range(1, photos + 1):
            session.add(ExpectedPhoto(photo_uid=uuid4(), walk_entry_id=row.id, number=number))
    return again(engine, of, draft.uid)


def checked(engine: Engine, of: KnownWalk, stop: KnownStop | None, **answers: str) -> UUID:
    """A checklist: theme=good or poor."""
    uid = uuid4()
    with writing(engine) as session:
        row = WalkEntry(uid=uid, kind=EntryKind.CHECK, answers=json.dumps(answers))
        _fill(row, _next_seq(session, of), of, stop, {})
        session.add(row)
    return uid


def photo_came(engine: Engine, of: KnownFinding, uid: UUID | None = None) -> UUID:
    """A photo of a finding; no file."""
    uid = uid or uuid4()
    with writing(engine) as session:
        row = Photo(uid=uid, report_id=of.report_id, state="new", address=uuid4().hex, width=8, height=8)
        row.size, row.digest, row.is_redacted, row.version, row.created_at = 1, "0" * 64, False, 1, _now()
        session.add(row)
    return uid


def decided(engine: Engine, of: KnownFinding, **said: Any) -> None:
    """What the meeting decided, stored as it is; whole as a promise where a test does not say otherwise."""
    values: dict[str, Any] = {
        "state": FindingState.PLANNED,
        "words": "Gångvägen är mörk.",
        "unit": "Gata/park",
        "land_owner": LandOwner.MUNICIPALITY,
        "is_cost_driving": False,
        "action": "Lampan byts.",
        "reason": "",
        "version": 1,
        "changed_at": _now(),
    }
    is_owed = said.get("state", FindingState.PLANNED) in (FindingState.ASSIGNED, FindingState.PLANNED)
    said = {"due": today() + timedelta(days=180) if is_owed else None} | said
    days = {f"{name}_day": _number(said.pop(name)) for name in ("due", "done") if name in said}
    with writing(engine) as session:
        session.add(FollowUp(walk_entry_id=of.id, **values | said | days))


def _number(day: date | None) -> int | None:
    return None if day is None else to_day_number(day)


def again(engine: Engine, of: KnownWalk, uid: UUID) -> KnownFinding:
    """The finding as it is now."""
    with reading(engine) as session:
        known = finding_with(session, of.id, uid)
    assert known is not None
    return known


def accept(engine: Engine, *findings: KnownFinding) -> None:
    """Let them through review, without its history."""
    with writing(engine) as session:
        for each in findings:
            session.get_one(Report, each.report_id).state = State.ACCEPTED


def _fill(row: WalkEntry, seq: int, of: KnownWalk, stop: KnownStop | None, said: dict[str, Any]) -> None:
    row.walk_id, row.walk_stop_id, row.seq = of.id, None if stop is None else stop.id, seq
    row.walk_device_id, row.device_seq = said.get("walk_device_id"), said.get("device_seq", seq)
    row.said_at, row.received_at = said.get("said_at", _now()), _now()
    row.sha256, row.revision, row.deleted_reason = "0" * 64, 1, ""


def _next_seq(session: Any, of: KnownWalk) -> int:
    walk = session.get_one(Walk, of.id)
    walk.finding_seq += 1
    return int(walk.finding_seq)


def _now() -> datetime:
    return datetime.now(UTC)
