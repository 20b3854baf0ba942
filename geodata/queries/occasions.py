"""Occasions among the voices: which marks are a whole evening's, and how many came."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.queries.columns import voice_mark
from geodata.tables.occasions import Occasion

VOICE = "occasion-"


def occasion_heads(session: Session, municipality_id: int) -> dict[int, int | None]:
    """The mark that columns hold for each occasion of a municipality, and its head count where known."""
    asked = select(Occasion.uid, Occasion.head_count).where(Occasion.municipality_id == municipality_id)
    return {voice_mark(f"{VOICE}{uid}"): heads for uid, heads in session.execute(asked)}
