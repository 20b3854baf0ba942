"""Lists of words, read when they are first asked for: few who import this package ask."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def listed(name: str) -> frozenset[str]:
    """The words of a list in the folder `words`, as written there."""
    return frozenset((files("geodata.privacy") / "words" / f"{name}.txt").read_text(encoding="utf-8").split())


@cache
def endings(name: str) -> tuple[str, ...]:
    """The same list, as `str.endswith` takes it."""
    return tuple(sorted(listed(name)))
