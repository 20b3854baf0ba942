"""What somebody can reckon out who knows every edition, the rules and how to do linear programming.

The attacker knows all that is published and how it was made, but none of the reports. Counts are never
negative; a view is a part of all; blocks of the day do not overlap; what is in one period is in a longer one.
Reports of walks are part of all: where that cannot be, of all and safe; where that cannot be, of neither.
Squares and the whole are reckoned apart, which is exact as long as the whole leaves room: see `room`.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import inf

from geodata.analysis.publication.bands import named
from geodata.analysis.publication.edition import ALL, BLOCK_VIEWS, FOCUS_VIEWS, SAFE, VIEWS, Band, Edition
from geodata.analysis.publication.ground import (
    EFFORT,
    Box,
    Piece,
    chain,
    effort_band,
    efforts_apart,
    pieces,
)
from geodata.analysis.publication.hiding import Interval, intervals
from geodata.analysis.publication.programme import Impossible, Programme, Weights
from geodata.analysis.publication.views import CELL_VIEWS

_V = len(VIEWS)
_AT = {view: place for place, view in enumerate(VIEWS)}
_KEPT = 20_000
_WALKS_ARE: tuple[tuple[str, ...], ...] = ((ALL,), (ALL, SAFE), ())


@dataclass(frozen=True)
class Finding:
    """A count that can be told too closely. what: square or whole, and view."""

    what: str
    low: float
    high: float


@dataclass(frozen=True)
class Audit:
    """counts: how many were reckoned. narrow: those told to within less than k. least_width: of all."""

    counts: int
    narrow: tuple[Finding, ...]
    least_width: float

    @property
    def is_passed(self) -> bool:
        """Whether nothing can be told too closely."""
        return not self.narrow


def audit(edition: Edition, earlier: Sequence[Edition] = ()) -> Audit:
    """Reckon every count of an edition and of those before it. earlier: the oldest first."""
    editions = chain(edition, earlier)
    found: list[tuple[str, Interval]] = []
    for piece in pieces(editions).values():
        found += told_of(piece)
    found += _told_of_whole(edition, editions)
    widths = [high - low for _, (low, high) in found]
    narrow = [Finding(what, *each) for what, each in found if each[1] - each[0] < edition.k]
    return Audit(len(found), tuple(narrow), min(widths, default=inf))


def is_safe(piece: Piece, k: int) -> bool:
    """Whether nothing in a piece can be told to within less than k."""
    return all(high - low >= k for _, (low, high) in told_of(piece))


@lru_cache(maxsize=_KEPT)
def told_of(piece: Piece) -> tuple[tuple[str, Interval], ...]:
    """Every count in a piece of ground: of each edition, square and view, what one edition adds to the next.

    Empty where no counts fit: then something was taken away since, and nothing follows from growth.
    """
    asked = list(_asked(piece))
    found = _intervals(piece, [weights for _, weights in asked])
    return tuple((name, interval) for (name, _), interval in zip(asked, found, strict=False))


def leaves_room(piece: Piece, k: int) -> bool:
    """Whether nothing can be told too closely by one who takes all that walks report to be part of all.

    Whoever takes it to be less knows less.
    """
    try:
        found = _programme(piece, (ALL,)).intervals([weights for _, weights in _asked(piece)])
    except Impossible:
        return False
    return all(high - low >= k for low, high in found)


def _intervals(piece: Piece, sums: Sequence[Weights]) -> list[Interval]:
    """Between what each sum lies; none where no counts fit."""
    for walks_are in _WALKS_ARE if piece.has_effort else ((),):
        try:
            return _programme(piece, walks_are).intervals(sums)
        except Impossible:
            continue
    return []


@lru_cache(maxsize=_KEPT)
def sums_of(piece: Piece) -> tuple[Interval, ...]:
    """Least and greatest that the newest edition's counts in a piece add up to, by view."""
    if piece.is_single:
        told = intervals(dict(piece.editions[0][0][1]))
        return tuple(told[view] for view in VIEWS)
    last = len(piece.editions) - 1
    sums = [_weights(piece, last, view, range(piece.size)) for view in range(_V)]
    return tuple(_intervals(piece, sums) or ((0.0, inf) for _ in VIEWS))


def _unknown(piece: Piece, edition: int, view: int, atom: int) -> int:
    return (edition * _V + view) * piece.size + atom


def _weights(piece: Piece, edition: int, view: int, atoms: Sequence[int]) -> dict[int, float]:
    return {_unknown(piece, edition, view, atom): 1.0 for atom in atoms}


def _programme(piece: Piece, walks_are: Sequence[str] = ()) -> Programme:
    made = Programme(len(piece.editions) * _V * piece.size)
    for edition, shown in enumerate(piece.editions):
        for box, bands in shown:
            for view, band in bands:
                of = walks_are if view == EFFORT else (view,)
                told = [_weights(piece, edition, _AT[each], piece.atoms[box]) for each in of]
                _state_band(made, dict(ChainMap(*told)), band)
        for atom in range(piece.size):
            _state_views(made, [_unknown(piece, edition, view, atom) for view in range(_V)])
            if edition:
                _state_growth(made, piece, edition, atom)
    return made


def _state_band(made: Programme, weights: Weights, band: Band) -> None:
    """What a class says of a sum; nothing of none."""
    if weights:
        made.state(weights, band.first, inf if band.last is None else float(band.last))


def _state_views(made: Programme, of: Sequence[int]) -> None:
    """Focus areas and blocks are parts of all, and the blocks do not overlap."""
    for view in FOCUS_VIEWS:
        made.state({of[_AT[ALL]]: 1.0, of[_AT[view]]: -1.0})
    made.state({of[_AT[ALL]]: 1.0, **{of[_AT[view]]: -1.0 for view in BLOCK_VIEWS}})


def _state_growth(made: Programme, piece: Piece, edition: int, atom: int) -> None:
    for view in range(_V):
        now, before = (_unknown(piece, each, view, atom) for each in (edition, edition - 1))
        made.state({now: 1.0, before: -1.0})


def _asked(piece: Piece) -> Iterator[tuple[str, Weights]]:
    last = len(piece.editions) - 1
    for edition, shown in enumerate(piece.editions):
        for box, view in product(piece.boxes, CELL_VIEWS):
            yield _name(box, view, last - edition), _weights(piece, edition, _AT[view], piece.atoms[box])
        for box, bands in shown:
            yield from _left_over(piece, edition, box, [view for view, _ in bands if view != EFFORT])


def _left_over(piece: Piece, edition: int, box: Box, views: Sequence[str]) -> Iterator[tuple[str, Weights]]:
    """What each shown view leaves of all, and what has come since the edition before."""
    back, atoms = len(piece.editions) - 1 - edition, piece.atoms[box]
    whole = _weights(piece, edition, _AT[ALL], atoms)
    for view in views:
        if view not in (ALL, SAFE):
            part = _weights(piece, edition, _AT[view], atoms)
            yield _name(box, f"all but {view}", back), _less(whole, part)
    if edition:
        yield _name(box, "grown", back), _less(whole, _weights(piece, edition - 1, _AT[ALL], atoms))


def _less(whole: Weights, part: Weights) -> Weights:
    return {**whole, **{place: -weight for place, weight in part.items()}}


def _name(box: Box, view: str, back: int) -> str:
    return f"{box[2]} m at {box[0]},{box[1]} {view} {-back}"


def room(piece_sums: Sequence[Sequence[Interval]]) -> list[float]:
    """The least that the squares of an edition add up to, by view."""
    return [sum(each[view][0] for each in piece_sums) for view in range(_V)]


def whole_intervals(
    edition: Edition, least: Sequence[float], before: Sequence[Edition] = (), beside: float = 0
) -> list[tuple[str, Interval]]:
    """What is left open of the whole and of what is in no square. least: as of `room`.

    beside: the least that effort squares tell of ground beside all squares.

    Reports of persons only and those without position stand in no square: that there are none is never told.
    """
    made = Programme(2 * _V)  # in squares, and in none, by view
    made.state({_V + _AT[ALL]: 1.0}, beside)
    for view in range(_V):
        made.state({view: 1.0}, least[view])
        whole = {view: 1.0, _V + view: 1.0}
        for known in (*before, edition):
            band = named(known.whole, known.whole_bands).get(VIEWS[view])
            if band is not None:
                is_last = known is edition and band.last is not None
                made.state(whole, band.first, float(band.last or 0) if is_last else inf)
    _state_views(made, list(range(_V)))
    _state_views(made, list(range(_V, 2 * _V)))
    asked = list(_asked_of_whole())
    try:
        found = made.intervals([weights for _, weights in asked])
    except Impossible:
        return [("whole impossible", (0.0, 0.0))]
    return [(name, interval) for (name, _), interval in zip(asked, found, strict=True)]


def _asked_of_whole() -> Iterator[tuple[str, Weights]]:
    for view, name in enumerate(VIEWS):
        yield f"whole {name}", {view: 1.0, _V + view: 1.0}
        yield f"in no square {name}", {_V + view: 1.0}
        if name in CELL_VIEWS:
            yield f"in squares {name}", {view: 1.0}


def _told_of_whole(edition: Edition, editions: Sequence[Edition]) -> list[tuple[str, Interval]]:
    return whole_intervals(edition, *room_beside(editions))


def room_beside(editions: Sequence[Edition]) -> tuple[list[float], Sequence[Edition], float]:
    """Of a chain of editions, what `whole_intervals` is told of the last: least, before and beside."""
    found = pieces(editions)
    beside = efforts_apart(editions, found) * effort_band(editions[-1].k).first
    return room([sums_of(piece) for piece in found.values()]), editions[:-1], beside
