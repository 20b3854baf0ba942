"""The three meetings of a walk by those who hold them: planned, walked, followed up, read by everybody."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from geodata.hours import today
from tests import walks
from tests.places import LATITUDE, LONGITUDE
from tests.webmap.application import COORDINATOR, LEADER, post
from webmap.services import walk_planning

PLAN = {
    "municipality": "1470",
    "title": "Mörkerrundan",
    "locality": "Vara",
    "starts": "18.30",
    "meeting_place": "Stora torget",
    "light": "dark",
    "way": "map",
    "lon": f"{LONGITUDE}",
    "lat": f"{LATITUDE}",
    "invited": "resident",
    "themes": "lighting",
    "premap_until": "",
    "follow_up_on": "",
    "follow_up_place": "Kommunhuset",
}
TOLD = {
    "Lampan vid trappan är sönder": "Lampan vid trappan lyser inte.",
    "Häcken vid Andersson skymmer": "En häck skymmer gångvägen.",
}
PLANNED = {
    "state": "planned",
    "action": "Lampan byts.",
    "unit": "Gata/park",
    "land_owner": "municipality",
    "cost": "no",
    "due": (today() + timedelta(days=180)).isoformat(),
    "version": "0",
}
NOT_POSSIBLE = {
    "state": "not_possible",
    "reason": "Häcken står på privat mark.",
    "land_owner": "private",
    "version": "0",
}


class Participant:
    """Somebody on the walk with a phone: no account, no name."""

    def __init__(self, client, walk):
        self.client, self.walk = client, walk
        self.root = f"/api/v1/walks/{walk.uid}"
        self.token = self.ask("post", "/join", {"code": walk.join_code}).json["token"]

    def ask(self, method, path, said, **headers):
        shown = {"Authorization": f"Bearer {self.token}"} if hasattr(self, "token") else {}
        how = {"content_type": "application/json", "headers": shown | headers}
        return getattr(self.client, method)(f"{self.root}{path}", data=walks.as_sent(said), **how)

    def say(self, text, **said):
        body = walks.finding(self.walk, text=text, **said)
        return body, self.ask("put", f"/findings/{body['id']}", body)


@pytest.fixture
def engine(app):
    return app.extensions["works"].engine


@pytest.fixture
def leader(logged_in):
    return logged_in(LEADER)


@pytest.fixture
def coordinator(logged_in):
    return logged_in(COORDINATOR)


@pytest.fixture
def planned(leader, engine):
    """The first meeting: a walk with a stop, by the leader's forms."""
    assert post(leader, "/staff/walks/new", **PLAN, day=f"{today() + timedelta(days=1)}").status_code == 303
    (walk,) = walk_planning.listed(engine, "1470")
    stop = {"name": "Trappan", "way": "map", "lon": f"{LONGITUDE}", "lat": f"{LATITUDE}"}
    assert post(leader, f"/staff/walks/{walk.uid}/stops", **stop).status_code == 303
    return walk


def room(walk, ending=""):
    return f"/staff/walks/{walk.uid}{ending}"


def walked(app, leader, engine, walk):
    """The second meeting: it is opened, two things are said, one taken back, and it is closed."""
    assert post(leader, room(walk, "/open")).status_code == 303
    phone = Participant(app.test_client(), walk)
    (stop,) = walks.stops(engine, walk)
    numbers = [phone.say(text, stop=str(stop.uid))[1].json["seq"] for text in TOLD]
    body, sent = phone.say("Fel knapp")
    undone = {"revision": str(uuid4()), "withdrawn": True}
    revision = f"/findings/{body['id']}/revisions/{undone['revision']}"
    taken_back = phone.ask("put", revision, body | undone, **{"If-Match": '"1"'})
    assert (numbers, sent.json["seq"], taken_back.json["state"]) == ([1, 2], 3, "withdrawn")
    phone.ask("put", "/waiting", {"entries": 0, "photos": 0})
    heads = {"heads-1-resident": "7", "heads-1-official": "2"}
    assert post(leader, room(walk, "/heads"), **heads).status_code == 303
    assert post(leader, room(walk, "/close"), entries="0", photos="0").status_code == 303
    return phone


def followed_up(coordinator, walk):
    """The third meeting: all is accepted, and each gets its decision in the minutes' own words."""
    page = coordinator.get(room(walk, "/findings")).text
    every = re.findall(r'name="every" value="([^"]+)"', page)
    accepted = post(coordinator, room(walk, "/findings"), do="accept_all", every=every)
    assert (len(every), accepted.status_code) == (2, 303)
    for decision, words in zip((PLANNED, NOT_POSSIBLE), TOLD.values(), strict=True):
        page = coordinator.get(room(walk, "/follow-up")).text
        finding = re.search(r'name="finding" value="([^"]+)"', page)[1]
        said = {**decision, "words": words, "finding": finding}
        assert post(coordinator, room(walk, "/follow-up"), **said).status_code == 303
    return post(coordinator, room(walk, "/follow-up/end"))


def published(coordinator, walk):
    page = coordinator.get(room(walk, "/minutes")).text
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    said = {"version": version, "summary": "Vi gick sju personer en kväll.", "is_read": "1"}
    return post(coordinator, room(walk, "/minutes/publish"), **said)


def test_a_walk_goes_from_plan_to_minutes_that_everybody_reads(app, leader, coordinator, engine, planned):
    somebody = app.test_client()
    assert somebody.get(f"/w/{planned.join_code}").status_code == 200
    phone = walked(app, leader, engine, planned)
    late = phone.say("Kom på det hemma")[1]
    assert (late.status_code, late.json["quarantined"]) == (202, True)
    assert followed_up(coordinator, planned).status_code == 303
    assert somebody.get(f"/walks/{planned.uid}").status_code == 404
    assert published(coordinator, planned).status_code == 409  # something lies aside
    kept = re.search(
        rf'action="({room(planned, "/aside")}/\d+)"', coordinator.get(room(planned, "/aside")).text
    )[1]
    assert post(coordinator, kept, do="leave").status_code == 303
    assert published(coordinator, planned).status_code == 303
    page = somebody.get(f"/walks/{planned.uid}").text
    assert all(words in page for words in (*TOLD.values(), "Lampan byts.", "Häcken står på privat mark."))
    assert not any(told in page for told in (*TOLD, "Andersson", "Fel knapp", "Kom på det hemma"))
    assert "Mörkerrundan" in somebody.get("/walks?municipality=1470").text


def test_whoever_leads_decides_nothing_and_nobody_else_leads(leader, coordinator, logged_in, planned):
    assert leader.get(room(planned, "/findings")).status_code == 200
    assert post(leader, room(planned, "/follow-up/end")).status_code == 403
    assert post(leader, room(planned, "/minutes/publish"), version="1").status_code == 403
    assert coordinator.get(room(planned)).status_code == 200
