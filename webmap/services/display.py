"""How a filter is shown: as a surface, squares or points, and beside which other period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from geodata.errors import InvalidValue
from geodata.queries.window import day_in

SQUARES_M = (100, 250, 500)
DEFAULT_SQUARE_M = 250


class View(StrEnum):
    """What is drawn of the reports."""

    SURFACE = "surface"
    SQUARES = "squares"
    POINTS = "points"


@dataclass(frozen=True)
class Display:
    """view: None lets the number of reports decide. earlier: inclusive dates of a period to compare with."""

    view: View | None = None
    square_m: int = DEFAULT_SQUARE_M
    earlier: tuple[date, date] | None = None

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> Display:
        """From `view`, `square`, `compare_since` and `compare_until`. Raises InvalidValue."""
        return cls(_view(given.get("view", "")), _square(given.get("square", "")), _earlier(given))

    def as_words(self) -> dict[str, str]:
        """The words that `parse` reads back, without those that say what is usual."""
        said = {"view": self.view.value} if self.view else {}
        if self.square_m != DEFAULT_SQUARE_M:
            said["square"] = f"{self.square_m}"
        if self.earlier:
            first, last = self.earlier
            said |= {"compare_since": first.isoformat(), "compare_until": last.isoformat()}
        return said


def _view(text: str) -> View | None:
    if text and text not in [view.value for view in View]:
        raise InvalidValue("option.bad", "view", option="view", given=text[:40])
    return View(text) if text else None


def _square(text: str) -> int:
    if text and text not in map(str, SQUARES_M):
        raise InvalidValue("option.bad", "square", option="square", given=text[:40])
    return int(text) if text else DEFAULT_SQUARE_M


def _earlier(given: Mapping[str, str]) -> tuple[date, date] | None:
    first, last = day_in(given, "compare_since"), day_in(given, "compare_until")
    if first is None and last is None:
        return None
    if first is None or last is None:
        raise InvalidValue("compare.half", "compare_until" if first else "compare_since")
    if last < first:
        raise InvalidValue("dates.reversed", "compare_until")
    return first, last
