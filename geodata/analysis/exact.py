"""The plain sum over all reports: slow, and the measure that the surface is held to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from geodata.analysis.kernels import M2_PER_KM2, Kernel

_PAIRS_AT_ONCE = 4_000_000


@dataclass(frozen=True)
class Rectangle:
    """A study area with its sides along the axes, metres."""

    west_m: float
    south_m: float
    east_m: float
    north_m: float


def exact_density(
    points_xy: ArrayLike, weights: ArrayLike, at_xy: ArrayLike, kernel: Kernel
) -> NDArray[np.float64]:
    """Reports per km² at each place, summed over every report.

    points_xy, at_xy: (n, 2) and (m, 2) metres in one projected CRS; weights: (n,).
    """
    points = np.asarray(points_xy, dtype=np.float64).reshape(-1, 2)
    places = np.asarray(at_xy, dtype=np.float64).reshape(-1, 2)
    shares = np.broadcast_to(np.asarray(weights, dtype=np.float64), (len(points),))
    sums = np.zeros(len(places))
    rows = max(1, _PAIRS_AT_ONCE // max(1, len(points)))
    for start in range(0, len(places), rows):
        part = places[start : start + rows]
        squared = (part[:, :1] - points[:, 0]) ** 2 + (part[:, 1:] - points[:, 1]) ** 2
        sums[start : start + rows] = kernel.density(squared) @ shares
    return sums * M2_PER_KM2


def mass_inside(window: Rectangle, at_xy: ArrayLike, kernel: Kernel) -> NDArray[np.float64]:
    """Share of an uncut Gaussian at each place that falls inside the window, for edge correction.

    Density divided by the mass at the place is the uniform correction; weights divided by the mass at
    their reports is Diggle's, which alone conserves the count.
    """
    places = np.asarray(at_xy, dtype=np.float64).reshape(-1, 2)
    scaled_east = (np.array([[window.west_m, window.east_m]]) - places[:, :1]) / kernel.sigma_m
    scaled_north = (np.array([[window.south_m, window.north_m]]) - places[:, 1:]) / kernel.sigma_m
    across = ndtr(scaled_east[:, 1]) - ndtr(scaled_east[:, 0])
    along = ndtr(scaled_north[:, 1]) - ndtr(scaled_north[:, 0])
    return np.asarray(across * along)
