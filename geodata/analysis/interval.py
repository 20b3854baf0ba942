"""How sure a count is."""

from __future__ import annotations

from scipy.special import gammaincinv

_TAIL = 0.025


def poisson_interval(n: float) -> tuple[float, float]:
    """The exact 95 % interval of the mean behind a count, or sum of shares, of n ≥ 0 (Garwood 1936)."""
    low = float(gammaincinv(n, _TAIL)) if n > 0 else 0.0
    return low, float(gammaincinv(n + 1.0, 1.0 - _TAIL))
