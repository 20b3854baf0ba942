"""Walking along: the code, the page of the walk, and what the field app is given to take along."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta

import numpy as np
import pytest
from shapely.geometry import LineString, box

from geodata.drafts import AreaDraft
from geodata.hours import to_day_number, today
from geodata.queries.municipalities import home
from geodata.tables.area_rows import insert_areas
from geodata.tables.engine import writing
from geodata.vocabulary import BY_CODE, AreaKind, Polarity, WalkState
from tests import walks
from tests.places import EAST, LATITUDE, LONGITUDE, NORTH, SQUARE, place_at
from tests.webmap.application import application, closed, token_in
from webmap.maps.field_ground import MOST_BYTES, field_ground
from webmap.services.basemap import Basemap, Credit
from webmap.services.field_tiles import OTHER, TILES
from webmap.services.field_walk import code_typed
from webmap.services.mbtiles import MbtilesFile
from webmap.services.near_tiles import tiles_near

FRAME = (EAST - 500, NORTH - 500, EAST + 500, NORTH + 500)


@pytest.fixture
def engine(app):
    return app.extensions["works"].engine


@pytest.fixture
def walk(engine):
    return walks.walk(engine, title="Vandring i Vara centrum")


def places(engine, *drafts):
    with writing(engine) as session:
        insert_areas(session, home(session, "1470").id, list(drafts), "OpenStreetMap")


class TestCode:
    @pytest.mark.parametrize("typed", ["ab 12 cd", "AB12CD", " ab-12-cd ", "ab12cd\n"])
    def test_small_letters_spaces_and_dashes_are_forgiven(self, typed):
        assert code_typed(typed) == "AB12CD"

    def test_what_is_typed_leads_to_the_walk(self, client, walk):
        code = walk.join_code
        data = {"csrf_token": token_in(client.get("/w")), "code": f" {code[:3].lower()} {code[3:].lower()} "}
        sent = client.post("/w", data=data)
        assert (sent.status_code, sent.location) == (303, f"/w/{code}")

    @pytest.mark.parametrize("end", ["", "/field"])
    def test_a_wrong_code_is_not_found_and_tells_of_no_walk(self, client, walk, end):
        answer = client.get(f"/w/WRONG1{end}")
        assert answer.status_code == 404
        assert "Koden stämmer inte" in answer.text
        assert (walk.title in answer.text, walk.join_code in answer.text) == (False, False)

    @pytest.mark.parametrize("name", ["walk.json", "ground.json", "app.webmanifest"])
    def test_no_file_is_given_for_a_wrong_code(self, client, walk, name):
        assert client.get(f"/w/WRONG1/{name}").status_code == 404

    def test_only_sixty_wrong_codes_a_minute_are_looked_at(self, staffed_url, tmp_path):
        app = application(staffed_url, tmp_path, rate_limits="on")
        client = app.test_client()
        answers = [client.get(f"/w/WRONG{number}").status_code for number in range(62)]
        closed(app)
        assert answers == [404] * 60 + [429] * 2

    def test_the_right_code_is_never_counted(self, staffed_url, tmp_path):
        app = application(staffed_url, tmp_path, rate_limits="on")
        there = walks.walk(app.extensions["works"].engine)
        client = app.test_client()
        answers = {client.get(f"/w/{there.join_code}/walk.json").status_code for _ in range(40)}
        closed(app)
        assert answers == {200}


class TestJoinPage:
    def test_it_says_when_where_and_how_and_what_becomes_of_it(self, client, walk):
        page = client.get(f"/w/{walk.join_code}").text
        said = (walk.title, "18.30", "Stora torget", "Stopp 4", "allmän handling", "112", "hemskärmen")
        assert [each for each in said if each not in page] == []
        assert f"/w/{walk.join_code}/field" in page

    def test_it_is_said_in_english_too(self, client, walk):
        page = client.get(f"/w/{walk.join_code}?lang=en").text
        assert all(said in page for said in ("Open the app", "public record", "Call 112"))

    def test_a_code_in_small_letters_is_the_same_address(self, client, walk):
        answer = client.get(f"/w/{walk.join_code.lower()}")
        assert (answer.status_code, answer.location) == (303, f"/w/{walk.join_code}")

    @pytest.mark.parametrize(("days", "is_shown"), [(0, True), (3, True), (-1, False)])
    def test_the_map_beforehand_is_offered_as_long_as_it_is_open(self, client, engine, days, is_shown):
        until = to_day_number(today() + timedelta(days=days))
        there = walks.walk(engine, state=WalkState.PLANNED, premap_until=until)
        assert ("/before" in client.get(f"/w/{there.join_code}").text) is is_shown

    def test_it_is_not_offered_once_the_walk_has_begun(self, client, engine):
        there = walks.walk(engine, state=WalkState.OPEN, premap_until=to_day_number(today()))
        assert "/before" not in client.get(f"/w/{there.join_code}").text

    def test_a_cancelled_walk_says_so_and_opens_no_app(self, client, engine):
        code = walks.walk(engine, state=WalkState.CANCELLED).join_code
        page = client.get(f"/w/{code}").text
        assert ("inställd" in page, f"{code}/field" in page) == (True, False)

    def test_a_walk_that_is_over_still_lets_a_phone_send(self, client, engine):
        there = walks.walk(engine, state=WalkState.PUBLISHED)
        page = client.get(f"/w/{there.join_code}").text
        assert (f"/w/{there.join_code}/field" in page, f"/walks/{there.uid}" in page) == (True, True)


class TestWalkFile:
    @pytest.fixture
    def said(self, client, walk):
        return client.get(f"/w/{walk.join_code}/walk.json").json

    def test_it_is_what_the_app_is_built_on(self, said, walk):
        assert (said["schema"], said["walk"], said["code"]) == (1, str(walk.uid), walk.join_code)
        assert [stop["number"] for stop in said["stops"]] == [1, 2, 3, 4]
        assert (said["limits"], said["is_open"]) == ({"text": 500, "photos": 3}, True)

    def test_route_and_stops_are_in_degrees_inside_its_bounds(self, said):
        west, south, east, north = said["bounds"]
        spots = [*said["route"]["coordinates"], *([stop["lon"], stop["lat"]] for stop in said["stops"])]
        assert all(west < lon < east and south < lat < north for lon, lat in spots)
        assert abs(said["stops"][0]["lat"] - LATITUDE) < 0.05

    def test_it_knows_when_the_sun_sets(self, said):
        assert len(said["sun"]["sets"]) == len(said["sun"]["rises"]) == 5

    def test_names_around_the_walk_come_along_and_no_others(self, client, engine, walk):
        near = AreaDraft(AreaKind.PLACE, "Cykelstället", place_at(100, 100), 20.0)
        far = AreaDraft(AreaKind.PLACE, "Långt bort", place_at(6_000, 0), 20.0)
        places(engine, near, far)
        said = client.get(f"/w/{walk.join_code}/walk.json").json
        assert [each["name"] for each in said["places"]] == ["Cykelstället"]

    def test_nothing_of_phones_staff_or_reports_is_in_it(self, client, engine, walk):
        walks.device(engine, walk)
        text = client.get(f"/w/{walk.join_code}/walk.json").text
        assert not any(word in text for word in ("token", "device", "user", "report", "version", "summary"))

    def test_it_is_asked_for_by_its_tag(self, client, walk):
        first = client.get(f"/w/{walk.join_code}/walk.json")
        again = client.get(f"/w/{walk.join_code}/walk.json", headers={"If-None-Match": first.headers["ETag"]})
        assert (first.headers["Cache-Control"], again.status_code) == ("no-cache", 304)

    def test_a_walk_with_neither_stops_nor_route_has_bounds(self, client, engine):
        there = walks.walk(engine, geometry=None, meeting_east=None, meeting_north=None, locality="Levene")
        said = client.get(f"/w/{there.join_code}/walk.json").json
        west, south, east, north = said["bounds"]
        assert (west < east, south < north, said["meeting"]["lon"]) == (True, True, None)


class TestTiles:
    @pytest.mark.parametrize("sign", Polarity)
    def test_there_are_eight_and_something_else(self, sign):
        codes = TILES[sign]
        assert (len(codes), len(set(codes)), codes[-1]) == (9, 9, OTHER[sign])
        assert all(code in BY_CODE for code in codes)

    def test_none_is_about_persons(self):
        assert not any(BY_CODE[code].is_personal for codes in TILES.values() for code in codes)


class TestGround:
    def unpacked(self, said, steps):
        moved = np.cumsum(np.reshape(steps, (-1, 2)), axis=0) * said["step"]
        return np.asarray(said["origin"]) + moved

    def test_it_holds_what_lies_around_the_walk(self):
        street = LineString([(EAST - 100, NORTH), (EAST + 100, NORTH)])
        far = LineString([(EAST + 5_000, NORTH), (EAST + 5_100, NORTH)])
        said = json.loads(field_ground({AreaKind.STREET: [street, far]}, SQUARE, FRAME))
        [(kind, is_area, lines)] = said["layers"]
        assert (kind, is_area, len(lines)) == ("street", False, 1)
        assert np.allclose(self.unpacked(said, lines[0][0]).mean(axis=0), (LONGITUDE, LATITUDE), atol=0.01)

    def test_areas_keep_their_holes(self):
        park = box(EAST - 200, NORTH - 200, EAST + 200, NORTH + 200).difference(
            box(EAST, NORTH, EAST + 50, NORTH + 50)
        )
        said = json.loads(field_ground({AreaKind.GREEN: [park]}, SQUARE, FRAME))
        assert [(kind, is_area, len(shapes[0])) for kind, is_area, shapes in said["layers"]] == [
            ("green", True, 2)
        ]

    def test_it_is_never_more_than_a_phone_takes_along(self):
        random = np.random.default_rng(1)
        streets = [
            LineString(
                np.column_stack((EAST + random.uniform(-400, 400, 40), NORTH + random.uniform(-400, 400, 40)))
            )
            for _ in range(6_000)
        ]
        assert len(field_ground({AreaKind.STREET: streets}, SQUARE, FRAME)) <= MOST_BYTES

    def test_without_any_layers_it_is_empty_and_fine(self, client, walk):
        said = client.get(f"/w/{walk.join_code}/ground.json").json
        assert (said["schema"], said["layers"], said["base"]) == (1, [], None)

    def test_whose_it_is_comes_along(self, client, engine, walk):
        places(engine, AreaDraft(AreaKind.STREET, "", LineString([place_at(0, 0), place_at(50, 50)])))
        said = client.get(f"/w/{walk.join_code}/ground.json").json
        assert (said["credits"], len(said["layers"])) == (["© OpenStreetMaps bidragsgivare"], 1)


class TestBase:
    @pytest.fixture
    def file(self, tmp_path):
        path = tmp_path / "base.mbtiles"
        with sqlite3.connect(path) as database:
            database.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
            database.execute(
                "CREATE TABLE tiles (zoom_level INT, tile_column INT, tile_row INT, tile_data BLOB)"
            )
            database.execute("INSERT INTO metadata VALUES ('format', 'png')")
            rows = [
                (14, x, y, b"\x89PNG") for x in range(8770, 8795) for y in range(2**14 - 4930, 2**14 - 4890)
            ]
            database.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
        database.close()
        return MbtilesFile.open(path)

    def test_tiles_of_the_area_are_listed(self, file):
        found = tiles_near(Basemap(file, file.zooms, Credit("Lantmäteriet")), FRAME)
        assert found is not None
        assert (found["zooms"], found["credit"]) == ([14, 14], "Lantmäteriet")
        assert 1 <= len(found["tiles"]) <= 9

    def test_there_are_none_without_a_file(self):
        assert tiles_near(None, FRAME) is None


class TestApp:
    def test_the_shell_holds_both_languages_and_nothing_of_the_walk(self, client, walk):
        page = client.get(f"/w/{walk.join_code}/field")
        assert page.headers["Cache-Control"] == "no-cache"
        assert all(said in page.text for said in ("Vad ser du h", "What do you see here?"))
        assert walk.title not in page.text

    def test_it_says_what_to_do_without_scripts(self, client, walk):
        assert "Appen behöver JavaScript" in client.get(f"/w/{walk.join_code}/field").text

    def test_it_can_be_put_on_the_home_screen(self, client, walk):
        said = client.get(f"/w/{walk.join_code}/app.webmanifest").json
        assert (said["start_url"], said["scope"], said["display"]) == (
            f"/w/{walk.join_code}/field",
            "/w/",
            "standalone",
        )
        sizes = [client.get(icon["src"]).content_length for icon in said["icons"]]
        assert all(size and size < 20_000 for size in sizes)
