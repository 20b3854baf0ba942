"""Each sees what its role and the sharings let it see, no finer, and the same through every door."""

from __future__ import annotations

import csv
import io
import json
from urllib.parse import urlencode

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from geodata import crs
from geodata.queries.journal import times_done
from geodata.queries.people import user_by_email
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.tables.sharing import Sharing
from geodata.vocabulary import Kind, Owner, State
from tests import factories
from tests.places import place_at
from tests.webmap.application import COORDINATOR, LEADER, OFFICER, PLANNER, application, closed, staff
from webmap.services import scales
from webmap.services.exporting import ACROSS

SIDE_M = 250
ROUNDING_M = 0.2
OWN = {"municipality": 120, "police": 80}
SEES = (COORDINATOR, PLANNER, OFFICER, LEADER)
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "weekdays": st.sets(st.sampled_from(("mon", "tue", "fri", "sat", "sun")), min_size=1).map(",".join),
        "hours": st.sampled_from(("20-03", "06-18", "22-23", "00-24")),
        "since": st.sampled_from(("2024-01-01", "2025-03-01")),
        "bandwidth": st.sampled_from(("50", "300", "1000")),
        "square": st.sampled_from(("100", "500")),
        "cell": st.sampled_from(("25", "100")),
        "zoom": st.sampled_from(("8", "13", "18")),
        "bbox": st.sampled_from(("12.9,58.2,13.1,58.4", "12.955,58.262,12.965,58.27")),
    },
)


def told_by(owner, count, seed):
    return factories.spread(count, seed, owner=owner, text=f"ord som {owner} har skrivit")


@pytest.fixture(scope="module")
def house(tmp_path_factory, migrated_file):
    """Rows of both authorities, all of one kind; what is shared is for each test to say."""
    folder = tmp_path_factory.mktemp("sight")
    path = folder / "one.gpkg"
    path.write_bytes(migrated_file.read_bytes())
    app = application(f"sqlite:///{path}", folder)
    engine = app.extensions["works"].engine
    staff(engine)
    with writing(engine) as session:
        there = factories.home_in(session)
        for seed, owner in enumerate(Owner, 7):
            factories.store(session, there, told_by(owner, 60, seed))
    scales.refresh(engine, there)
    yield app
    closed(app)


def share(app, **precisions):
    """Share what each authority has in such squares, and nothing else."""
    with writing(app.extensions["works"].engine) as session:
        there = factories.home_in(session)
        session.execute(delete(Sharing))
        next_change(session, there.id)
        for owner, side_m in precisions.items():
            factories.share(session, there, Owner(owner), side_m)


@pytest.fixture(scope="module")
def browsers(house):
    made = {}
    for email in SEES:
        made[email] = house.test_client()
        with made[email].session_transaction() as cookie:
            cookie["sid"] = factories.session_of(house.extensions["works"].engine, email)
    return made


def ask(client, path, words, **more):
    query = urlencode({"municipality": "1470", "kinds": "perception", **words, **more}, safe=",")
    answer = client.get(f"{path}?{query}")
    assert answer.status_code == 200, answer.text[:300]
    return answer


def metres_of(features):
    spots = [each["geometry"]["coordinates"] for each in features]
    return np.stack(crs.to_metres_xy(*np.array(spots).reshape(-1, 2).T))


def is_in_middles(metres):
    return bool((np.abs(metres % SIDE_M - SIDE_M / 2) < ROUNDING_M).all())


def relaxed(test):
    checks = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(max_examples=8, deadline=None, suppress_health_check=checks)(given(FILTERS)(test))


@pytest.mark.parametrize("email", SEES)
class TestEveryDoor:
    @relaxed
    def test_tells_the_same_n(self, house, browsers, email, words):
        share(house, municipality=SIDE_M, police=SIDE_M)
        client, here = browsers[email], {"lon": "12.96", "lat": "58.27"}
        n = ask(client, "/api/v1/heat/value", words, **here).json["n"]
        assert ask(client, "/api/v1/heat/square", words, **here).json["n_filter"] == pytest.approx(n)
        rest = {name: value for name, value in words.items() if name not in ("bbox", "zoom")}
        whole = ask(client, "/api/v1/heat/value", rest, **here).json["n"]
        points = ask(client, "/api/v1/reports", rest, limit="1000").json
        assert points["n"] == pytest.approx(whole)
        assert sum(each["properties"]["share"] for each in points["features"]) == pytest.approx(whole)

    @relaxed
    def test_shows_nothing_finer_than_is_allowed(self, house, browsers, email, words):
        share(house, municipality=SIDE_M, police=SIDE_M)
        client = browsers[email]
        found = ask(client, "/api/v1/reports", words).json
        if not found["aggregated"]:
            metres = metres_of(found["features"])
            exact = int((np.abs(metres % SIDE_M - SIDE_M / 2) >= ROUNDING_M).any(axis=0).sum())
            own = {COORDINATOR: OWN["municipality"], PLANNER: OWN["police"], OFFICER: OWN["police"]}
            assert exact <= own.get(email, 0)
        else:
            assert found["square_m"] >= SIDE_M
        value = ask(client, "/api/v1/heat/value", words, lon="12.96", lat="58.27").json
        assert value["bandwidth_m"] >= SIDE_M
        square = ask(client, "/api/v1/heat/square", words, lon="12.96", lat="58.27").json
        assert square["square_m"] >= SIDE_M


class TestWalkLeader:
    def test_all_places_are_in_the_middle_of_their_squares(self, house, browsers):
        share(house, police=0)
        found = ask(browsers[LEADER], "/api/v1/reports", {}, limit="1000").json
        assert found["reports"] == 180
        assert is_in_middles(metres_of(found["features"]))

    def test_files_are_not_for_them(self, house, browsers):
        for path in ("export/csv", "export/tif", "export/png", "list.csv", "list.xlsx"):
            assert browsers[LEADER].get(f"/staff/map/{path}?municipality=1470").status_code == 403
            assert browsers[OFFICER].get(f"/staff/map/{path}?municipality=1470").status_code == 403
        text = browsers[LEADER].get("/staff/map?municipality=1470").text
        assert "/staff/map/export/" not in text
        assert "list.csv" not in text
        assert "/staff/map/map.pdf" in text


class TestTwoAuthorities:
    def test_the_police_see_no_municipal_report_that_is_not_shared(self, house, browsers):
        share(house)
        here = {"lon": "12.96", "lat": "58.27"}
        for email in (PLANNER, OFFICER):
            client = browsers[email]
            assert ask(client, "/api/v1/reports", {}, limit="1000").json["reports"] == 60
            assert ask(client, "/api/v1/heat/value", {}, **here).json["n"] == 60
            assert ask(client, "/api/v1/heat/square", {}, **here).json["n_filter"] == 60
            assert "n = 60" in ask(client, "/staff/map", {}).text
        rows = csv_of(ask(browsers[PLANNER], "/staff/map/export/csv", {}))
        assert len(rows) == 60
        assert {row["text"] for row in rows} == {"ord som police har skrivit"}

    def test_where_they_have_none_every_door_is_empty(self, house, browsers):
        share(house)
        words = {"kinds": "observation"}
        with writing(house.extensions["works"].engine) as session:
            there = factories.home_in(session)
            factories.store(session, there, factories.spread(40, 3, kind=Kind.OBSERVATION))
        client, here = browsers[PLANNER], {"lon": "12.96", "lat": "58.27"}
        assert ask(client, "/api/v1/reports", words).json["reports"] == 0
        assert ask(client, "/api/v1/hotspots", words).json["features"] == []
        assert ask(client, "/api/v1/heat/value", words, **here).json["n"] == 0
        assert ask(client, "/api/v1/heat/square", words, **here).json["n_filter"] == 0
        assert csv_of(ask(client, "/staff/map/export/csv", words)) == []
        assert json.loads(ask(client, "/staff/map/export/geojson", words).data)["features"] == []
        for path in ("/staff/map", "/staff/map/list", "/staff/map/week", "/staff/map/multiples"):
            assert "ord som" not in ask(client, path, words).text
        assert "Inga rapporter i urvalet" in ask(client, "/staff/map/list", words).text

    def test_what_is_shared_coarsely_has_no_words_and_no_exact_place(self, house, browsers):
        share(house, municipality=SIDE_M)
        found = json.loads(ask(browsers[PLANNER], "/staff/map/export/geojson", {}).data)["features"]
        across = [each for each in found if not each["properties"]["text"]]
        assert (len(found), len(across)) == (180, 120)
        assert is_in_middles(metres_of(across))
        assert {each["properties"]["accuracy_m"] for each in across} == {SIDE_M}
        assert not any(each["properties"]["source_id"] for each in across)

    def test_taking_out_what_is_another_authoritys_is_written_in_the_journal(self, house, browsers):
        share(house, municipality=0)
        engine = house.extensions["works"].engine
        with reading(engine) as session:
            planner = user_by_email(session, PLANNER).id
            before = times_done(session, planner, ACROSS, factories.NOW.replace(year=2000))
        rows = csv_of(ask(browsers[PLANNER], "/staff/map/export/csv", {}))
        assert len(rows) == 180
        assert {row["text"] for row in rows} == {"", "ord som police har skrivit"}
        with reading(engine) as session:
            assert times_done(session, planner, ACROSS, factories.NOW.replace(year=2000)) == before + 1

    def test_ending_counts_from_the_next_request(self, house, browsers):
        share(house, municipality=0)
        assert ask(browsers[OFFICER], "/api/v1/reports", {}).json["reports"] == 180
        with writing(house.extensions["works"].engine) as session:
            session.execute(update(Sharing).values(ended_at=factories.NOW))
            next_change(session, factories.home_in(session).id)
        assert ask(browsers[OFFICER], "/api/v1/reports", {}).json["reports"] == 60

    def test_review_is_of_the_municipalitys_own(self, house, browsers):
        share(house, police=0)
        secret = factories.draft(place_at(10, 10), owner=Owner.POLICE, text="polisens ord", state=State.NEW)
        with writing(house.extensions["works"].engine) as session:
            factories.store(session, factories.home_in(session), [secret])
        client = browsers[COORDINATOR]
        assert "polisens ord" not in client.get("/staff/reports?municipality=1470").text
        assert "polisens ord" not in client.get("/staff/reports/list.csv?municipality=1470").text
        assert client.get(f"/staff/reports/{secret.uid}").status_code == 404


def csv_of(answer):
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
