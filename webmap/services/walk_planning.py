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
from geodata.queries.walks import (
    KnownStop,
    KnownWalk,
    is_earlier_code,
    stops_of,
    walk_by_id,
    walk_with,
    walks_of,
)
from geodata.tables.chain import Entry, append
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.tables.walks import Walk, WalkStop
from geodata.vocabulary import RecordType, WalkState
from webmap.services.actors import Actor
from webmap.services.registering import record_of, register
from webmap.services.walk_plan import WalkDraft
from webmap.words import Words

CODE_SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without those that are taken for one another: 0 and O, 1, I and L."""
CODE_LENGTH = 6
_TIME_AT_END = re.compile(r"(,[^,]*)?\s*\b(19|20)\d\d$")
"""Vara 2026 and Vara, hösten 2026 are both Vara."""
_SOME_MONTHS, _A_WEEK = timedelta(weeks=13), timedelta(weeks=1)
_AHEAD = timedelta(weeks=4)


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
        row.route_straight_m = earlier.route_straight_m
        copies = {stop.id: _copy(session, row, stop) for stop in stops_of(session, earlier.id)}
        session.flush()
        became = {f"s{key}": f"s{copy.id}" for key, copy in copies.items()}
        row.route_way = ",".join(became.get(token, token) for token in earlier.route_way.split(","))
        return row.uid


def _copy(session: Session, walk: Walk, stop: KnownStop) -> WalkStop:
    copied = {"number": stop.number, "name": stop.name, "note": stop.note, "is_rough": stop.is_rough}
    made = WalkStop(uid=uuid4(), walk_id=walk.id, geometry=stop.place, same_as=stop.id, **copied)
    session.add(made)
    return made


def draft_again(earlier: KnownWalk, words: Words) -> tuple[str, date]:
    """The title and the day proposed for going a walk again: some months later, on the same day of the week.

    Never nearer than four weeks from now, so that there is time to invite.
    """
    day = earlier.day + _SOME_MONTHS
    while day < today() + _AHEAD:
        day += _A_WEEK
    return f"{_TIME_AT_END.sub('', earlier.title)}, {words.month(day)}", day


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
    """A code that no walk has or has had."""
    while True:
        code = "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))
        is_taken = session.scalar(select(Walk.id).where(Walk.code == code)) is not None
        if not is_taken and not is_earlier_code(session, code):
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
    row.follow_up_place, row.is_ridden = draft.follow_up_place, draft.is_ridden
