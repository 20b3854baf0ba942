"""The surface as one picture to put in a report: classes, hatch, scale bar, and a legend that says it all."""

from __future__ import annotations

import io
import math
import unicodedata
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from geodata.analysis.density import Field, Reading
from geodata.analysis.grid import Grid
from geodata.analysis.scale import CLASSES, TOO_LITTLE, Limits, classify
from webmap.maps.classes import Theme, indices, picture_of
from webmap.maps.tiles import theme_named
from webmap.words.caption import Caption

LONGEST_SIDE_PX = 1000
FONT = Path(__file__).parents[1] / "static/vendor/source-sans-3/source-sans-3-latin-wght-normal.woff2"

_MARGIN_PX = 24
_NARROWEST_PX = 560
_SWATCH_PX = (56, 18)
_LINE_PX = 24

Write = Callable[[str], str]


def draw_picture(
    field: Field, grid: Grid, limits: Limits | None, caption: Caption, theme: str = "light"
) -> bytes:
    """PNG of the field over the grid, north up, each cell the class at its centre.

    limits: lower limits of the classes, or None before a scale is made. Raises InvalidValue for a theme
    there is not.
    """
    colours = theme_named(theme)
    surface = _surface(field.raster(grid), limits, _pixels_per_cell(grid), colours)
    width = max(surface.width, _NARROWEST_PX) + 2 * _MARGIN_PX
    height = surface.height + _legend_height_px(caption) + 3 * _MARGIN_PX
    sheet = Image.new("RGB", (width, height), colours.ground)
    sheet.paste(surface, (_MARGIN_PX, _MARGIN_PX), surface)
    pen = _Pen(sheet, colours)
    pen.frame(_MARGIN_PX, _MARGIN_PX, surface.width, surface.height)
    metre_px = _pixels_per_cell(grid) / grid.cell_m
    pen.scale_bar(
        width - _MARGIN_PX, surface.height + 2 * _MARGIN_PX + 26, surface.width / metre_px, metre_px
    )
    pen.legend(_MARGIN_PX, surface.height + 2 * _MARGIN_PX, limits, caption)
    written = io.BytesIO()
    sheet.save(written, "PNG")
    return written.getvalue()


def _pixels_per_cell(grid: Grid) -> int:
    return max(1, LONGEST_SIDE_PX // max(grid.rows, grid.columns))


def _surface(read: Reading, limits: Limits | None, scale: int, theme: Theme) -> Image.Image:
    classes = np.flipud(classify(read.density, read.near, limits))
    enlarged = np.kron(classes, np.ones((scale, scale), dtype=np.uint8))
    picture, alphas = picture_of(indices(np.pad(enlarged, 1)), theme)
    picture.info["transparency"] = alphas
    return picture.convert("RGBA")


def _legend_height_px(caption: Caption) -> int:
    return (4 + len(caption.lines)) * _LINE_PX + _SWATCH_PX[1]


class _Pen:
    """Draws words and marks on the sheet in one theme."""

    def __init__(self, sheet: Image.Image, theme: Theme) -> None:
        self._sheet, self._draw, self._theme = sheet, ImageDraw.Draw(sheet), theme

    def frame(self, left: int, top: int, width: int, height: int) -> None:
        self._draw.rectangle((left - 1, top - 1, left + width, top + height), outline=self._theme.muted)

    def text(self, left: float, top: float, words: str, size_px: int = 16, weight: int = 400) -> None:
        font, writable = font_for(size_px, weight)
        self._draw.text((left, top), writable(words), font=font, fill=self._theme.ink)

    def scale_bar(self, right: int, bottom: int, across_m: float, metre_px: float) -> None:
        """A bar of round metres, at most a third of the ground shown, with its middle marked."""
        length_m = round_length_m(across_m / 3)
        length_px = length_m * metre_px
        left = right - length_px
        self._draw.line((left, bottom, right, bottom), fill=self._theme.ink, width=2)
        for mark in (left, left + length_px / 2, right):
            self._draw.line((mark, bottom - 5, mark, bottom), fill=self._theme.ink, width=2)
        said = f"{length_m / 1000:g} km" if length_m >= 1000 else f"{length_m:g} m"
        self.text(left, bottom - 28, said, 15)

    def legend(self, left: int, top: int, limits: Limits | None, caption: Caption) -> None:
        self.text(left, top, caption.title, 18, 650)
        top += _LINE_PX + 6
        wide, high = _SWATCH_PX
        for index, lowest in enumerate(limits or ()):
            x = left + index * (wide + 2)
            self._draw.rectangle((x, top, x + wide, top + high), fill=self._theme.classes[index])
            self.text(x, top + high + 2, caption.number(lowest) + ("+" if index == CLASSES - 1 else ""), 14)
        top += high + _LINE_PX + 4 if limits else 0
        self._hatch(left, top, wide, high)
        self.text(left + wide + 10, top - 3, caption.too_little)
        for place, line in enumerate(caption.lines, start=1):
            self.text(left, top + place * _LINE_PX + 6, line)

    def _hatch(self, left: int, top: int, wide: int, high: int) -> None:
        picture, alphas = picture_of(
            indices(np.full((high + 2, wide + 2), TOO_LITTLE, dtype=np.uint8)), self._theme
        )
        picture.info["transparency"] = alphas
        shown = picture.convert("RGBA")
        self._sheet.paste(shown, (left, top), shown)
        self._draw.rectangle((left, top, left + wide, top + high), outline=self._theme.hatch)


def round_length_m(longest_m: float) -> float:
    """The longest of 1, 2 or 5 times a power of ten that is not over `longest_m`."""
    power = 10.0 ** math.floor(math.log10(max(longest_m, 1.0)))
    return max(step * power for step in (1, 2, 5) if step * power <= max(longest_m, 1.0))


def font_for(size_px: int, weight: int) -> tuple[ImageFont.FreeTypeFont | ImageFont.ImageFont, Write]:
    """A font, and how words must be written for it."""
    try:
        font = ImageFont.truetype(str(FONT), size_px)
    except OSError:
        # The browser files are not fetched: Pillow's own font has no letters beyond ASCII.
        return ImageFont.load_default(size_px), _ascii
    font.set_variation_by_axes([weight])
    return font, str


def _ascii(words: str) -> str:
    plain = unicodedata.normalize("NFKD", words.replace("–", "-").replace("·", "|"))
    return plain.encode("ascii", "ignore").decode("ascii")
