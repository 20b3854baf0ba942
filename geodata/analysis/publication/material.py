"""What an edition is made from: reviewed reports side by side, and how finely they may be shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_VOICES_A_DAY = 3
"""Distinct voices that came from the public itself and count towards k, per least square and day."""
NO_VOICE = 0
NO_DAY = np.iinfo(np.int32).min
_LEVELS_UP = 3


@dataclass(frozen=True)
class Grain:
    """How fine: k distinct voices and reports, the least side inside a locality, and the least outside.

    coarse_m is fine_m doubled some times; where it is not, `of` rounds it up.
    """

    k: int
    fine_m: int
    coarse_m: int

    @classmethod
    def of(cls, k: int, fine_m: int, coarse_m: int) -> Grain:
        """The same with a coarse side that fine squares fill."""
        side = fine_m
        while side < coarse_m:
            side *= 2
        return cls(k, fine_m, side)

    @property
    def sides(self) -> tuple[int, ...]:
        """Every side there can be, from the finest to eight times the coarse one."""
        made = [self.fine_m]
        while made[-1] < self.coarse_m << _LEVELS_UP:
            made.append(made[-1] * 2)
        return tuple(made)


@dataclass(frozen=True)
class Material:
    """n reports in no order that means anything.

    east, north: EPSG:3006, NaN without position. voice: a mark, or NO_VOICE. day: of what came from the
    public itself, the day whose voices are capped, or NO_DAY. cell, whole: the views of `views`.
    is_effort: from a walk or a patrol.
    """

    east: NDArray[np.float64]
    north: NDArray[np.float64]
    voice: NDArray[np.int64]
    day: NDArray[np.int32]
    cell: NDArray[np.uint16]
    whole: NDArray[np.uint16]
    is_effort: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.east)
