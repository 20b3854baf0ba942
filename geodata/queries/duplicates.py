"""Which report stands for those that repeat it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.tables.reports import Report

_LONGEST_CHAIN = 1_000
"""A chain cannot bite its own tail; should one be made by hand, this ends it."""


def root_of(session: Session, report_id: int) -> int:
    """The report at the end of a chain of duplicates: the one that was kept. Itself, where it is none."""
    current = report_id
    for _ in range(_LONGEST_CHAIN):
        kept = session.scalar(select(Report.duplicate_of).where(Report.id == current))
        if kept is None:
            break
        current = kept
    return current
