"""You said, we did: what the walks of an area have led to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine

from geodata.queries.minutes import promises_of
from geodata.queries.municipalities import Home
from geodata.tables.engine import reading
from geodata.vocabulary import FindingState
from webmap.services.minutes import Minutes, MinutesItem, Sums, sums_of


@dataclass(frozen=True)
class Result:
    """A finding with the minutes it stands in."""

    minutes: Minutes
    item: MinutesItem


def led_to(engine: Engine, there: Home, today: date) -> Sums:
    """What all published walks of a municipality have led to, in one look."""
    with reading(engine) as session:
        found = promises_of(session, there.id)
    items = (MinutesItem(0, sign, (), (), None, state=state, due=due) for sign, state, due in found)
    return sums_of(items, today)


def areas_of(every: Iterable[Minutes]) -> list[str]:
    """The localities that have minutes, by name."""
    return sorted({each.walk.locality for each in every if each.walk.locality}, key=str.casefold)


def in_area(every: Sequence[Minutes], area: str) -> list[Minutes]:
    """The minutes of one locality, or all for ""."""
    return [each for each in every if area in ("", each.walk.locality)]


def sums(every: Iterable[Minutes], today: date) -> Sums:
    """How much was said on several walks, and what came of it."""
    return sums_of([item for each in every for item in each.items], today)


def done_in(every: Iterable[Minutes]) -> list[Result]:
    """What is done, the newest first; what has no day last."""
    found = [each for each in _results(every) if each.item.state == FindingState.DONE]
    return sorted(found, key=lambda each: each.item.done or date.min, reverse=True)


def late_in(every: Iterable[Minutes], today: date) -> list[Result]:
    """What should be done by now and is not, the longest overdue first."""
    found = [each for each in _results(every) if each.item.is_overdue(today)]
    return sorted(found, key=lambda each: each.item.due or date.max)


def _results(every: Iterable[Minutes]) -> list[Result]:
    return [Result(each, item) for each in every for item in each.items]


def by_year(every: Iterable[Minutes]) -> list[tuple[int, list[Minutes]]]:
    """The minutes by the year of their walks, in the order given."""
    years: dict[int, list[Minutes]] = defaultdict(list)
    for each in every:
        years[each.walk.day.year].append(each)
    return list(years.items())
