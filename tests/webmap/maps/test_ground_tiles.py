"""The ground as tiles: what is drawn where, in which theme, and when it is drawn anew."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest
import shapely
from flask.testing import FlaskClient
from numpy.typing import NDArray
from PIL import Image, ImageColor
from shapely import LineString
from sqlalchemy import Engine

from geodata import crs
from geodata.drafts import AreaDraft
from geodata.errors import InvalidValue
from geodata.queries.municipalities import home
from geodata.tables.area_rows import insert_areas, remove_areas
from geodata.tables.changes import next_change
from geodata.tables.engine import writing
from geodata.vocabulary import AreaKind
from tests import factories
from tests.places import EAST, NORTH, place_at
from webmap.maps.classes import THEMES
from webmap.maps.ground_tiles import PIXEL, draw_ground_tile
from webmap.maps.tiles import Tile
from webmap.services.ground_room import GroundLayers, GroundRoom

STREET = LineString([(EAST - 3_000, NORTH), (EAST + 3_000, NORTH)])
LAKE = place_at(0, 400).buffer(150).difference(place_at(0, 400).buffer(60))
HOUSE = shapely.box(EAST - 15, NORTH - 415, EAST + 15, NORTH - 385)


def layers(**shapes: list) -> GroundLayers:
    return GroundLayers({AreaKind(kind): list(places) for kind, places in shapes.items()}, "test")


def tile_over(zoom: int, east: float = EAST, north: float = NORTH) -> Tile:
    """The tile of 512 pixels that a map at this zoom shows a place on."""
    (longitude,), (latitude,) = crs.to_degrees_xy([east], [north])
    count = 2 ** (zoom - 1)
    across = (longitude + 180) / 360 * count
    down = (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * count
    return Tile(zoom - 1, int(across), int(down), 512)


def pixels(picture: bytes) -> NDArray[np.uint8]:
    return np.array(Image.open(io.BytesIO(picture)).convert("RGBA"))


def pixel_of(tile: Tile, east: float, north: float) -> tuple[int, int]:
    """Row and column of a place on a tile."""
    (x,), (y,) = crs.transform_xy([east], [north], crs.METRES, crs.WEB_MERCATOR)
    half = math.pi * 6_378_137.0
    across = 2 * half / 2**tile.z
    column, row = (x + half) / across - tile.x, (half - y) / across - tile.y
    return int(row * tile.side_px), int(column * tile.side_px)


def at(drawn: NDArray[np.uint8], tile: Tile, east: float, north: float) -> int:
    """How much is drawn at a place, 0 to 255."""
    row, column = pixel_of(tile, east, north)
    return int(drawn[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2, 3].max())


class TestDrawing:
    def test_lines_and_areas_are_where_they_are(self) -> None:
        tile = tile_over(15)
        drawn = pixels(draw_ground_tile(layers(street=[STREET], water=[LAKE]), tile, "light"))
        assert at(drawn, tile, EAST, NORTH) > 200
        assert at(drawn, tile, EAST, NORTH + 300) == 255
        assert at(drawn, tile, EAST, NORTH + 120) == 0

    def test_holes_stay_open(self) -> None:
        tile = tile_over(15)
        assert at(pixels(draw_ground_tile(layers(water=[LAKE]), tile, "light")), tile, EAST, NORTH + 400) == 0

    def test_neighbours_meet_without_a_gap(self) -> None:
        left = tile_over(13)
        right = Tile(left.z, left.x + 1, left.y, 512)
        long = LineString([(EAST - 20_000, NORTH), (EAST + 20_000, NORTH)])
        edges = [
            pixels(draw_ground_tile(layers(street=[long]), tile, "light"))[:, column, 3]
            for tile, column in ((left, -1), (right, 0))
        ]
        assert all(edge.max() > 150 for edge in edges)
        assert abs(int(edges[0].argmax()) - int(edges[1].argmax())) <= 1

    def test_houses_are_drawn_only_from_near(self) -> None:
        found = {}
        for zoom in (11, 15):
            tile = tile_over(zoom, EAST, NORTH - 400)
            drawn = pixels(draw_ground_tile(layers(building=[HOUSE]), tile, "light"))
            found[zoom] = at(drawn, tile, EAST, NORTH - 400)
        assert found == {11: 0, 15: 255}

    def test_a_size_of_one_tile_shows_the_same_ground(self) -> None:
        large = tile_over(15)
        small = Tile(large.z + 1, large.x * 2, large.y * 2, 256)
        drawn = [pixels(draw_ground_tile(layers(water=[LAKE]), tile, "light")) for tile in (large, small)]
        assert abs(drawn[0][:256, :256, 3].mean() - drawn[1][:, :, 3].mean()) < 1.5

    @pytest.mark.parametrize("zoom", range(7, 18))
    def test_the_same_question_is_the_same_bytes(self, zoom: int) -> None:
        ground, tile = layers(street=[STREET], water=[LAKE], building=[HOUSE]), tile_over(zoom)
        assert draw_ground_tile(ground, tile, "dark") == draw_ground_tile(ground, tile, "dark")

    def test_nothing_is_transparent(self) -> None:
        assert pixels(draw_ground_tile(layers(), tile_over(14), "light"))[:, :, 3].max() == 0
        assert pixels(PIXEL).shape == (1, 1, 4)

    def test_a_theme_there_is_not_is_refused(self) -> None:
        with pytest.raises(InvalidValue):
            draw_ground_tile(layers(), tile_over(14), "pink")

    @pytest.mark.parametrize("theme", THEMES)
    def test_the_ground_is_quieter_than_the_faintest_class(self, theme: str) -> None:
        def brightness(colour: tuple[int, ...]) -> float:
            return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]

        tile, land = tile_over(15), brightness(ImageColor.getrgb(THEMES[theme].ground))
        drawn = pixels(draw_ground_tile(layers(water=[LAKE], building=[HOUSE]), tile, theme))
        solid = drawn[drawn[:, :, 3] == 255]
        most = max(abs(brightness(tuple(colour)) - land) for colour in np.unique(solid[:, :3], axis=0))
        loudest = max(abs(brightness(ImageColor.getrgb(colour)) - land) for colour in THEMES[theme].classes)
        assert most < loudest / 3


class TestRoom:
    @pytest.fixture
    def there(self, engine: Engine) -> int:
        with writing(engine) as session:
            made = factories.municipality(session)
            insert_areas(session, made.id, [AreaDraft(AreaKind.STREET, "Storgatan", STREET)], "test")
            return made.id

    def test_layers_are_read_once_though_reports_come(self, engine: Engine, there: int) -> None:
        room = GroundRoom(engine)
        before = room.now("1470")
        with writing(engine) as session:
            factories.store(session, home(session, "1470"), factories.spread(3))
        assert room.now("1470") is before
        assert [len(shapes) for shapes in before.shapes.values()] == [1]

    def test_what_came_and_went_is_seen_at_once(self, engine: Engine, there: int) -> None:
        room = GroundRoom(engine)
        before = room.now("1470")
        with writing(engine) as session:
            remove_areas(session, there, AreaKind.STREET)
            insert_areas(session, there, [AreaDraft(AreaKind.STREET, "Nygatan", STREET)], "test")
            next_change(session, there)
        assert room.now("1470").token != before.token

    def test_two_processes_agree(self, engine: Engine, there: int) -> None:
        assert GroundRoom(engine).now("1470").token == GroundRoom(engine).now("1470").token


class TestRoute:
    PATH = "/map/ground/12/2195/1222.png?municipality=1470&size=512"

    def test_it_is_answered_by_its_tag_until_the_ground_changes(self, app, logged_in) -> None:
        client: FlaskClient = logged_in()
        first = client.get(self.PATH)
        again = client.get(self.PATH, headers={"If-None-Match": first.headers["ETag"]})
        engine = app.extensions["works"].engine
        with writing(engine) as session:
            there = home(session, "1470").id
            insert_areas(session, there, [AreaDraft(AreaKind.STREET, "Storgatan", STREET)], "test")
            next_change(session, there)
        changed = client.get(self.PATH, headers={"If-None-Match": first.headers["ETag"]})
        assert (first.status_code, again.status_code, changed.status_code) == (200, 304, 200)
        assert changed.headers["ETag"] != first.headers["ETag"]
        assert first.headers["Cache-Control"] == "private, no-cache"

    @pytest.mark.parametrize("more", ["&theme=pink", "&size=300"])
    def test_what_cannot_be_drawn_is_refused(self, logged_in, more: str) -> None:
        assert logged_in().get("/map/ground/12/2195/1222.png?municipality=1470" + more).status_code == 422
