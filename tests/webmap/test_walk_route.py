"""A walk's route: proposed through what was marked, changed by links that can be undone, and kept."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from shapely import LineString, Point
from sqlalchemy import delete

from geodata import crs
from geodata.drafts import AreaDraft
from geodata.queries.municipalities import home
from geodata.queries.walks import stops_of, walk_by_id
from geodata.tables.area_rows import insert_areas
from geodata.tables.engine import reading, writing
from geodata.tables.walks import WalkMark, WalkStop
from geodata.vocabulary import AreaKind, Polarity, RouteSource, WalkState
from tests import findings, walks
from tests.places import place_at
from tests.webmap.application import COORDINATOR, ELSEWHERE, LEADER, PLANNER, post
from webmap.services import walk_planning
from webmap.services.actors import Actor
from webmap.services.walk_plan import WalkDraft


@pytest.fixture
def engine(app):
    return app.extensions["works"].engine


@pytest.fixture
def walk(engine):
    return walks.walk(engine, state=WalkState.PLANNED, geometry=None, route_source=None)


@pytest.fixture
def home_of(engine):
    with reading(engine) as session:
        return home(session, "1470")


@pytest.fixture
def page(walk):
    return f"/staff/walks/{walk.uid}/map"


@pytest.fixture
def streets(engine):
    lines = [
        LineString([place_at(*start), place_at(*end)])
        for at in range(-400, 401, 100)
        for start, end in (((at, -400), (at, 400)), ((-400, at), (400, at)))
    ]
    with writing(engine) as session:
        drafts = [AreaDraft(AreaKind.STREET, f"Gata {n}", line) for n, line in enumerate(lines)]
        insert_areas(session, home(session, "1470").id, drafts, "test")


def mark(engine, walk, east_m, north_m, voice, text=""):
    with writing(engine) as session:
        row = WalkMark(
            uid=uuid4(),
            walk_id=walk.id,
            geometry=place_at(east_m, north_m),
            polarity=Polarity.UNSAFE,
            categories=0,
            text=text,
            voice=voice,
            created_at=datetime.now(UTC),
        )
        session.add(row)
        session.flush()
        return row.id


def now(engine, walk):
    with reading(engine) as session:
        return walk_by_id(session, walk.id), stops_of(session, walk.id)


def drawn(answer):
    return json.loads(html.unescape(re.search(r"data-drawn='([^']*)'", answer.text)[1]))


def fields(answer):
    form = re.search(r'<form class="walkroute-keep".*?</form>', answer.text, re.DOTALL)[0]
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in found if name != "csrf_token"}


def link(answer, words):
    found = re.findall(r'<a [^>]*href="([^"]+)"[^>]*>((?:(?!</a>).)*)</a>', answer.text, re.DOTALL)
    return next(html.unescape(href) for href, inside in found if words in inside)


def place_spot(east_m, north_m):
    """A spot as a tap on the map tells it."""
    spot = crs.to_degrees(place_at(east_m, north_m))
    return f"{spot.x:.6f}:{spot.y:.6f}"


def figures(answer):
    """Length, time and warning as the page tells them."""
    told = re.findall(
        r"<d[dt][^>]*>([^<]*)", re.search(r'<dl class="walkroute-figures">.*?</dl>', answer.text)[0]
    )
    return told, re.findall(r'<p class="note">([^<]*saknar gator[^<]*)', answer.text)


def query(said):
    return "&".join(f"{name}={value}" for name, value in said.items() if name != "version")


class TestLook:
    @pytest.mark.parametrize(
        ("who", "status"), [(COORDINATOR, 200), (LEADER, 200), (PLANNER, 403), (ELSEWHERE, 404)]
    )
    def test_those_who_see_walks_see_it(self, logged_in, page, who, status):
        assert logged_in(who).get(page).status_code == status

    def test_marks_are_shown_with_their_words(self, logged_in, engine, walk, page):
        mark(engine, walk, 300, 300, "a", "Mörkt bakom skolan")
        answer = logged_in().get(page)
        assert "Mörkt bakom skolan" in answer.text
        assert drawn(answer)["marks"][0][2] == "unsafe"

    def test_marks_near_a_stop_are_counted_there(self, logged_in, engine, walk, page):
        for voice in "ab":
            mark(engine, walk, 150, 30, voice)
        answer = logged_in().get(page)
        assert "2 otryggt" in answer.text
        assert drawn(answer)["others"] == []


class TestPropose:
    def test_it_goes_by_the_most_marked_along_streets(self, logged_in, engine, walk, page, streets):
        for number in range(3):
            mark(engine, walk, 300, 300, f"{number}")
        answer = logged_in().get(f"{page}?propose=1&length=1500")
        assert "Längs gator och vägar" in answer.text
        assert fields(answer)["way"].split(",")[-1].startswith("m")
        route = LineString(drawn(answer)["route"])
        assert route.is_valid
        assert len(drawn(answer)["stops"]) == 5

    def test_without_streets_it_says_that_it_is_straight(self, logged_in, page):
        answer = logged_in().get(f"{page}?propose=1&length=1500")
        assert "inga inlästa gator" in answer.text
        assert "0,7 km" in answer.text or "650 m" in answer.text

    def test_a_round_ends_where_one_meets(self, logged_in, page, streets):
        route = drawn(logged_in().get(f"{page}?propose=1&length=3000&round=1"))["route"]
        assert route[0] == route[-1]

    def test_nothing_to_go_to_is_said(self, logged_in, engine):
        lonely = walks.walk(engine, state=WalkState.PLANNED, geometry=None, meeting_east=None)
        with writing(engine) as session:
            session.execute(delete(WalkStop).where(WalkStop.walk_id == lonely.id))
        answer = logged_in().get(f"/staff/walks/{lonely.uid}/map?propose=1")
        assert answer.status_code == 422
        assert "inget att gå till" in answer.text

    def test_another_length_than_those_offered_is_refused(self, logged_in, page):
        assert logged_in().get(f"{page}?propose=1&length=17").status_code == 422


class TestChange:
    def test_a_point_is_put_where_it_makes_the_least_detour(self, logged_in, walk, page, streets):
        spot = place_spot(75, 0)
        answer = logged_in().get(f"{page}?add={spot}")
        kinds = [token[0] for token in fields(answer)["way"].split(",")]
        assert kinds == ["s", "v", "s", "s", "s"]

    def test_by_hand_every_tap_comes_last_and_the_line_is_straight(self, logged_in, page):
        first = logged_in().get(f"{page}?way=&by=drawn&add={place_spot(10, 200)}")
        second = logged_in().get(f"{page}?{query(fields(first))}&add={place_spot(200, 200)}")
        assert "Ritad för hand" in second.text
        assert len(drawn(second)["route"]) == 3

    def test_stops_are_moved_taken_off_and_put_back_by_links(self, logged_in, engine, walk, page):
        client = logged_in()
        off = client.get(link(client.get(page), "Ta bort Stopp 2 från vägen"))
        assert [name for *_, name in drawn(off)["stops"]] == ["Stopp 1", "Stopp 3", "Stopp 4"]
        up = client.get(link(off, "Flytta upp Stopp 4"))
        assert [name for *_, name in drawn(up)["stops"]] == ["Stopp 1", "Stopp 4", "Stopp 3"]
        on = client.get(link(up, "Stopp 2"))
        assert [name for *_, name in drawn(on)["stops"]][-1] == "Stopp 2"

    def test_every_step_can_be_undone(self, logged_in, page):
        client = logged_in()
        off = client.get(link(client.get(page), "Ta bort Stopp 2 från vägen"))
        twice = client.get(link(off, "Ta bort Stopp 3 från vägen"))
        back = client.get(link(client.get(link(twice, "Ångra")), "Ångra"))
        assert [number for *_, number, _ in drawn(back)["stops"]] == [1, 2, 3, 4]

    def test_the_shortest_order_is_found(self, logged_in, walk, page, engine):
        one, two, three, four = (f"s{stop.id}" for stop in walks.stops(engine, walk))
        answer = logged_in().get(f"{page}?way={one},{three},{two},{four}&order=1")
        assert fields(answer)["way"] == ",".join((one, two, three, four))

    @pytest.mark.parametrize("way", ["x1", "v1:2", "v18.0700:59.3300", "s1;drop", ",".join(["s1"] * 61)])
    def test_what_cannot_be_is_refused(self, logged_in, page, way):
        assert logged_in().get(page, query_string={"way": way}).status_code == 422

    def test_stops_of_another_walk_are_not_there(self, logged_in, engine, page):
        other = walks.stops(engine, walks.walk(engine))[0]
        answer = logged_in().get(f"{page}?way=s{other.id}")
        assert drawn(answer)["stops"] == []


class TestKeep:
    def keep(self, client, page, answer, **more):
        return post(client, page, **fields(answer) | {"sets_stops": "1"} | more)

    def test_route_and_stops_are_stored(self, logged_in, engine, walk, page, streets):
        mark(engine, walk, 300, 300, "a")
        client = logged_in(LEADER)
        answer = client.get(f"{page}?propose=1&length=1500")
        assert self.keep(client, page, answer).status_code == 303
        kept, stops = now(engine, walk)
        assert (kept.route_source, kept.version) == (RouteSource.STREETS, 2)
        assert [stop.number for stop in stops] == [1, 2, 3, 4, 5]
        assert all(kept.route.distance(stop.place) <= 15 for stop in stops)
        assert "Vägen är sparad." in client.get(f"{page}?saved=1").text

    def test_stops_left_out_come_last_or_go(self, logged_in, engine, walk, page):
        client = logged_in()
        off = client.get(link(client.get(page), "Ta bort Stopp 1 från vägen"))
        assert self.keep(client, page, off).status_code == 303
        assert [stop.name for stop in now(engine, walk)[1]] == ["Stopp 2", "Stopp 3", "Stopp 4", "Stopp 1"]
        again = client.get(link(client.get(page), "Ta bort Stopp 2 från vägen"))
        self.keep(client, page, again, drops_others="1")
        assert [stop.name for stop in now(engine, walk)[1]] == ["Stopp 3", "Stopp 4"]

    def test_a_stop_where_something_was_said_does_not_go(self, logged_in, engine, walk, page):
        findings.found(engine, walk, walks.stops(engine, walk)[0])
        client = logged_in()
        off = client.get(link(client.get(page), "Ta bort Stopp 1 från vägen"))
        assert self.keep(client, page, off, drops_others="1").status_code == 409
        assert len(now(engine, walk)[1]) == 4

    def test_a_point_it_goes_by_is_there_again(self, logged_in, engine, walk, page, streets):
        client = logged_in()
        answer = client.get(f"{page}?add={place_spot(75, 100)}")
        self.keep(client, page, answer)
        again = client.get(page)
        assert (len(drawn(again)["vias"]), figures(again)) == (1, figures(answer))
        off = client.get(link(again, "Ta bort Stopp 2 från vägen"))
        via = crs.to_metres(Point(drawn(off)["vias"][0]))
        assert crs.to_metres(LineString(drawn(off)["route"])).distance(via) < 1

    def test_what_goes_straight_is_told_alike_before_and_after(self, logged_in, engine, walk, page, streets):
        with writing(engine) as session:
            session.get_one(WalkStop, walks.stops(engine, walk)[3].id).geometry = place_at(2_500, 2_500)
        client, way = logged_in(), ",".join(f"s{stop.id}" for stop in walks.stops(engine, walk))
        answer = client.get(f"{page}?way={way}&by=streets")
        self.keep(client, page, answer)
        assert "av vägen saknar gator att följa" in answer.text
        assert figures(client.get(page)) == figures(answer)

    def test_who_goes_it_again_goes_by_the_same_points(self, logged_in, engine, home_of, walk, page, streets):
        client = logged_in()
        self.keep(client, page, client.get(f"{page}?add={place_spot(75, 100)}"))
        known, _ = now(engine, walk)
        draft = WalkDraft(
            "Igen", "Vara", known.day, known.starts, "Torget", None, known.light, (), (), None, known.day, ""
        )
        uid = walk_planning.again(engine, home_of, known, draft, Actor(None, "walk_leader"))
        again = client.get(f"/staff/walks/{uid}/map")
        assert (len(drawn(again)["vias"]), figures(again)) == (1, figures(client.get(page)))

    def test_one_drawn_by_hand_keeps_its_corners(self, logged_in, engine, walk, page):
        client = logged_in()
        answer = client.get(f"{page}?way=&by=drawn&add={place_spot(10, 200)}")
        answer = client.get(f"{page}?{query(fields(answer))}&add={place_spot(200, 210)}")
        self.keep(client, page, answer)
        again = drawn(client.get(page))
        assert now(engine, walk)[0].route_source == RouteSource.DRAWN
        assert len(again["vias"]) == 2
        assert len(again["route"]) == 3

    def test_who_comes_second_is_told(self, logged_in, engine, walk, page):
        client = logged_in()
        answer = client.get(f"{page}?propose=1&length=1500")
        assert self.keep(client, page, answer).status_code == 303
        late = self.keep(client, page, answer)
        assert late.status_code == 409
        assert "hann ändra" in late.text

    def test_one_point_is_no_route(self, logged_in, engine, walk, page):
        stop = walks.stops(engine, walk)[0]
        answer = post(logged_in(), page, way=f"s{stop.id}", by="drawn", version="1")
        assert answer.status_code == 422

    def test_a_walk_that_was_walked_keeps_its_route(self, logged_in, engine):
        walked = walks.walk(engine, state=WalkState.CLOSED)
        tokens = ",".join(f"s{stop.id}" for stop in walks.stops(engine, walked))
        answer = post(logged_in(), f"/staff/walks/{walked.uid}/map", way=tokens, version="1")
        assert answer.status_code == 409
        assert now(engine, walked)[0].version == 1

    def test_an_open_walk_keeps_its_stops(self, logged_in, engine):
        walk = walks.walk(engine)
        first, second, *_ = walks.stops(engine, walk)
        said = {"way": f"s{second.id},s{first.id}", "version": "1", "sets_stops": "1", "drops_others": "1"}
        assert post(logged_in(), f"/staff/walks/{walk.uid}/map", **said).status_code == 303
        assert [stop.number for stop in now(engine, walk)[1]] == [1, 2, 3, 4]
