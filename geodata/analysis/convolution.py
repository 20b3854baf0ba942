"""Counts on nodes to densities on nodes, many equal canvases at a time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from geodata.analysis.kernels import M2_PER_KM2, Kernel

_WORKERS = 2
_BLUR = 1 / 12
"""Half the mean spread along an axis, in squared steps, of a report shared between two nodes."""


@dataclass(frozen=True)
class Stencil:
    """A kernel laid out on nodes for square canvases of one size.

    halo: nodes that the kernel reaches. size: nodes along a canvas: what is wanted, a halo on both sides,
    and what makes a fast transform. density, near: half spectra of the kernel (reports per km², unit mass
    on the grid) and of the disc of the bandwidth (reports); real, as both are symmetric.
    """

    halo: int
    size: int
    density: NDArray[np.float64]
    near: NDArray[np.float64]

    def convolve(self, canvases: NDArray[np.float64], spectrum: NDArray[np.float64]) -> NDArray[np.float64]:
        """Canvases (k, size, size) with the kernel; right where the halo does not reach the edge."""
        spread = scipy.fft.rfft2(canvases, workers=_WORKERS)
        spread *= spectrum
        return np.asarray(scipy.fft.irfft2(spread, s=canvases.shape[-2:], workers=_WORKERS))

    def surfaces(self, canvases: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Density and reports near, as `convolve`, from one transform of the counts."""
        spread = scipy.fft.rfft2(canvases, workers=_WORKERS)
        shape = canvases.shape[-2:]
        density = scipy.fft.irfft2(spread * self.density, s=shape, workers=_WORKERS)
        spread *= self.near
        return density, scipy.fft.irfft2(spread, s=shape, workers=_WORKERS, overwrite_x=True)


@lru_cache(maxsize=24)
def stencil(kernel: Kernel, step_m: float, wanted: int) -> Stencil:
    """The kernel on nodes `step_m` apart, for canvases that give `wanted` nodes a side."""
    halo = math.ceil(kernel.reach_m / step_m)
    size = scipy.fft.next_fast_len(wanted + 2 * halo, real=True)
    offset = np.arange(-halo, halo + 1) * step_m
    squared = offset[:, None] ** 2 + offset[None, :] ** 2
    values = _sharpened(kernel.density(squared))
    within = (squared <= kernel.bandwidth_m**2 * (1 + 1e-12)).astype(np.float64)
    scaled = values / (values.sum() * step_m**2) * M2_PER_KM2
    return Stencil(halo, size, spectrum(scaled, size), spectrum(within, size))


def _sharpened(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The kernel less what sharing reports between nodes blurs it by in the mean: a diffusion, undone.

    What is left of the error is that of each report's own share, which cancels out over many. At the edge
    it falls a hair under 0: who reads a surface takes that for nothing.
    """
    padded = np.pad(values, 1)
    beside = padded[2:, 1:-1] + padded[:-2, 1:-1] + padded[1:-1, 2:] + padded[1:-1, :-2]
    return values - _BLUR * (beside - 4 * values)


def kernel_top(kernel: Kernel, step_m: float) -> float:
    """Density on the node of a single report that lies on it, reports per km²."""
    made = stencil(kernel, step_m, 1)
    return float(scipy.fft.irfft2(made.density, s=(made.size, made.size))[0, 0])


def spectrum(values: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Half spectrum of a symmetric kernel of odd side on a canvas of this size, its middle at the origin."""
    canvas = np.zeros((size, size))
    reach = values.shape[0] // 2
    canvas[: values.shape[0], : values.shape[1]] = values
    return np.ascontiguousarray(scipy.fft.rfft2(np.roll(canvas, (-reach, -reach), axis=(0, 1))).real)
