"""Where numerals and names go on a printed map, so that it can be read without its colours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from geodata.analysis.scale import CLASSES

_COARSER = 4
"""Widths are measured on every fourth pixel: a numeral is many pixels wide."""
_MOST_NUMERALS = 60


@dataclass(frozen=True)
class Numeral:
    """A class said where it lies, in pixels of the picture."""

    class_: int
    x: float
    y: float


@dataclass(frozen=True)
class Box:
    """Something that takes room, in the drawing's units."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether the two overlap."""
        beside = self.right <= other.left or self.left >= other.right
        return not (beside or self.bottom <= other.top or self.top >= other.bottom)

    def scaled(self, factor: float) -> Box:
        """The same in other units."""
        return Box(self.left * factor, self.top * factor, self.right * factor, self.bottom * factor)

    def within(self, other: Box) -> bool:
        """Whether all of it lies in the other."""
        is_across = self.left >= other.left and self.right <= other.right
        return is_across and self.top >= other.top and self.bottom <= other.bottom


def numerals_of(classes: NDArray[np.uint8], room_px: float, taken: Iterable[Box] = ()) -> list[Numeral]:
    """A numeral for every patch of one class that has room for it, where the patch is widest.

    classes: (rows, columns), row 0 at the top. room_px: half of what a numeral needs. taken: where none is.
    """
    coarse = classes[::_COARSER, ::_COARSER].copy()
    for box in taken:
        rows = slice(max(0, int(box.top) // _COARSER), max(0, int(box.bottom) // _COARSER + 1))
        columns = slice(max(0, int(box.left) // _COARSER), max(0, int(box.right) // _COARSER + 1))
        coarse[rows, columns] = 0
    found = [each for class_ in range(1, CLASSES + 1) for each in _widest(coarse, class_, room_px / _COARSER)]
    found.sort(key=lambda each: -each[0])
    return [numeral for _, numeral in found[:_MOST_NUMERALS]]


def _widest(coarse: NDArray[np.uint8], class_: int, room: float) -> list[tuple[float, Numeral]]:
    mask = np.pad(coarse == class_, 1)
    if not mask.any():
        return []
    width = ndimage.distance_transform_edt(mask)
    patches, count = ndimage.label(mask)
    places = ndimage.maximum_position(width, patches, range(1, count + 1))
    return [
        (float(width[row, column]), Numeral(class_, (column - 1) * _COARSER, (row - 1) * _COARSER))
        for row, column in places
        if width[row, column] >= room
    ]


class Sheet:
    """What of a drawing is taken, and where there still is room."""

    def __init__(self, frame: Box) -> None:
        self.frame = frame
        self.taken: list[Box] = []

    def take(self, box: Box) -> None:
        """Something stands here."""
        self.taken.append(box)

    def is_free(self, box: Box) -> bool:
        """Whether nothing stands there yet."""
        return not any(box.meets(other) for other in self.taken)

    def room_for(self, candidates: Iterable[Box]) -> Box | None:
        """The first that overlaps nothing and lies in the frame; it is taken from then on."""
        for box in candidates:
            if box.within(self.frame) and self.is_free(box):
                self.taken.append(box)
                return box
        return None
