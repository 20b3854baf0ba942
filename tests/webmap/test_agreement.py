"""One filter, one answer: map, strip, list, legend, value and every file say the same figures."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date, datetime
from urllib.parse import urlencode

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import load_workbook

from geodata.hours import exact, habit, interval
from geodata.queries.window import Window
from geodata.tables.engine import writing
from geodata.vocabulary import Light, Origin
from tests import factories
from tests.places import place_at
from tests.webmap.application import application, closed, staff
from webmap.services import scales
from webmap.services.exporting import MOST_EXPORTS
from webmap.services.heat import Look, value_at
from webmap.services.legend import legend_of
from webmap.services.ranking import ranking_of
from webmap.services.squares import squares_of
from webmap.services.week import week_of
from webmap.words import words_for

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CATEGORIES = ("lighting", "deserted", "litter")
EXACT = 1e-9
HOURS = st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(lambda span: span[0] != span[1] % 24)
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "weekdays": st.sets(st.sampled_from(DAYS), min_size=1).map(lambda days: ",".join(sorted(days))),
        "hours": HOURS.map(lambda span: f"{span[0]:02d}-{span[1]:02d}"),
        "light": st.sampled_from([each.value for each in Light]),
        "categories": st.sampled_from(CATEGORIES),
        "origins": st.sampled_from([Origin.PUBLIC.value, Origin.SURVEY.value]),
        "since": st.dates(date(2023, 6, 1), date(2025, 6, 1)).map(date.isoformat),
        "until": st.dates(date(2025, 7, 1), date(2026, 10, 31)).map(date.isoformat),
        "bandwidth": st.sampled_from(["200", "300", "500"]),
        "square": st.sampled_from(["100", "250", "500"]),
    },
)


def said_hours(chance):
    start = datetime(2025, 1, 6, int(chance.integers(24)), int(chance.integers(60)))
    return [
        exact(start),
        interval(start, start.replace(day=7 + int(chance.integers(5)))),
        habit((4, 5), 20, 3),
    ][int(chance.integers(3))]


def reports(chance):
    """Of every sort that a filter tells apart, around three places."""
    made = []
    for number in range(240):
        middle = [(0, 0), (1_500, 500), (-900, 1_800)][number % 3]
        made.append(
            factories.draft(
                place_at(*(middle + chance.normal(0, 250, 2))),
                hours=said_hours(chance),
                day=date.fromordinal(date(2023, 11, 1).toordinal() + int(chance.integers(1_090))),
                categories=frozenset({CATEGORIES[int(chance.integers(3))]}),
                origin=[Origin.PUBLIC, Origin.SURVEY][int(chance.integers(2))],
            )
        )
    return [*made, factories.without_position(), factories.without_position()]


@pytest.fixture(scope="module")
def house(tmp_path_factory, migrated_file):
    folder = tmp_path_factory.mktemp("agreement")
    path = folder / "one.gpkg"
    path.write_bytes(migrated_file.read_bytes())
    app = application(f"sqlite:///{path}", folder)
    engine = app.extensions["works"].engine
    staff(engine)
    with writing(engine) as session:
        there = factories.home(session, "1470")
        factories.store(session, there, reports(np.random.default_rng(7)))
    scales.refresh(engine, there)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["sid"] = factories.session_of(engine, "samordnare@vara.example")
    yield app.extensions["works"], client
    closed(app)


def heat_of(works, words):
    return works.room.heat("1470", Window.parse(words | {"kinds": "perception"}), Look.parse(words))


def asked(client, path, words, **more):
    query = urlencode({"municipality": "1470", "kinds": "perception", **words, **more}, safe=",")
    answer = client.get(f"{path}?{query}")
    assert answer.status_code == 200, answer.text[:300]
    return answer


def varied(test, times=25):
    relaxed = settings(
        max_examples=times, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    return relaxed(given(FILTERS)(test))


def varied_a_little(test):
    """As many as one account may take out files in ten minutes."""
    return varied(test, MOST_EXPORTS // 3)


class TestOneFilter:
    @varied
    def test_squares_and_strip_add_up_to_the_legend(self, house, words):
        works, _ = house
        heat = heat_of(works, words)
        squares = squares_of(works.room, heat, int(words.get("square", "250")))
        week = week_of(heat)
        assert squares.counts.n.sum() == pytest.approx(heat.selection.n, abs=EXACT)
        assert week.sums[week.chosen].sum() == pytest.approx(heat.selection.n, abs=EXACT)
        sv = words_for("sv")
        assert legend_of(heat, sv).lines[0].startswith(f"n = {sv.number(heat.selection.n, 1)}")

    @varied
    def test_every_place_of_the_list_has_the_value_of_the_map(self, house, words):
        works, client = house
        heat = heat_of(works, words)
        ranking = ranking_of(works.room, heat)
        for place in ranking.places[:3]:
            there = value_at(heat, place.east, place.north)
            assert (place.n_near, place.density, place.interval) == (
                there.n_near,
                there.density,
                there.interval,
            )
        told = asked(client, "/api/v1/hotspots", words).json["features"]
        ranked = [each for each in told if each["properties"].get("rank")]
        assert [each["properties"]["n_near"] for each in ranked] == [each.n_near for each in ranking.places]

    @varied
    def test_value_square_and_points_tell_the_same_n(self, house, words):
        works, client = house
        n = heat_of(works, words).selection.n
        here = {"lon": "12.95", "lat": "58.26"}
        assert asked(client, "/api/v1/heat/value", words, **here).json["n"] == n
        assert asked(client, "/api/v1/heat/square", words, **here).json["n_filter"] == n
        points = asked(client, "/api/v1/reports", words, limit="1000").json
        assert points["n"] == pytest.approx(n, abs=EXACT)
        shares = [each["properties"]["share"] for each in points["features"]]
        assert sum(shares) == pytest.approx(n, abs=EXACT)

    @varied_a_little
    def test_every_file_adds_up_to_the_same_n(self, house, words):
        works, client = house
        heat = heat_of(works, words)
        for name, read in (("csv", shares_of_csv), ("geojson", shares_of_geojson), ("xlsx", shares_of_xlsx)):
            shares = read(asked(client, f"/staff/map/export/{name}", words).data)
            assert sum(shares) == pytest.approx(heat.selection.n, abs=1e-6), name
            assert len(shares) == heat.selection.reports, name


def shares_of_csv(content):
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    return [float(row["share"].replace(",", ".")) for row in rows if row["share"]]


def shares_of_geojson(content):
    shares = [each["properties"]["share"] for each in json.loads(content)["features"]]
    return [share for share in shares if share is not None]


def shares_of_xlsx(content):
    header, *rows = load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    place = [re.sub(r"\W", "", str(name)) for name in header].index("share")
    return [row[place] for row in rows if isinstance(row[place], float | int)]
