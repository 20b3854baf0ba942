"""At which stop a finding was made, where the phone did not say it: reckoned until the meeting says."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine

from geodata.errors import Conflict, NotFound
from geodata.queries.municipalities import Home
from geodata.queries.walks import KnownStop, stops_of
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.engine import writing
from geodata.tables.findings import WalkEntry
from geodata.vocabulary import StopSource
from webmap.services.actors import Actor
from webmap.services.finding_desk import finding_in, walk_in


@dataclass(frozen=True)
class Moved:
    """A finding that belongs to another stop. stop: its uid, or None where it was between them."""

    walk: UUID
    finding: UUID
    stop: UUID | None


def move_to_stop(engine: Engine, home: Home, moved: Moved, actor: Actor) -> None:
    """Say at which stop a finding was made. Where it was seen stays as it came.

    Raises NotFound, and Conflict `finding.stop_is_public` once everybody may read the minutes.
    """
    with writing(engine) as session:
        next_change(session, home.id)
        known = walk_in(session, moved.walk, [home.code])
        if known.is_public:
            raise Conflict("finding.stop_is_public", "stop")
        finding = finding_in(session, known, moved.finding)
        stop = _one(stops_of(session, known.id), moved.stop)
        row = session.get_one(WalkEntry, finding.id)
        row.walk_stop_id, row.stop_source = stop.id if stop else None, StopSource.STAFF
        what = "finding.move_to_stop", "finding", str(finding.uid), home.code, actor.user_id
        append(session, Entry(actor.role, *what))


def _one(stops: list[KnownStop], uid: UUID | None) -> KnownStop | None:
    if uid is None:
        return None
    for stop in stops:
        if stop.uid == uid:
            return stop
    raise NotFound("stop.unknown", "stop")
