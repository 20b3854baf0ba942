"""Taking a stop away: only while nobody has said anything there, and with a moment to think better of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from geodata.errors import Conflict
from geodata.geometry import point_at
from geodata.queries.municipalities import Home
from geodata.tables.findings import WalkEntry
from geodata.tables.walks import WalkStop
from geodata.vocabulary import WalkState
from webmap.services.actors import Actor
from webmap.services.review_effects import UNDO_ALLOWED
from webmap.services.walk_planning import changing
from webmap.services.walk_stops import MOST_STOPS, in_order, number, one_of


@dataclass(frozen=True)
class GoneStop:
    """A stop as it was when it was taken away. spot: east and north in EPSG:3006, or None. at: when, as
    seconds since 1970.
    """

    id: int
    uid: str
    walk: str
    number: int
    name: str
    note: str
    spot: tuple[float, float] | None
    is_rough: bool
    same_as: int | None
    at: float


def remove(engine: Engine, there: Home, walk: UUID, stop: UUID, actor: Actor) -> GoneStop:
    """Take a stop away; what it was, to put it back. Raises NotFound, and Conflict where it has to stay."""
    with changing(engine, there, (walk, None), actor, "walk.stops") as (session, row):
        order = in_order(session, row)
        gone = one_of(order, stop)
        refuse_if_used(session, [gone.id])
        if row.state != WalkState.PLANNED:
            raise Conflict("stop.walk_begun", "stop")
        order.remove(gone)
        session.delete(gone)
        session.flush()
        number(order)
        return _as_it_was(walk, gone)


def refuse_if_used(session: Session, keys: Collection[int]) -> None:
    """Raises Conflict `stop.in_use` where anything was said at one of these stops."""
    said = select(func.count()).where(WalkEntry.walk_stop_id.in_(list(keys)))
    if count := session.scalar(said):
        raise Conflict("stop.in_use", "stop", count=count)


def put_back(engine: Engine, there: Home, walk: UUID, gone: GoneStop, actor: Actor) -> None:
    """Let a stop that was taken away a moment ago be there again, where it was and known by the same names.

    Raises NotFound, and Conflict `stop.too_late_to_undo`.
    """
    seconds = UNDO_ALLOWED.seconds
    if gone.walk != str(walk) or datetime.now(UTC).timestamp() > gone.at + seconds:
        raise Conflict("stop.too_late_to_undo", "stop", seconds=seconds)
    with changing(engine, there, (walk, None), actor, "walk.stops") as (session, row):
        order = in_order(session, row)
        if any(stop.id == gone.id for stop in order):
            return
        if len(order) >= MOST_STOPS:
            raise Conflict("stop.too_many", "name", most=MOST_STOPS)
        stop = WalkStop(id=gone.id, uid=UUID(gone.uid), walk_id=row.id, name=gone.name, note=gone.note)
        stop.geometry, stop.is_rough = point_at(*gone.spot) if gone.spot else None, gone.is_rough
        stop.same_as = gone.same_as
        order.insert(gone.number - 1, stop)
        number(order)
        session.add(stop)


def _as_it_was(walk: UUID, stop: WalkStop) -> GoneStop:
    spot = stop.geometry.coords[0] if stop.geometry is not None else None
    return GoneStop(
        stop.id,
        str(stop.uid),
        str(walk),
        stop.number,
        stop.name,
        stop.note,
        (float(spot[0]), float(spot[1])) if spot else None,
        bool(stop.is_rough),
        stop.same_as,
        datetime.now(UTC).timestamp(),
    )
