"""What has become of a report since somebody looked at it, worked out from the acts on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geodata.queries.past_acts import PastAct
from webmap.services.review_values import COLUMNS, read

_FOLLOWERS = frozenset({"east", "north", "position_source", "accuracy_m"})
"""Columns that go with the place and are not told by themselves."""
TOLD = tuple(name for name in COLUMNS if name not in _FOLLOWERS)


@dataclass(frozen=True)
class Change:
    """One column: what it was, and what it is."""

    column: str
    before: Any
    after: Any


@dataclass(frozen=True)
class _Event:
    """What made a version of the report: an act, or the undoing of one."""

    version: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def changes_of(act: PastAct) -> list[Change]:
    """What an act changed, in the order of the columns."""
    before, after = read(act.before), read(act.after)
    return [Change(name, before[name], after.get(name)) for name in TOLD if name in before]


def changed_since(acts: Sequence[PastAct], version: int) -> list[Change]:
    """The columns that are not as they were in that version; what was changed and changed back is none."""
    then: dict[str, Any] = {}
    now: dict[str, Any] = {}
    for event in sorted(_events(acts), key=lambda each: each.version):
        if event.version > version:
            then = {**event.before, **then}
            now |= event.after
    return [
        Change(name, then[name], now.get(name))
        for name in TOLD
        if name in then and then[name] != now.get(name)
    ]


def _events(acts: Sequence[PastAct]) -> Iterator[_Event]:
    for act in acts:
        before, after = read(act.before), read(act.after)
        yield _Event(act.version, before, after)
        if act.undone_at is not None:
            # Nothing may come between an act and its undoing.
            yield _Event(act.version + 1, after, before)
