"""Reads of the journal."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geodata.tables.journal import JournalEntry, JournalTail

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
