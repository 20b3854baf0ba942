"""A small map of its own: the surface over a piece of ground, with border, names and a scale bar."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from shapely import Polygon

from geodata.analysis.density import Field
from geodata.analysis.grid import Bounds
from geodata.analysis.scale import NOTHING, TOO_LITTLE, Limits, classify
from geodata.errors import InvalidValue
from geodata.queries.municipalities import LOCALITY, Home, NamedPlace
from webmap.maps.classes import HATCH_PITCH_PX, Theme, indices, picture_of
from webmap.maps.picture import font_for, round_length_m
from webmap.maps.tiles import theme_named

WIDTHS_PX = (360, 720)
"""The picture is shown 360 wide; the larger is for screens with twice the dots, and for print."""
_HEIGHT_SHARE = 3 / 4
_WIDEST_M = 200_000.0

_OUTSIDE = {"light": "#eeece5", "dark": "#0a1013"}
_BORDER = {"light": "#8b8f8c", "dark": "#71818a"}
_HATCH_ALPHA = 140
_MOST_NAMES = 12
_LETTER_SHARE = 1 / 26
_MARGIN_SHARE = 1 / 36

Frame = tuple[float, float, float, float]


@dataclass(frozen=True)
class Panel:
    """What a small map shows. box: in metres, EPSG:3006; widened to the picture's shape."""

    field: Field
    limits: Limits | None
    home: Home
    box: Bounds


def draw_panel(panel: Panel, width_px: int, theme: str) -> bytes:
    """PNG, north up, each pixel the class at its own centre; the same question, the same bytes.

    Raises InvalidValue for a width or a theme there is not, or ground too wide to draw.
    """
    colours = theme_named(theme)
    if width_px not in WIDTHS_PX:
        raise InvalidValue("option.bad", "width", option="width", given=width_px)
    ground = _fitted(panel.box)
    side_m = (ground.east_m - ground.west_m) / width_px
    sheet = _ground(panel.home, ground, side_m, colours)
    _surface(sheet, panel, ground, side_m, colours)
    _border(sheet, panel.home, ground, side_m, colours)
    _names(sheet, panel.home, ground, side_m, colours)
    _scale_bar(sheet, side_m, colours)
    written = io.BytesIO()
    sheet.save(written, "PNG")
    return written.getvalue()


def _fitted(box: Bounds) -> Bounds:
    """The box, wider or taller until it has the picture's shape."""
    across, along = box.east_m - box.west_m, box.north_m - box.south_m
    if not 0 < across <= _WIDEST_M or not 0 < along <= _WIDEST_M:
        raise InvalidValue("bbox.bad", "ground")
    half = max(across, along / _HEIGHT_SHARE) / 2
    east, north = (box.west_m + box.east_m) / 2, (box.south_m + box.north_m) / 2
    tall = half * _HEIGHT_SHARE
    return Bounds(east - half, north - tall, east + half, north + tall)


def _rows_columns(ground: Bounds, side_m: float) -> tuple[int, int]:
    return round((ground.north_m - ground.south_m) / side_m), round((ground.east_m - ground.west_m) / side_m)


def _surface(sheet: Image.Image, panel: Panel, ground: Bounds, side_m: float, theme: Theme) -> None:
    rows, columns = _rows_columns(ground, side_m)
    east = ground.west_m + (np.arange(-1, columns + 1) + 0.5) * side_m
    north = ground.north_m - (np.arange(-1, rows + 1) + 0.5) * side_m
    read = panel.field.at(east[None, :], north[:, None])
    classes = classify(read.density, read.near, panel.limits)
    is_little = classes == TOO_LITTLE
    picture, alphas = picture_of(indices(np.where(is_little, NOTHING, classes)), theme)
    picture.info["transparency"] = alphas
    drawn = picture.convert("RGBA")
    sheet.paste(drawn, (0, 0), drawn)
    # Lines of the tiles' hatch would be half as wide as on the map where the picture is twice as large.
    across = sum(np.indices((rows, columns), sparse=True)) // _thin_px(sheet)
    hatched = is_little[1:-1, 1:-1] & (across % HATCH_PITCH_PX == 0)
    sheet.paste(theme.hatch, (0, 0), Image.fromarray((hatched * _HATCH_ALPHA).astype(np.uint8)))


def _thin_px(sheet: Image.Image) -> int:
    """How many of the picture's pixels a thin line is wide."""
    return max(1, sheet.width // WIDTHS_PX[0])


def _ground(home: Home, ground: Bounds, side_m: float, theme: Theme) -> Image.Image:
    rows, columns = _rows_columns(ground, side_m)
    sheet = Image.new("RGB", (columns, rows), _OUTSIDE[theme.name])
    pen = ImageDraw.Draw(sheet)
    for polygon in _seen(home, ground, side_m):
        pen.polygon(_pixels(polygon.exterior.coords, ground, side_m), fill=theme.ground)
        for hole in polygon.interiors:
            pen.polygon(_pixels(hole.coords, ground, side_m), fill=_OUTSIDE[theme.name])
    return sheet


def _border(sheet: Image.Image, home: Home, ground: Bounds, side_m: float, theme: Theme) -> None:
    pen = ImageDraw.Draw(sheet)
    for polygon in _seen(home, ground, side_m):
        for ring in (polygon.exterior, *polygon.interiors):
            line = _pixels(ring.coords, ground, side_m)
            pen.line(line, fill=_BORDER[theme.name], width=_thin_px(sheet))


def _seen(home: Home, ground: Bounds, side_m: float) -> list[Polygon]:
    """The municipality's polygons within the frame and a little beyond, so that no cut edge is drawn."""
    wider = ground.grown(20 * side_m)
    frame = shapely.box(wider.west_m, wider.south_m, wider.east_m, wider.north_m)
    shown = shapely.intersection(shapely.simplify(home.boundary, side_m / 2), frame)
    return [part for part in shapely.get_parts(shown) if isinstance(part, Polygon) and not part.is_empty]


def _pixels(
    coordinates: Iterable[tuple[float, ...]], ground: Bounds, side_m: float
) -> list[tuple[float, float]]:
    places: NDArray[np.float64] = np.array([place[:2] for place in coordinates])
    x, y = (places[:, 0] - ground.west_m) / side_m, (ground.north_m - places[:, 1]) / side_m
    return list(zip(x.tolist(), y.tolist(), strict=True))


def _names(sheet: Image.Image, home: Home, ground: Bounds, side_m: float, theme: Theme) -> None:
    """Towns first; a name that would cover another or not go in is left out."""
    pen, taken = ImageDraw.Draw(sheet), list[Frame]()
    size = round(sheet.width * _LETTER_SHARE)
    (bold, write), (plain, _) = font_for(size, 700), font_for(size, 600)
    dot, halo_px = size / 6, max(1, size // 8)
    for place, (x, y) in _named(home, ground, side_m):
        font, at = bold if place.kind == LOCALITY else plain, (x + 2 * dot, y - size * 0.7)
        frame = pen.textbbox(at, write(place.name), font=font, stroke_width=halo_px)
        if len(taken) == _MOST_NAMES or not _is_free(frame, taken, sheet):
            continue
        taken.append(frame)
        pen.ellipse((x - dot, y - dot, x + dot, y + dot), fill=theme.ink, outline=theme.ground)
        pen.text(at, write(place.name), theme.ink, font, stroke_width=halo_px, stroke_fill=theme.ground)


def _named(home: Home, ground: Bounds, side_m: float) -> Iterator[tuple[NamedPlace, tuple[float, float]]]:
    """Places within the frame, towns first, and where they are in the picture."""
    for place in sorted(home.places, key=lambda place: place.kind != LOCALITY):
        spot = place.geometry.centroid
        if ground.west_m < spot.x < ground.east_m and ground.south_m < spot.y < ground.north_m:
            yield place, _pixels([(spot.x, spot.y)], ground, side_m)[0]


def _is_free(frame: Frame, taken: Iterable[Frame], sheet: Image.Image) -> bool:
    left, top, right, bottom = frame
    if left < 0 or top < 0 or right > sheet.width or bottom > sheet.height * 0.9:
        return False
    return all(
        right < west or left > east or bottom < north or top > south for west, north, east, south in taken
    )


def _scale_bar(sheet: Image.Image, side_m: float, theme: Theme) -> None:
    pen, size = ImageDraw.Draw(sheet), round(sheet.width * _LETTER_SHARE)
    margin = round(sheet.width * _MARGIN_SHARE)
    length_m = round_length_m(sheet.width * side_m / 4)
    right, bottom, tick = sheet.width - margin, sheet.height - margin, size // 3
    left, thick = right - length_m / side_m, _thin_px(sheet)
    for line in (
        (left, bottom, right, bottom),
        (left, bottom - tick, left, bottom),
        (right, bottom - tick, right, bottom),
    ):
        pen.line(line, fill=theme.ink, width=thick)
    font, write = font_for(size, 600)
    said = write(f"{length_m / 1000:g} km" if length_m >= 1000 else f"{length_m:g} m")
    middle, halo_px = (left + right) / 2, max(1, size // 8)
    pen.text(
        (middle, bottom - 2),
        said,
        theme.ink,
        font,
        anchor="mb",
        stroke_width=halo_px,
        stroke_fill=theme.ground,
    )
