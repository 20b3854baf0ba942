"""The question of where: by name, from the list, on the map, or not known, and never at a default point."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from flask import session
from shapely.geometry import LineString
from sqlalchemy import select

from geodata.drafts import AreaDraft
from geodata.queries.municipalities import home
from geodata.tables.area_rows import insert_areas
from geodata.tables.engine import reading, writing
from geodata.tables.reports import Report
from geodata.vocabulary import AreaKind, Polarity, PositionSource
from tests import factories
from tests.places import EAST, LATITUDE, LONGITUDE, NORTH, place_at
from webmap.pages.report_answers import Answers, keep, kept
from webmap.pages.report_place import geometry_of
from webmap.services import measures
from webmap.services.actors import Actor
from webmap.services.measures import MeasureSaid
from webmap.words import words_for

STREET = LineString([(EAST, NORTH - 1_000), (EAST + 900, NORTH - 1_000)])
TITLE = "Lampan vid porten lagas"
_REPORT_IDS = select(Report.uid)


@pytest.fixture
def engine(app):
    made = app.extensions["works"].engine
    with writing(made) as opened:
        there = home(opened, "1470")
        drafts = [
            AreaDraft(AreaKind.PLACE, "Badhusparken", place_at(0, 5_100), 150.0),
            AreaDraft(AreaKind.PLACE, "Kanten", place_at(9_990, 0), 150.0),
            AreaDraft(AreaKind.SCHOOL, "Parkskolan", place_at(300, 5_200), 60.0),
            AreaDraft(AreaKind.SCHOOL, "Norra Parkskolan", place_at(300, 5_900), 60.0),
            AreaDraft(AreaKind.STREET, "Storgatan", STREET),
        ]
        insert_areas(opened, there.id, drafts, "test")
    return made


@pytest.fixture
def asked(app, engine):
    """Somebody who has said what, and is asked where."""
    client = app.test_client()
    with app.test_request_context():
        keep(Answers(uuid4(), "1470", Polarity.UNSAFE, frozenset({"lighting"})))
        from_flow = {key: value for key, value in session.items() if key in ("report", "voice")}
    with client.session_transaction() as cookie:
        cookie.update(from_flow)
    return client


def answer(client, **said):
    page = client.get("/report/where").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    return client.post("/report/where", data={"csrf_token": token, **said})


def place_in(app, client):
    """What was kept, and its geometry as it will be sent."""
    with client.session_transaction() as cookie:
        said = dict(cookie)
    with app.test_request_context():
        session.update(said)
        place = kept().place
    return place, place and geometry_of(place, app.extensions["works"].places.now("1470"))


class TestWords:
    def test_a_name_that_is_one_place_is_taken_at_once(self, app, asked):
        sent = answer(asked, way="words", words="Badhusparken")
        assert (sent.status_code, sent.headers["Location"]) == (303, "/report/when")
        place, geometry = place_in(app, asked)
        assert (place.label, place.words, place.radius_m) == ("Badhusparken, Levene", "Badhusparken", 150.0)
        assert geometry["type"] == "Point"
        assert place.source == PositionSource.ADDRESS

    def test_a_name_like_several_is_asked_about_and_kept(self, app, asked):
        sent = answer(asked, way="words", words="parkskol")
        assert sent.status_code == 422
        assert "<title>Fel: " in sent.text
        assert 'value="parkskol"' in sent.text
        assert re.findall(r'name="choice" value="([^"]+)"', sent.text)[2] == "keep"
        assert place_in(app, asked)[0] is None

    def test_one_of_them_is_chosen(self, app, asked):
        first = answer(asked, way="words", words="parkskol")
        key = re.findall(r'name="choice" value="([^"]+)"', first.text)[0]
        sent = answer(asked, way="words", words="parkskol", asked="parkskol", choice=key)
        assert sent.status_code == 303
        assert place_in(app, asked)[0].label == "Parkskolan, Levene"

    def test_none_of_them_keeps_the_words(self, app, asked):
        assert (
            answer(asked, way="words", words="parkskol", asked="parkskol", choice="keep").status_code == 303
        )
        place, geometry = place_in(app, asked)
        assert (place.words, geometry) == ("parkskol", None)

    def test_a_choice_made_for_other_words_does_not_count(self, asked):
        sent = answer(asked, way="words", words="parkskol", asked="badhus", picked="0" * 16)
        assert sent.status_code == 422

    @pytest.mark.parametrize(
        "words", ["asdf qwerty 17", "bakom det gula huset", "Levene", "Vara", "ö", "<b>&"]
    )
    def test_what_is_no_place_here_is_kept_as_words_and_is_nowhere(self, app, asked, words):
        assert answer(asked, way="words", words=words).status_code == 303
        place, geometry = place_in(app, asked)
        assert (place.words, place.lon, place.lat, geometry) == (words, None, None, None)
        assert place.label == f"{words} (ingen punkt på kartan)"

    def test_a_long_street_is_its_own_line(self, app, asked):
        assert answer(asked, way="words", words="Storgatan 12").status_code == 303
        place, geometry = place_in(app, asked)
        assert (place.label, place.lon, geometry["type"]) == ("Storgatan 12", None, "LineString")

    def test_a_place_at_the_border_loses_its_surroundings_and_not_itself(self, app, asked):
        answer(asked, way="words", words="Kanten")
        place, geometry = place_in(app, asked)
        assert (place.radius_m, geometry["type"]) == (None, "Point")

    @pytest.mark.parametrize(("words", "sentence"), [("", "place.no_words"), ("x" * 300, "text.too_long")])
    def test_none_and_too_many_are_refused(self, asked, words, sentence):
        sent = answer(asked, way="words", words=words)
        assert sent.status_code == 422
        assert sent.text.count('id="words-problem"') == 1
        assert 'href="#words"' in sent.text


class TestList:
    def test_places_are_listed_by_town(self, asked):
        page = asked.get("/report/where").text
        groups = re.findall(r'<optgroup label="([^"]+)">(.*?)</optgroup>', page, re.DOTALL)
        assert [name for name, _ in groups] == ["Levene", "Utanför orterna"]
        assert re.findall(r">([^<]+)</option>", groups[0][1]) == [
            "Badhusparken",
            "Norra Parkskolan",
            "Parkskolan",
        ]

    def test_one_is_chosen_and_shown_again(self, app, asked):
        key = re.search(r'<option value="(\w+)">Parkskolan', asked.get("/report/where").text)[1]
        assert answer(asked, way="list", listed=key).status_code == 303
        assert place_in(app, asked)[0].label == "Parkskolan, Levene"
        assert f'<option value="{key}" selected>' in asked.get("/report/where").text

    @pytest.mark.parametrize("listed", ["", "0" * 16, "\x00"])
    def test_nothing_and_what_is_not_there_are_refused(self, asked, listed):
        assert answer(asked, way="list", listed=listed).status_code == 422


class TestMap:
    HERE = {"way": "map", "lon": f"{LONGITUDE}", "lat": f"{LATITUDE}"}

    def test_a_mark_is_kept_with_what_it_is_near(self, app, asked):
        sent = answer(asked, **self.HERE, radius="100", source="gps", accuracy="42.5")
        assert sent.status_code == 303
        place, geometry = place_in(app, asked)
        assert geometry["coordinates"] == [LONGITUDE, LATITUDE]
        assert (place.radius_m, place.accuracy_m, place.source) == (100.0, 42.5, PositionSource.GPS)
        assert "Levene" in place.label

    def test_a_mark_by_hand_has_no_accuracy(self, app, asked):
        answer(asked, **self.HERE, radius="0", source="map", accuracy="42.5")
        place, _ = place_in(app, asked)
        assert (place.radius_m, place.accuracy_m, place.source) == (None, None, PositionSource.MAP)

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"lon": "", "lat": ""}, "map"),
            ({"lon": "öst", "lat": "58"}, "map"),
            ({"lon": "nan", "lat": "58"}, "map"),
            ({"lon": "inf", "lat": "1e999"}, "map"),
            ({"lon": "18.0", "lat": "59.3"}, "map"),
            ({"lon": f"{LATITUDE}", "lat": f"{LONGITUDE}"}, "map"),
            ({"radius": "70"}, "radius"),
            ({"radius": "-1"}, "radius"),
            ({"source": "gps", "accuracy": "-4"}, "map"),
        ],
    )
    def test_what_is_no_spot_here_is_refused_at_once(self, asked, said, field):
        sent = answer(asked, **(self.HERE | said))
        assert sent.status_code == 422
        assert re.search(rf'id="{field}-problem">\s*<p class="msg-err">', sent.text)

    def test_an_area_over_the_border_is_said_to_be_that(self, asked, engine):
        sent = answer(asked, **(self.HERE | {"lon": "13.1205"}), radius="500")
        assert "Området når utanför Vara" in sent.text
        assert 'name="lon" value="13.1205"' in sent.text

    def test_it_is_there_when_one_comes_back(self, asked):
        answer(asked, **self.HERE, radius="50")
        page = asked.get("/report/where").text
        assert f'name="lat" value="{LATITUDE:.6f}"' in page
        assert '<option value="50" selected>' in page
        assert 'value="map" id="way-map" checked' in page


class TestUnknown:
    @pytest.mark.parametrize("words", ["", "Någonstans längs ån"])
    def test_words_are_enough_and_none_are_too(self, app, asked, words):
        assert answer(asked, way="unknown", unsure=words).status_code == 303
        place, geometry = place_in(app, asked)
        assert (place.way, place.words, geometry) == ("unknown", words, None)

    def test_no_way_chosen_is_said(self, asked):
        sent = answer(asked)
        assert sent.status_code == 422
        assert words_for("sv")("Välj ett sätt att ange platsen.") in sent.text

    def test_nobody_is_asked_where_before_what(self, client):
        assert client.get("/report/where").headers["Location"].startswith("/report")


class TestNames:
    def test_suggestions_are_names_and_nothing_else(self, client, engine):
        said = client.get("/api/v1/places?municipality=1470&q=parkskolan")
        first = said.get_json()["places"][0]
        assert first.keys() == {"key", "name", "kind", "locality"}
        assert (first["name"], first["kind"], first["locality"]) == ("Parkskolan", "Skola", "Levene")
        assert "private" in said.headers["Cache-Control"]

    def test_a_municipality_that_is_not_here_has_none(self, client, engine):
        assert client.get("/api/v1/places?municipality=9999&q=skola").status_code == 404

    def test_the_ground_is_public_and_holds_no_report(self, client, engine):
        assert client.get("/ground/10/548/305.png?municipality=1470").mimetype == "image/png"
        assert client.get("/map/ground/10/548/305.png?municipality=1470").status_code == 401


class TestMeasures:
    @pytest.fixture
    def published(self, engine):
        there, actor = factories.home_of(engine), Actor(None, "coordinator")
        spot = {"type": "Point", "coordinates": [LONGITUDE, LATITUDE]}
        for number, title in enumerate((TITLE, "En hemlig plan")):
            uid = measures.create(
                engine, there, measures.draft_of(there, MeasureSaid(title, place=spot)), actor
            )
            measures.publish(engine, there, (uid, 1), actor, is_published=not number)
        return uid

    def test_what_is_done_is_shown_and_what_is_not_published_is_not(self, asked, published):
        page = asked.get("/report/where").text
        assert TITLE in page
        assert "hemlig" not in page

    def test_no_other_report_is_in_any_answer(self, app, asked, published):
        with reading(app.extensions["works"].engine) as opened:
            ids = [f"{uid}" for (uid,) in opened.execute(_REPORT_IDS)]
        script = re.search(r'data-script="([^"]+)"', asked.get("/report/where").text)[1]
        answers = [
            asked.get(path).data
            for path in (
                "/report/where",
                script,
                "/api/v1/places?municipality=1470&q=a",
                "/ground/10/548/305.png?municipality=1470",
            )
        ]
        assert len(ids) == 60
        assert not [each for each in (*ids, f"{published}") for said in answers if each.encode() in said]
