"""GeoTIFF read back twice: its tags with Pillow, and the whole with the GDAL that pyogrio brings."""

from __future__ import annotations

import ctypes
from pathlib import Path

import numpy as np
import pyogrio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray
from PIL import Image

from geodata.exchange.geotiff import write_geotiff

SOUTH_WEST_M = (372_000.0, 6_450_000.0)
FLOAT32 = 6


@pytest.fixture(scope="module")
def gdal() -> ctypes.CDLL:
    """GDAL's own functions; pyogrio reads vectors only."""
    found = sorted(Path(pyogrio.__file__).parent.parent.glob("pyogrio.libs/libgdal*"))
    if not found:
        pytest.skip("pyogrio was installed without its own GDAL")
    library = ctypes.CDLL(str(found[0]))
    library.GDALAllRegister()
    library.GDALOpen.restype = library.GDALGetRasterBand.restype = ctypes.c_void_p
    library.GDALGetProjectionRef.restype = ctypes.c_char_p
    return library


class Opened:
    """A raster as GDAL sees it."""

    def __init__(self, gdal: ctypes.CDLL, path: Path) -> None:
        self._gdal = gdal
        self._file = ctypes.c_void_p(gdal.GDALOpen(str(path).encode(), 0))
        self._band = ctypes.c_void_p(gdal.GDALGetRasterBand(self._file, 1))

    @property
    def transform(self) -> list[float]:
        found = (ctypes.c_double * 6)()
        self._gdal.GDALGetGeoTransform(self._file, found)
        return list(found)

    @property
    def system(self) -> str:
        return self._gdal.GDALGetProjectionRef(self._file).decode()

    @property
    def has_nodata(self) -> bool:
        has = ctypes.c_int()
        self._gdal.GDALGetRasterNoDataValue.restype = ctypes.c_double
        self._gdal.GDALGetRasterNoDataValue(self._band, ctypes.byref(has))
        return bool(has.value)

    @property
    def values(self) -> NDArray[np.float32]:
        columns = self._gdal.GDALGetRasterXSize(self._file)
        rows = self._gdal.GDALGetRasterYSize(self._file)
        found = np.zeros((rows, columns), dtype=np.float32)
        into = found.ctypes.data_as(ctypes.c_void_p)
        self._gdal.GDALRasterIO(self._band, 0, 0, 0, columns, rows, into, columns, rows, FLOAT32, 0, 0)
        return found


class TestWriteGeotiff:
    VALUES = np.arange(12.0).reshape(3, 4) / 7

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        path = tmp_path / "surface.tif"
        write_geotiff(path, self.VALUES, SOUTH_WEST_M, 50, "rapporter per km² · åäö")
        return path

    def test_gdal_reads_the_values_north_up(self, gdal: ctypes.CDLL, path: Path) -> None:
        np.testing.assert_array_equal(Opened(gdal, path).values, np.flipud(self.VALUES.astype(np.float32)))

    def test_gdal_finds_it_where_it_lies(self, gdal: ctypes.CDLL, path: Path) -> None:
        opened = Opened(gdal, path)
        assert opened.transform == [372_000.0, 50.0, 0.0, 6_450_150.0, 0.0, -50.0]
        assert 'AUTHORITY["EPSG","3006"]' in opened.system

    def test_no_value_stands_for_nothing(self, gdal: ctypes.CDLL, path: Path) -> None:
        assert not Opened(gdal, path).has_nodata

    def test_pixels_are_areas_and_the_words_are_kept(self, path: Path) -> None:
        with Image.open(path) as picture:
            keys = np.array(picture.tag_v2[34735]).reshape(-1, 4)
            said = picture.tag_v2[270].encode("latin-1").decode()
        assert [1025, 0, 1, 1] in keys.tolist()
        assert said == "rapporter per km² · åäö"

    @given(
        arrays(
            np.float32, array_shapes(min_dims=2, max_dims=2, max_side=9), elements=st.floats(0, 1e6, width=32)
        )
    )
    def test_what_is_written_is_read(
        self, gdal: ctypes.CDLL, tmp_path_factory: pytest.TempPathFactory, values: NDArray[np.float32]
    ) -> None:
        path = tmp_path_factory.mktemp("geotiff") / "surface.tif"
        write_geotiff(path, values, SOUTH_WEST_M, 25)
        np.testing.assert_array_equal(Opened(gdal, path).values, np.flipud(values))
