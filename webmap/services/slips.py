"""Slips of the finger: how many letters apart what was written is from a name."""

from __future__ import annotations

_ONE_FROM = 4
_TWO_FROM = 8


def pairs_of(word: str) -> set[str]:
    """Every two letters beside each other, the beginning counted as one."""
    padded = f" {word}"
    return {padded[at : at + 2] for at in range(len(padded) - 1)}


def allowed_slips(length: int) -> int:
    """How many slips are forgiven: one from four letters on, two from eight."""
    return (length >= _ONE_FROM) + (length >= _TWO_FROM)


def near_start(written: str, name: str) -> int | None:
    """The slips between what was written and the nearest beginning of a name; None when too many.

    A letter too many, too few, another, or two that changed places is one slip each.
    """
    most = allowed_slips(len(written))
    if not most:
        return None
    name = name[: len(written) + most]
    far = most + 1
    before: list[int] = []
    row = [min(across, far) for across in range(len(name) + 1)]
    for down, letter in enumerate(written, 1):
        older, before, row = before, row, [far] * (len(name) + 1)
        row[0] = min(down, far)
        for across in range(max(1, down - most), min(len(name), down + most) + 1):
            other = name[across - 1]
            least = min(before[across] + 1, row[across - 1] + 1, before[across - 1] + (letter != other))
            if older and across > 1 and letter == name[across - 2] and written[down - 2] == other:
                least = min(least, older[across - 2] + 1)
            row[across] = least
        if min(row) > most:
            return None
    return min(row)
