"""The staff's room for editions: what would be next, publishing it, taking it off the page and back."""

from __future__ import annotations

import csv
import re
from io import StringIO

import pytest
import time_machine

from geodata.queries.municipalities import home
from geodata.tables.engine import writing
from geodata.vocabulary.choices import ChoiceKey
from tests import factories
from tests.webmap.application import COORDINATOR, post
from tests.webmap.services.test_publishing import voices
from webmap.services import choices, editions
from webmap.services.actors import COMMAND

PAGE = "/staff/editions?municipality=1470"
NEXT = "/staff/editions/next?municipality=1470"


@pytest.fixture(autouse=True)
def _november():
    with time_machine.travel("2026-11-22T12:00:00Z", tick=True):
        yield


@pytest.fixture
def engine(app):
    engine = app.extensions["works"].engine
    with writing(engine) as session:
        factories.store(session, home(session, "1470"), voices(12))
    return engine


@pytest.fixture
def staff(engine, logged_in):
    return logged_in(COORDINATOR)


def publish(client, note=""):
    digest = re.search(r'name="digest" value="(\w+)"', client.get(NEXT).text)
    sent = {"municipality": "1470", "note": note, "digest": digest[1] if digest else "0" * 64}
    return post(client, "/staff/editions", **sent)


class TestNext:
    def test_it_says_in_words_what_would_be(self, staff):
        page = staff.get(NEXT).text.replace("\N{NO-BREAK SPACE}", " ")
        for words in ("Nästa utgåva: 1", "1 ruta", "Inget går att räkna ut för noga", "den första utgåvan"):
            assert words in page

    def test_a_picture_of_every_view(self, staff):
        assert staff.get(f"{NEXT}&view=all").text.count('<rect class="e2" x=') == 1
        assert staff.get(f"{NEXT}&view=safe").text.count('<rect class="e2" x=') == 0
        assert staff.get(f"{NEXT}&view=x").status_code == 422


class TestPublish:
    def test_it_is_there_with_its_note(self, staff, engine):
        sent = publish(staff, "Den första kartan")
        assert sent.status_code == 303
        page = staff.get(sent.headers["Location"]).text
        assert "Den första kartan" in page
        assert "Ja, på kartan" in page
        assert editions.newest(engine, "1470").note == "Den första kartan"

    def test_too_soon_is_said_and_the_note_stays(self, staff):
        publish(staff)
        again = publish(staff, "En till")
        assert (again.status_code, "<title>Fel: " in again.text) == (409, True)
        assert "22 dec. 2026" in again.text.replace("\N{NO-BREAK SPACE}", " ")

    def test_a_note_too_long_is_refused_where_it_was_typed(self, staff, engine):
        sent = publish(staff, "x" * 501)
        assert (sent.status_code, "x" * 501 in sent.text) == (422, True)
        assert editions.newest(engine, "1470") is None


class TestList:
    def test_one_is_taken_off_and_put_back(self, staff, engine):
        publish(staff)
        assert post(staff, "/staff/editions/1/hide", municipality="1470").status_code == 303
        assert "är borttagen från den öppna kartan" in staff.get(PAGE).text
        assert editions.newest(engine, "1470") is None
        post(staff, "/staff/editions/show-again", municipality="1470")
        assert editions.newest(engine, "1470").number == 1

    def test_it_is_a_file_for_swedish_excel(self, staff):
        publish(staff, "Den första")
        told = staff.get("/staff/editions.csv?municipality=1470").data
        assert told.startswith("\N{ZERO WIDTH NO-BREAK SPACE}".encode())
        assert "Den första" in list(csv.reader(StringIO(told.decode("utf-8-sig")), delimiter=";"))[1]

    def test_the_bytes_are_those_that_were_published(self, staff, engine):
        publish(staff)
        told = staff.get("/staff/editions/1.json?municipality=1470").data
        assert told == editions.content_of(engine, "1470", 1)

    def test_it_says_when_the_next_comes_by_itself(self, staff, engine):
        assert "automatiskt" not in staff.get(PAGE).text
        with writing(engine) as session:
            choices.choose(session, home(session, "1470"), {ChoiceKey.PUBLISH_BY_ITSELF: "yes"}, COMMAND)
        publish(staff)
        page = staff.get(PAGE).text.replace("\N{NO-BREAK SPACE}", " ")
        assert "Nästa utgåva publiceras automatiskt 22 dec. 2026" in page


class TestEnglish:
    SWEDISH = re.compile(r"\b(utgåva|kartan|rapporter|rutor|ruta|publicera\w*|nästa|öppna|visas?)\b", re.I)

    @pytest.mark.parametrize("is_published", [False, True])
    @pytest.mark.parametrize("address", [PAGE, NEXT])
    def test_all_of_it_is_in_english(self, staff, address, is_published):
        if is_published:
            publish(staff)
        page = staff.get(f"{address}&lang=en").text
        main = page[page.index("<main") : page.index("</main>")]
        said = re.sub(r"<[^>]*>|href=\S+", " ", main)
        assert self.SWEDISH.findall(said) == []
        assert "edition" in said
