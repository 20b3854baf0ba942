"""The queue of long work: asked for by pages, taken by a process of its own, left and returned to."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from geodata.errors import Conflict, NotFound
from geodata.queries.municipalities import home
from geodata.tables.engine import reading, writing
from geodata.tables.jobs import Job, JobState
from geodata.tables.municipalities import Municipality
from geodata.tables.users import User
from webmap.services.actors import Actor

IMPORT = "import"
_RESTING = (JobState.DRAFT, JobState.DONE, JobState.FAILED, JobState.CANCELLED)
_MOST_SHOWN = 20


@dataclass(frozen=True)
class NewJob:
    """A job to prepare."""

    municipality: str
    actor: Actor
    language: str
    instructions: dict[str, Any]
    kind: str = IMPORT


@dataclass(frozen=True)
class Ticket:
    """A job as it stands. instructions, outcome: see `tables.jobs.Job`. by: e-mail of who asked, or ""."""

    uid: UUID
    municipality: str
    actor: Actor
    by: str
    state: JobState
    language: str
    instructions: dict[str, Any]
    outcome: dict[str, Any] | None
    import_id: int | None
    worker: str
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_resting(self) -> bool:
        """Whether nobody works on it or is about to."""
        return self.state in _RESTING


def prepare(engine: Engine, new: NewJob, uid: UUID | None = None) -> UUID:
    """Put a draft of a job in the database; its uid. Raises NotFound for the municipality."""
    uid = uid or uuid4()
    with writing(engine) as session:
        made = Job(uid=uid, municipality_id=home(session, new.municipality).id, kind=new.kind)
        made.user_account_id, made.role = new.actor.user_id, new.actor.role
        made.state, made.language = JobState.DRAFT, new.language
        made.instructions, made.asked_at = json.dumps(new.instructions), datetime.now(UTC)
        session.add(made)
    return uid


def ticket(engine: Engine, uid: UUID, municipalities: Collection[str]) -> Ticket:
    """A job of one of these municipalities. Raises NotFound, also when it is another's."""
    with reading(engine) as session:
        found = session.execute(_tickets().where(Job.uid == uid)).one_or_none()
    if found is None or found[1] not in municipalities:
        raise NotFound("job.unknown")
    return _ticket(found)


def recent(engine: Engine, municipality: str, kind: str = IMPORT) -> list[Ticket]:
    """The municipality's jobs that are not over, or ended without being stored; newest first."""
    chosen = _tickets().where(Municipality.code == municipality, Job.kind == kind, Job.import_id.is_(None))
    with reading(engine) as session:
        rows = session.execute(chosen.order_by(Job.asked_at.desc()).limit(_MOST_SHOWN)).all()
    return [_ticket(row) for row in rows]


def _tickets() -> Any:
    return (
        select(Job, Municipality.code, User.email)
        .join(Municipality, Municipality.id == Job.municipality_id)
        .outerjoin(User, User.id == Job.user_account_id)
    )


def _ticket(row: Any) -> Ticket:
    job, code, email = row
    return Ticket(
        uid=job.uid,
        municipality=code,
        actor=Actor(job.user_account_id, job.role),
        by=email or "",
        state=job.state,
        language=job.language,
        instructions=json.loads(job.instructions),
        outcome=json.loads(job.outcome) if job.outcome else None,
        import_id=job.import_id,
        worker=job.worker or "",
        asked_at=job.asked_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
    )


def instruct(engine: Engine, uid: UUID, instructions: dict[str, Any], state: JobState) -> None:
    """Give a resting job these instructions and make it a draft or let it wait for its turn.

    Raises Conflict `job.busy` while it waits or runs, and when it is stored already.
    """
    said = {"instructions": json.dumps(instructions), "state": state, "outcome": None}
    told = {**said, "asked_at": datetime.now(UTC), "started_at": None, "finished_at": None}
    free = (Job.uid == uid, Job.state.in_(_RESTING), Job.import_id.is_(None))
    with writing(engine) as session:
        if session.execute(update(Job).where(*free).values(told).returning(Job.id)).first() is None:
            raise Conflict("job.busy")


def withdraw(engine: Engine, uid: UUID) -> bool:
    """Cancel a job that nobody has begun on; whether it was in time."""
    unbegun = (Job.uid == uid, Job.state.in_((JobState.DRAFT, JobState.WAITING)))
    with writing(engine) as session:
        over = update(Job).where(*unbegun).values(state=JobState.CANCELLED, finished_at=datetime.now(UTC))
        return session.execute(over.returning(Job.id)).first() is not None


def take(engine: Engine, is_ours: Callable[[UUID], bool]) -> Ticket | None:
    """The job that has waited longest and whose file is here, now running; None when there is none.

    Two that take at the same moment never get the same one: PostgreSQL skips a locked row, SQLite lets one
    in at a time.
    """
    waiting = select(Job.uid).where(Job.state == JobState.WAITING).order_by(Job.asked_at)
    with reading(engine) as session:
        wanted = [uid for uid in session.scalars(waiting) if is_ours(uid)]
    for uid in wanted:
        with writing(engine) as session:
            mine = select(Job).where(Job.uid == uid, Job.state == JobState.WAITING)
            job = session.scalar(mine.with_for_update(skip_locked=True))
            if job is not None:
                job.state, job.started_at = JobState.RUNNING, datetime.now(UTC)
                job.worker = f"{_host()}/{os.getpid()}"
                session.flush()
                return _ticket(session.execute(_tickets().where(Job.uid == uid)).one())
    return None


def settle(session: Session, uid: UUID, outcome: dict[str, Any], import_id: int | None) -> None:
    """Write what came of a job, in the transaction that stores it."""
    said = {"outcome": json.dumps(outcome), "import_id": import_id}
    session.execute(update(Job).where(Job.uid == uid).values(said))


def finish(engine: Engine, uid: UUID, state: JobState, outcome: dict[str, Any] | None = None) -> None:
    """A running job is over. outcome: only where none was settled."""
    over: dict[str, Any] = {"state": state, "finished_at": datetime.now(UTC)}
    if outcome is not None:
        over["outcome"] = json.dumps(outcome)
    with writing(engine) as session:
        session.execute(update(Job).where(Job.uid == uid, Job.state == JobState.RUNNING).values(over))


def _host() -> str:
    return socket.gethostname()


def recover(engine: Engine, is_ours: Callable[[UUID], bool], is_held: Callable[[UUID], bool]) -> list[Ticket]:
    """Jobs of ours whose process died: done where their work was stored, interrupted otherwise.

    Ours are those whose files are here, and those that were taken on this host.
    """
    running = _tickets().where(Job.state == JobState.RUNNING)
    with reading(engine) as session:
        found = [_ticket(row) for row in session.execute(running)]
    ours = [each for each in found if is_ours(each.uid) or each.worker.partition("/")[0] == _host()]
    dead = [each for each in ours if not is_held(each.uid)]
    for each in dead:
        if each.outcome is not None:
            finish(engine, each.uid, JobState.DONE)
        else:
            finish(engine, each.uid, JobState.FAILED, {"fault": ["job.interrupted", "", {}]})
    return dead
