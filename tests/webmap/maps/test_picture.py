import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageColor

from geodata.analysis.density import Field
from geodata.analysis.kernels import Kernel
from geodata.analysis.layout import Layout
from geodata.analysis.scale import limits, lower_limit
from webmap.maps import picture
from webmap.maps.classes import THEMES
from webmap.maps.picture import draw_picture, round_length_m
from webmap.words.caption import Caption

KERNEL = Kernel("quartic", 300.0)
LEGEND = Caption("rapporter per km² och år", "för litet underlag", ("n = 500", "Åre – Öckerö"))


@pytest.fixture(scope="module")
def field() -> Field:
    points = np.array([376_000.0, 6_456_000.0]) + np.random.default_rng(11).normal(0, 900, (500, 2))
    return Field(Layout(points[:, 0], points[:, 1]), np.ones(500), KERNEL)


def drawn(field: Field, theme: str = "light") -> Image.Image:
    grid = field.covering_grid()
    assert grid is not None
    made = draw_picture(field, grid, limits(lower_limit(KERNEL), 150.0), LEGEND, theme)
    return Image.open(io.BytesIO(made)).convert("RGB")


class TestDrawPicture:
    @pytest.mark.parametrize("theme", THEMES)
    def test_it_shows_every_class_on_its_ground(self, field: Field, theme: str) -> None:
        seen = {colour for _, colour in drawn(field, theme).getcolors(1 << 20)}
        colours = THEMES[theme]
        assert {ImageColor.getrgb(colour) for colour in (colours.ground, *colours.classes)} <= seen

    def test_letters_of_swedish_names_differ(self) -> None:
        font, write = picture.font_for(30, 400)
        drawn_letters = [bytes(font.getmask(write(letter))) for letter in "åäöaÅÄÖO–"]
        assert picture.FONT.exists() is (len(set(drawn_letters)) == 9)

    def test_it_is_drawn_without_the_fetched_font_too(
        self, field: Field, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(picture, "FONT", tmp_path / "absent.woff2")
        assert picture.font_for(16, 400)[1]("Öst – väst") == "Ost - vast"
        assert drawn(field).width > 500

    def test_without_a_scale_no_limit_is_drawn(self, field: Field) -> None:
        grid = field.covering_grid()
        assert grid is not None
        made = Image.open(io.BytesIO(draw_picture(field, grid, None, LEGEND))).convert("RGB")
        seen = {colour for _, colour in made.getcolors(1 << 20)}
        assert not seen & {ImageColor.getrgb(colour) for colour in THEMES["light"].classes}


class TestRoundLengthM:
    @pytest.mark.parametrize(
        ("longest", "expected"), [(2.4, 2), (49, 20), (50, 50), (7_300, 5_000), (0.2, 1)]
    )
    def test_it_is_the_longest_round_one(self, longest: float, expected: float) -> None:
        assert round_length_m(longest) == expected
