"""Taking reports in whether or not the database answers: what cannot be stored now waits in the spool."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from geodata.errors import Conflict, Fault, NotFound
from geodata.queries.municipalities import Home, home
from geodata.tables.engine import reading, waiting_at_most
from webmap.services import receipts
from webmap.services.actors import Actor
from webmap.services.receiving import PUBLIC, Arrival, Received, receive, replayed
from webmap.services.report_spool import ReportSpool, Waiting
from webmap.services.works import Works

PATIENCE_MS = 5_000
"""How long somebody who sends a report waits for SQLite's lock before the report goes to the spool."""
_LATELY_S = 2.0
_MOST_AT_ONCE = 20
"""Of waiting reports that a request stores beside its own; the job process stores them all."""


@dataclass(frozen=True)
class Taken:
    """A report that is safe. is_waiting: in the spool, to be stored; its receipt is good all the same."""

    received: Received
    is_waiting: bool = False


def home_now(works: Works, code: str) -> Home:
    """The municipality; as it was last seen where the database is away. Raises NotFound.

    Raises OperationalError where it was never seen.
    """
    try:
        with reading(_impatient(works)) as session:
            works.homes[code] = home(session, code)
    except OperationalError:
        if code not in works.homes:
            raise
    return works.homes[code]


def home_lately(works: Works, code: str) -> Home:
    """The municipality as it was at most two seconds ago: of many requests at once, one reads its boundary.

    Raises as `home_now`.
    """
    now_s = time.monotonic()
    if code in works.homes and now_s - works.seen_s.get(code, -math.inf) < _LATELY_S:
        return works.homes[code]
    there, works.seen_s[code] = home_now(works, code), now_s
    return there


def receive_or_spool(works: Works, there: Home, arrival: Arrival, actor: Actor = PUBLIC) -> Taken:
    """As `receiving.receive`; the report waits in the spool instead while the database is away, or while more
    come from the public than are stored at once.

    Durable when it returns. Raises Conflict as `receive`, and OperationalError where neither can take it.
    """
    spool, secret = ReportSpool(works.settings.data_folder), works.settings.secret()
    try:
        is_crowded = actor.user_id is None and not works.intake.take()
        if is_crowded and (taken := _among_the_waiting(works, spool, arrival, actor)):
            return taken
        received = _receive(works, there, arrival, actor)
    except OperationalError as away:
        try:
            return _waiting(spool, arrival, actor, secret)
        except OSError as full:
            raise away from full
    if works.intake.has_room:  # else the job process stores them, at its own pace
        _store_some(works, spool, secret)
    return Taken(received)


def _among_the_waiting(works: Works, spool: ReportSpool, arrival: Arrival, actor: Actor) -> Taken | None:
    """The report put by, or as it is stored already; None where the disk will not have it."""
    secret = works.settings.secret()
    if known := replayed(_impatient(works), arrival.draft, secret):
        return Taken(known)
    try:
        return _waiting(spool, arrival, actor, secret)
    except OSError:
        return None


def _waiting(spool: ReportSpool, arrival: Arrival, actor: Actor, secret: str) -> Taken:
    waiting = spool.keep(Waiting(arrival, _now(), actor))
    code = receipts.code_of(secret, arrival.draft.uid)
    return Taken(Received(arrival.draft.uid, True, code, waiting.at), is_waiting=True)


def _receive(works: Works, there: Home, arrival: Arrival, actor: Actor) -> Received:
    engine, secret = _impatient(works), works.settings.secret()
    spool, draft = ReportSpool(works.settings.data_folder), arrival.draft
    if spool.has(draft.uid):  # it was taken before: what it says now is held against what it said then
        drain(engine, spool, secret, [draft.uid])
    known = replayed(engine, draft, secret)
    return known or receive(engine, there, arrival, secret, actor)


def _store_some(works: Works, spool: ReportSpool, secret: str) -> None:
    waiting = spool.uids()[:_MOST_AT_ONCE]
    if waiting:
        try:
            drain(_impatient(works), spool, secret, waiting, is_patient=False)
        except OperationalError:
            return  # away again; theirs wait on, and the one just sent is stored


def drain(
    engine: Engine, spool: ReportSpool, secret: str, uids: Sequence[UUID] = (), is_patient: bool = True
) -> int:
    """Store what waits, each once however often we are killed at it, and return how many were new.

    uids: only these, else all. is_patient: wait while another process is at it. Raises OperationalError.
    """
    if not spool.uids():
        return 0
    with spool.held(is_patient) as is_ours:
        return _store_all(engine, spool, secret, uids) if is_ours else 0


def _store_all(engine: Engine, spool: ReportSpool, secret: str, uids: Sequence[UUID]) -> int:
    """All there is, half of the time: others have the database in between. Those named, at once."""
    new = 0
    for uid in uids or spool.uids():
        began = time.monotonic()
        new += _store(engine, spool, secret, uid)
        if not uids:
            time.sleep(time.monotonic() - began)
    return new


def _store(engine: Engine, spool: ReportSpool, secret: str, uid: UUID) -> bool:
    try:
        waiting = spool.read(uid)
        if waiting is None:
            return False
        with reading(engine) as session:
            there = home(session, waiting.arrival.draft.municipality)
        stored = receive(engine, there, waiting.arrival, secret, waiting.actor)
    except (Conflict, NotFound, ValueError) as fault:
        spool.set_aside(uid, fault.code if isinstance(fault, Fault) else type(fault).__name__)
        return False
    # Killed here, it is found to be stored already the next time.
    spool.drop(uid)
    return stored.is_new


def _impatient(works: Works) -> Engine:
    return waiting_at_most(works.engine, PATIENCE_MS)


def _now() -> datetime:
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1_000 * 1_000)
