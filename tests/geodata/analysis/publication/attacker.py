"""An attacker of the tests' own, who shares no code with the engine's audit.

He has the bytes of every edition and knows the rules. He writes one linear programme over all of it at once:
every square, every view, the whole, where walks were, and every edition before, on the finest ground and the
shortest times that tell them apart.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise, product
from math import inf

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, eye_array, kron

from geodata.analysis.publication.edition import ALL, BLOCK_VIEWS, FOCUS_VIEWS, SAFE, VIEWS, Band, Edition

_ENDLESS = 1e7
_UNKNOWNS_AT_ONCE = 40_000
_AT_ONCE = 10
_WALKS_ARE = ((ALL,), (ALL, SAFE), ())
"""What walks report is part of: first what tells most, and less where that cannot be."""


@dataclass(frozen=True)
class Hidden:
    """A count that is published nowhere, and between what it lies."""

    what: str
    low: float
    high: float

    @property
    def width(self) -> float:
        return self.high - self.low


class Attacker:
    """Everything that the editions say, as one programme. asks: whether of squares, of the whole, or both."""

    def __init__(self, editions: Sequence[bytes], asks: Sequence[str] = ("squares", "whole")) -> None:
        self.asks = asks
        self.editions = [Edition.from_bytes(each) for each in editions]
        boxes = {(s.west_m, s.south_m, s.size_m) for e in self.editions for s in (*e.squares, *e.effort)}
        self.shown = {(s.west_m, s.south_m, s.size_m) for e in self.editions for s in e.squares}
        self.boxes = sorted(boxes, key=lambda box: (box[2], box))
        number_of = {box: number for number, box in enumerate(self.boxes)}
        # An atom is what lies in the same squares: one for each square, less the smaller ones in it.
        self.atoms = {box: {number} for number, box in enumerate(self.boxes)}
        for inner in self.boxes:
            for outer in self.boxes:
                if outer[2] > inner[2] and self._lies_in(inner, outer):
                    self.atoms[outer] |= {number_of[inner]}
        self.empty = {
            number
            for number, box in enumerate(self.boxes)
            if sum(self.boxes[each][2] ** 2 for each in self._direct(number)) == box[2] ** 2
        }
        self.rest = len(self.boxes)
        self.size = self.rest + 1
        self.times = self._times()
        first = np.cumsum([0, *(len(times) for times in self.times)]).tolist()
        self.slot = {
            (number, time): first[number] + place
            for number, times in enumerate(self.times)
            for place, time in enumerate(times)
        }
        self.count = first[-1] * len(VIEWS) * self.size
        self._know(_WALKS_ARE[0])

    def _times(self) -> list[list[int]]:
        """The times that each edition tells of, cut where any begins or ends; one where each only grows."""
        periods = [(e.period[0], e.period[1] + timedelta(days=1)) for e in self.editions]
        if all(b[0] <= a[0] and a[1] <= b[1] for a, b in pairwise(periods)):
            return [[0] for _ in periods]
        cuts = sorted({day for period in periods for day in period})
        return [[time for time, day in enumerate(cuts[:-1]) if first <= day < end] for first, end in periods]

    def _know(self, walks_are: Sequence[str]) -> None:
        self.rows: list[tuple[dict[int, float], float]] = []
        for number, edition in enumerate(self.editions):
            self._say(number, edition)
            for walk in edition.effort if walks_are else ():
                atoms = sorted(self.atoms[walk.west_m, walk.south_m, walk.size_m])
                sums = [self.sum_of(number, view, atoms) for view in walks_are]
                self._between(dict(ChainMap(*sums)), edition.k + 1, inf)

    @staticmethod
    def _lies_in(inner: tuple[int, int, int], outer: tuple[int, int, int]) -> bool:
        return all(outer[i] <= inner[i] < outer[i] + outer[2] for i in (0, 1))

    def _direct(self, number: int) -> list[int]:
        within = [each for each in self.atoms[self.boxes[number]] if each != number]
        return [
            each
            for each in within
            if not any(other != each and each in self.atoms[self.boxes[other]] for other in within)
        ]

    def _at(self, edition: int, time: int, view: str, atom: int) -> int:
        return (self.slot[edition, time] * len(VIEWS) + VIEWS.index(view)) * self.size + atom

    def sum_of(self, edition: int, view: str, atoms: Sequence[int]) -> dict[int, float]:
        return {self._at(edition, time, view, atom): 1.0 for time in self.times[edition] for atom in atoms}

    def _between(self, weights: dict[int, float], low: float, high: float) -> None:
        self.rows.append(({at: -weight for at, weight in weights.items()}, -low))
        if high < inf:
            self.rows.append((weights, high))

    def _say(self, number: int, edition: Edition) -> None:
        for square in edition.squares:
            atoms = sorted(self.atoms[square.west_m, square.south_m, square.size_m])
            for view, class_ in square.classes.items():
                self._say_class(self.sum_of(number, view, atoms), edition.bands[class_ - 1])
        for view, class_ in edition.whole.items():
            every = self.sum_of(number, view, range(self.size))
            self._say_class(every, edition.whole_bands[class_ - 1])
        for atom, time in product(range(self.size), self.times[number]):
            self._say_parts(number, time, atom)
        if number:
            self._say_growth(number)

    def _say_class(self, weights: dict[int, float], band: Band) -> None:
        self._between(weights, band.first, inf if band.last is None else band.last)

    def _say_parts(self, number: int, time: int, atom: int) -> None:
        at = {view: self._at(number, time, view, atom) for view in VIEWS}
        if atom in self.empty:
            self.rows += [({place: 1.0}, 0.0) for place in at.values()]
        of_all = {at[ALL]: -1.0}
        for view in FOCUS_VIEWS:
            self.rows.append(({at[view]: 1.0, **of_all}, 0.0))
        self.rows.append(({**{at[view]: 1.0 for view in BLOCK_VIEWS}, **of_all}, 0.0))

    def _say_growth(self, number: int) -> None:
        """Of a time that two editions tell of, the later knows no fewer."""
        both = sorted(set(self.times[number]) & set(self.times[number - 1]))
        for time, view, atom in product(both, VIEWS, range(self.size)):
            now, before = (self._at(each, time, view, atom) for each in (number, number - 1))
            self.rows.append(({before: 1.0, now: -1.0}, 0.0))

    def hidden(self) -> list[Hidden]:
        """Every count of edition, view and square, published as a class or not; the whole, and the rest."""
        asked = []
        within = set().union(*(self.atoms[box] for box in self.shown))
        for number, view in product(range(len(self.editions)), VIEWS):
            for box, atoms in self.atoms.items() if "squares" in self.asks else ():
                if view != "focus:drugs":
                    asked.append((f"{number} {view} {box}", self.sum_of(number, view, sorted(atoms))))
            if "whole" in self.asks:
                beside = sorted(set(range(self.size)) - within)
                asked.append((f"{number} {view} whole", self.sum_of(number, view, range(self.size))))
                asked.append((f"{number} {view} in no square", self.sum_of(number, view, beside)))
        return self._answers(asked)

    def _answers(self, asked: Sequence[tuple[str, dict[int, float]]]) -> list[Hidden]:
        at_once = max(1, min(_AT_ONCE, _UNKNOWNS_AT_ONCE // self.count))
        for walks_are in _WALKS_ARE:
            self._know(walks_are)
            found = []
            for start in range(0, len(asked), at_once):
                told = self._between_what(asked[start : start + at_once])
                if told is None:  # what is said cannot all be
                    break
                found += told
            else:
                return found
        return [Hidden(what, -inf, inf) for what, _ in asked]

    def _between_what(self, asked: Sequence[tuple[str, dict[int, float]]]) -> list[Hidden] | None:
        """Many questions as one programme over as many copies: the least of a sum is the sum of the least."""
        goals = np.zeros((len(asked), self.count))
        for row, (_, weights) in enumerate(asked):
            goals[row, list(weights)] = list(weights.values())
        cells = [(row, at, value) for row, (each, _) in enumerate(self.rows) for at, value in each.items()]
        rows, places, values = zip(*cells, strict=True)
        table = coo_array((values, (rows, places)), shape=(len(self.rows), goals.shape[1]))
        copies = kron(eye_array(len(asked)), table, format="csr")
        limits = np.tile([high for _, high in self.rows], len(asked))
        ends = []
        for sign in (1, -1):
            found = linprog(
                sign * goals.ravel(), A_ub=copies, b_ub=limits, bounds=(0, _ENDLESS), method="highs"
            )
            if found.x is None:
                return None
            ends.append((goals * found.x.reshape(goals.shape)).sum(axis=1).round(3))
        return [
            Hidden(what, float(low), inf if high >= _ENDLESS / 2 else float(high))
            for (what, _), low, high in zip(asked, *ends, strict=True)
        ]


def narrow(
    editions: Sequence[bytes], k: int, asks: Sequence[str] = ("squares", "whole")
) -> tuple[int, list[Hidden]]:
    """How many counts there are, and those that can be told to within less than k."""
    found = Attacker(editions, asks).hidden()
    return len(found), [each for each in found if each.width < k]
