"""Classes of a surface as palette pictures: colours, hatch and edge, the same on tile and sheet."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor

from geodata.analysis.scale import CLASSES, TOO_LITTLE

HATCH_PITCH_PX = 8
"""Divides a tile's 256 pixels, so that the hatch runs on from tile to tile."""

_HATCH = CLASSES + 1
_EDGED = CLASSES + 1
"""A class with its edge has the class's index and this much more."""
_HATCH_ALPHA = 140
_EDGE_SHARE = 0x8C / 255


@dataclass(frozen=True)
class Theme:
    """Colours of one theme, from the design's tokens."""

    name: str
    ground: str
    ink: str
    muted: str
    classes: tuple[str, str, str, str, str]
    edge: str
    hatch: str


THEMES = {
    "light": Theme(
        "light",
        "#fbfaf7",
        "#14212b",
        "#55606a",
        ("#e9d084", "#bfa655", "#818472", "#43607f", "#152a4a"),
        "#ffffff",
        "#8a9096",
    ),
    "dark": Theme(
        "dark",
        "#0f171c",
        "#e8ecee",
        "#a9b5bc",
        ("#27405c", "#4b6680", "#81918a", "#c1b26c", "#f7e79a"),
        "#0f171c",
        "#6d7d86",
    ),
}

PALETTE_DIGEST = blake2b(repr((THEMES, HATCH_PITCH_PX)).encode(), digest_size=4).hexdigest()
"""Other when another release paints with other colours."""


def indices(classes: NDArray[np.uint8], first_row: int = 0, first_column: int = 0) -> NDArray[np.uint8]:
    """Palette indices of classes that come with one more pixel on every side.

    The edge is drawn inside the higher class, never outside: it takes from an area and adds nothing to it.
    first_row, first_column: where the picture lies in the hatch's pattern.
    """
    inner = classes[1:-1, 1:-1]
    ranked = np.where(classes == TOO_LITTLE, 0, classes)
    own = ranked[1:-1, 1:-1]
    beside = (ranked[:-2, 1:-1], ranked[2:, 1:-1], ranked[1:-1, :-2], ranked[1:-1, 2:])
    lowest = np.minimum(np.minimum(beside[0], beside[1]), np.minimum(beside[2], beside[3]))
    painted = np.where(lowest < own, own + _EDGED, own).astype(np.uint8)
    painted[(inner == TOO_LITTLE) & _is_hatched(inner.shape, first_row, first_column)] = _HATCH
    return painted


def plain_indices(classes: NDArray[np.uint8], outlined: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Palette indices of classes without edges: for squares, which the ground between them tells apart.

    outlined: where the hatch's own line runs along the side of what is hatched.
    """
    painted = np.where(classes == TOO_LITTLE, 0, classes).astype(np.uint8)
    painted[(classes == TOO_LITTLE) & (outlined | _is_hatched(classes.shape, 0, 0))] = _HATCH
    return painted


def _is_hatched(shape: tuple[int, ...], first_row: int, first_column: int) -> NDArray[np.bool_]:
    """Where the lines of the hatch run."""
    rows = np.arange(first_row, first_row + shape[0])[:, None]
    columns = np.arange(first_column, first_column + shape[1])
    return (rows + columns) % HATCH_PITCH_PX == 0


def picture_of(painted: NDArray[np.uint8], theme: Theme) -> tuple[Image.Image, bytes]:
    """A palette picture, and the opacity of each of its colours."""
    picture = Image.fromarray(painted)
    colours, alphas = _palette(theme)
    picture.putpalette(colours)
    return picture, alphas


def _palette(theme: Theme) -> tuple[list[int], bytes]:
    plain = [ImageColor.getrgb(colour)[:3] for colour in theme.classes]
    edge = ImageColor.getrgb(theme.edge)[:3]
    edged = [
        tuple(round(c * (1 - _EDGE_SHARE) + e * _EDGE_SHARE) for c, e in zip(colour, edge, strict=True))
        for colour in plain
    ]
    colours = [(0, 0, 0), *plain, ImageColor.getrgb(theme.hatch)[:3], *edged]
    alphas = [0] + [255] * CLASSES + [_HATCH_ALPHA] + [255] * CLASSES
    return [channel for colour in colours for channel in colour], bytes(alphas)
