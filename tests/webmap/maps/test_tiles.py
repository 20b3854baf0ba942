import io
import math
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageColor

from geodata import crs
from geodata.analysis.density import Field
from geodata.analysis.kernels import Kernel
from geodata.analysis.layout import Layout
from geodata.analysis.scale import TOO_LITTLE, classify, limits, lower_limit
from geodata.errors import InvalidValue
from webmap.maps.classes import HATCH_PITCH_PX, THEMES, Theme, indices
from webmap.maps.tiles import EMPTY, TILE_PX, Tile, paint, pixel_centres

KERNEL = Kernel("quartic", 300.0)
LIMITS = limits(lower_limit(KERNEL), 150.0)
TOWN = (376_000.0, 6_456_000.0)
HATCH, FIRST_EDGED = 6, 7


@pytest.fixture(scope="module")
def field() -> Field:
    random = np.random.default_rng(11)
    points = np.array(TOWN) + random.normal(0, 900, (500, 2))
    return Field(Layout(points[:, 0], points[:, 1]), np.ones(500), KERNEL)


def tile_at(z: int, east: float = TOWN[0], north: float = TOWN[1]) -> Tile:
    longitude, latitude = crs.to_degrees_xy(east, north)
    x = (float(longitude) + 180) / 360 * 2**z
    y = (1 - math.asinh(math.tan(math.radians(float(latitude)))) / math.pi) / 2 * 2**z
    return Tile(z, int(x), int(y))


def pixels(png: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(png)) as picture:
        return np.array(picture)


def own_classes(painted: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Classes of pixels, whether they are edged or not; the hatch and what is between its lines as 0."""
    classes = np.where(painted >= FIRST_EDGED, painted.astype(int) - FIRST_EDGED + 1, painted)
    return np.where(classes == HATCH, 0, classes)


class TestPixelCentres:
    @pytest.mark.parametrize("z", [9, 11, 14, 19])
    def test_they_are_within_half_a_metre(self, z: int) -> None:
        tile = tile_at(z)
        across = 2 * math.pi * 6_378_137.0 / 2**z
        along = (np.arange(-1, TILE_PX + 1) + 0.5) / TILE_PX
        x, y = np.meshgrid((tile.x + along) * across, (tile.y + along) * across)
        half = math.pi * 6_378_137.0
        east, north = crs.transform_xy(x - half, half - y, crs.WEB_MERCATOR, crs.METRES)
        found = pixel_centres(tile)
        assert np.hypot(found.east - east, found.north - north).max() < 0.5


class TestTile:
    @pytest.mark.parametrize(("z", "x", "y"), [(-1, 0, 0), (23, 0, 0), (3, 8, 0), (3, 0, -1)])
    def test_one_that_does_not_exist_is_refused(self, z: int, x: int, y: int) -> None:
        with pytest.raises(InvalidValue) as refused:
            Tile(z, x, y)
        assert refused.value.code == "tile.unknown"


class TestPaint:
    @pytest.mark.parametrize("z", range(5, 20))
    def test_every_pixel_has_the_class_of_its_centre(self, field: Field, z: int) -> None:
        tile = tile_at(z)
        painted, centres = pixels(paint(field, LIMITS, tile, "light")), pixel_centres(tile)
        read = field.at(centres.east[1:-1, 1:-1], centres.north[1:-1, 1:-1])
        expected = classify(read.density, read.near, LIMITS)
        expected[expected == TOO_LITTLE] = 0
        np.testing.assert_array_equal(own_classes(painted), expected)

    @pytest.mark.parametrize("place_m", [(0.0, 0.0), (400.0, -700.0), (1500.0, 900.0)])
    def test_a_place_has_one_value_at_every_zoom(self, field: Field, place_m: tuple[float, float]) -> None:
        east, north = TOWN[0] + place_m[0], TOWN[1] + place_m[1]
        found = set()
        for z in range(12, 20):
            centres = pixel_centres(tile_at(z, east, north))
            far = np.hypot(centres.east - east, centres.north - north)
            at = np.unravel_index(far.argmin(), far.shape)
            found.add(round(float(field.at(centres.east[at], centres.north[at]).density), 0))
        assert max(found) - min(found) <= 0.05 * field.at(east, north).density + 3

    def test_where_nothing_is_there_is_one_empty_tile(self, field: Field) -> None:
        away = tile_at(12, TOWN[0] + 60_000, TOWN[1])
        assert paint(field, LIMITS, away, "light") is EMPTY
        with Image.open(io.BytesIO(EMPTY)) as picture:
            assert not np.array(picture.convert("RGBA"))[..., 3].any()

    def test_without_reports_every_tile_is_empty(self) -> None:
        nothing = Field(Layout([], []), [], KERNEL)
        assert paint(nothing, LIMITS, tile_at(12), "dark") is EMPTY

    def test_the_other_side_of_the_world_is_empty(self, field: Field) -> None:
        assert paint(field, LIMITS, Tile(5, 0, 31), "light") is EMPTY

    def test_without_a_scale_all_is_hatched(self, field: Field) -> None:
        painted = pixels(paint(field, None, tile_at(13), "light"))
        assert set(np.unique(painted).tolist()) == {0, HATCH}

    def test_one_report_alone_is_hatched_at_every_zoom(self) -> None:
        one = Field(Layout([TOWN[0]], [TOWN[1]]), [1.0], KERNEL)
        for z in range(12, 18):
            painted = pixels(paint(one, LIMITS, tile_at(z), "light"))
            assert set(np.unique(painted).tolist()) == {0, HATCH}

    def test_the_same_question_has_the_same_bytes(self, field: Field) -> None:
        first, second = (paint(field, LIMITS, tile_at(13), "dark") for _ in range(2))
        assert first == second

    def test_colours_are_those_of_the_theme(self, field: Field) -> None:
        with Image.open(io.BytesIO(paint(field, LIMITS, tile_at(13), "dark"))) as picture:
            seen = {colour[:3] for _, colour in picture.convert("RGBA").getcolors() if colour[3] == 255}
        assert {ImageColor.getrgb(colour) for colour in THEMES["dark"].classes} <= seen

    def test_an_unknown_theme_is_refused(self, field: Field) -> None:
        with pytest.raises(InvalidValue) as refused:
            paint(field, LIMITS, tile_at(13), "sepia")
        assert refused.value.code == "theme.unknown"


class TestIndices:
    def test_the_hatch_runs_on_into_the_next_tile(self) -> None:
        assert TILE_PX % HATCH_PITCH_PX == 0
        one = indices(np.full((258, 258), TOO_LITTLE, dtype=np.uint8))
        both = indices(np.full((258, 514), TOO_LITTLE, dtype=np.uint8))
        np.testing.assert_array_equal(np.hstack((one, one)), both)

    def test_the_edge_lies_within_the_higher_class(self) -> None:
        classes = np.array([[1, 1, 1, 3, 3, 3]] * 3, dtype=np.uint8)
        assert indices(classes).tolist() == [[1, 1, 9, 3]]

    def test_neighbouring_tiles_agree_on_the_edge(self, field: Field) -> None:
        left = tile_at(14)
        right = Tile(left.z, left.x + 1, left.y)
        here, there = pixel_centres(left), pixel_centres(right)
        np.testing.assert_allclose(here.east[:, -2:], there.east[:, :2], atol=0.01)


def lightness(colour: str) -> float:
    to_lab = ImageCms.buildTransformFromOpenProfiles(
        ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB", 5000), "RGB", "LAB"
    )
    picture = ImageCms.applyTransform(Image.new("RGB", (1, 1), colour), to_lab)
    assert picture is not None
    return picture.getpixel((0, 0))[0] / 255 * 100


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_neighbouring_classes_differ_by_twelve_in_lightness(theme: Theme) -> None:
    steps = [lightness(colour) for colour in (theme.ground, *theme.classes)]
    assert min(abs(after - before) for before, after in pairwise(steps)) >= 12
