"""The points: exactly what the filter holds, paged or gathered, and never a word of anybody's."""

from __future__ import annotations

import json
from datetime import date
from urllib.parse import urlencode

import pytest

from geodata.hours.week import habit
from geodata.queries.window import Window
from geodata.tables.engine import writing
from geodata.vocabulary import Kind, Polarity, State
from tests import factories
from tests.places import LATITUDE, LONGITUDE, place_at
from tests.webmap.application import COORDINATOR
from webmap.services.heat import Look
from webmap.services.point_words import points_legend_of
from webmap.services.points import GATHERED_M, MOST_APART, gathering_side
from webmap.words import words_for

CANARY = "kanariefågel vid skolan"
AROUND = f"{LONGITUDE - 0.5},{LATITUDE - 0.5},{LONGITUDE + 0.5},{LATITUDE + 0.5}"


@pytest.fixture
def engine(app):
    return app.extensions["works"].engine


@pytest.fixture
def put(engine):
    """Store more reports in Vara, which has sixty perceptions already."""

    def stored(drafts):
        with writing(engine) as session:
            factories.store(session, factories.home_in(session), drafts)

    return stored


@pytest.fixture
def ask(logged_in):
    client = logged_in(COORDINATOR)

    def answer(status=200, **words):
        given = client.get(
            f"/api/v1/reports?{urlencode({'municipality': '1470', 'kinds': 'perception'} | words)}"
        )
        assert given.status_code == status, given.text
        return given.get_json(force=True)

    return answer


class TestCollection:
    def test_it_is_geojson_with_longitude_first(self, ask, logged_in):
        answer = logged_in().get("/api/v1/reports?municipality=1470&kinds=perception")
        longitude, latitude = answer.json["features"][0]["geometry"]["coordinates"]
        assert answer.mimetype == "application/geo+json"
        assert (answer.json["type"], "crs" in answer.json) == ("FeatureCollection", False)
        assert (round(longitude), round(latitude)) == (13, 58)

    def test_it_holds_only_what_the_filter_does(self, ask, put, engine):
        with writing(engine) as session:
            there = factories.home_in(session)
            factories.store(session, there, [factories.without_position(), factories.draft(state=State.NEW)])
            factories.store(session, there, [factories.draft(kind=Kind.OBSERVATION)])
        put([factories.draft(polarity=Polarity.SAFE)])
        found = ask()
        assert (found["n"], found["reports"], len(found["features"])) == (60, 60, 60)
        assert ask(polarity="safe")["reports"] == 1

    def test_its_n_is_the_surfaces(self, ask, logged_in, put):
        put([factories.draft(place_at(step, 0)) for step in range(5)])
        words = {"weekdays": "fri", "hours": "20-23"}
        value = logged_in().get(
            "/api/v1/heat/value?municipality=1470&kinds=perception&lon=12.95&lat=58.26&" + urlencode(words)
        )
        found = ask(**words)
        assert found["n"] == value.json["n"]
        assert sum(each["properties"]["share"] for each in found["features"]) == pytest.approx(found["n"])

    def test_several_kinds_are_never_mixed(self, ask):
        assert ask(422, kinds="perception,observation")["status"] == 422

    @pytest.mark.parametrize(
        "words",
        [
            {"zoom": "x"},
            {"zoom": "99"},
            {"limit": "0"},
            {"limit": "5000"},
            {"cursor": "-1"},
            {"bbox": "1,2,3"},
        ],
    )
    def test_what_cannot_be_is_refused_with_its_field(self, ask, words):
        assert ask(422, **words)["errors"][0]["field"] == next(iter(words))


class TestBox:
    def test_only_what_lies_in_it_is_shown(self, ask, put):
        put([factories.draft(place_at(6_000 + 10 * step, 6_000)) for step in range(7)])
        found = ask(bbox=f"{LONGITUDE + 0.09},{LATITUDE + 0.04},{LONGITUDE + 0.2},{LATITUDE + 0.08}")
        assert (found["reports"], len(found["features"])) == (7, 7)

    def test_nothing_there_is_said_so(self, ask):
        found = ask(bbox="11,57,11.1,57.1", zoom="13")
        assert (found["n"], found["features"], found["aggregated"]) == (0, [], False)
        assert found["words"]["state"] == "Inga rapporter i den här delen av kartan."


class TestPages:
    def test_they_hold_every_report_once(self, ask, put):
        put(factories.spread(45, seed=3))
        pages, address = [], {"limit": "20"}
        while address:
            found = ask(**address)
            pages.append([each["id"] for each in found["features"]])
            address = {"limit": "20", "cursor": found["cursor"]} if found["cursor"] else None
        everyone = [each["id"] for each in ask(limit="1000")["features"]]
        assert [len(page) for page in pages] == [20, 20, 20, 20, 20, 5]
        assert sum(pages, []) == everyone
        assert len(set(everyone)) == 105

    def test_the_next_one_has_an_address(self, ask, logged_in):
        first = ask(limit="40")
        following = logged_in().get(first["links"][0]["href"]).json
        assert len(following["features"]) == 20
        assert (following["cursor"], following["links"]) == (None, [])

    def test_a_page_still_says_how_many_there_are(self, ask):
        found = ask(limit="10")
        assert (found["reports"], found["words"]["state"]) == (60, "60 rapporter i bilden, 10 visas här.")


class TestGathering:
    @pytest.mark.parametrize("zoom", ["8", "11", "13", "15"])
    def test_many_are_gathered_and_still_sum_to_n(self, ask, put, zoom):
        put(factories.spread(MOST_APART, seed=5))
        found = ask(bbox=AROUND, zoom=zoom, weekdays="fri,sat", hours="18-04")
        counts = [each["properties"]["count"] for each in found["features"]]
        assert found["aggregated"]
        assert sum(counts) == pytest.approx(found["n"], rel=1e-12)
        assert sum(each["properties"]["reports"] for each in found["features"]) == found["reports"]

    def test_few_enough_are_shown_one_by_one(self, ask):
        assert ask(bbox=AROUND, zoom="13")["aggregated"] is False

    def test_without_a_zoom_nothing_is_gathered(self, ask, put):
        put(factories.spread(MOST_APART, seed=5))
        found = ask()
        assert (found["aggregated"], len(found["features"])) == (False, MOST_APART)

    def test_the_squares_grow_as_the_map_goes_out(self):
        sides = [gathering_side(zoom, LATITUDE) for zoom in range(18)]
        assert sides == sorted(sides, reverse=True)
        assert (sides[17], sides[0]) == (GATHERED_M[0], GATHERED_M[-1])


class TestWhatIsSaid:
    def test_no_text_source_or_place_leaves_the_house(self, ask, put):
        put([factories.draft(text=CANARY, source=CANARY, voice=CANARY, source_category=CANARY)])
        assert "kanarie" not in json.dumps(ask(), ensure_ascii=False)
        assert "Levene" not in json.dumps(ask(), ensure_ascii=False)

    def test_a_report_is_told_in_codes_and_in_words(self, ask, put):
        put([factories.draft(place_at(9_000, 9_000), categories=frozenset({"tunnel", "lighting"}))])
        found = ask(bbox=f"{LONGITUDE + 0.1},{LATITUDE + 0.05},{LONGITUDE + 0.3},{LATITUDE + 0.2}")
        said = found["features"][0]["properties"]
        assert said["categories"] == ["lighting", "tunnel"]
        assert (said["share"], said["day"], said["has_position"]) == (1.0, "2026-11-20", True)
        assert said["words"]["title"] == "Otryggt"
        assert said["words"]["when"] == f"{words_for('sv').day(date(2026, 11, 20))}, fre 22–23"

    def test_the_part_that_counts_is_said(self, ask, put):
        put([factories.draft(place_at(9_000, 9_000), hours=habit([4], 22, 24))])
        found = ask(
            hours="22-23", bbox=f"{LONGITUDE + 0.1},{LATITUDE + 0.05},{LONGITUDE + 0.3},{LATITUDE + 0.2}"
        )
        assert found["n"] == 0.5
        assert found["features"][0]["properties"]["words"]["share"] == "Räknas till 50 % i de valda timmarna"


class TestLegend:
    def test_it_has_the_filters_n_and_no_classes(self, app):
        heat = app.extensions["works"].room.heat("1470", Window.parse({"kinds": "perception"}), Look())
        legend = points_legend_of(heat, words_for("sv"))
        assert (legend.title, legend.limits, legend.lines[0]) == ("Varje märke är en rapport", None, "n = 60")

    def test_an_empty_filter_is_told_what_to_do(self, app):
        window = Window.parse({"kinds": "perception", "since": "1999-01-01", "until": "1999-02-01"})
        heat = app.extensions["works"].room.heat("1470", window, Look())
        assert points_legend_of(heat, words_for("sv")).empty.startswith("Inga rapporter i urvalet.")
