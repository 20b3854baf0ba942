"""A finding as a report: where it was, when it was said by a clock set right, and in whose words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from geodata.drafts import ReportDraft
from geodata.errors import Fault
from geodata.geometry import Place, parse_geojson
from geodata.queries.municipalities import Home
from geodata.queries.walks import KnownStop, KnownWalk, stops_of
from geodata.vocabulary import Channel, Kind, Origin, PositionSource, StopSource
from webmap.services import moments
from webmap.services.sayings import LONGEST_PLACE_TEXT, Saying, draft_of
from webmap.services.walk_body import LONGEST_TEXT, Position, Told

AHEAD = timedelta(minutes=10)
"""A clock may be so far ahead of ours and still be believed."""
NEAR_STOP_M = 50.0
"""So far from a stop something is said at it, and further by what its position is uncertain."""
_MOST_UNCERTAIN_M = 50.0


def stop_of(session: Session, walk: KnownWalk, told: Told) -> KnownStop | None:
    """The stop it was said at, where the walk has it."""
    if told.stop is None:
        return None
    return next((stop for stop in stops_of(session, walk.id) if stop.uid == told.stop), None)


def stop_columns(
    session: Session, walk: KnownWalk, stop: KnownStop | None, draft: ReportDraft | None
) -> dict[str, Any]:
    """What an entry's row says of its stop: the one that was said, else the nearest to where it was."""
    source = None
    if stop is None and draft is not None and draft.place is not None:
        stop = nearest_stop(stops_of(session, walk.id), draft.place, draft.accuracy_m)
        source = StopSource.RECKONED if stop else None
    return {"walk_stop_id": stop.id if stop else None, "stop_source": source}


def nearest_stop(stops: Sequence[KnownStop], place: Place, accuracy_m: float | None) -> KnownStop | None:
    """The stop that a place (EPSG:3006) may be at, if any; none that lies roughly."""
    within_m = NEAR_STOP_M + min(accuracy_m or 0.0, _MOST_UNCERTAIN_M)
    near = [
        (stop.place.distance(place), stop.number, stop)
        for stop in stops
        if stop.place is not None and not stop.is_rough
    ]
    distance_m, _, stop = min(near, default=(within_m + 1.0, 0, None))
    return stop if distance_m <= within_m else None


def said_at(told: Told, walk: KnownWalk, arrival: datetime) -> datetime:
    """When it was said: the phone's moment set right by how far its clock was off, and arrival where that
    cannot be: in the future, or before there was a walk.
    """
    if told.created_at is None:
        return arrival
    try:
        moment = told.created_at.astimezone(UTC) + timedelta(seconds=told.offset_s or 0.0)
    except (OverflowError, ValueError):
        return arrival
    return moment if walk.created_at - AHEAD <= moment <= arrival + AHEAD else arrival


def finding_draft(home: Home, uid: UUID, told: Told, stop: KnownStop | None, moment: datetime) -> ReportDraft:
    """The report that a finding is; its voice is the phone's, to be set. Raises Refused for what `Told`
    cannot hold.
    """
    saying = Saying(
        uid,
        kind=Kind.WALK_FINDING,
        origin=Origin.WALK,
        channel=Channel.WALK,
        polarity=told.polarity,
        categories=told.categories,
        when=moments.at(moment),
        text=told.text,
        severity=told.severity,
        place_text=told.place_text,
        most_text=LONGEST_TEXT,
    )
    return _placed(home, saying, told.position, stop)


def _placed(home: Home, saying: Saying, position: Position | None, stop: KnownStop | None) -> ReportDraft:
    """With its position, else its stop's; with neither it is stored all the same, and says what it can.

    The middle of a locality is nobody's position: whoever reviews places it.
    """
    known = saying
    if position is not None:
        known = replace(saying, accuracy_m=position.accuracy_m)
        if place := _admitted(home, position):
            return draft_of(home, replace(known, place=place, position_source=position.source))
    known = replace(known, place_text=_where(known.place_text, position, stop))
    draft = draft_of(home, known)
    if stop is None or stop.place is None or stop.is_rough:
        return draft
    return replace(draft, place=stop.place, position_source=PositionSource.STOP)


def _admitted(home: Home, position: Position) -> dict[str, Any] | None:
    if position.longitude is None or position.latitude is None:
        return None
    place = {"type": "Point", "coordinates": [position.longitude, position.latitude]}
    try:
        parse_geojson(place, home.served)
    except Fault:
        return None
    return place


def _where(said: str, position: Position | None, stop: KnownStop | None) -> str:
    """The words of whoever said it, or those of the stop, and the position that could not be used."""
    words = said or (stop.name if stop else "")
    if position is None or position.longitude is None or position.latitude is None:
        return words[:LONGEST_PLACE_TEXT]
    spot = f"Telefonens läge låg utanför kommunen: {position.latitude:.5f}, {position.longitude:.5f}"
    both = f"{words}. {spot}" if words else spot
    return both if len(both) <= LONGEST_PLACE_TEXT else words[:LONGEST_PLACE_TEXT]
