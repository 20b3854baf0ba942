"""What a decision on a finding has to say before anybody is told: asked of the form and of what is stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Protocol

from geodata.errors import Fault, InvalidValue
from geodata.vocabulary import FindingState, LandOwner

OWED = (FindingState.ASSIGNED, FindingState.PLANNED)
"""In these something is promised, by a day."""


class Decided(Protocol):
    """A decision, as typed or as stored."""

    @property
    def state(self) -> FindingState: ...
    @property
    def unit(self) -> str: ...
    @property
    def land_owner(self) -> LandOwner: ...
    @property
    def is_cost_driving(self) -> bool | None: ...
    @property
    def action(self) -> str: ...
    @property
    def due(self) -> date | None: ...
    @property
    def done(self) -> date | None: ...
    @property
    def reason(self) -> str: ...


_SAYS: dict[str, Callable[[Decided], bool]] = {
    "unit": lambda of: bool(of.unit),
    "land_owner": lambda of: of.land_owner != LandOwner.UNKNOWN,
    "cost": lambda of: of.is_cost_driving is not None,
    "action": lambda of: bool(of.action),
    "due": lambda of: of.due is not None,
    "done": lambda of: of.done is not None,
    "reason": lambda of: bool(of.reason),
}
"""Whether a decision says it, by the form's name for it."""
_NEEDED = {
    FindingState.ASSIGNED: ("unit", "due"),
    FindingState.PLANNED: ("action", "unit", "land_owner", "due", "cost"),
    FindingState.DONE: ("action", "unit", "done"),
    FindingState.NOT_POSSIBLE: ("reason",),
}
"""What nobody may leave out. A unit that is to answer for it may first have to ask whose the ground is."""


def lacking_in(decided: Decided) -> list[str]:
    """What a decision has to say and does not, as the form calls it, in the form's order."""
    return [name for name in _NEEDED.get(decided.state, ()) if not _SAYS[name](decided)]


def faults_in(decided: Decided, walked_on: date, now: date) -> list[Fault]:
    """All that a decision lacks, and days that cannot be. walked_on: the day of the walk."""
    faults: list[Fault] = [InvalidValue(f"finding.{name}_missing", name) for name in lacking_in(decided)]
    if decided.due is not None and decided.due < walked_on:
        faults.append(InvalidValue("finding.due_before_walk", "due", day=walked_on.isoformat()))
    if decided.done is not None and decided.done < walked_on:
        faults.append(InvalidValue("finding.done_before_walk", "done", day=walked_on.isoformat()))
    if decided.done is not None and decided.done > now:
        faults.append(InvalidValue("finding.done_ahead", "done"))
    return faults
