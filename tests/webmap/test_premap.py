"""The map before a walk: marking with and without a map, one's own marks only, and what is refused."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from geodata.drafts import AreaDraft
from geodata.hours import to_day_number, today
from geodata.queries.municipalities import home
from geodata.queries.premap import marks_of
from geodata.tables.area_rows import insert_areas
from geodata.tables.engine import reading, writing
from geodata.tables.journal import JournalEntry
from geodata.vocabulary import AreaKind, Polarity, WalkState
from tests import walks
from tests.places import LATITUDE, LONGITUDE, place_at
from tests.webmap.application import application, closed, token_in
from webmap.services import premapping

MARK = {
    "polarity": "unsafe",
    "way": "map",
    "lon": f"{LONGITUDE}",
    "lat": f"{LATITUDE}",
    "category": "lighting",
    "text": "Lampan är trasig",
}
TOMORROW = to_day_number(today()) + 1


@pytest.fixture
def engine(app):
    made = app.extensions["works"].engine
    with writing(made) as session:
        there = home(session, "1470")
        drafts = [AreaDraft(AreaKind.PLACE, "Badhusparken", place_at(0, 5_000), 150.0)]
        insert_areas(session, there.id, drafts, "test")
    return made


@pytest.fixture
def walk(engine):
    return walks.walk(engine, state=WalkState.PLANNED, premap_until=TOMORROW)


@pytest.fixture
def page(walk):
    return f"/w/{walk.join_code}/before"


def post(client, page, **said):
    """Send a form as one who is not logged in."""
    return client.post(page, data=said | {"csrf_token": token_in(client.get("/login"))})


def stored(engine, walk):
    with reading(engine) as session:
        return marks_of(session, walk.id)


class TestMark:
    def test_it_is_stored_and_listed_for_its_maker(self, client, engine, walk, page):
        answer = post(client, page, **MARK)
        assert (answer.status_code, answer.location) == (303, f"{page}#own-marks")
        (mark,) = stored(engine, walk)
        assert (mark.polarity, mark.categories, mark.text) == (
            Polarity.UNSAFE,
            {"lighting"},
            "Lampan är trasig",
        )
        assert "Du har märkt ut 1 plats" in client.get(page).text

    def test_nobody_else_sees_it(self, app, client, walk, page):
        post(client, page, **MARK)
        other = app.test_client().get(page).text
        assert "Lampan" not in other
        assert "Du har märkt ut" not in other

    @pytest.mark.parametrize(
        "said", [{"way": "words", "words": "Badhusparken"}, {"way": "list", "listed": "Badhusparken"}]
    )
    def test_its_place_may_be_named_without_a_map(self, client, app, engine, walk, page, said):
        places = app.extensions["works"].places.now("1470")
        key = next(each.key for _, group in places.by_locality() for each in group)
        assert post(client, page, **MARK | said | {"listed": key}).status_code == 303
        assert stored(engine, walk)[0].place.distance(place_at(0, 5_000)) < 1

    def test_several_of_one_session_are_one_voice(self, client, engine, walk, page):
        for sign in ("unsafe", "safe"):
            post(client, page, **MARK | {"polarity": sign})
        assert len({mark.voice for mark in stored(engine, walk)}) == 1

    def test_each_is_a_row_of_the_journal_without_what_was_said(self, client, engine, walk, page):
        post(client, page, **MARK)
        with reading(engine) as session:
            row = session.scalars(select(JournalEntry).where(JournalEntry.action == "walk.mark")).one()
        assert (row.object_type, row.object_id) == ("walk", str(walk.uid))

    def test_identity_numbers_are_never_stored(self, client, engine, walk, page):
        said = {"text": "Fråga 19900101-2384 om det", "anyway": "1"}
        post(client, page, **MARK | said)
        assert "2384" not in stored(engine, walk)[0].text


class TestRefused:
    @pytest.mark.parametrize(
        ("said", "sentence"),
        [
            ({"polarity": ""}, "otrygg eller trygg"),
            ({"polarity": "improvement"}, "otrygg eller trygg"),
            ({"lon": "", "lat": ""}, "karta"),
            ({"lon": "18.07", "lat": "59.33"}, "Vara"),
            ({"way": "unknown"}, "Vi vet inte var"),
            ({"way": "words", "words": "Ingenstans"}, "Vi vet inte var"),
            ({"text": "x" * 201}, "200"),
            ({"text": "Ring 0512-310 00 till Anna Svensson"}, "något om en person"),
        ],
    )
    def test_it_is_said_why_and_what_was_typed_stays(self, client, engine, walk, page, said, sentence):
        answer = post(client, page, **MARK | said)
        assert answer.status_code == 422
        assert sentence in answer.text
        assert "<title>Fel:" in answer.text
        assert not stored(engine, walk)

    def test_what_may_be_about_a_person_is_sent_when_one_says_so(self, client, engine, walk, page):
        said = {"text": "Bakom Anna Svenssons garage", "anyway": "1"}
        assert post(client, page, **MARK | said).status_code == 303

    @pytest.mark.parametrize(
        "said",
        [
            {"premap_until": TOMORROW - 2},
            {"premap_until": None},
            {"state": WalkState.OPEN},
            {"state": WalkState.CANCELLED},
        ],
    )
    def test_after_the_time_it_is_closed(self, client, engine, said):
        walk = walks.walk(engine, **{"state": WalkState.PLANNED, "premap_until": TOMORROW} | said)
        page = f"/w/{walk.join_code}/before"
        assert 'name="polarity"' not in client.get(page).text
        assert post(client, page, **MARK).status_code == 409
        assert not stored(engine, walk)

    def test_one_session_marks_so_many_and_no_more(self, client, engine, walk, page, monkeypatch):
        monkeypatch.setattr(premapping, "MOST_OF_ONE", 2)
        answers = [post(client, page, **MARK).status_code for _ in range(3)]
        assert answers == [303, 303, 409]

    def test_a_walk_takes_so_many_and_no_more(self, client, walk, page, monkeypatch):
        monkeypatch.setattr(premapping, "MOST_OF_WALK", 1)
        assert [post(client, page, **MARK).status_code for _ in range(2)] == [303, 409]

    def test_a_code_that_no_walk_has_opens_nothing(self, client):
        assert client.get("/w/NOSUCH/before").status_code == 404


class TestUndo:
    def test_ones_own_mark_is_taken_back(self, client, engine, walk, page):
        post(client, page, **MARK)
        uid = stored(engine, walk)[0].uid
        for _ in range(2):  # the second click finds nothing and says nothing
            assert post(client, f"{page}/undo", mark=str(uid)).status_code == 303
        assert not stored(engine, walk)

    def test_anothers_is_not(self, app, client, engine, walk, page):
        post(client, page, **MARK)
        uid = stored(engine, walk)[0].uid
        stranger = app.test_client()
        assert post(stranger, f"{page}/undo", mark=str(uid)).status_code == 404
        assert len(stored(engine, walk)) == 1

    def test_it_is_in_the_journal(self, client, engine, walk, page):
        post(client, page, **MARK)
        post(client, f"{page}/undo", mark=str(stored(engine, walk)[0].uid))
        with reading(engine) as session:
            counted = select(func.count()).where(JournalEntry.action == "walk.unmark")
            assert session.scalar(counted) == 1


def test_a_class_behind_one_address_marks_three_places_each(staffed_url, tmp_path):
    app = application(staffed_url, tmp_path, rate_limits="on")
    walk = walks.walk(app.extensions["works"].engine, state=WalkState.PLANNED, premap_until=TOMORROW)
    page = f"/w/{walk.join_code}/before"
    pupils = [app.test_client() for _ in range(25)]
    answers = [post(pupil, page, **MARK).status_code for pupil in pupils for _ in range(3)]
    closed(app)
    assert answers == [303] * 75
