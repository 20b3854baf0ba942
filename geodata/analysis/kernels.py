"""How one report spreads over the ground: quartic as in crime mapping, or Gaussian."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.errors import InvalidValue

BANDWIDTHS_M = (50, 75, 100, 150, 200, 300, 500, 750, 1000)
"""The steps a radius is chosen in; each has its own fixed scale."""

_NODES_PER_BANDWIDTH = {"quartic": 10, "gaussian": 12}
"""A Gaussian of the same bandwidth is twice as curved at its top."""

KERNELS = tuple(_NODES_PER_BANDWIDTH)

M2_PER_KM2 = 1e6

_CUT_SIGMAS = 4.0


@dataclass(frozen=True)
class Kernel:
    """A kernel of unit mass.

    bandwidth_m: the quartic's radius; the Gaussian's sigma is bandwidth / √8, the quartic's own spread.
    is_cut: whether the Gaussian ends at four sigma and is renormalised, as the surface has it.
    Raises InvalidValue for an unknown name or a bandwidth that is not a positive length.
    """

    name: str
    bandwidth_m: float
    is_cut: bool = True

    def __post_init__(self) -> None:
        if self.name not in KERNELS:
            raise InvalidValue("kernel.unknown", "kernel", given=self.name, accepted=", ".join(KERNELS))
        if not (math.isfinite(self.bandwidth_m) and self.bandwidth_m > 0):
            raise InvalidValue("bandwidth.not_positive", "bandwidth", given=self.bandwidth_m)

    @property
    def sigma_m(self) -> float:
        """Standard deviation per axis of the Gaussian of this bandwidth."""
        return self.bandwidth_m / math.sqrt(8.0)

    @property
    def reach_m(self) -> float:
        """Beyond this distance the kernel is zero; infinite for an uncut Gaussian."""
        if self.name == "quartic":
            return self.bandwidth_m
        return _CUT_SIGMAS * self.sigma_m if self.is_cut else math.inf

    @property
    def nodes_per_bandwidth(self) -> int:
        """How many nodes to a bandwidth keep a surface within a hundredth of its peak."""
        return _NODES_PER_BANDWIDTH[self.name]

    @property
    def top(self) -> float:
        """The density at distance zero, 1/m²."""
        return float(self.density(0.0))

    def density(self, squared_distance: ArrayLike) -> NDArray[np.float64]:
        """Density of a report of weight 1 at these squared distances (m²), in 1/m².

        Source: Silverman 1986, eq. 4.5, for the quartic: 3 / (π h²) · (1 − d²/h²)².
        """
        squared = np.asarray(squared_distance, dtype=np.float64)
        if self.name == "quartic":
            inside = np.maximum(1.0 - squared / self.bandwidth_m**2, 0.0)
            return 3.0 / (math.pi * self.bandwidth_m**2) * inside * inside
        variance = self.sigma_m**2
        whole = np.exp(-squared / (2.0 * variance)) / (2.0 * math.pi * variance)
        if not self.is_cut:
            return whole
        kept = 1.0 - math.exp(-(_CUT_SIGMAS**2) / 2.0)
        return np.where(squared <= self.reach_m**2, whole / kept, 0.0)


def stepped_kernel(name: str, bandwidth_m: float) -> Kernel:
    """The kernel of one of the bandwidth steps. Raises InvalidValue for a name or step there is not."""
    if bandwidth_m not in BANDWIDTHS_M:
        steps = ", ".join(str(step) for step in BANDWIDTHS_M)
        raise InvalidValue("bandwidth.not_a_step", "bandwidth", given=f"{bandwidth_m:g}", steps=steps)
    return Kernel(name, float(bandwidth_m))
