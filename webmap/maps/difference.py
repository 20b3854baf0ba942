"""Tiles of the difference between two periods: two hues from slight to great, hatch where it is not sure."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor

from geodata.analysis.difference import LESS, MORE, UNSURE
from webmap.maps.classes import HATCH_PITCH_PX
from webmap.maps.tiles import Tile, pixel_centres, theme_named

CodesAt = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.uint8]]

_HATCH_ALPHA = 140
_OPAQUE = 255


@dataclass(frozen=True)
class Hues:
    """less, more: three colours each, from slight to great."""

    less: tuple[str, str, str]
    more: tuple[str, str, str]


HUES = {
    "light": Hues(("#bcc7ea", "#6f7fc2", "#2c3580"), ("#f0c9a2", "#cf7a30", "#7c3503")),
    "dark": Hues(("#333c78", "#7481c8", "#c3ccf6"), ("#633409", "#c07a38", "#fbcf9d")),
}


def paint_difference(codes_at: CodesAt, tile: Tile, theme: str) -> bytes:
    """The tile as PNG, each pixel read at its own centre. Raises InvalidValue for a theme there is not."""
    hatch = theme_named(theme).hatch
    centres = pixel_centres(tile)
    codes = codes_at(centres.east[1:-1, 1:-1], centres.north[1:-1, 1:-1])
    rows, columns = np.arange(tile.side_px)[:, None], np.arange(tile.side_px)
    codes[(codes == UNSURE) & ((rows + columns) % HATCH_PITCH_PX != 0)] = 0
    return _encoded(codes, HUES[theme], hatch)


def _encoded(codes: NDArray[np.uint8], hues: Hues, hatch: str) -> bytes:
    colours = {UNSURE: hatch, **dict(zip(LESS + MORE, hues.less + hues.more, strict=True))}
    palette, alphas = [0] * 3 * (max(colours) + 1), bytearray(max(colours) + 1)
    for code, colour in colours.items():
        palette[3 * code : 3 * code + 3] = ImageColor.getrgb(colour)[:3]
        alphas[code] = _HATCH_ALPHA if code == UNSURE else _OPAQUE
    picture = Image.fromarray(codes)
    picture.putpalette(palette)
    written = io.BytesIO()
    picture.save(written, "PNG", transparency=bytes(alphas), bits=4)
    return written.getvalue()
