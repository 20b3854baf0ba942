"""Up to which number the entries of each walk lie in a checked copy of the database."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, select, update

from geodata.tables.engine import reading, writing
from geodata.tables.walks import Walk

Numbers = Mapping[UUID, int]
"""By walk, the last number given in it."""


def numbers_now(engine: Engine) -> Numbers:
    """As they are; what is committed now is in every copy begun later."""
    with reading(engine) as session:
        return {uid: seq for uid, seq in session.execute(select(Walk.uid, Walk.finding_seq))}


def numbers_in(engine: Engine, copy: Path) -> Numbers:
    """As they are in a copy of an SQLite database, whatever has come since."""
    with closing(
        engine.dialect.loaded_dbapi.connect(f"{copy.resolve().as_uri()}?mode=ro", uri=True)
    ) as opened:
        return {UUID(uid): seq for uid, seq in opened.execute("SELECT uid, finding_seq FROM walk")}


def mark_safe(engine: Engine, numbers: Numbers) -> int:
    """Note for each walk what a copy holds; how many walks came further by it."""
    with reading(engine) as session:
        safe = {uid: seq for uid, seq in session.execute(select(Walk.uid, Walk.safe_seq))}
    further = {uid: seq for uid, seq in numbers.items() if uid in safe and seq > safe[uid]}
    if further:
        with writing(engine) as session:
            for uid, seq in further.items():
                session.execute(update(Walk).where(Walk.uid == uid, Walk.safe_seq < seq).values(safe_seq=seq))
    return len(further)
