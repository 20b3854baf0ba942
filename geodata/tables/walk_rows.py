"""What phones send, into rows: the statements of one delivery, each built once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, update
from sqlalchemy.orm import Session

from geodata.tables.engine import run
from geodata.tables.findings import WalkEntry
from geodata.tables.walks import Walk, WalkDevice

_ENTRY, _WALK, _PHONE = (cast(Table, each.__table__) for each in (WalkEntry, Walk, WalkDevice))
_STORE = insert(_ENTRY).returning(_ENTRY.c.id)
_COUNT = (
    update(_WALK)
    .where(_WALK.c.id == bindparam("of"))
    .values(finding_seq=_WALK.c.finding_seq + 1)
    .returning(_WALK.c.finding_seq)
)
_SEE = update(_PHONE).where(_PHONE.c.id == bindparam("of")).values(seen_at=bindparam("now"))


def insert_entry(session: Session, row: Mapping[str, Any]) -> int:
    """Store an entry, by the names of its columns, and return its key. Raises IntegrityError where its id is
    taken.
    """
    return int(run(session, _STORE, row).scalar_one())


def next_number(session: Session, walk_id: int) -> int:
    """The walk's next number, which nobody else is given: held until commit."""
    return int(run(session, _COUNT, {"of": walk_id}).scalar_one())


def see_phone(session: Session, device_id: int, now: datetime) -> None:
    """Note when a phone was heard of."""
    run(session, _SEE, {"of": device_id, "now": now})
