"""What was promised on a walk: found when it is late, counted once, and changed where it was promised."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from geodata.vocabulary import MeasureState
from tests import minutes
from tests.webmap.application import LEADER, post
from webmap.services import measures

LIST = "/staff/measures?municipality=1470"


@pytest.fixture
def engine(app):
    return app.extensions["works"].engine


@pytest.fixture
def walk(engine):
    """Published minutes with one promise that is late and one that is kept."""
    return minutes.publish(engine, minutes.walked(engine))


@pytest.fixture
def staff(logged_in):
    return logged_in()


@pytest.fixture
def late(engine, walk):
    """The measure of the promise that is late."""
    return next(each for each in measures.listed(engine, "1470") if each.due == minutes.LATE)


def follow_up(walk, measure):
    return f'href="/staff/walks/{walk.uid}/follow-up?finding={measure.promise.finding}"'


class TestLate:
    def test_the_list_of_walks_says_which_and_leads_to_the_finding(self, staff, walk):
        page = staff.get("/staff/walks?municipality=1470").text
        link = f"/staff/walks/{walk.uid}/findings?state=late"
        assert f'href="{link}"' in page
        assert "1 åtgärd är försenad" in page
        told = staff.get(link).text
        assert told.count('class="find-head"') == 1
        assert 'id="finding-1"' in told

    def test_whoever_leads_the_walk_finds_it_too(self, logged_in, walk):
        leader = logged_in(LEADER)
        assert "1 åtgärd är försenad" in leader.get("/staff/walks?municipality=1470").text
        assert leader.get(f"/staff/walks/{walk.uid}/findings?state=late").status_code == 200

    def test_the_file_of_walks_counts_it(self, staff, walk):
        answer = staff.get("/staff/walks.csv?municipality=1470")
        (row,) = csv.DictReader(StringIO(answer.data.decode("utf-8-sig")), delimiter=";")
        assert row["Försenade åtgärder"] == "1"

    def test_the_start_page_counts_it_once(self, staff, walk):
        page = staff.get("/staff/").text
        assert "1 åtgärd från en vandring är försenad" in page
        assert "1 åtgärd är försenad" not in page

    def test_one_that_stands_for_itself_is_still_counted_as_a_measure(self, staff, engine, walk):
        own = {"title": "Häcken klipps", "state": "planned", "due": "2026-01-01", "way": "map"}
        spot = measures.listed(engine, "1470")[0].position
        sent = post(staff, "/staff/measures/new", municipality="1470", lon=spot[0], lat=spot[1], **own)
        assert sent.status_code == 303
        page = staff.get("/staff/").text
        assert "1 åtgärd är försenad" in page
        assert "1 åtgärd från en vandring är försenad" in page


class TestMeasure:
    def test_its_page_tells_where_it_was_promised(self, staff, walk, late):
        page = staff.get(f"/staff/measures/{late.uid}").text
        assert "Åtgärden lovades på en vandring: Mörkerrundan, nr 1." in page
        assert follow_up(walk, late) in page
        assert "<select" not in page

    @pytest.mark.parametrize(
        ("path", "said"),
        [("", {"title": "Annat", "state": "done"}), ("/publish", {"published": "0"})],
    )
    def test_it_is_changed_in_the_follow_up_alone(self, staff, engine, walk, late, path, said):
        sent = post(staff, f"/staff/measures/{late.uid}{path}", version=f"{late.version}", **said)
        assert sent.status_code == 409
        assert "Åtgärden lovades på en vandring. Ändra den i vandringens uppföljning." in sent.text
        assert follow_up(walk, late) in sent.text
        now = measures.one(engine, "1470", late.uid)
        assert (now.state, now.is_published) == (MeasureState.PLANNED, True)

    def test_the_list_leads_to_the_follow_up_in_place_of_a_button(self, staff, walk, late):
        page = staff.get(LIST).text
        assert follow_up(walk, late).replace("&", "&amp;") in page
        assert f'action="/staff/measures/{late.uid}/publish"' not in page

    def test_the_file_says_on_which_walk(self, staff, walk, late):
        answer = staff.get("/staff/measures.csv?municipality=1470")
        rows = csv.DictReader(StringIO(answer.data.decode("utf-8-sig")), delimiter=";")
        assert {row["Lovad på vandring"] for row in rows} == {"Mörkerrundan, nr 1", "Mörkerrundan, nr 2"}

    def test_it_is_in_english_too(self, staff, walk, late):
        page = staff.get(f"/staff/measures/{late.uid}?lang=en").text
        assert "The measure was promised on a walk: Mörkerrundan, no. 1." in page
