"""The counter by which readers who keep columns learn what is new to them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as insert_in_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_in_sqlite
from sqlalchemy.orm import Session

from geodata.tables.municipalities import ChangeCounter


def next_change(session: Session, municipality_id: int) -> int:
    """The number to stamp on rows touched in this transaction; 1 is the first.

    Holds the municipality's counter until commit, so numbers become visible in order and a reader who
    has seen n never misses a smaller one. Take it late, before `chain.append`, one municipality at a time.
    """
    insert = insert_in_sqlite if session.get_bind().dialect.name == "sqlite" else insert_in_postgresql
    first = insert(ChangeCounter).values(municipality_id=municipality_id, seq=1)
    counted = first.on_conflict_do_update(
        index_elements=[ChangeCounter.municipality_id], set_={"seq": ChangeCounter.seq + 1}
    ).returning(ChangeCounter.seq)
    return session.execute(counted).scalar_one()


def last_change(session: Session, municipality_id: int) -> int:
    """The last number whose rows can be read; 0 before the first. Read it before the rows."""
    counter = select(ChangeCounter.seq).where(ChangeCounter.municipality_id == municipality_id)
    return session.scalar(counter) or 0
