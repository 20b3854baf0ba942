"""Reads of the checklists of a walk: what was good and what was poor, at each stop."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.queries.findings import in_spoken_order
from geodata.queries.walks import KnownStop, stops_of
from geodata.tables.findings import WalkEntry
from geodata.vocabulary import CheckAnswer, EntryKind, Theme


@dataclass(frozen=True)
class KnownCheck:
    """The checklist of a stop from one phone. answers: of the themes it said anything about."""

    uid: UUID
    seq: int
    said_at: datetime
    stop: KnownStop | None
    answers: Mapping[Theme, CheckAnswer]


Tally = Mapping[tuple[int | None, Theme], Counter[CheckAnswer]]
"""How many said what, by the stop's key and theme."""


def checks_of(session: Session, walk_id: int) -> list[KnownCheck]:
    """The checklists of a walk in the order they were said."""
    asked = in_spoken_order(
        select(WalkEntry.uid, WalkEntry.seq, WalkEntry.said_at, WalkEntry.walk_stop_id, WalkEntry.answers)
    )
    here = (WalkEntry.walk_id == walk_id, WalkEntry.kind == EntryKind.CHECK, WalkEntry.deleted_at.is_(None))
    stops = {stop.id: stop for stop in stops_of(session, walk_id)}
    return [
        KnownCheck(uid, seq, said_at, stops.get(stop_id or 0), answers_in(answers))
        for uid, seq, said_at, stop_id, answers in session.execute(asked.where(*here))
    ]


def answers_in(stored: str) -> dict[Theme, CheckAnswer]:
    """What a stored checklist says, without words that are not of the lists."""
    said: Mapping[str, str] = json.loads(stored or "{}")
    themes, answers = set(Theme), set(CheckAnswer)
    return {Theme(key): CheckAnswer(word) for key, word in said.items() if key in themes and word in answers}


def tally_of(checks: Iterable[KnownCheck]) -> dict[tuple[int | None, Theme], Counter[CheckAnswer]]:
    """How many said good and how many poor, of each theme at each stop."""
    sums: dict[tuple[int | None, Theme], Counter[CheckAnswer]] = {}
    for check in checks:
        for theme, answer in check.answers.items():
            key = (None if check.stop is None else check.stop.id, theme)
            sums.setdefault(key, Counter())[answer] += 1
    return sums
