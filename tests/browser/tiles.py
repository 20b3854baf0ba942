"""Where places are in tiles, and which class a pixel there has; worked out apart from the application."""

from __future__ import annotations

import io
import math
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

LIGHT = ("#e9d084", "#bfa655", "#818472", "#43607f", "#152a4a")
"""The classes as the design's tokens have them."""

_COLOURS = {tuple(bytes.fromhex(colour[1:])): number for number, colour in enumerate(LIGHT, 1)}
_ADDRESS = re.compile(r"/heat/staff/(\d+)/(\d+)/(\d+)\.png")
_SIDE_PX = 512
"""The page asks for tiles of this side; each shows the ground of a 256 px tile of its zoom."""


@dataclass(frozen=True)
class Spot:
    """A place on earth, degrees."""

    lon: float
    lat: float

    def pixel(self, zoom: int) -> tuple[float, float]:
        """Pixels east and south of the world's north-western corner."""
        side = _SIDE_PX * 2**zoom
        phi = math.radians(self.lat)
        return (self.lon + 180) / 360 * side, (1 - math.asinh(math.tan(phi)) / math.pi) / 2 * side


def spot_at(zoom: int, x_px: float, y_px: float) -> Spot:
    """The place of a pixel of the world."""
    side = _SIDE_PX * 2**zoom
    return Spot(x_px / side * 360 - 180, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y_px / side)))))


def numbers_of(address: str) -> tuple[int, int, int]:
    """Zoom, column and row of a tile's address."""
    found = _ADDRESS.search(address)
    assert found, address
    return int(found[1]), int(found[2]), int(found[3])


def classes_in(tile: bytes) -> NDArray[np.uint8]:
    """The class of every pixel, 0 where its colour is that of no class."""
    pixels = np.asarray(Image.open(io.BytesIO(tile)).convert("RGBA"))
    classes = np.zeros(pixels.shape[:2], np.uint8)
    for colour, number in _COLOURS.items():
        classes[(pixels[..., :3] == colour).all(axis=2) & (pixels[..., 3] == 255)] = number
    return classes


def inner_spots(address: str, tile: bytes, around_px: int = 3) -> dict[int, Spot]:
    """For every class with room for it, one place that has the same class all around."""
    zoom, column, row = numbers_of(address)
    classes = classes_in(tile)
    found: dict[int, Spot] = {}
    for y, x in np.argwhere(classes):
        near = classes[max(0, y - around_px) : y + around_px + 1, max(0, x - around_px) : x + around_px + 1]
        if (near == classes[y, x]).all():
            here = spot_at(zoom, column * _SIDE_PX + x + 0.5, row * _SIDE_PX + y + 0.5)
            found.setdefault(int(classes[y, x]), here)
    return found


def class_at(addresses: list[str], read: dict[str, bytes], spot: Spot) -> int:
    """The class of a place in whichever of the tiles it lies."""
    for address in addresses:
        zoom, column, row = numbers_of(address)
        x, y = spot.pixel(zoom)
        if (int(x) // _SIDE_PX, int(y) // _SIDE_PX) == (column, row):
            return int(classes_in(read[address])[int(y) % _SIDE_PX, int(x) % _SIDE_PX])
    raise AssertionError(f"{spot} is in none of {len(addresses)} tiles")
