"""How likely it is that two reports tell of the same thing."""

from __future__ import annotations

from collections.abc import Collection

FARTHEST_M = 150.0
LONGEST_APART_DAYS = 90
_CLOSE_M = 20.0
"""Nobody points more exactly than this."""


def likeness(
    distance_m: float, days_apart: int, categories: Collection[str], others: Collection[str]
) -> float:
    """From 0 (nothing alike, or too far off) to 1 (the same spot, day and categories).

    Being near is needed; being of the same categories counts for more than being told at the same time.
    """
    if distance_m >= FARTHEST_M or days_apart > LONGEST_APART_DAYS:
        return 0.0
    nearness = min(1.0, (FARTHEST_M - distance_m) / (FARTHEST_M - _CLOSE_M))
    both, either = set(categories) & set(others), set(categories) | set(others)
    shared = len(both) / len(either) if either else 0.0
    recency = 1 - days_apart / LONGEST_APART_DAYS
    return nearness * (0.25 + 0.5 * shared + 0.25 * recency)
