"""The words that a picture carries with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Caption:
    """A legend for a picture that has to stand alone, in the reader's language.

    title: the unit. too_little: what the hatch means. lines: n, period, radius, filter and the rest.
    number: how a limit is written.
    """

    title: str
    too_little: str
    lines: tuple[str, ...]
    number: Callable[[float], str] = "{:.3g}".format
