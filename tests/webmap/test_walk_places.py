"""Where a walk was, as it is known: stops removed, rough ones, rides between, and whose a finding is."""

from __future__ import annotations

import re

import pytest

from geodata.drafts import AreaDraft
from geodata.queries.municipalities import home
from geodata.tables.area_rows import insert_areas
from geodata.tables.engine import reading, writing
from geodata.tables.walks import WalkStop
from geodata.vocabulary import AreaKind, WalkState
from tests import findings, minutes, walks
from tests.places import place_at
from tests.webmap.application import LEADER, post
from webmap.services.walk_areas import WalkAreas

LIST = "/walks?municipality=1470"


@pytest.fixture
def engine(app):
    return app.extensions["works"].engine


@pytest.fixture
def planned(engine):
    return walks.walk(engine, state=WalkState.PLANNED)


@pytest.fixture
def leader(logged_in):
    return logged_in(LEADER)


@pytest.fixture
def localities(engine):
    """Kvänum around the second stop, Stora Levene far off; no ground of Vara's."""
    drafts = [
        AreaDraft(AreaKind.LOCALITY, name, place_at(east_m, 0), 60.0)
        for name, east_m in (("Kvänum", 150), ("Stora Levene", 5_000), ("Vara", -900))
    ]
    with writing(engine) as session:
        insert_areas(session, home(session, "1470").id, drafts, "test")
    with reading(engine) as session:
        return WalkAreas(home(session, "1470"))


def root(walk):
    return f"/staff/walks/{walk.uid}"


class TestRemoval:
    def test_it_can_be_undone_for_a_moment(self, leader, engine, planned):
        second = walks.stops(engine, planned)[1]
        assert post(leader, f"{root(planned)}/stops/{second.uid}/remove").status_code == 303
        page = leader.get(f"{root(planned)}/stops").text
        assert "Stopp 2 är borttaget." in page
        assert re.search(r'data-seconds="(\d+)"', page)[1] in ("9", "10")
        assert post(leader, f"{root(planned)}/stops/undo").status_code == 303
        assert walks.stops(engine, planned)[1] == second
        assert "är borttaget" not in leader.get(f"{root(planned)}/stops").text

    def test_with_something_said_there_it_is_refused_with_the_count(self, leader, engine, planned):
        stop = walks.stops(engine, planned)[1]
        found = findings.found(engine, planned, stop)
        findings.checked(engine, planned, stop, lighting="good")
        answer = post(leader, f"{root(planned)}/stops/{stop.uid}/remove")
        assert (answer.status_code, "som hör dit: 2." in answer.text) == (409, True)
        assert findings.again(engine, planned, found.uid).stop == stop

    def test_a_walk_that_has_begun_offers_none(self, leader, engine):
        walk = walks.walk(engine, state=WalkState.CLOSED)
        stop = walks.stops(engine, walk)[1]
        assert "Ta bort: Stopp 2" not in leader.get(f"{root(walk)}/stops").text
        assert post(leader, f"{root(walk)}/stops/{stop.uid}/remove").status_code == 409

    def test_nobody_undoes_what_another_removed(self, leader, engine, planned, logged_in):
        post(leader, f"{root(planned)}/stops/{walks.stops(engine, planned)[1].uid}/remove")
        assert post(logged_in(), f"{root(planned)}/stops/undo").status_code == 404


class TestRough:
    def test_localities_say_so_until_they_are_moved(self, leader, engine, planned):
        post(leader, f"{root(planned)}/stops/known")
        page = leader.get(f"{root(planned)}/stops").text
        assert page.count("ungefärligt läge</span>") == 5
        assert (
            "Peka ut var ni möts."
            in leader.get(f"{root(planned)}/stops/{walks.stops(engine, planned)[-1].uid}").text
        )
        assert "5 har ungefärligt läge" in leader.get(root(planned)).text

    def test_the_map_of_the_minutes_says_which(self, client, engine):
        walk = minutes.walked(engine)
        with writing(engine) as session:
            session.get_one(WalkStop, walks.stops(engine, walk)[1].id).is_rough = True
        minutes.publish(engine, walk)
        assert "Ungefärligt läge: stopp 2." in client.get(f"/walks/{walk.uid}").text


class TestRide:
    def test_it_is_ticked_and_asks_for_no_route(self, leader, engine):
        walk = walks.walk(engine, state=WalkState.PLANNED, geometry=None)
        assert "Välj vägen ni ska gå." in leader.get(root(walk)).text
        page = leader.get(f"{root(walk)}/edit").text
        said = dict(
            re.findall(r'name="(title|locality|day|starts|meeting_place|version)" value="([^"]*)"', page)
        )
        more = {"light": "dark", "invited": "resident", "themes": "lighting", "way": "keep", "is_ridden": "1"}
        assert post(leader, f"{root(walk)}/edit", **said, **more).status_code == 303
        page = leader.get(root(walk)).text
        assert "Välj vägen ni ska gå." not in page
        assert "Ni åker mellan stoppen" in page


class TestHours:
    def test_whoever_led_sets_them_right(self, leader, engine):
        walk = walks.walk(engine, state=WalkState.CLOSED)
        form = f"{root(walk)}/hours"
        assert "Ni började gå" in leader.get(form).text
        said = {"day": "2026-11-02", "starts": "18.30", "ends": "20.15"}
        assert post(leader, form, **said, version="1").status_code == 303
        assert "2\xa0nov.\xa02026 18.30–20.15" in leader.get(root(walk)).text
        late = post(leader, form, **said, version="1")
        assert (late.status_code, 'value="20.15"' in late.text) == (409, True)

    def test_what_is_wrong_is_said_and_kept(self, leader, engine):
        walk = walks.walk(engine, state=WalkState.CLOSED)
        answer = post(leader, f"{root(walk)}/hours", day="2026-11-02", starts="halv sju", ends="20.15")
        assert answer.status_code == 422
        assert "”halv sju” är inte ett klockslag." in answer.text


class TestAreas:
    def test_a_finding_is_in_the_locality_its_stop_lies_in(self, client, engine, localities):
        walk = minutes.walked(engine, locality="Vara tätort")
        with writing(engine) as session:
            stop = session.get_one(WalkStop, walks.stops(engine, walk)[0].id)
            stop.geometry = place_at(150, 10)
        minutes.publish(engine, walk)
        assert "Mörkt vid torget." in client.get(f"/walks/{walk.uid}").text
        there = client.get(f"{LIST}&area=Kvänum").text
        assert "Nya lampor sätts upp." in there
        assert "Häcken" not in there
        own = client.get(f"{LIST}&area=Vara tätort").text
        assert "<h1>Vandringar i Vara</h1>" in own
        assert "Nya lampor sätts upp." not in own

    @pytest.mark.parametrize(
        ("written", "name"),
        [
            ("Vara tätort", "Vara"),
            (" vara ", "Vara"),
            ("Stora Levene", "Levene"),
            ("Skara", "Skara"),
            ("", ""),
        ],
    )
    def test_a_locality_has_one_name(self, localities, written, name):
        assert localities.named(written) == name

    def test_a_stop_called_after_a_locality_is_in_it(self, engine, localities):
        walk = walks.walk(engine)
        first, second, third, _ = walks.stops(engine, walk)
        with writing(engine) as session:
            session.get_one(WalkStop, third.id).name = "Tråvad"
        third = walks.stops(engine, walk)[2]
        assert [localities.of(walk, stop) for stop in (first, second, third, None)] == [
            *("Vara", "Kvänum", "Tråvad", "Vara")
        ]
