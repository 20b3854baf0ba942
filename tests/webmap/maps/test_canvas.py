from __future__ import annotations

import json
import re
from itertools import pairwise

import numpy as np
import pytest
import shapely
from folium.plugins import HeatMap

from geodata import crs
from webmap.maps import canvas, ground

TILES = "/heat/staff/{z}/{x}/{y}.png"
SHORE_M = shapely.Polygon(
    [(372_300, 6_443_200), (409_100, 6_441_900), (408_000, 6_473_800), (371_900, 6_470_100)]
)
LAKE_M = shapely.Point(390_000, 6_455_000).buffer(2_000)
ISLAND_M = shapely.box(412_000, 6_450_000, 413_000, 6_451_000)


@pytest.fixture(scope="module")
def laid() -> ground.Ground:
    return ground.lay(SHORE_M)


@pytest.fixture(scope="module")
def script(laid: ground.Ground) -> str:
    return canvas.draw(laid, TILES).script


def locations_of(script: str, variable: str) -> list:
    """The first argument of the Leaflet call that made `variable`."""
    written = re.search(rf"var {variable} = L\.\w+\(\s*(\[.*?\]),\s*\{{", script, re.DOTALL)
    assert written, variable
    return json.loads(written[1])


def km_lines_m(grid: ground.Grid) -> dict[int, np.ndarray]:
    """Metres along each line, east or north, whichever should stand still."""
    found = {}
    for km, line in zip(grid.labels_km, grid.lines, strict=True):
        east, north = crs.to_metres_xy(*np.array(line).T)
        found[km] = east if km < 1_000 else north
    return found


class TestLay:
    def test_every_line_is_a_whole_kilometre_of_sweref(self, laid: ground.Ground) -> None:
        for km, along_m in (km_lines_m(laid.fine) | km_lines_m(laid.coarse)).items():
            assert np.abs(along_m - km * 1_000).max() < 1.5

    def test_a_line_is_dense_enough_to_bend_with_the_map(self, laid: ground.Ground) -> None:
        line = laid.coarse.lines[laid.coarse.labels_km.index(6_455)]
        halfway = [np.mean(pair, axis=0) for pair in pairwise(line)]
        _, north_m = crs.to_metres_xy(*np.array(halfway).T)
        assert np.abs(north_m - 6_455_000).max() < 2

    def test_the_lines_cover_the_municipality(self, laid: ground.Ground) -> None:
        labels = sorted(laid.fine.labels_km + laid.coarse.labels_km)
        assert labels == [*range(370, 411), *range(6_440, 6_476)]

    def test_each_fifth_line_is_coarse(self, laid: ground.Ground) -> None:
        assert all(km % 5 == 0 for km in laid.coarse.labels_km)
        assert all(km % 5 for km in laid.fine.labels_km)

    def test_a_wide_municipality_has_coarse_lines_only(self) -> None:
        wide = ground.lay(shapely.box(600_000, 7_500_000, 800_000, 7_600_000))
        assert not wide.fine.lines
        assert len(wide.coarse.lines) == 41 + 21

    def test_a_lake_that_belongs_to_another_is_outside(self) -> None:
        laid = ground.lay(SHORE_M.difference(LAKE_M))
        assert len(laid.outside) == 2
        assert len(laid.border) == 2

    def test_an_island_is_a_second_hole_in_what_is_outside(self) -> None:
        laid = ground.lay(shapely.union_all([SHORE_M, ISLAND_M]))
        (sea,) = laid.outside
        assert len(sea) == 3

    def test_the_bounds_are_longitude_before_latitude(self, laid: ground.Ground) -> None:
        west, south, east, north = laid.bounds
        assert 12 < west < laid.center[0] < east < 14
        assert 58 < south < laid.center[1] < north < 59


class TestDraw:
    def test_the_same_ground_is_the_same_bytes(self, laid: ground.Ground) -> None:
        assert canvas.draw(laid, TILES) == canvas.draw(ground.lay(SHORE_M), TILES)

    def test_another_ground_is_another_file(self, laid: ground.Ground) -> None:
        assert canvas.draw(laid, TILES).digest != canvas.draw(ground.lay(ISLAND_M), TILES).digest

    def test_the_names_are_those_the_page_looks_for(self, laid: ground.Ground, script: str) -> None:
        made = set(re.findall(r"^var (\w+) =", script, re.MULTILINE))
        assert canvas.draw(laid, TILES).element_id == "map_canvas"
        assert made == {
            "map_canvas",
            "pane_ground",
            "poly_line_band",
            "polygon_outside_0",
            "poly_line_border",
            "tile_layer_heat",
            "poly_line_grid",
            "poly_line_grid_coarse",
        }

    def test_it_flips_to_latitude_first(self, laid: ground.Ground, script: str) -> None:
        drawn = locations_of(script, "poly_line_border")
        assert drawn == [[[lat, lon] for lon, lat in ring] for ring in laid.border]

    def test_what_is_outside_has_the_municipality_as_its_hole(self, laid: ground.Ground, script: str) -> None:
        around, hole = locations_of(script, "polygon_outside_0")
        assert shapely.Polygon(around).contains(shapely.Polygon(hole))
        assert shapely.Polygon(hole).equals(shapely.Polygon([(lat, lon) for lon, lat in laid.border[0]]))

    def test_it_is_script_alone_and_asks_no_other_host(self, script: str) -> None:
        assert "http" not in script
        assert "<" not in script

    def test_nothing_in_the_ground_takes_the_pointer(self, script: str) -> None:
        assert script.count('"interactive": false') == script.count('"className"') == 5

    def test_the_tiles_wait_for_the_page_to_say_the_theme(self, script: str) -> None:
        assert f'"{TILES}"' in script
        assert "tile_layer_heat.addTo" not in script

    def test_a_municipality_too_wide_for_fine_lines_is_drawn_without_them(self) -> None:
        wide = ground.lay(shapely.box(600_000, 7_500_000, 800_000, 7_600_000))
        assert "var poly_line_grid =" not in canvas.draw(wide, TILES).script

    @pytest.mark.parametrize("url", ["https://tiles.example/{z}/{x}/{y}.png", "//tiles.example/{z}/{y}.png"])
    def test_tiles_of_another_host_are_refused(self, laid: ground.Ground, url: str) -> None:
        with pytest.raises(canvas.ForeignLink):
            canvas.draw(laid, url)

    def test_a_plugin_that_loads_from_elsewhere_is_refused(
        self, laid: ground.Ground, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(canvas, "_tiles", lambda url: HeatMap([[58.2, 13.0]]))
        with pytest.raises(canvas.ForeignLink, match="leaflet_heat"):
            canvas.draw(laid, TILES)
