"""The map beforehand: those who are invited mark unsafe and liked places. Nobody sees another's marks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from geodata.drafts import checked_text
from geodata.errors import Conflict, Fault, InvalidValue, NotFound
from geodata.geometry import Place, parse_geojson
from geodata.hours import today
from geodata.privacy import mask_identity_numbers
from geodata.queries.municipalities import Home
from geodata.queries.premap import KnownMark, mark_counts, marks_of
from geodata.queries.walks import KnownWalk, walk_by_code
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.tables.walks import WalkMark
from geodata.vocabulary import Polarity, WalkState, bits, checked_codes

LONGEST_TEXT = 200
MOST_OF_ONE = 20
"""Marks of one session: more is nobody's own picture of a place."""
MOST_OF_WALK = 500
_SIGNS = (Polarity.UNSAFE, Polarity.SAFE)


@dataclass(frozen=True)
class MarkSaid:
    """A mark as it came. place: GeoJSON in WGS 84, or None."""

    place: Mapping[str, Any] | None = None
    polarity: str = ""
    categories: frozenset[str] = field(default_factory=frozenset)
    text: str = ""


def is_open(walk: KnownWalk) -> bool:
    """Whether places may be marked now."""
    return walk.state == WalkState.PLANNED and walk.premap_until is not None and today() <= walk.premap_until


def own_marks(engine: Engine, walk: KnownWalk, voice: str) -> list[KnownMark]:
    """What this session has marked, in the order it did."""
    with reading(engine) as session:
        return marks_of(session, walk.id, voice) if voice else []


def put(engine: Engine, there: Home, walk: KnownWalk, said: MarkSaid, voice: str) -> UUID:
    """Store a mark; its uid.

    Raises InvalidValue and what `parse_geojson` raises for what was said; Conflict `premap.closed` where the
    time is out, `premap.enough` where this session has marked all it may, and `premap.full`.
    """
    checked = _checked(there, said)
    with writing(engine) as session:
        seq = next_change(session, there.id)
        _check_room(session, walk, voice)
        uid, now = uuid4(), datetime.now(UTC)
        session.add(WalkMark(uid=uid, walk_id=walk.id, voice=voice, created_at=now, **checked))
        _note(session, walk, "walk.mark", seq)
        return uid


def _checked(there: Home, said: MarkSaid) -> dict[str, Any]:
    if said.polarity not in _SIGNS:
        raise InvalidValue("premap.no_sign", "polarity")
    text = " ".join(checked_text(said.text, "text").split())
    if len(text) > LONGEST_TEXT:
        raise InvalidValue("text.too_long", "text", count=len(text), most=LONGEST_TEXT)
    return {
        "geometry": _spot(there, said.place),
        "polarity": Polarity(said.polarity),
        "categories": bits(checked_codes(said.categories)),
        "text": mask_identity_numbers(text)[0],
    }


def _spot(there: Home, said: Mapping[str, Any] | None) -> Place:
    """A point of the place. Raises InvalidValue where nobody knows where that is."""
    if said is None:
        raise InvalidValue("premap.no_point", "place")
    try:
        place = parse_geojson(said, there.served)
    except Fault as fault:
        raise fault.at("place") from fault
    return place if place.geom_type == "Point" else place.representative_point()


def _check_room(session: Session, walk: KnownWalk, voice: str) -> None:
    """Raises Conflict. The counter of changes is held: nobody else marks meanwhile."""
    now = walk_by_code(session, walk.join_code)
    if now is None or not is_open(now):
        raise Conflict("premap.closed", "walk")
    every, own = mark_counts(session, walk.id, voice)
    if own >= MOST_OF_ONE:
        raise Conflict("premap.enough", "walk", most=MOST_OF_ONE)
    if every >= MOST_OF_WALK:
        raise Conflict("premap.full", "walk")


def take_back(engine: Engine, there: Home, walk: KnownWalk, uid: UUID, voice: str) -> None:
    """Take away one's own mark; one that is gone already stays gone. Raises NotFound for another's."""
    with writing(engine) as session:
        seq = next_change(session, there.id)
        row = session.scalar(select(WalkMark).where(WalkMark.uid == uid, WalkMark.walk_id == walk.id))
        if row is None:
            return
        if not voice or row.voice != voice:
            raise NotFound("premap.unknown", "mark")
        session.delete(row)
        _note(session, walk, "walk.unmark", seq)


def _note(session: Session, walk: KnownWalk, action: str, seq: int) -> None:
    append(session, Entry("public", action, "walk", str(walk.uid), walk.code, object_rev=seq))
