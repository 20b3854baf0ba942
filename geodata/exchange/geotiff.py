"""A raster as GeoTIFF, written with Pillow's own tags: one band of 32-bit floats in EPSG:3006."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from geodata import crs

_PIXEL_SCALE, _TIE_POINT, _GEO_KEYS, _DESCRIPTION = 33550, 33922, 34735, 270
_SHORT, _DOUBLE = 3, 12
_MODEL_TYPE, _RASTER_TYPE, _PROJECTED_SYSTEM, _LINEAR_UNIT = 1024, 1025, 3072, 3076
_PROJECTED, _PIXEL_IS_AREA, _METRE = 1, 1, 9001


def write_geotiff(
    out: Path | BinaryIO,
    values: ArrayLike,
    south_west_m: tuple[float, float],
    cell_m: float,
    description: str = "",
) -> None:
    """Writes (rows, columns) values, row 0 southernmost; the file itself is north up and has no nodata.

    south_west_m: east and north of the outer corner. description: what the values are; kept as the
    picture's description.
    """
    array = np.flipud(np.asarray(values, dtype=np.float32))
    east, south = south_west_m
    tags = ImageFileDirectory_v2()
    tags.tagtype.update({_PIXEL_SCALE: _DOUBLE, _TIE_POINT: _DOUBLE, _GEO_KEYS: _SHORT})
    tags[_PIXEL_SCALE] = (float(cell_m), float(cell_m), 0.0)
    tags[_TIE_POINT] = (0.0, 0.0, 0.0, float(east), float(south + array.shape[0] * cell_m), 0.0)
    tags[_GEO_KEYS] = _geo_keys()
    if description:
        tags[_DESCRIPTION] = description.encode()  # text would lose its letters beyond ASCII
    picture = Image.fromarray(np.ascontiguousarray(array))
    picture.save(out, "TIFF", tiffinfo=tags, compression="tiff_adobe_deflate")


def _geo_keys() -> tuple[int, ...]:
    """GeoTIFF 1.1, section 7.1: a header, then key, place, count and value of each."""
    keys = (
        (_MODEL_TYPE, _PROJECTED),
        (_RASTER_TYPE, _PIXEL_IS_AREA),
        (_PROJECTED_SYSTEM, crs.SRID_METRES),
        (_LINEAR_UNIT, _METRE),
    )
    header = (1, 1, 0, len(keys))
    return header + tuple(number for key, value in keys for number in (key, 0, 1, value))
