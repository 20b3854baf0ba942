"""What the demo's municipality has decided about what was found on its walks."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from geodata.hours import local, to_day_number
from geodata.tables.findings import FollowUp
from geodata.vocabulary import FindingState
from webmap.services.demo_walk_forms import Decision

_MONTH = timedelta(days=30)


def follow_up(entry_id: int, start: datetime, decision: Decision) -> FollowUp:
    """A decision as it is stored. start: of the walk."""
    day = local(start).date()
    return FollowUp(
        walk_entry_id=entry_id,
        state=decision.state,
        words=decision.words,
        unit=decision.unit if decision.state != FindingState.REVIEWED else "",
        land_owner=decision.land_owner,
        is_cost_driving=decision.is_cost_driving,
        action=decision.action,
        due_day=_months(day, decision.due),
        done_day=_months(day, decision.done),
        reason=decision.reason,
        version=1,
        changed_at=start + timedelta(days=20),
        told_at=start + timedelta(days=26),
    )


def _months(day: date, months: int | None) -> int | None:
    return None if months is None else to_day_number(day + months * _MONTH)
