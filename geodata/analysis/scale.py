"""Which of five classes a density is in: limits that stay where they are, whatever is filtered."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.analysis.kernels import BANDWIDTHS_M, KERNELS, M2_PER_KM2, Kernel
from geodata.analysis.layout import Layout
from geodata.analysis.peak import Peaks

NOTHING = 0
CLASSES = 5
TOO_LITTLE = 6

LEAST_REPORTS = 3.0
"""Fewer than this within the bandwidth, as a sum of shares, is never classed."""

_LEAST_SPAN = 8.0
_ROUNDING = 1e-5
"""Three whole reports are three, whatever a sum of single-precision shares makes of them."""

Limits = tuple[float, float, float, float, float]


@dataclass(frozen=True)
class Scale:
    """What the two fixed scales of one kernel and bandwidth are made from.

    years: of the full period. whole_top, part_top: the highest density, reports per km² and year, over every
    hour and over the highest of the week's windows. `whole` is for every hour and at least a year, `part`
    for chosen hours or a shorter period.
    """

    kernel: Kernel
    years: float
    whole_top: float
    part_top: float

    @property
    def whole(self) -> Limits:
        """Lower limits of the classes for every hour and at least a year."""
        return limits(lower_limit(self.kernel, self.years), self.whole_top)

    @property
    def part(self) -> Limits:
        """Lower limits of the classes for chosen hours or a shorter period."""
        return limits(lower_limit(self.kernel, self.years), self.part_top)


def lower_limit(kernel: Kernel, years: float = 1.0) -> float:
    """The lowest limit: three reports spread evenly within the bandwidth, per km² and year."""
    return LEAST_REPORTS / (math.pi * kernel.bandwidth_m**2) * M2_PER_KM2 / years


def limits(lowest: float, top: float) -> Limits:
    """Five lower limits in equal ratios from the lowest towards the top, which is at least eight times it."""
    ratio = max(_LEAST_SPAN, top / lowest)
    first, second, third, fourth, fifth = (lowest * ratio ** (step / CLASSES) for step in range(CLASSES))
    return first, second, third, fourth, fifth


def classify(density: ArrayLike, near: ArrayLike, lower: Limits | None) -> NDArray[np.uint8]:
    """Class 1–5; 0 where there is nothing; 6 where too few reports lie near, or there is no scale yet."""
    values, reports = np.asarray(density), np.asarray(near)
    if lower is None:
        return np.where(values > 0, TOO_LITTLE, NOTHING).astype(np.uint8)
    # Enough reports near but under the lowest limit is still the lowest class.
    classes = np.searchsorted(np.asarray(lower[1:]), values, side="right").astype(np.uint8) + np.uint8(1)
    classes[reports < LEAST_REPORTS - _ROUNDING] = TOO_LITTLE
    classes[values <= 0] = NOTHING
    return classes


def make_scales(
    layout: Layout, whole: ArrayLike, parts: Iterable[ArrayLike], years: float = 1.0
) -> list[Scale]:
    """The scales of both kernels at every bandwidth step.

    whole: weight of each report over every hour. parts: the same for each six-hour window of the week, read
    once, one after the other. years: of the full period, at least 1.
    """
    kernels = [Kernel(name, float(bandwidth_m)) for bandwidth_m in BANDWIDTHS_M for name in KERNELS]
    peaks = Peaks(layout, kernels)
    whole_tops = peaks.highest([whole])
    part_tops = peaks.highest(parts)
    return [Scale(kernel, years, whole_tops[kernel] / years, part_tops[kernel] / years) for kernel in kernels]
