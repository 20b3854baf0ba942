"""The ground as tiles: streets, buildings and water, drawn quietly so that the surface is read first."""

from __future__ import annotations

import io
import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw
from shapely import Polygon, STRtree
from shapely.geometry.base import BaseGeometry

from geodata import crs
from geodata.vocabulary import AreaKind
from webmap.maps.tiles import SIDES_PX, TILE_PX, Tile, theme_named

STYLE = 1
"""Part of a tile's ETag: another number, other tiles."""

_HALF_WORLD_M = math.pi * 6_378_137.0
_FINER = 2
"""Drawn so much larger and then reduced, for smooth edges."""
_MARGIN_PX = 12
_UNSIMPLIFIED_FROM = 15
_LEAST_PX = 1.5
_SLACK_PX = 0.4
_POINT, _LINE, _POLYGON = 0, 1, 3
"""Shapely's numbers for simple shapes."""
_KEPT = 4

Shapes = NDArray[np.object_]
Path = list[tuple[float, float]]


class Layers(Hashable, Protocol):
    """What is drawn: shapes in EPSG:3006 by kind. The same object is the same ground."""

    @property
    def shapes(self) -> Mapping[AreaKind, list[BaseGeometry]]: ...


@dataclass(frozen=True)
class _Style:
    """light, dark: colours. from_zoom: where it first is drawn. widths_px: of lines, from that zoom on.

    dot_px: of points; most have a name on the map instead.
    """

    light: str
    dark: str
    from_zoom: int
    widths_px: tuple[float, ...] = (1.0,)
    dot_px: float = 0.0

    def colour(self, theme: str) -> tuple[int, ...]:
        return ImageColor.getrgb(self.dark if theme == "dark" else self.light)

    def width_px(self, zoom: int) -> float:
        return self.widths_px[min(zoom - self.from_zoom, len(self.widths_px) - 1)]


_STYLES = {
    AreaKind.LOCALITY: _Style("#f5f2ea", "#131d23", 7),
    AreaKind.GREEN: _Style("#ebefdf", "#11201c", 10, (0.6,)),
    AreaKind.WATER: _Style("#dbe7ea", "#12262f", 7, (0.6, 0.6, 0.8, 1.0, 1.2, 1.4, 1.8, 2.4)),
    AreaKind.PLACE: _Style("#efeadc", "#182329", 13),
    AreaKind.BUILDING: _Style("#e3ddd0", "#202d35", 13),
    AreaKind.SCHOOL: _Style("#dcd3bd", "#2a3638", 12, dot_px=2.5),
    AreaKind.PATH: _Style("#ddd7c9", "#24323a", 13, (0.9, 1.1, 1.5, 2.0, 2.6)),
    AreaKind.RAILWAY: _Style("#b5b0a5", "#45565f", 9, (0.8, 0.9, 1.0, 1.2, 1.4, 1.8)),
    AreaKind.STREET: _Style("#cbc5b7", "#33434c", 8, (0.5, 0.6, 0.7, 0.9, 1.1, 1.5, 2.1, 3.2, 4.6, 7.0)),
}
"""Drawn in this order, the last on top."""


def draw_ground_tile(layers: Layers, tile: Tile, theme: str) -> bytes:
    """The tile as PNG, transparent where nothing is; the same question, the same bytes.

    theme: `light` or `dark`. Raises InvalidValue for another.
    """
    theme_named(theme)
    sheet = _Sheet(tile)
    picture: Image.Image | None = None
    for kind, style in _STYLES.items():
        mask = sheet.mask(_laid(layers, kind), style) if layers.shapes.get(kind) else None
        if mask is None:
            continue
        colour = style.colour(theme)
        picture = picture or Image.new("RGBA", (tile.side_px, tile.side_px), (*colour, 0))
        picture.paste((*colour, 255), (0, 0), mask)
    return _encoded(picture) if picture else _empty(tile.side_px)


@dataclass(frozen=True, eq=False)
class _Laid:
    """One kind in the web's Mercator metres, simple shapes only, with an index."""

    shapes: Shapes
    index: STRtree


# Keyed by the objects themselves: they are made anew whenever anything in them changes.
@lru_cache(maxsize=_KEPT * len(AreaKind))
def _laid(layers: Layers, kind: AreaKind) -> _Laid:
    parts = shapely.get_parts(np.array(layers.shapes[kind], dtype=object))
    east, north = shapely.get_coordinates(parts).T
    x, y = crs.transform_xy(east, north, crs.METRES, crs.WEB_MERCATOR)
    moved = shapely.set_coordinates(parts, np.column_stack((x, y)))
    return _Laid(moved, STRtree(moved))


@lru_cache(maxsize=2 * _KEPT * len(AreaKind))
def _seen(laid: _Laid, zoom: int) -> Shapes:
    """The shapes as they are seen from afar; what is smaller than a pixel or two is left out."""
    if zoom >= _UNSIMPLIFIED_FROM:
        return laid.shapes
    simpler = shapely.simplify(laid.shapes, _SLACK_PX * _pixel_m(zoom), preserve_topology=False)
    west, south, east, north = shapely.bounds(laid.shapes).T
    is_small = np.maximum(east - west, north - south) < _LEAST_PX * _pixel_m(zoom)
    simpler[is_small & (shapely.get_type_id(laid.shapes) != _POINT)] = shapely.Point()
    return simpler


def _pixel_m(zoom: int) -> float:
    """Mercator metres along one pixel of the screen."""
    return 2 * _HALF_WORLD_M / (TILE_PX * 2**zoom)


class _Sheet:
    """One tile to draw on. zoom: of the map that shows it."""

    def __init__(self, tile: Tile) -> None:
        self.zoom = tile.z + (tile.side_px // TILE_PX).bit_length() - 1
        self._side_px = tile.side_px
        across_m = 2 * _HALF_WORLD_M / 2**tile.z
        self._west = tile.x * across_m - _HALF_WORLD_M
        self._north = _HALF_WORLD_M - tile.y * across_m
        self._across_m = across_m

    def mask(self, laid: _Laid, style: _Style) -> Image.Image | None:
        """How much of each pixel the shapes of a kind cover, 0 to 255; None where they cover nothing."""
        if self.zoom < style.from_zoom:
            return None
        found = laid.index.query(self._box())
        shapes = _seen(laid, self.zoom)[np.sort(found)]
        shapes = shapes[~shapely.is_empty(shapes)]
        if not len(shapes):
            return None
        mask = Image.new("L", (self._side_px * _FINER,) * 2)
        self._draw(ImageDraw.Draw(mask), shapes, style)
        return mask.reduce(_FINER)

    def _box(self) -> Polygon:
        margin_m = _MARGIN_PX * self._across_m / self._side_px
        west, north = self._west - margin_m, self._north + margin_m
        reach_m = self._across_m + 2 * margin_m
        return shapely.box(west, north - reach_m, west + reach_m, north)

    def _draw(self, pen: ImageDraw.ImageDraw, shapes: Shapes, style: _Style) -> None:
        kinds, wide_px, dot = shapely.get_type_id(shapes), style.width_px(self.zoom), style.dot_px * _FINER
        for ring, colour in self._rings(shapes[kinds == _POLYGON]):
            pen.polygon(ring, fill=colour)
        for line in self._paths(shapes[kinds == _LINE]):
            pen.line(line, 255, max(1, round(wide_px * _FINER)), joint="curve" if wide_px > 2 else None)
        for ((x, y),) in self._paths(shapes[kinds == _POINT]) if dot else ():
            pen.ellipse((x - dot, y - dot, x + dot, y + dot), fill=255)

    def _rings(self, polygons: Shapes) -> list[tuple[Path, int]]:
        """Outer rings to fill, and after each its holes to clear."""
        rings, owners = shapely.get_rings(polygons, return_index=True)
        is_outer = np.diff(owners, prepend=-1) > 0
        return list(zip(self._paths(rings), np.where(is_outer, 255, 0).tolist(), strict=True))

    def _paths(self, shapes: Shapes) -> list[Path]:
        """The vertices of each shape in pixels of the finer picture."""
        vertices, owners = shapely.get_coordinates(shapes, return_index=True)
        scale = self._side_px * _FINER / self._across_m
        x, y = (vertices[:, 0] - self._west) * scale, (self._north - vertices[:, 1]) * scale
        counts = np.bincount(owners, minlength=len(shapes))
        ends = np.cumsum(counts)
        pairs = list(zip(x.tolist(), y.tolist(), strict=True))
        return [pairs[end - count : end] for count, end in zip(counts, ends, strict=True)]


def _encoded(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "PNG", compress_level=6)
    return written.getvalue()


@lru_cache(maxsize=len(SIDES_PX))
def _empty(side_px: int) -> bytes:
    return _encoded(Image.new("RGBA", (side_px, side_px)))


PIXEL = _encoded(Image.new("RGBA", (1, 1)))
"""One pixel of nothing: what a page takes for a tile that could not be had just now."""
