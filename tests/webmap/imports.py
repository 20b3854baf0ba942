"""Files to import, and a place to keep them, for tests of jobs and of their pages."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, select

from geodata.tables.engine import reading
from geodata.tables.jobs import Job
from webmap.services import import_jobs, jobs
from webmap.services.actors import Actor
from webmap.services.jobs import NewJob, Ticket
from webmap.services.spool import Spool

EAST, NORTH = 380_000, 6_460_000
HEADER = "id;datum;från;till;e;n;typ;text\n"
COORDINATOR = Actor(None, "coordinator")


def row(number: int, word: str = "belysning", **said: object) -> str:
    """One good row near the middle of the tests' municipality."""
    values = {
        "day": "2025-03-07",
        "east": EAST + number % 500,
        "north": NORTH,
        "text": f"rad {number}",
    } | said
    return (
        f"R{number};{values['day']};20:15;22:30;{values['east']};{values['north']};{word};{values['text']}\n"
    )


def file_of(count: int, *more: str) -> bytes:
    """So many good rows, then others."""
    return (HEADER + "".join(row(number) for number in range(count)) + "".join(more)).encode()


def drafted(engine: Engine, spool: Spool, content: bytes, suffix: str = ".csv", **said: object) -> UUID:
    """A draft of an import of this file into Vara."""
    chosen = import_jobs.blank("perception", "survey", "") | {"system": "EPSG:3006"} | said
    uid = jobs.prepare(engine, NewJob("1470", COORDINATOR, "sv", chosen))
    spool.keep(uid, suffix, BytesIO(content))
    return uid


def asked(engine: Engine, spool: Spool, content: bytes, **said: object) -> UUID:
    """The same, waiting for its turn."""
    uid = drafted(engine, spool, content, **said)
    ask(engine, uid)
    return uid


def ask(engine: Engine, uid: UUID, **said: object) -> None:
    """Let a job wait for its turn."""
    jobs.instruct(engine, uid, ticket(engine, uid).instructions | said, jobs.JobState.WAITING)


def done(engine: Engine, spool: Spool, content: bytes, **said: object) -> Ticket:
    """An import that has been made."""
    uid = asked(engine, spool, content, **said)
    assert import_jobs.run_next(engine, spool)
    return ticket(engine, uid)


def ticket(engine: Engine, uid: UUID) -> Ticket:
    """A job as it stands."""
    return jobs.ticket(engine, uid, ["1470"])


def force(engine: Engine, uid: UUID, **said: object) -> None:
    """Put a job in a state that no ordinary course leads to."""
    with reading(engine) as session:
        key = session.scalar(select(Job.id).where(Job.uid == uid))
    with engine.begin() as connection:
        connection.execute(Job.__table__.update().where(Job.__table__.c.id == key).values(**said))  # type: ignore[attr-defined]


def spool_in(folder: Path) -> Spool:
    """A spool of the test's own."""
    return Spool(folder)
