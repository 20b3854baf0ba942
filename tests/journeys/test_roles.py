"""One story for each who comes: resident, stranger, coordinator, planner and administrator, on the demo."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from tests.webmap.application import DEMO_PASSWORD, enter, post

FRIDAY = "kinds=perception&weekdays=fri&hours=20-03&bandwidth=500"


@pytest.fixture
def somebody(demo_app):
    return demo_app.test_client()


@pytest.fixture
def staff(demo_app):
    def browser(name):
        client = demo_app.test_client()
        assert enter(client, f"{name}@demo.example", DEMO_PASSWORD).status_code == 303
        return client

    return browser


def test_a_resident_sees_what_is_done_and_classes_and_no_report(somebody):
    text = somebody.get("/").text
    assert "Vara" in text
    assert "Påhittade exempeldata" in text
    assert "112" in text
    assert "Få rapporter betyder inte tryggt." in text
    assert re.search(r"Vid Badhusparken</b>.*61\+ rapporter", text)
    assert not re.search(r"/heat/staff|data-points|/staff/map", text)


def test_a_stranger_is_sent_to_log_in_and_back_to_where_they_wanted(somebody):
    turned = somebody.get(f"/staff/map?{FRIDAY}")
    assert turned.headers["Location"].startswith("/login?next=")
    wanted = re.search(r'name="next" value="([^"]*)"', somebody.get(turned.headers["Location"]).text)[1]
    back = enter(somebody, "samordnare@demo.example", DEMO_PASSWORD, next=wanted.replace("&amp;", "&"))
    assert set(urlsplit(back.headers["Location"]).query.split("&")) == set(FRIDAY.split("&"))
    assert somebody.get(back.headers["Location"]).status_code == 200


class TestCoordinator:
    def test_they_narrow_to_friday_night_and_read_the_legend(self, staff):
        client = staff("samordnare")
        whole = client.get("/staff/map?bandwidth=500").text
        friday = client.get(f"/staff/map?{FRIDAY}").text
        assert "Skala: hela veckan" in whole
        assert "fre 20–03" in friday
        assert "Skala: del av veckan" in friday
        for said in ("per km² och år", "n = ", "Radie 500 m", "inte risk"):
            assert said in friday

    def test_they_read_a_value_where_it_is_worst(self, staff):
        client = staff("samordnare")
        said = client.get(f"/api/v1/heat/value?lon=12.948&lat=58.2596&{FRIDAY}").json
        assert said["class"] in (1, 2, 3, 4, 5)
        assert said["n_near"] >= 3
        assert said["rate_in_hours"] == pytest.approx(said["value"] * 24)
        assert {"value", "class", "n", "n_near", "voices", "bandwidth_m", "interval", "words"} <= set(said)

    def test_another_hour_is_another_tile_and_the_same_question_the_same(self, staff):
        client = staff("samordnare")
        path = f"/heat/staff/12/2195/1221.png?{FRIDAY}"
        first, again, other = client.get(path), client.get(path), client.get(path.replace("20-03", "08-12"))
        assert first.headers["ETag"] == again.headers["ETag"] != other.headers["ETag"]
        assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
        assert first.data == again.data

    def test_they_read_it_in_english_and_leave(self, staff):
        client = staff("samordnare")
        assert '<html lang="en">' in client.get(f"/staff/map?{FRIDAY}&lang=en").text
        assert '<html lang="en">' in client.get("/account").text
        assert post(client, "/logout").headers["Location"] == "/"
        assert client.get("/staff/map").status_code == 302

    def test_they_may_set_new_limits(self, staff):
        answer = post(staff("samordnare"), "/staff/map/scale", municipality="1470", kinds="perception")
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/staff/map?")


class TestPlanner:
    def test_they_see_the_map_but_set_no_limits(self, staff):
        client = staff("planerare")
        assert client.get(f"/staff/map?{FRIDAY}").status_code == 200
        assert post(client, "/staff/map/scale", municipality="1470", kinds="perception").status_code == 403

    def test_police_positions_come_with_a_warning_at_a_small_radius(self, staff):
        text = staff("planerare").get("/staff/map?kinds=crime_report&bandwidth=100").text
        assert "Polisens lägen" in text


def test_an_administrator_keeps_accounts_and_sees_no_report(staff):
    client = staff("admin")
    assert client.get("/account").status_code == 200
    assert client.get("/staff/map").status_code == 403
    assert 'href="/staff/map"' not in client.get("/").text
