"""How sure a count is."""

from __future__ import annotations

from scipy.special import bdtr, gammaincinv

_TAIL = 0.025


def poisson_interval(n: float) -> tuple[float, float]:
    """The exact 95 % interval of the mean behind a count, or sum of shares, of n ≥ 0 (Garwood 1936)."""
    low = float(gammaincinv(n, _TAIL)) if n > 0 else 0.0
    return low, float(gammaincinv(n + 1.0, 1.0 - _TAIL))


def chance_of_as_uneven(one: int, other: int) -> float:
    """How likely two equally long periods are to differ at least as much by chance, 0 to 1.

    The exact two-sided binomial test of an even chance for each of the reports of both.
    """
    return min(1.0, 2.0 * float(bdtr(min(one, other), one + other, 0.5)))
