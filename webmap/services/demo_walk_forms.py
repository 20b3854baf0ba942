"""What the demo's town walks are told in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from geodata.vocabulary import FindingState, LandOwner, Polarity, WalkRole, WalkState


@dataclass(frozen=True)
class Decision:
    """What is done about a finding. due, done: months from the walk, or None."""

    state: FindingState
    words: str
    unit: str = "Gata och park"
    action: str = ""
    due: int | None = None
    done: int | None = None
    reason: str = ""
    land_owner: LandOwner = LandOwner.MUNICIPALITY
    is_cost_driving: bool = False


@dataclass(frozen=True)
class Note:
    """A finding. stop: its number. away_m: east and north of the stop. minute: after the walk's start."""

    stop: int
    polarity: Polarity
    category: str
    text: str
    minute: int
    away_m: tuple[float, float] = (8.0, -6.0)
    severity: int | None = None
    decision: Decision | None = None


@dataclass(frozen=True)
class DemoWalk:
    """A walk. day: its date, or None for a coming one. stops: names of spots. heads: how many of a role."""

    key: str
    title: str
    locality: str
    day: date | None
    state: WalkState
    code: str
    meeting: str
    stops: tuple[str, ...]
    heads: dict[WalkRole, int]
    notes: tuple[Note, ...] = ()
    summary: str = ""
    repeats: str = ""
