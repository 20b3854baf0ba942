"""A walk beside the one it goes again: the same stops, what was said then and now, and what was promised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata.analysis.interval import chance_of_as_uneven
from geodata.queries.checklists import checks_of, tally_of
from geodata.queries.findings import KnownFinding, findings_of
from geodata.queries.walk_heads import head_sum
from geodata.queries.walks import KnownStop, KnownWalk, stops_of, walk_by_id, walks_of
from geodata.tables.engine import reading
from geodata.vocabulary import CATEGORIES, CheckAnswer, Polarity, State, Theme, WalkState
from webmap.services.finding_desk import walk_in

WALKED = (WalkState.CLOSED, WalkState.FOLLOWED_UP, WalkState.PUBLISHED)
_SURE = 0.05


@dataclass(frozen=True)
class Count:
    """Something counted on both walks."""

    then: int
    now: int

    @property
    def is_sure(self) -> bool:
        """Whether they differ beyond chance: the exact binomial test, had both walks been alike."""
        return chance_of_as_uneven(self.then, self.now) < _SURE


@dataclass(frozen=True)
class ThemeCount:
    """What the checklists said of a theme, both times."""

    theme: Theme
    good: Count
    poor: Count


@dataclass(frozen=True)
class ComparedStop:
    """A stop both times. stop: as it is now; None for all that was said between the stops, or at other ones.

    bad, good: findings of what is wrong or could be better, and of what is good. categories: of the bad ones.
    promised: what was decided here the first time.
    """

    stop: KnownStop | None
    bad: Count
    good: Count
    categories: list[tuple[str, Count]]
    themes: list[ThemeCount]
    promised: list[KnownFinding]


@dataclass(frozen=True)
class WalkComparison:
    """Two walks of the same stops. heads: how many walked along, both times.

    unreviewed: how many findings of either nobody has looked at; until then nothing can be said for sure.
    """

    then: KnownWalk
    now: KnownWalk
    heads: Count
    bad: Count
    good: Count
    stops: list[ComparedStop]
    unreviewed: int = 0

    @property
    def is_walked(self) -> bool:
        """Whether the later one has been walked to its end; before that there is nothing to compare with."""
        return self.now.state in WALKED


@dataclass(frozen=True)
class _Side:
    """One of the walks."""

    findings: list[KnownFinding]
    tally: dict[tuple[int | None, Theme], Counter[CheckAnswer]]
    heads: int
    unreviewed: int


def compared(engine: Engine, uid: UUID, codes: Collection[str]) -> WalkComparison | None:
    """The walk beside the one it goes again; None where it is the first. Raises NotFound."""
    with reading(engine) as session:
        return comparison_of(session, walk_in(session, uid, codes))


def comparison_of(session: Session, walk: KnownWalk) -> WalkComparison | None:
    """The same within a session. Only what has passed review counts; of a walk that is not over, nothing."""
    earlier = None if walk.repeat_of is None else walk_by_id(session, walk.repeat_of)
    if earlier is None:
        return None
    then = _side(session, earlier)
    now = _side(session, walk) if walk.state in WALKED else _Side([], {}, 0, 0)
    stops = stops_of(session, walk.id)
    same = {stop.same_as for stop in stops}
    rows = [_stop(stop, ([stop.same_as], [stop.id]), (then, now)) for stop in stops if stop.same_as]
    elsewhere = (
        [None, *(each.id for each in stops_of(session, earlier.id) if each.id not in same)],
        [None, *(stop.id for stop in stops if not stop.same_as)],
    )
    rows.append(_stop(None, elsewhere, (then, now)))
    return WalkComparison(
        earlier,
        walk,
        Count(then.heads, now.heads),
        Count(_count(then.findings, is_good=False), _count(now.findings, is_good=False)),
        Count(_count(then.findings, is_good=True), _count(now.findings, is_good=True)),
        [row for row in rows if row.stop is not None or _says_anything(row)],
        then.unreviewed + now.unreviewed,
    )


def gone_again(engine: Engine, uid: UUID, codes: Collection[str]) -> list[KnownWalk]:
    """The walks that go this one again, newest first. Raises NotFound."""
    with reading(engine) as session:
        walk = walk_in(session, uid, codes)
        return [each for each in walks_of(session, walk.municipality_id) if each.repeat_of == walk.id]


def _side(session: Session, walk: KnownWalk) -> _Side:
    every = findings_of(session, walk.id)
    accepted = [each for each in every if each.is_accepted]
    unreviewed = sum(each.state == State.NEW for each in every)
    return _Side(accepted, tally_of(checks_of(session, walk.id)), head_sum(session, walk.id), unreviewed)


def _stop(
    stop: KnownStop | None,
    keys: tuple[Sequence[int | None], Sequence[int | None]],
    sides: tuple[_Side, _Side],
) -> ComparedStop:
    """keys: of the stops that are counted together, on each of the walks."""
    then, now = (_at(side.findings, own) for side, own in zip(sides, keys, strict=True))
    return ComparedStop(
        stop,
        Count(_count(then, is_good=False), _count(now, is_good=False)),
        Count(_count(then, is_good=True), _count(now, is_good=True)),
        _categories(then, now),
        _themes(keys, sides),
        [each for each in then if each.is_decided],
    )


def _at(findings: Iterable[KnownFinding], keys: Collection[int | None]) -> list[KnownFinding]:
    return [each for each in findings if (each.stop.id if each.stop else None) in keys]


def _count(findings: Iterable[KnownFinding], *, is_good: bool) -> int:
    """How many said it: merging those that say the same on one walk makes it no better than the other."""
    return sum(each.said_by for each in findings if (each.polarity == Polarity.SAFE) == is_good)


def _categories(then: Iterable[KnownFinding], now: Iterable[KnownFinding]) -> list[tuple[str, Count]]:
    before, after = (_by_category(side) for side in (then, now))
    known = [each.code for each in CATEGORIES if before[each.code] or after[each.code]]
    return [(code, Count(before[code], after[code])) for code in known]


def _by_category(findings: Iterable[KnownFinding]) -> Counter[str]:
    said = (
        (code, each.said_by)
        for each in findings
        if each.polarity != Polarity.SAFE
        for code in each.categories
    )
    counted = Counter[str]()
    for code, count in said:
        counted[code] += count
    return counted


def _themes(
    keys: tuple[Sequence[int | None], Sequence[int | None]], sides: tuple[_Side, _Side]
) -> list[ThemeCount]:
    rows = []
    for theme in Theme:
        then, now = (
            sum((side.tally.get((key, theme), Counter()) for key in own), Counter[CheckAnswer]())
            for side, own in zip(sides, keys, strict=True)
        )
        if then or now:
            good, poor = (Count(then[answer], now[answer]) for answer in (CheckAnswer.GOOD, CheckAnswer.POOR))
            rows.append(ThemeCount(theme, good, poor))
    return rows


def _says_anything(row: ComparedStop) -> bool:
    return bool(row.bad.then or row.bad.now or row.good.then or row.good.now or row.themes)
