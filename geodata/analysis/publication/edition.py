"""What an edition of the public map holds, and its bytes: the same content is always the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

FORMAT = 1
ALL, SAFE = "all", "safe"
FOCUS_VIEWS = ("focus:unsafe_environment", "focus:traffic", "focus:drugs")
BLOCK_VIEWS = ("block:night", "block:morning", "block:day", "block:evening")
"""Of six hours each, from midnight."""
VIEWS = (ALL, *FOCUS_VIEWS, *BLOCK_VIEWS, SAFE)
"""All there are: fixed, so that nobody can ask for the difference between two of their own."""


@dataclass(frozen=True, slots=True)
class Band:
    """A class: from how many reports to how many, both included; last None has no upper end."""

    first: int
    last: int | None


@dataclass(frozen=True, slots=True)
class PublicSquare:
    """A square of the map in EPSG:3006. classes: view → 1, 2, 3 …; a view that is not there is left out.

    west_m, south_m: its south-west corner, a multiple of size_m. place: the nearest known name, or "".
    """

    west_m: int
    south_m: int
    size_m: int
    place: str
    classes: Mapping[str, int]

    @property
    def key(self) -> str:
        """The square's name: side, east and north in its own sides."""
        return f"{self.size_m}-{self.west_m // self.size_m}-{self.south_m // self.size_m}"


@dataclass(frozen=True, slots=True)
class EffortSquare:
    """A coarse square in which somebody walked or patrolled; elsewhere it is unknown."""

    west_m: int
    south_m: int
    size_m: int


@dataclass(frozen=True)
class Edition:
    """One edition. whole: view → class for the municipality; bands: of squares; whole_bands: of the whole.

    k: fewest distinct voices and reports of a square. period: first and last day of what it is made from.
    is_something_left_out: reports are left out where too few stand together. Always so: that there were none
    would tell of every place without a square that nobody has spoken of it.
    """

    municipality: str
    number: int
    period: tuple[date, date]
    k: int
    fine_m: int
    coarse_m: int
    bands: tuple[Band, ...]
    whole_bands: tuple[Band, ...]
    squares: tuple[PublicSquare, ...]
    effort: tuple[EffortSquare, ...] = ()
    whole: Mapping[str, int] = field(default_factory=dict)
    is_something_left_out: bool = False

    def to_bytes(self) -> bytes:
        """Canonical JSON in UTF-8: sorted names, no blanks, squares in order of their keys."""
        squares = sorted(self.squares, key=lambda each: (each.size_m, each.west_m, each.south_m))
        effort = sorted((each.west_m, each.south_m, each.size_m) for each in self.effort)
        said = {
            "format": FORMAT,
            "municipality": self.municipality,
            "number": self.number,
            "period": [day.isoformat() for day in self.period],
            "k": self.k,
            "fine_m": self.fine_m,
            "coarse_m": self.coarse_m,
            "bands": _plain(self.bands),
            "whole_bands": _plain(self.whole_bands),
            "squares": [_square(each) for each in squares],
            "effort": effort,
            "whole": dict(self.whole),
            "is_something_left_out": self.is_something_left_out,
        }
        return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Edition:
        """Read what `to_bytes` wrote."""
        said: dict[str, Any] = json.loads(content)
        first, last = (date.fromisoformat(day) for day in said["period"])
        return cls(
            municipality=said["municipality"],
            number=said["number"],
            period=(first, last),
            k=said["k"],
            fine_m=said["fine_m"],
            coarse_m=said["coarse_m"],
            bands=_bands(said["bands"]),
            whole_bands=_bands(said["whole_bands"]),
            squares=tuple(PublicSquare(*each) for each in said["squares"]),
            effort=tuple(EffortSquare(*each) for each in said["effort"]),
            whole=said["whole"],
            is_something_left_out=said["is_something_left_out"],
        )


def _plain(bands: Sequence[Band]) -> list[list[int | None]]:
    return [[band.first, band.last] for band in bands]


def _bands(said: Sequence[Sequence[Any]]) -> tuple[Band, ...]:
    return tuple(Band(first, last) for first, last in said)


def _square(square: PublicSquare) -> list[Any]:
    return [square.west_m, square.south_m, square.size_m, square.place, dict(square.classes)]
