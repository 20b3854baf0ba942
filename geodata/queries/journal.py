"""Reads of the journal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geodata.tables.chain import BEGINNING, Entry
from geodata.tables.journal import JournalEntry, JournalTail

_AT_ONCE = 500
_LOOKED_BACK = 2_000
"""Rows from the end: who acts too often has acted among these, however long the journal is."""


def times_done(session: Session, actor_id: int, action: str, since: datetime) -> int:
    """How many times an account has done something since a moment, as far as the last rows tell."""
    last = session.scalar(select(JournalTail.seq)) or 0
    counted = select(func.count()).where(
        JournalEntry.seq > last - _LOOKED_BACK,
        JournalEntry.actor_id == actor_id,
        JournalEntry.action == action,
        JournalEntry.at >= since,
    )
    return session.scalar(counted) or 0


def is_done(session: Session, entry: Entry, since: datetime) -> bool:
    """Whether the same was done by the same to the same since a moment, as far as the last rows tell."""
    last = session.scalar(select(JournalTail.seq)) or 0
    same = (
        JournalEntry.seq > last - _LOOKED_BACK,
        JournalEntry.object_type == entry.object_type,
        JournalEntry.object_id == entry.object_id,
        JournalEntry.actor_id == entry.actor_id,
        JournalEntry.action == entry.action,
        JournalEntry.at >= since,
    )
    return session.scalar(select(JournalEntry.seq).where(*same).limit(1)) is not None


def journal_end(session: Session) -> tuple[int, str]:
    """How many rows the journal says it has, and the hash of the last; of an empty one, the beginning's."""
    found = session.execute(select(JournalTail.seq, JournalTail.hash)).one_or_none()
    return (found[0], found[1]) if found else (0, BEGINNING)


def hashes_at(session: Session, seqs: Sequence[int]) -> dict[int, str]:
    """The hashes of those of these rows that are there; row 0 stands for the beginning."""
    found = {0: BEGINNING} if 0 in seqs else {}
    for begin in range(0, len(seqs), _AT_ONCE):
        some = seqs[begin : begin + _AT_ONCE]
        rows = session.execute(select(JournalEntry.seq, JournalEntry.hash).where(JournalEntry.seq.in_(some)))
        found |= {seq: digest for seq, digest in rows}
    return found
