"""Putting the demo's town walks in place: one published, one to follow up, one to come."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.crs import METRES
from geodata.drafts import ReportDraft
from geodata.geometry import Place, parse_geojson, point_at
from geodata.hours import exact, local, to_day_number
from geodata.hours.wall import ZONE
from geodata.queries.municipalities import Home
from geodata.queries.walks import walk_by_id
from geodata.tables.changes import next_change
from geodata.tables.findings import WalkEntry
from geodata.tables.report_rows import Stamp, insert_reports
from geodata.tables.reports import Report
from geodata.tables.walks import HeadCount, Walk, WalkDevice, WalkStop
from geodata.vocabulary import (
    EntryKind,
    Kind,
    Light,
    Origin,
    PositionSource,
    RouteSource,
    State,
    Theme,
    WalkRole,
    WalkState,
)
from webmap.services.actors import COMMAND
from webmap.services.demo_town import SPOTS
from webmap.services.demo_walk_decisions import follow_up
from webmap.services.demo_walk_forms import DemoWalk, Note
from webmap.services.demo_walk_notes import WALKS
from webmap.services.minutes_measures import keep_in_step

_SPOTS = {spot.name: spot for spot in SPOTS}
_STARTS = time(18, 30)
_LASTED = timedelta(minutes=95)
_COMING_IN = timedelta(days=12)
_MONTH = timedelta(days=30)


@dataclass(frozen=True)
class _Stored:
    """A walk that is in place. stops: their keys in order."""

    municipality_id: int
    change: int
    walk_id: int
    device_id: int
    stops: tuple[int, ...]


def store(session: Session, home: Home) -> None:
    """The walks with all that was found on them, in the session's transaction."""
    change = next_change(session, home.id)
    kept: dict[str, _Stored] = {}
    for walk in WALKS:
        kept[walk.key] = _walk(session, home, walk, change, kept.get(walk.repeats))
        for number, note in enumerate(walk.notes, start=1):
            _note(session, walk, note, _draft(home, walk, number, note), kept[walk.key])
        if known := walk_by_id(session, kept[walk.key].walk_id):
            keep_in_step(session, home, known, COMMAND)


def _uid(name: str) -> UUID:
    return UUID(hashlib.sha256(f"demo/walk/{name}".encode()).hexdigest()[:32], version=4)


def _day(walk: DemoWalk) -> date:
    return walk.day or (datetime.now(ZONE) + _COMING_IN).date()


def _start(walk: DemoWalk) -> datetime:
    return datetime.combine(_day(walk), _STARTS, ZONE).astimezone(UTC)


def _walk(session: Session, home: Home, walk: DemoWalk, change: int, earlier: _Stored | None) -> _Stored:
    row = Walk(**_plan(home, walk), **_progress(walk), change_seq=change)
    row.repeat_of = earlier.walk_id if earlier else None
    session.add(row)
    session.flush()
    stops = [_stop(row.id, walk, number, earlier) for number in range(1, len(walk.stops) + 1)]
    session.add_all(stops)
    session.add_all(_heads(row.id, walk))
    phone = _phone(row.id, walk)
    session.add(phone)
    session.flush()
    return _Stored(home.id, change, row.id, phone.id, tuple(stop.id for stop in stops))


def _plan(home: Home, walk: DemoWalk) -> dict[str, object]:
    first, day = _SPOTS[walk.stops[0]], _day(walk)
    return {
        "uid": _uid(walk.key),
        "municipality_id": home.id,
        "geometry": _route(home, walk),
        "route_source": RouteSource.STRAIGHT if len(walk.stops) > 1 else None,
        "title": walk.title,
        "locality": walk.locality,
        "day": to_day_number(day),
        "starts_minute": _STARTS.hour * 60 + _STARTS.minute,
        "meeting_place": walk.meeting,
        "meeting_east": first.east,
        "meeting_north": first.north,
        "light": Light.DARK,
        "code": walk.code,
        "invited": ",".join(WalkRole),
        "themes": ",".join((Theme.LIGHTING, Theme.GREENERY, Theme.OVERVIEW, Theme.MAINTENANCE)),
        "premap_until": None if walk.day else to_day_number(day - timedelta(days=2)),
        "group_count": 2 if sum(walk.heads.values()) > 10 else 1,
        "follow_up_day": to_day_number(day + timedelta(days=19)),
        "follow_up_place": "Kommunhuset",
        "repeat_of": None,
    }


def _progress(walk: DemoWalk) -> dict[str, object]:
    start, is_over = _start(walk), walk.day is not None
    is_public = walk.state == WalkState.PUBLISHED
    return {
        "state": walk.state,
        "summary": walk.summary,
        "started_at": start if is_over else None,
        "ended_at": start + _LASTED if is_over else None,
        "walked_from": start if is_over else None,
        "walked_until": start + _LASTED if is_over else None,
        "published_at": start + timedelta(days=26) if is_public else None,
        "finding_seq": len(walk.notes),
        "safe_seq": 0,
        "version": 1,
        "created_at": start - _MONTH,
    }


def _route(home: Home, walk: DemoWalk) -> Place | None:
    spots = [_SPOTS[name] for name in walk.stops]
    if len(spots) < 2:
        return None
    line = {"type": "LineString", "coordinates": [[spot.east, spot.north] for spot in spots]}
    return parse_geojson(line, home.served, "route", METRES)


def _stop(walk_id: int, walk: DemoWalk, number: int, earlier: _Stored | None) -> WalkStop:
    spot = _SPOTS[walk.stops[number - 1]]
    return WalkStop(
        walk_id=walk_id,
        uid=_uid(f"{walk.key}/stop/{number}"),
        geometry=point_at(spot.east, spot.north),
        number=number,
        name=spot.name,
        note="",
        same_as=earlier.stops[number - 1] if earlier else None,
    )


def _heads(walk_id: int, walk: DemoWalk) -> list[HeadCount]:
    return [
        HeadCount(walk_id=walk_id, group_number=1, role=role, count=count)
        for role, count in walk.heads.items()
    ]


def _phone(walk_id: int, walk: DemoWalk) -> WalkDevice:
    start = _start(walk)
    return WalkDevice(
        uid=_uid(f"{walk.key}/phone"),
        walk_id=walk_id,
        token_digest=hashlib.sha256(secrets.token_bytes(32)).hexdigest(),
        group_number=1,
        unsent_entries=0,
        unsent_photos=0,
        created_at=start,
        expires_at=start + timedelta(days=7),
        seen_at=start + _LASTED,
    )


def _note(session: Session, walk: DemoWalk, note: Note, draft: ReportDraft, kept: _Stored) -> None:
    said_at = _said_at(walk, note)
    insert_reports(session, [draft], Stamp(kept.municipality_id, kept.change, said_at))
    report_id = session.scalars(select(Report.id).where(Report.uid == draft.uid)).one()
    number = walk.notes.index(note) + 1
    entry = WalkEntry(
        uid=draft.uid,
        walk_id=kept.walk_id,
        kind=EntryKind.FINDING,
        report_id=report_id,
        walk_device_id=kept.device_id,
        walk_stop_id=kept.stops[note.stop - 1],
        seq=number,
        device_seq=number,
        said_at=said_at,
        received_at=said_at + timedelta(seconds=40),
        sha256=draft.digest,
        answers="",
        revision=1,
        deleted_reason="",
    )
    session.add(entry)
    session.flush()
    if note.decision:
        session.add(follow_up(entry.id, _start(walk), note.decision))


def _draft(home: Home, walk: DemoWalk, number: int, note: Note) -> ReportDraft:
    spot, said_at = _SPOTS[walk.stops[note.stop - 1]], _said_at(walk, note)
    return ReportDraft(
        uid=_uid(f"{walk.key}/finding/{number}"),
        municipality=home.code,
        place=point_at(spot.east + note.away_m[0], spot.north + note.away_m[1]),
        kind=Kind.WALK_FINDING,
        origin=Origin.WALK,
        polarity=note.polarity,
        categories=frozenset({note.category}),
        hours=exact(local(said_at)),
        day=local(said_at).date(),
        text=note.text,
        source="walk",
        voice=f"walk-{_uid(f'{walk.key}/voice/{number % 7}')}",
        accuracy_m=12.0,
        position_source=PositionSource.GPS,
        severity=note.severity,
        state=State.ACCEPTED,
    )


def _said_at(walk: DemoWalk, note: Note) -> datetime:
    return _start(walk) + timedelta(minutes=note.minute)
