"""Which past a database has, as its journal tells: no two databases share a row written after they parted."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ScalarSelect, column, select, table
from sqlalchemy.orm import Session, aliased

from geodata.tables.journal import JournalEntry, JournalTail

_REVISION = select(column("version_num")).select_from(table("alembic_version")).scalar_subquery()


@dataclass(frozen=True)
class Past:
    """One moment of a database. first, last: hashes of the journal's first row and of its last, row `seq`.

    revision: of the schema, because a migration may change rows without a word in the journal.
    """

    first: str
    seq: int
    last: str
    revision: str


def past(session: Session) -> Past | None:
    """The moment that the session sees; None while the journal is empty and there is nothing to go by."""
    return _moment(session, select(JournalTail.seq).scalar_subquery())


def holds(session: Session, moment: Past) -> bool:
    """Whether the session's database has been through this moment: it is that one, then or later.

    A backup put back, and written in since, has other rows from there on.
    """
    return _moment(session, moment.seq) == moment


def _moment(session: Session, seq: int | ScalarSelect[int]) -> Past | None:
    first = aliased(JournalEntry)
    found = session.execute(
        select(first.hash, JournalEntry.seq, JournalEntry.hash, _REVISION)
        .join(first, first.seq == 1)
        .where(JournalEntry.seq == seq)
    ).one_or_none()
    return Past(found[0], found[1], found[2], found[3]) if found else None
