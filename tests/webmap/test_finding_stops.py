"""A finding that names no stop belongs to the nearest, until the meeting says otherwise."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from geodata.tables.engine import reading, writing
from geodata.tables.findings import Quarantine
from geodata.tables.walks import Walk, WalkStop
from geodata.vocabulary import State, StopSource, WalkState
from tests import findings, walks
from tests.places import place_at
from tests.webmap.application import COORDINATOR, LEADER, post
from webmap.services.walk_comparison import Count, compared
from webmap.services.walk_drafts import nearest_stop


@pytest.fixture
def engine(app):
    return app.extensions["works"].engine


@pytest.fixture
def walk(engine):
    return walks.walk(engine)


def spot(stop, metres=3.0, accuracy_m=5):
    """Where a phone stands, so far east of a stop."""
    lon, lat = stop.position
    return {
        "lon": lon + metres / 58_000,
        "lat": lat,
        "accuracy_m": accuracy_m,
        "fix_age_s": 1,
        "source": "gps",
    }


def send(app, walk, token, **said):
    body = walks.finding(walk, **said)
    answer = app.test_client().put(
        f"/api/v1/walks/{walk.uid}/findings/{body['id']}",
        data=walks.as_sent(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    return answer, UUID(body["id"])


def sent(app, engine, walk, **said):
    """A finding that a phone sent, as it is stored."""
    _, uid = send(app, walk, walks.device(engine, walk), **said)
    return findings.again(engine, walk, uid)


class TestReckoned:
    def test_a_finding_at_a_stop_is_counted_there(self, app, engine, walk):
        stop = walks.stops(engine, walk)[1]
        known = sent(app, engine, walk, position=spot(stop))
        assert (known.stop.number, known.stop_source) == (2, StopSource.RECKONED)
        assert known.place.distance(stop.place) == pytest.approx(3, abs=0.5)

    @pytest.mark.parametrize(
        ("metres", "accuracy_m", "number"),
        [(49, 0, 2), (52, 0, None), (65, 20, 2), (99, 900, 2), (102, 900, None)],
    )
    def test_as_far_as_the_position_is_uncertain_but_no_further(
        self, engine, walk, metres, accuracy_m, number
    ):
        stops = walks.stops(engine, walk)
        near = nearest_stop(stops[1:2], place_at(150 + metres, 0), accuracy_m)
        assert (near.number if near else None) == number

    def test_a_stop_that_was_said_holds(self, app, engine, walk):
        first, second = walks.stops(engine, walk)[:2]
        known = sent(app, engine, walk, position=spot(second), stop=str(first.uid))
        assert (known.stop.number, known.stop_source) == (1, None)

    def test_a_rough_stop_is_none_to_reckon_from(self, app, engine, walk):
        stop = walks.stops(engine, walk)[1]
        with writing(engine) as session:
            session.get_one(WalkStop, stop.id).is_rough = True
        assert sent(app, engine, walk, position=spot(stop)).stop is None

    def test_what_lay_aside_is_reckoned_as_at_the_door(self, app, engine, logged_in):
        walk = walks.walk(engine, state=WalkState.CLOSED)
        answer, uid = send(app, walk, walks.device(engine, walk), position=spot(walks.stops(engine, walk)[2]))
        with reading(engine) as session:
            key = session.scalars(select(Quarantine.id)).one()
        staff = logged_in(COORDINATOR)
        post(staff, f"/staff/walks/{walk.uid}/aside/{key}", do="take")
        assert answer.status_code == 202
        assert findings.again(engine, walk, uid).stop.number == 3

    def test_the_room_says_that_it_is_reckoned(self, app, engine, walk, logged_in):
        sent(app, engine, walk, position=spot(walks.stops(engine, walk)[1]))
        page = logged_in(COORDINATOR).get(f"/staff/walks/{walk.uid}/findings").text
        assert "nära stopp 2 (räknat)" in page
        assert "Mellan stoppen</h" not in page

    def test_the_walk_that_goes_it_again_is_compared_stop_by_stop(self, app, engine, walk):
        now = walks.walk(engine, repeat_of=walk.id)
        before, after = walks.stops(engine, walk)[1], walks.stops(engine, now)[1]
        with writing(engine) as session:
            session.get_one(WalkStop, after.id).same_as = before.id
        for each, stop in ((walk, before), (now, after)):
            findings.accept(engine, sent(app, engine, each, position=spot(stop)))
        with writing(engine) as session:
            session.get_one(Walk, now.id).state = WalkState.CLOSED
        row = compared(engine, now.uid, ["1470"]).stops[0]
        assert (row.stop.number, row.bad) == (2, Count(1, 1))


class TestTheMeeting:
    def ask(self, staff, walk, known, stop):
        where = f"/staff/walks/{walk.uid}/findings/{known.uid}/stop"
        return post(staff, where, stop=str(stop))

    def test_it_moves_a_finding_to_another_stop(self, app, engine, walk, logged_in):
        known = sent(app, engine, walk, position=spot(walks.stops(engine, walk)[1]))
        findings.accept(engine, known)
        staff, to = logged_in(COORDINATOR), walks.stops(engine, walk)[3]
        assert self.ask(staff, walk, known, to.uid).status_code == 303
        now = findings.again(engine, walk, known.uid)
        assert (now.stop.number, now.stop_source) == (4, StopSource.STAFF)
        assert "Hör den till ett annat stopp?" in staff.get(f"/staff/walks/{walk.uid}/follow-up").text

    def test_or_between_the_stops(self, app, engine, walk, logged_in):
        known = sent(app, engine, walk, position=spot(walks.stops(engine, walk)[1]))
        self.ask(logged_in(COORDINATOR), walk, known, "")
        now = findings.again(engine, walk, known.uid)
        assert (now.stop, now.stop_source) == (None, StopSource.STAFF)

    def test_never_under_published_minutes(self, engine, walk, logged_in):
        stop = walks.stops(engine, walk)[0]
        known = findings.found(engine, walk, stop, state=State.ACCEPTED)
        with writing(engine) as session:
            session.get_one(Walk, walk.id).state = WalkState.PUBLISHED
        assert self.ask(logged_in(COORDINATOR), walk, known, "").status_code == 409
        assert findings.again(engine, walk, known.uid).stop.number == 1

    def test_who_leads_does_not_follow_up(self, engine, walk, logged_in):
        known = findings.found(engine, walk, None)
        assert self.ask(logged_in(LEADER), walk, known, "").status_code == 403
