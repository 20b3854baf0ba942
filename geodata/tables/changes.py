"""The counter by which readers who keep columns learn what is new to them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert as insert_in_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_in_sqlite
from sqlalchemy.orm import Session

from geodata.tables.engine import run
from geodata.tables.municipalities import ChangeCounter


def _counting(insert: Any) -> Any:
    first = insert(ChangeCounter.__table__).values(municipality_id=bindparam("counted"), seq=1)
    return first.on_conflict_do_update(
        index_elements=[ChangeCounter.municipality_id], set_={"seq": ChangeCounter.__table__.c.seq + 1}
    ).returning(ChangeCounter.__table__.c.seq)


_COUNT = {"sqlite": _counting(insert_in_sqlite), "postgresql": _counting(insert_in_postgresql)}


def next_change(session: Session, municipality_id: int) -> int:
    """The number to stamp on rows touched in this transaction; 1 is the first.

    Holds the municipality's counter until commit, so numbers become visible in order and a reader who
    has seen n never misses a smaller one. Take it late, before `chain.append`, one municipality at a time.
    """
    count = _COUNT[session.get_bind().dialect.name]
    return int(run(session, count, {"counted": municipality_id}).scalar_one())


def last_change(session: Session, municipality_id: int) -> int:
    """The last number whose rows can be read; 0 before the first. Read it before the rows."""
    counter = select(ChangeCounter.seq).where(ChangeCounter.municipality_id == municipality_id)
    return session.scalar(counter) or 0
