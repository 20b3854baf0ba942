"""The staff's pages for measures: a list, a file, a form that keeps what was typed, and publishing."""

from __future__ import annotations

import csv
import re
from io import StringIO

import pytest

from geodata.drafts import AreaDraft
from geodata.queries.municipalities import home
from geodata.tables.area_rows import insert_areas
from geodata.tables.engine import writing
from geodata.tables.measures import Measure
from geodata.vocabulary import AreaKind
from tests import factories
from tests.places import LATITUDE, LONGITUDE, place_at
from tests.webmap.application import COORDINATOR, PLANNER, post
from webmap.services import measures

LIST = "/staff/measures?municipality=1470"
NEW = {
    "municipality": "1470",
    "title": "Häcken klipps ner",
    "state": "planned",
    "due": "2027-03-15",
    "responsible": "Parkenheten",
    "way": "map",
    "lon": f"{LONGITUDE}",
    "lat": f"{LATITUDE}",
    "categories": "vegetation",
}


@pytest.fixture
def engine(app):
    made = app.extensions["works"].engine
    with writing(made) as session:
        there = home(session, "1470")
        drafts = [
            AreaDraft(AreaKind.PLACE, name, place_at(away_m, 5_000), 150.0)
            for away_m, name in enumerate(("Badhusparken", "Norra lekplatsen", "Södra lekplatsen"))
        ]
        insert_areas(session, there.id, drafts, "test")
    return made


@pytest.fixture
def staff(logged_in, engine):
    return logged_in()


def stored(engine):
    return measures.listed(engine, "1470")


@pytest.fixture
def known(staff, engine):
    """A measure that is written by the form."""
    assert post(staff, "/staff/measures/new", **NEW).status_code == 303
    return stored(engine)[0]


class TestNew:
    def test_it_is_stored_and_listed(self, staff, engine, known):
        assert (known.title, known.responsible, known.is_published) == (
            "Häcken klipps ner",
            "Parkenheten",
            False,
        )
        page = staff.get(LIST).text
        assert all(word in page for word in ("Häcken klipps ner", "Planerat", "Parkenheten", "Publicera"))

    def test_its_place_may_be_a_name(self, staff, engine):
        said = NEW | {"way": "words", "words": "Badhusparken"}
        assert post(staff, "/staff/measures/new", **said).status_code == 303
        assert stored(engine)[0].place.distance(place_at(0, 5_000)) < 0.001

    def test_a_name_like_several_is_asked_about(self, staff, engine):
        sent = post(staff, "/staff/measures/new", **(NEW | {"way": "words", "words": "lekplatsen"}))
        assert sent.status_code == 422
        keys = re.findall(r'name="choice" value="(\w+)"', sent.text)
        said = NEW | {"way": "words", "words": "lekplatsen", "asked": "lekplatsen", "choice": keys[1]}
        assert post(staff, "/staff/measures/new", **said).status_code == 303
        assert len(keys) == 2

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"title": ""}, "title"),
            ({"state": "not_possible"}, "reason"),
            ({"due": "snart"}, "due"),
            ({"way": "words", "words": ""}, "words"),
            ({"way": "words", "words": "Ingenstans"}, "words"),
            ({"lon": "", "lat": ""}, "map"),
            ({"lon": "18.0", "lat": "59.3"}, "place"),
        ],
    )
    def test_what_is_wrong_is_said_at_the_field_and_all_is_kept(self, staff, engine, said, field):
        sent = post(staff, "/staff/measures/new", **(NEW | said))
        assert sent.status_code == 422
        assert "<title>Fel: " in sent.text
        assert re.search(rf'id="{field}-problem">\s*<p class="msg-err">', sent.text)
        assert 'value="Parkenheten"' in sent.text
        assert factories.rows(engine, Measure) == {"measure": 0}


class TestChange:
    def test_it_is_changed_and_stays_where_it_was(self, staff, engine, known):
        said = NEW | {"title": "Häcken är nere", "state": "done", "way": "keep", "version": "1"}
        assert post(staff, f"/staff/measures/{known.uid}", **said).status_code == 303
        now = stored(engine)[0]
        assert (now.title, now.state, now.version) == ("Häcken är nere", "done", 2)
        assert now.place.distance(known.place) < 0.001

    def test_one_who_comes_second_sees_both_and_loses_nothing(self, staff, engine, known):
        post(staff, f"/staff/measures/{known.uid}", **(NEW | {"title": "Den förstas", "version": "1"}))
        sent = post(staff, f"/staff/measures/{known.uid}", **(NEW | {"title": "Den andras", "version": "1"}))
        assert sent.status_code == 409
        assert "<td>Den förstas</td><td>Den andras</td>" in sent.text
        assert 'value="Den andras"' in sent.text
        assert 'name="version" value="2"' in sent.text
        assert stored(engine)[0].title == "Den förstas"

    def test_it_is_published_and_taken_back(self, staff, engine, known):
        path = f"/staff/measures/{known.uid}/publish"
        assert post(staff, path, version="1", published="1").status_code == 303
        assert [each.title for each in measures.published(engine, "1470")] == ["Häcken klipps ner"]
        assert post(staff, path, version="1", published="0").status_code == 409
        assert post(staff, path, version="2", published="0").status_code == 303
        assert measures.published(engine, "1470") == []

    def test_nobody_else_gets_at_it(self, logged_in, known):
        for who, status in ((PLANNER, 403), (COORDINATOR, 200)):
            assert logged_in(who).get(f"/staff/measures/{known.uid}").status_code == status


class TestList:
    def test_it_is_of_one_state_where_one_is_chosen(self, staff, known):
        assert "Häcken" in staff.get(f"{LIST}&state=planned").text
        assert "Häcken" not in staff.get(f"{LIST}&state=done").text
        assert staff.get(f"{LIST}&state=okänt").status_code == 422

    def test_the_file_is_the_list_and_runs_nothing(self, staff, engine):
        post(staff, "/staff/measures/new", **(NEW | {"title": "=HYPERLINK(1)"}))
        answer = staff.get("/staff/measures.csv?municipality=1470&state=planned")
        rows = list(csv.DictReader(StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
        assert [row["Åtgärd"] for row in rows] == ["'=HYPERLINK(1)"]
        assert (rows[0]["Klart senast"], rows[0]["Orsaker"]) == ("2027-03-15", "Skymmande växtlighet")
        assert rows[0]["Longitud"].startswith("12,95")

    def test_it_is_in_english_too(self, staff, known):
        page = staff.get(f"{LIST}&lang=en").text
        assert all(word in page for word in ("Measures", "Planned", "Publish"))
