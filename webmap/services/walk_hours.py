"""When people walked: as the first opening and the first ending say, or as whoever led sets it right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Engine

from geodata.errors import Conflict, Fault, InvalidValue
from geodata.hours import ZONE, shifted_into_being
from geodata.queries.walked import walked_hours
from geodata.queries.walks import KnownWalk
from geodata.tables.walks import Walk
from geodata.vocabulary import WalkState
from webmap.services.sayings import Refused
from webmap.services.walk_leading import Leading
from webmap.services.walk_plan import starts_of
from webmap.services.walk_planning import changing
from webmap.words import Words

MOST_HOURS = 12
_NEVER = (WalkState.PLANNED, WalkState.CANCELLED)


@dataclass(frozen=True)
class HoursSaid:
    """When people walked, as it came: a day as 2026-12-04, clocks as 18.30."""

    day: str = ""
    starts: str = ""
    ends: str = ""


@dataclass(frozen=True)
class HoursDraft:
    """The same as it may be stored: aware instants, in order."""

    starts: datetime
    ends: datetime


def is_unsure(walk: KnownWalk) -> bool:
    """Whether it was opened and ended, and nobody can tell from that when people walked."""
    is_over = walk.state not in (*_NEVER, WalkState.OPEN)
    return is_over and walk.walked_from is not None and walk.walked_until is None


def hours_of(walk: KnownWalk) -> tuple[datetime, datetime]:
    """When people walked, local time without a zone; where nobody knows, what the map goes by."""
    plan = datetime.combine(walk.day, walk.starts)
    return walked_hours(plan, walk.walked_from, walk.walked_until)


def hours_words(walk: KnownWalk, words: Words) -> str:
    """4 dec. 2026 18.30–20.30."""
    starts, ends = hours_of(walk)
    return f"{words.day(starts.date())} {starts:%H.%M}–{ends:%H.%M}"


def said_of(walk: KnownWalk) -> HoursSaid:
    """What the form says before anybody has written in it."""
    starts, ends = hours_of(walk)
    return HoursSaid(starts.date().isoformat(), f"{starts:%H.%M}", f"{ends:%H.%M}")


def hours_draft(said: HoursSaid, now: datetime | None = None) -> HoursDraft:
    """As it may be stored; an end before the start is after midnight. Raises Refused with every fault."""
    faults: list[Fault] = []
    day, starts, ends = _day(said.day), starts_of(said.starts), starts_of(said.ends)
    if day is None:
        faults.append(InvalidValue("date.not_a_date", "day", given=said.day[:20]))
    for name, given, clock in (("starts", said.starts, starts), ("ends", said.ends, ends)):
        if clock is None:
            faults.append(InvalidValue("walk.not_a_clock", name, given=given.strip()[:20]))
    if day is None or starts is None or ends is None:
        raise Refused(faults)
    draft = _draft(day, starts, ends)
    if draft.ends - draft.starts > timedelta(hours=MOST_HOURS):
        raise Refused([InvalidValue("walk.hours_too_long", "ends", most=MOST_HOURS)])
    if draft.ends > (now or datetime.now(UTC)):
        raise Refused([InvalidValue("walk.hours_ahead", "day")])
    return draft


def set_hours(engine: Engine, by: Leading, draft: HoursDraft) -> None:
    """Say when people walked. Raises NotFound, and Conflict where the walk has not begun or was changed."""
    with changing(engine, by.there, by.known, by.actor, "walk.hours") as (_, row):
        if row.state in _NEVER:
            raise Conflict("walk.no_such_step", "state")
        _fill(row, draft)


def _fill(row: Walk, draft: HoursDraft) -> None:
    row.walked_from, row.walked_until = draft.starts, draft.ends


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if date(2000, 1, 1) <= day < date(2100, 1, 1) else None


def _draft(day: date, starts: time, ends: time) -> HoursDraft:
    until = day if ends > starts else day + timedelta(days=1)
    return HoursDraft(_instant(datetime.combine(day, starts)), _instant(datetime.combine(until, ends)))


def _instant(moment: datetime) -> datetime:
    return shifted_into_being(moment)[0].replace(tzinfo=ZONE).astimezone(UTC)
