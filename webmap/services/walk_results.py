"""You said, we did: what the walks of an area have led to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Engine

from geodata.queries.minutes import promises_of
from geodata.queries.municipalities import Home
from geodata.tables.engine import reading
from geodata.vocabulary import FindingState
from webmap.services.minutes import Minutes, MinutesItem, MinutesStop, Sums, sums_of
from webmap.services.walk_areas import WalkAreas


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


def areas_of(every: Iterable[Minutes], areas: WalkAreas) -> list[str]:
    """The localities where something was said, and those of walks where nothing was, by name."""
    found = {name for each in every for name in _by_area(each, areas)}
    return sorted(found - {""}, key=str.casefold)


def in_area(every: Sequence[Minutes], area: str, areas: WalkAreas) -> list[Minutes]:
    """What was said in one locality, by walk; or everything for ""."""
    if not area:
        return list(every)
    parts = ((each, _by_area(each, areas).get(area)) for each in every)
    return [replace(each, stops=tuple(own)) for each, own in parts if own is not None]


def _by_area(minutes: Minutes, areas: WalkAreas) -> dict[str, list[MinutesStop]]:
    """Where something was said, by locality; a walk where nothing was is in its own."""
    found: dict[str, list[MinutesStop]] = defaultdict(list)
    for section in minutes.stops:
        if section.items:
            found[areas.of(minutes.walk, section.stop)].append(section)
    return found or {areas.named(minutes.walk.locality): []}


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
