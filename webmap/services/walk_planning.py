"""Planning town walks: written down, changed, gone again; one at a time and with a row in the journal."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from geodata.errors import Conflict, NotFound
from geodata.hours import to_day_number, today
from geodata.queries.municipalities import Home, home
from geodata.queries.walks import KnownStop, KnownWalk, stops_of, walk_by_id, walk_with, walks_of
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.tables.walks import Walk, WalkStop
from geodata.vocabulary import RecordType, WalkState
from webmap.services.actors import Actor
from webmap.services.registering import record_of, register
from webmap.services.walk_plan import WalkDraft

CODE_SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without those that are taken for one another: 0 and O, 1, I and L."""
CODE_LENGTH = 6
_YEAR_AT_END = re.compile(r"\s*\b(19|20)\d\d$")
_A_YEAR = timedelta(days=364)
"""The same day of the week."""


def listed(engine: Engine, code: str) -> list[KnownWalk]:
    """Every walk of a municipality, newest day first. Raises NotFound."""
    with reading(engine) as session:
        return walks_of(session, home(session, code).id)


def one(engine: Engine, uid: UUID) -> KnownWalk:
    """A walk, of whichever municipality. Raises NotFound."""
    with reading(engine) as session:
        found = walk_with(session, uid)
    if found is None:
        raise NotFound("walk.unknown", "walk")
    return found


def stops(engine: Engine, walk: KnownWalk) -> list[KnownStop]:
    """Its stops, in order."""
    with reading(engine) as session:
        return stops_of(session, walk.id)


def earlier(engine: Engine, walk: KnownWalk) -> KnownWalk | None:
    """The walk that it goes again, if it does."""
    if walk.repeat_of is None:
        return None
    with reading(engine) as session:
        return walk_by_id(session, walk.repeat_of)


def plan(engine: Engine, there: Home, draft: WalkDraft, actor: Actor) -> UUID:
    """Store a new walk; its uid."""
    with writing(engine) as session:
        return _stored(session, there, draft, actor).uid


def again(engine: Engine, there: Home, earlier: KnownWalk, draft: WalkDraft, actor: Actor) -> UUID:
    """Plan to go a walk again: the same stops, each known for the one it was, and the same route."""
    with writing(engine) as session:
        row = _stored(session, there, draft, actor, "walk.again")
        row.repeat_of, row.geometry, row.route_source = earlier.id, earlier.route, earlier.route_source
        for stop in stops_of(session, earlier.id):
            copied = {"number": stop.number, "name": stop.name, "note": stop.note, "same_as": stop.id}
            session.add(WalkStop(uid=uuid4(), walk_id=row.id, geometry=stop.place, **copied))
        return row.uid


def draft_again(earlier: KnownWalk) -> tuple[str, date]:
    """The title and the day proposed for going a walk again: a year later, or a month from now."""
    day = max(earlier.day + _A_YEAR, today() + timedelta(days=28))
    bare = _YEAR_AT_END.sub("", earlier.title)
    return f"{bare} {day.year}", day


def change(engine: Engine, there: Home, known: tuple[UUID, int], draft: WalkDraft, actor: Actor) -> None:
    """Let the plan say something else. known: its uid, and the version that was looked at.

    Raises NotFound, and Conflict: `walk.changed` where somebody else was first, `walk.published` when its
    minutes are out.
    """
    with changing(engine, there, known, actor, "walk.change") as (_, row):
        if row.state == WalkState.PUBLISHED:
            raise Conflict("walk.published", "state")
        _fill(row, draft)


@contextmanager
def changing(
    engine: Engine, there: Home, known: tuple[UUID, int | None], actor: Actor, action: str
) -> Iterator[tuple[Session, Walk]]:
    """A walk to change, one version on, and a row in the journal when that is done.

    known: its uid, and the version that was looked at or None where any will do. Whoever changes anything
    here waits at the counter: it stays as it is read. Raises NotFound and Conflict `walk.changed`.
    """
    uid, version = known
    with writing(engine) as session:
        seq = next_change(session, there.id)
        row = session.scalar(select(Walk).where(Walk.uid == uid, Walk.municipality_id == there.id))
        if row is None:
            raise NotFound("walk.unknown", "walk")
        if version is not None and row.version != version:
            raise Conflict("walk.changed", "version")
        row.version, row.change_seq = row.version + 1, seq
        yield session, row
        _note(session, there, row, actor, action)


def _note(session: Session, there: Home, row: Walk, actor: Actor, action: str) -> None:
    session.flush()
    append(session, Entry(actor.role, action, "walk", str(row.uid), there.code, actor.user_id, row.version))


def new_code(session: Session) -> str:
    """A code that no walk has."""
    while True:
        code = "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))
        if session.scalar(select(Walk.id).where(Walk.code == code)) is None:
            return code


def _stored(session: Session, there: Home, draft: WalkDraft, actor: Actor, action: str = "walk.plan") -> Walk:
    now = datetime.now(UTC)
    row = Walk(uid=uuid4(), municipality_id=there.id, state=WalkState.PLANNED, created_at=now, version=1)
    row.group_count, row.summary, row.user_account_id = 1, "", actor.user_id
    row.finding_seq = row.safe_seq = 0
    _fill(row, draft)
    row.change_seq = next_change(session, there.id)
    row.code = new_code(session)
    session.add(row)
    register(session, there, record_of(RecordType.WALK, str(row.uid)), now)
    _note(session, there, row, actor, action)
    return row


def _fill(row: Walk, draft: WalkDraft) -> None:
    row.title, row.locality, row.meeting_place = draft.title, draft.locality, draft.meeting_place
    row.day, row.starts_minute = to_day_number(draft.day), draft.starts.hour * 60 + draft.starts.minute
    row.meeting_east, row.meeting_north = draft.meeting or (None, None)
    row.light = draft.light
    row.invited, row.themes = ",".join(draft.invited), ",".join(draft.themes)
    row.premap_until = None if draft.premap_until is None else to_day_number(draft.premap_until)
    row.follow_up_day = to_day_number(draft.follow_up_on)
    row.follow_up_place = draft.follow_up_place
