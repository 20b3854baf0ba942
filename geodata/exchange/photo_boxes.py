"""Black boxes over what nobody else is to see in a photo."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from geodata.errors import InvalidValue

MOST_BOXES = 40


@dataclass(frozen=True)
class Box:
    """A part of a photo in per cent of its width and height, from its upper left corner."""

    left: float
    top: float
    width: float
    height: float

    def pixels(self, size: tuple[int, int]) -> tuple[int, int, int, int]:
        """Left, top, right and bottom in pixels, the last two inside: every pixel that is touched."""
        wide, high = size
        return (
            min(wide - 1, math.floor(self.left * wide / 100)),
            min(high - 1, math.floor(self.top * high / 100)),
            min(wide, math.ceil((self.left + self.width) * wide / 100)) - 1,
            min(high, math.ceil((self.top + self.height) * high / 100)) - 1,
        )


def checked_box(left: float, top: float, width: float, height: float, field: str = "boxes") -> Box:
    """A box that lies on the photo, cut where it reaches over its edge. Raises InvalidValue."""
    sides = (left, top, width, height)
    if not all(math.isfinite(side) and 0 <= side <= 100 for side in sides) or left >= 100 or top >= 100:
        raise InvalidValue("box.outside", field)
    if not width or not height:
        raise InvalidValue("box.empty", field)
    return Box(left, top, min(width, 100 - left), min(height, 100 - top))


def to_json(boxes: Sequence[Box]) -> str:
    """The boxes for the confined process."""
    return json.dumps([astuple(box) for box in boxes])


def from_json(said: str) -> list[Box]:
    """The boxes again."""
    return [Box(*sides) for sides in json.loads(said)]
