"""Reads of how many walked along; who, nobody knows."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geodata.tables.walks import HeadCount
from geodata.vocabulary import WalkRole


def heads_of(session: Session, walk_id: int) -> Mapping[tuple[int, WalkRole], int]:
    """How many came, by group and role."""
    asked = select(HeadCount).where(HeadCount.walk_id == walk_id)
    return {(row.group_number, row.role): row.count for row in session.scalars(asked)}


def head_sum(session: Session, walk_id: int) -> int:
    """How many came in all."""
    summed = select(func.sum(HeadCount.count)).where(HeadCount.walk_id == walk_id)
    return int(session.scalar(summed) or 0)
