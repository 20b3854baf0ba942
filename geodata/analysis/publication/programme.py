"""What linear statements leave open about unknown counts: least and greatest, by linear programming."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import block_diag, csr_array

Weights = Mapping[int, float]
_UNBOUNDED = 1e8
"""A count that can be as large as this is told to be without end."""
_DIGITS = 4
_UNKNOWNS_AT_ONCE = 20_000


class Impossible(Exception):
    """No counts fit all that is stated."""


class Programme:
    """Unknown counts, none negative, and what is known of their sums."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._rows: list[tuple[Weights, float]] = []

    def state(self, weights: Weights, low: float = 0.0, high: float = inf) -> None:
        """The weighted sum of these unknowns is at least low and at most high."""
        if high < inf:
            self._rows.append((dict(weights), high))
        if low > -inf:
            self._rows.append(({place: -weight for place, weight in weights.items()}, -low))

    def intervals(self, sums: Sequence[Weights]) -> list[tuple[float, float]]:
        """Between what each of the weighted sums lies. Raises Impossible."""
        low: list[float] = []
        high: list[float] = []
        at_once = max(1, _UNKNOWNS_AT_ONCE // self._count)
        for start in range(0, len(sums), at_once):
            goals = self._goals(sums[start : start + at_once])
            low += self._least(goals)
            high += [-least for least in self._least(-goals)]
        return list(zip(low, high, strict=True))

    def _goals(self, sums: Sequence[Weights]) -> NDArray[np.float64]:
        goals = np.zeros((len(sums), self._count))
        for row, weights in enumerate(sums):
            for place, weight in weights.items():
                goals[row, place] += weight
        return goals

    def _least(self, goals: NDArray[np.float64]) -> list[float]:
        """The least of each sum, all found as one programme over as many copies of the unknowns."""
        table, highest = self._table()
        every = block_diag([table] * len(goals), format="csr")
        limits = np.tile(highest, len(goals))
        found = linprog(goals.ravel(), A_ub=every, b_ub=limits, bounds=(0, _UNBOUNDED), method="highs")
        if found.x is None:
            raise Impossible
        least = (goals * found.x.reshape(goals.shape)).sum(axis=1)
        return [each if abs(each) < _UNBOUNDED / 2 else inf * np.sign(each) for each in least.round(_DIGITS)]

    def _table(self) -> tuple[csr_array, NDArray[np.float64]]:
        table = np.zeros((len(self._rows), self._count))
        for row, (weights, _) in enumerate(self._rows):
            for place, weight in weights.items():
                table[row, place] += weight
        return csr_array(table), np.array([high for _, high in self._rows])
