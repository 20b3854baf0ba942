"""Making an edition: squares, classes, what is left out, and what is hidden lest it be reckoned out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.analysis.publication.bands import class_of, square_bands, whole_bands
from geodata.analysis.publication.counting import Ints, Tally, counted_voices, tally
from geodata.analysis.publication.edition import ALL, VIEWS, Edition, PublicSquare
from geodata.analysis.publication.effort import surveyed, with_effort
from geodata.analysis.publication.hiding import may_be_shown
from geodata.analysis.publication.material import Grain, Material
from geodata.analysis.publication.repair import repaired
from geodata.analysis.publication.squares import Partition, partition
from geodata.analysis.publication.views import BIT, CELL_VIEWS
from geodata.analysis.publication.whole import whole_classes

_NEAR_M = 3_000
_IN_ALL = BIT[ALL]


@dataclass(frozen=True)
class Frame:
    """Of which municipality, number and period, how finely, and what is known of its ground.

    localities: where squares may be fine. places: names with their ground, EPSG:3006; never an address.
    """

    municipality: str
    number: int
    period: tuple[date, date]
    grain: Grain
    localities: BaseGeometry | None = None
    places: Sequence[tuple[str, BaseGeometry]] = ()


@dataclass(frozen=True)
class Figures:
    """For staff only. reports: unsafe ones that may stand in a square; left_out: those that stand in none.

    personal: unsafe ones that speak of persons only. unplaced: those without position. hidden: views of
    squares with enough in them that are not shown all the same.
    """

    reports: int
    left_out: int
    personal: int
    unplaced: int
    hidden: int


@dataclass(frozen=True)
class Made:
    """An edition with its figures."""

    edition: Edition
    figures: Figures


def make(material: Material, frame: Frame, earlier: Sequence[Edition] = ()) -> Made:
    """The edition of some reports. earlier: all that were published before, the oldest first."""
    grain, voice = frame.grain, counted_voices(material, frame.grain, frame.localities)
    on_ground = np.isfinite(material.east) & ((material.cell & _IN_ALL) != 0)
    places = material.east[on_ground], material.north[on_ground]
    made = partition(places, voice[on_ground], grain, frame.localities)
    counts = _Counts(material, voice, grain.k)
    squares = _squares(made, counts, frame)
    edition = repaired(_empty(frame, squares), earlier, lambda boxes: _all_only(boxes, counts, frame))
    whole = whole_classes(edition, _whole_counts(material, voice, grain.k), earlier)
    left_out = int(on_ground.sum() - _inside(edition, material)[on_ground].sum())
    # Always: that nothing was left out would be told of every place without a square, exactly.
    edition = replace(edition, whole=whole, is_something_left_out=True)
    edition = with_effort(edition, surveyed(material, grain), earlier)
    enough = sum(len(views) for views in counts.enough(made))
    shown = sum(len(square.classes) for square in edition.squares)
    return Made(edition, _figures(material, on_ground, left_out, enough - shown))


def _empty(frame: Frame, squares: Sequence[PublicSquare]) -> Edition:
    k = frame.grain.k
    return Edition(
        frame.municipality,
        frame.number,
        frame.period,
        k,
        frame.grain.fine_m,
        frame.grain.coarse_m,
        square_bands(k),
        whole_bands(k),
        tuple(squares),
    )


@dataclass(frozen=True)
class _Counts:
    """Counts the material in any squares. A view is shown from k + 1 voices on, all of it from k on.

    So what is not shown lies between 0 and k: k wide also to somebody who knows this rule.
    """

    material: Material
    voice: Ints
    k: int

    def of(self, squares: Partition) -> dict[str, Tally]:
        at = squares.at(self.material.east, self.material.north)
        return {
            view: tally(np.where(self.material.cell & BIT[view], at, -1), self.voice, len(squares))
            for view in CELL_VIEWS
        }

    def enough(self, squares: Partition) -> list[dict[str, int]]:
        """Of each square: view → reports, of the views that have enough reports and voices by themselves."""
        found: list[dict[str, int]] = [{} for _ in range(len(squares))]
        for view, counted in self.of(squares).items():
            least = self.k if view == ALL else self.k + 1
            for slot in np.flatnonzero((counted.reports >= least) & (counted.voices >= least)).tolist():
                found[slot][view] = int(counted.reports[slot])
        return found


def _squares(squares: Partition, counts: _Counts, frame: Frame) -> list[PublicSquare]:
    bands = square_bands(frame.grain.k)
    names = _names(squares, frame.places)
    made = []
    for slot, enough in enumerate(counts.enough(squares)):
        classes = {view: class_of(count, bands) for view, count in enough.items()}
        shown = may_be_shown({view: bands[class_ - 1] for view, class_ in classes.items()}, frame.grain.k)
        if ALL in shown:
            kept = {view: classes[view] for view in VIEWS if view in shown}
            corner = int(squares.west_m[slot]), int(squares.south_m[slot]), int(squares.side_m[slot])
            made.append(PublicSquare(*corner, names[slot], kept))
    return made


def _all_only(boxes: Sequence[tuple[int, int, int]], counts: _Counts, frame: Frame) -> list[PublicSquare]:
    """Some squares with nothing but all; those with too little are gone."""
    west, south, side = (np.array(each, dtype=np.int64) for each in zip(*boxes, strict=True))
    squares = _squares(Partition(side, west, south), counts, frame)
    return [replace(square, classes={ALL: square.classes[ALL]}) for square in squares]


def _whole_counts(material: Material, voice: Ints, k: int) -> dict[str, int]:
    """View → reports of the municipality as a whole, of the views with enough: as many as of a square.

    So whatever has a square has enough, and that it is not told tells nothing of how much.
    """
    found = {}
    for view in VIEWS:
        counted = tally(np.where(material.whole & BIT[view], 0, -1), voice, 1)
        if min(counted.reports[0], counted.voices[0]) >= (k if view == ALL else k + 1):
            found[view] = int(counted.reports[0])
    return found


def _names(squares: Partition, places: Sequence[tuple[str, BaseGeometry]]) -> list[str]:
    """The nearest known name to the middle of each square; of two as near, the first of the alphabet."""
    names = [""] * len(squares)
    if not places or not len(squares):
        return names
    ordered = sorted(places, key=lambda place: (place[0], place[1].wkb))
    half = squares.side_m / 2
    middles = shapely.points(squares.west_m + half, squares.south_m + half)
    tree = shapely.STRtree([ground for _, ground in ordered])
    slots, found = tree.query_nearest(middles, max_distance=_NEAR_M, all_matches=True)
    for slot, place in sorted(zip(slots.tolist(), found.tolist(), strict=True), reverse=True):
        names[slot] = ordered[place][0]
    return names


def _inside(edition: Edition, material: Material) -> NDArray[np.bool_]:
    corners = [(square.size_m, square.west_m, square.south_m) for square in edition.squares]
    squares = Partition(*np.array(corners, dtype=np.int64).reshape(-1, 3).T)
    return squares.at(material.east, material.north) >= 0


def _figures(material: Material, on_ground: NDArray[np.bool_], left_out: int, hidden: int) -> Figures:
    unsafe = (material.whole & _IN_ALL) != 0
    personal = unsafe & ((material.cell & _IN_ALL) == 0)
    unplaced = unsafe & ~personal & ~np.isfinite(material.east)
    return Figures(int(on_ground.sum()), left_out, int(personal.sum()), int(unplaced.sum()), max(0, hidden))
