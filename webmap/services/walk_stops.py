"""The stops of a walk: put in, placed and put in order. Numbers run from 1 without gaps.

Taking one away: `stop_removal`.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from geodata.errors import Conflict, InvalidValue, NotFound
from geodata.geometry import Place
from geodata.queries.municipalities import Home
from geodata.sweden.walk_places import WalkPlace, walk_places
from geodata.tables.walks import Walk, WalkStop
from geodata.vocabulary import WalkState
from webmap.services.actors import Actor
from webmap.services.walk_plan import short_text
from webmap.services.walk_planning import changing

LONGEST_NAME = 80
LONGEST_NOTE = 200
MOST_STOPS = 40
_SAME_M = 1.0
_OVER = (WalkState.PUBLISHED, WalkState.CANCELLED)


@dataclass(frozen=True)
class StopDraft:
    """A stop that may be stored. place: in EPSG:3006, or None until it is placed. is_rough: it is only the
    middle of a locality.
    """

    name: str
    note: str = ""
    place: Place | None = None
    is_rough: bool = False


def stop_draft(name: str, note: str, place: Place | None) -> StopDraft:
    """Raises InvalidValue."""
    clean = short_text(name, LONGEST_NAME, "name")
    if not clean:
        raise InvalidValue("stop.name_missing", "name")
    return StopDraft(clean, short_text(note, LONGEST_NOTE, "note"), place)


def add(engine: Engine, there: Home, walk: UUID, draft: StopDraft, actor: Actor) -> UUID:
    """Put a stop last; its uid. Raises NotFound and Conflict."""
    with changing(engine, there, (walk, None), actor, "walk.stops") as (session, row):
        return _added(session, row, draft).uid


def load_known(engine: Engine, there: Home, walk: UUID, actor: Actor) -> int:
    """Put the localities of the municipality's own walks in as stops, those that are not there; how many."""
    with changing(engine, there, (walk, None), actor, "walk.stops") as (session, row):
        names = {stop.name for stop in in_order(session, row)}
        missing = [each for each in map(_as_stop, walk_places(there.code)) if each.name not in names]
        for draft in missing:
            _added(session, row, draft)
        return len(missing)


def known_names(there: Home) -> tuple[str, ...]:
    """The localities of the municipality's own walks; none for most."""
    return tuple(each.locality for each in walk_places(there.code))


def change(
    engine: Engine, there: Home, known: tuple[UUID, int], stop: tuple[UUID, StopDraft], actor: Actor
) -> None:
    """Let a stop be called something else or lie elsewhere. known: the walk and its version as looked at.

    Raises NotFound, and Conflict `walk.changed` where somebody else was first.
    """
    with changing(engine, there, known, actor, "walk.stops") as (session, row):
        _fill(one_of(in_order(session, row), stop[0]), stop[1])


def move(engine: Engine, there: Home, walk: UUID, stop: tuple[UUID, int], actor: Actor) -> None:
    """Move a stop so many steps towards the end, or the start; at the end it stays. Raises NotFound."""
    with changing(engine, there, (walk, None), actor, "walk.stops") as (session, row):
        order = in_order(session, row)
        moved = one_of(order, stop[0])
        at = order.index(moved)
        order.insert(max(0, at + stop[1]), order.pop(at))
        number(order)


def in_order(session: Session, row: Walk) -> list[WalkStop]:
    """The stops in order. Raises Conflict once the walk is over and told of."""
    if row.state in _OVER:
        raise Conflict("walk.published" if row.state == WalkState.PUBLISHED else "walk.cancelled", "state")
    asked = select(WalkStop).where(WalkStop.walk_id == row.id).order_by(WalkStop.number, WalkStop.id)
    return list(session.scalars(asked))


def one_of(stops: list[WalkStop], uid: UUID) -> WalkStop:
    """The stop with this uid. Raises NotFound."""
    for stop in stops:
        if stop.uid == uid:
            return stop
    raise NotFound("stop.unknown", "stop")


def _added(session: Session, row: Walk, draft: StopDraft) -> WalkStop:
    order = in_order(session, row)
    if len(order) >= MOST_STOPS:
        raise Conflict("stop.too_many", "name", most=MOST_STOPS)
    stop = WalkStop(uid=uuid4(), walk_id=row.id, number=len(order) + 1)
    _fill(stop, draft)
    session.add(stop)
    session.flush()
    return stop


def _fill(stop: WalkStop, draft: StopDraft) -> None:
    # Told to lie where it lay, it is as rough as it was.
    is_moved = draft.place is None or stop.geometry is None or draft.place.distance(stop.geometry) > _SAME_M
    stop.is_rough = draft.is_rough or (bool(stop.is_rough) and not is_moved)
    stop.name, stop.note, stop.geometry = draft.name, draft.note, draft.place


def number(stops: list[WalkStop]) -> None:
    """Number them as they stand."""
    for at, stop in enumerate(stops, start=1):
        stop.number = at


def _as_stop(place: WalkPlace) -> StopDraft:
    return StopDraft(place.locality, place.meeting, place.point, is_rough=place.point is not None)
