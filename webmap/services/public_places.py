"""The public map in words: every square of an edition, how often it is told of, and what is done there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geodata import crs
from geodata.analysis.publication.edition import (
    ALL,
    BLOCK_VIEWS,
    FOCUS_VIEWS,
    SAFE,
    VIEWS,
    Edition,
    EffortSquare,
    PublicSquare,
)
from webmap.services.edition_words import band_label, view_name
from webmap.services.measure_words import told
from webmap.services.measures import PublicMeasure
from webmap.services.public_cells import rings_of
from webmap.words import Words
from webmap.words.labels import N_

_METRES = 1_000
_SHORT = {
    "focus:unsafe_environment": N_("otrygg miljö"),
    "focus:traffic": N_("trafik"),
    "focus:drugs": N_("droger"),
    "block:night": N_("natt"),
    "block:morning": N_("förmiddag"),
    "block:day": N_("eftermiddag"),
    "block:evening": N_("kväll"),
}
_COMPASS = (
    N_("i öster"),
    N_("i nordost"),
    N_("i norr"),
    N_("i nordväst"),
    N_("i väster"),
    N_("i sydväst"),
    N_("i söder"),
    N_("i sydost"),
)
"""From east, against the clock."""


@dataclass(frozen=True)
class PublicPlace:
    """A square in words. class_: in the view that is shown. when, what: views beside it that are shown here.

    ring: its corners as [longitude, latitude]. done: what the municipality does within it.
    """

    key: str
    name: str
    size: str
    class_: int
    label: str
    when: str
    what: str
    done: tuple[str, ...]
    ring: list[list[float]]
    middle: tuple[float, float]


@dataclass(frozen=True)
class Teller:
    """Puts squares of an edition into words. measures: all that are published in the municipality."""

    edition: Edition
    measures: Sequence[PublicMeasure]
    words: Words

    def places(self, view: str) -> list[PublicPlace]:
        """Those with a class in the view, the highest class first, then the smaller square, then by name."""
        shown = [square for square in self.edition.squares if view in square.classes]
        rings = rings_of([(each.west_m, each.south_m, each.size_m) for each in shown])
        places = [self._place(square, ring, view) for square, ring in zip(shown, rings, strict=True)]
        sizes = {square.key: square.size_m for square in shown}
        return sorted(places, key=lambda each: (-each.class_, sizes[each.key], each.name, each.key))

    def _place(self, square: PublicSquare, ring: list[list[float]], view: str) -> PublicPlace:
        class_ = square.classes[view]
        west, south, east, north = ring[0][0], ring[0][1], ring[2][0], ring[2][1]
        return PublicPlace(
            square.key,
            self.name(square),
            side_words(square.size_m, self.words),
            class_,
            band_label(self.edition.bands[class_ - 1]),
            self._others(square, BLOCK_VIEWS if view != SAFE else ()),
            self._others(square, FOCUS_VIEWS if view != SAFE else ()),
            tuple(self._done(square)),
            ring,
            (round((west + east) / 2, 6), round((south + north) / 2, 6)),
        )

    def name(self, square: PublicSquare) -> str:
        """By the nearest known place, and on which side where several are at it.

        One far from all is called by its corner in kilometres.
        """
        if not square.place:
            east, north = square.west_m // _METRES, square.south_m // _METRES
            return self.words("Ruta %(east)s–%(north)s", east=east, north=north)
        named = self.words("Vid %(name)s", name=square.place)
        side = self._side(square)
        return f"{named}, {self.words(side)}" if side else named

    def _side(self, square: PublicSquare) -> str:
        """Where it lies among those of its name, or "" for the only one and the one in the middle."""
        alike = [_middle(each) for each in self.edition.squares if each.place == square.place]
        if len(alike) == 1:
            return ""
        x, y = _middle(square)
        east = x - sum(each[0] for each in alike) / len(alike)
        north = y - sum(each[1] for each in alike) / len(alike)
        if math.hypot(east, north) < square.size_m / 4:
            return ""
        return _COMPASS[round(math.atan2(north, east) / (math.pi / 4)) % 8]

    def _others(self, square: PublicSquare, views: Iterable[str]) -> str:
        """Names of the views that are shown here, the highest class first."""
        shown = sorted((view for view in views if view in square.classes), key=lambda v: -square.classes[v])
        return ", ".join(self.words(_SHORT[view]) for view in shown)

    def _done(self, square: PublicSquare) -> Iterable[str]:
        if not self.measures:
            return
        east, north = crs.to_metres_xy(
            [each.lon for each in self.measures], [each.lat for each in self.measures]
        )
        for each, x, y in zip(self.measures, east, north, strict=True):
            is_in = 0 <= x - square.west_m < square.size_m and 0 <= y - square.south_m < square.size_m
            if is_in:
                yield f"{each.title}. {told(each, self.words)}"


def _middle(square: PublicSquare) -> tuple[float, float]:
    return square.west_m + square.size_m / 2, square.south_m + square.size_m / 2


def side_words(side_m: int, words: Words) -> str:
    """250 × 250 m, 2 × 2 km."""
    if side_m < _METRES:
        return words("%(side)s × %(side)s m", side=side_m)
    return words("%(side)s × %(side)s km", side=words.number(side_m / _METRES))


def drawn(places: Sequence[PublicPlace]) -> list[dict[str, Any]]:
    """What the page's own script draws and says: as text, never as markup."""
    return [
        {
            "key": each.key,
            "name": each.name,
            "class": each.class_,
            "label": each.label,
            "size": each.size,
            "when": each.when,
            "what": each.what,
            "done": list(each.done),
            "ring": each.ring,
        }
        for each in places
    ]


def effort_rings(squares: Sequence[EffortSquare]) -> list[list[list[float]]]:
    """Corners of where somebody walked or patrolled, as [longitude, latitude]."""
    return rings_of([(each.west_m, each.south_m, each.size_m) for each in squares])


@dataclass(frozen=True)
class ViewLink:
    """One of the fixed views. whole: from how many to how many in the whole municipality, or ""."""

    view: str
    name: str
    whole: str
    is_chosen: bool
    count: int


def view_links(edition: Edition, chosen: str, words: Words) -> list[ViewLink]:
    """All views there are, in their order."""
    counts: Mapping[str, int] = {
        view: sum(view in square.classes for square in edition.squares) for view in VIEWS
    }
    return [
        ViewLink(view, view_name(view, words), whole_label(edition, view), view == chosen, counts[view])
        for view in VIEWS
    ]


def whole_label(edition: Edition, view: str = ALL) -> str:
    """From how many to how many reports in the whole municipality, or "" where it is left out."""
    class_ = edition.whole.get(view)
    return band_label(edition.whole_bands[class_ - 1]) if class_ else ""
