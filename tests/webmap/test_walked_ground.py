"""Where was walked, on the staff map and the public one: by the filter, by place, not before it is out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from geodata import crs
from geodata.analysis.publication.edition import EffortSquare
from geodata.hours import to_day_number
from geodata.tables.engine import writing
from geodata.tables.walks import HeadCount
from geodata.vocabulary import WalkRole, WalkState
from tests import walks
from tests.places import place_at
from tests.webmap.application import COUNCIL, LEADER, OFFICER
from webmap.services.walked_ground import public_squares

ASKED = "/api/v1/walked?municipality=1470"
FRIDAY = date(2026, 10, 2)
HERE = crs.to_degrees(place_at(0, 0))


@pytest.fixture
def engine(app):
    return app.extensions["works"].engine


def walked(engine, day=FRIDAY, hour=16, state=WalkState.CLOSED, **said):
    began = datetime(day.year, day.month, day.day, hour, 30, tzinfo=UTC)
    ended = began + timedelta(hours=2)
    said = {"day": to_day_number(day), "walked_from": began, "walked_until": ended, "state": state} | said
    return walks.walk(engine, **said)


def read(client, more=""):
    return client.get(f"{ASKED}{more}").json


class TestStaff:
    def test_a_walk_is_told_with_when_and_how_many(self, logged_in, engine):
        walk = walked(engine)
        with writing(engine) as session:
            session.add(HeadCount(walk_id=walk.id, group_number=1, role=WalkRole.RESIDENT, count=9))
        (feature,) = read(logged_in())["features"]
        assert feature["properties"] == {
            "title": walk.title,
            "day": "2026-10-02",
            "starts": "18:30",
            "ends": "20:30",
            "heads": 9,
            "stop_reach_m": 100.0,
            "words": "2\xa0okt.\xa02026 klockan 18.30–20.30, 9 personer",
        }
        route, stops = feature["geometry"]["geometries"]
        assert (route["type"], stops["type"]) == ("LineString", "MultiPoint")
        assert len(route["coordinates"]) == len(stops["coordinates"]) == 4

    def test_who_rode_between_the_stops_has_looked_around_them_only(self, logged_in, engine):
        walked(engine, is_ridden=True)
        (feature,) = read(logged_in())["features"]
        assert [each["type"] for each in feature["geometry"]["geometries"]] == ["MultiPoint"]
        spot = crs.to_degrees(place_at(75, 0))
        asked = f"&lon={spot.x}&lat={spot.y}"
        assert len(read(logged_in(), f"{asked}&radius=1")["features"]) == 1
        halfway = crs.to_degrees(place_at(150 + 105, 200))
        assert read(logged_in(), f"&lon={halfway.x}&lat={halfway.y}&radius=4")["features"] == []

    @pytest.mark.parametrize(
        ("more", "count"),
        [
            ("&since=2026-10-02&until=2026-10-02", 1),
            ("&since=2026-10-03", 0),
            ("&weekdays=fri&hours=20-23", 1),
            ("&hours=21-23", 0),
            ("&weekdays=sat", 0),
        ],
    )
    def test_days_and_hours_of_the_filter_hold(self, logged_in, engine, more, count):
        walked(engine)
        assert len(read(logged_in(), more)["features"]) == count

    @pytest.mark.parametrize("state", [WalkState.PLANNED, WalkState.OPEN, WalkState.CANCELLED])
    def test_what_was_not_walked_to_its_end_is_not_there(self, logged_in, engine, state):
        walked(engine, state=state)
        assert read(logged_in())["features"] == []

    def test_around_a_place_it_is_said_in_words(self, logged_in, engine):
        for day in (FRIDAY, FRIDAY + timedelta(days=7)):
            walked(engine, day)
        near = read(logged_in(), f"&lon={HERE.x}&lat={HERE.y}&radius=300")
        assert near["words"].startswith("2 vandringar inom 300 m, senast 9\xa0okt.\xa02026")
        far = read(logged_in(), f"&lon={HERE.x + 0.1}&lat={HERE.y}&radius=300")
        assert "okänt" in far["words"]
        assert far["features"] == []

    @pytest.mark.parametrize("more", ["&lon=12&lat=58", "&lon=12&lat=58&radius=x", "&lon=x&lat=58&radius=9"])
    def test_half_a_question_is_refused(self, logged_in, more):
        assert logged_in().get(f"{ASKED}{more}").status_code == 422

    @pytest.mark.parametrize(("who", "status"), [(LEADER, 200), (OFFICER, 200), (COUNCIL, 403)])
    def test_it_is_for_those_who_see_the_map(self, logged_in, who, status):
        assert logged_in(who).get(ASKED).status_code == status

    def test_the_map_offers_it_and_says_what_silence_means(self, logged_in):
        page = logged_in().get("/staff/map?municipality=1470").text
        assert 'data-layer="walked"' in page
        assert "Där ingen har gått betyder tyst okänt, inte tryggt." in page


class TestPublic:
    def test_only_published_walks_are_told(self, engine):
        walked(engine)
        assert public_squares(engine, "1470", 1_000) == []
        walked(engine, state=WalkState.PUBLISHED)
        found = public_squares(engine, "1470", 1_000)
        assert EffortSquare(380_000, 6_460_000, 1_000) in found
        assert len(found) == 4
