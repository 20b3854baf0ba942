"""The list of places: sorted, exported as it is shown, and four things said where there is little to show."""

from __future__ import annotations

import csv
import io
import re

import pytest
from python_calamine import CalamineWorkbook

from geodata.queries.municipalities import home
from geodata.tables.areas import Area
from geodata.tables.engine import writing
from tests import factories
from tests.places import place_at
from tests.webmap.application import post
from webmap.services.place_table import By, Order

LIST = "/staff/map/list?municipality=1470"
_ROW = re.compile(r"<tr>\s*<td class=\"num\">.*?</tr>", re.DOTALL)
_CELL = re.compile(r"<t[dh][^>]*>(.*?)</t[dh]>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
SHOWN = ("rank", "name", "n", "interval", "voices", "before", "change", "hours", "class")


@pytest.fixture
def put(app):
    def stored(*drafts):
        with writing(app.extensions["works"].engine) as session:
            factories.store(session, home(session, "1470"), drafts)

    return stored


@pytest.fixture
def client(logged_in, put):
    """Somebody who looks at a municipality with three places."""
    put(*(factories.draft(place_at(0, 5_000)) for _ in range(7)))
    put(*(factories.draft(place_at(6_000, 0)) for _ in range(5)), factories.draft(place_at(-7_000, 0)))
    return logged_in()


def rows(text):
    """The table as it is shown."""
    return [
        dict(zip(SHOWN, (_TAG.sub("", cell).strip() for cell in _CELL.findall(row)), strict=True))
        for row in _ROW.findall(text)
    ]


def names(client, query=""):
    return [row["name"] for row in rows(client.get(LIST + query).text)]


def table(client, query=""):
    text = client.get(f"/staff/map/list.csv?municipality=1470{query}").data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


class TestOrder:
    def test_it_is_by_rank_unless_told(self, client):
        ranks = [row["rank"] for row in rows(client.get(LIST).text)]
        ranked = [rank for rank in ranks if rank != "–"]
        assert ranked == [f"{number}" for number in range(1, len(ranked) + 1)]
        assert ranks[len(ranked) :] == ["–"] * (len(ranks) - len(ranked))
        assert len(ranked) < len(ranks)

    def test_numbers_fall_first_and_names_rise(self, client):
        counts = [row["n"] for row in rows(client.get(f"{LIST}&sort=n").text) if row["rank"] != "–"]
        by_name = [row["name"] for row in rows(client.get(f"{LIST}&sort=name").text) if row["rank"] != "–"]
        assert counts == sorted(counts, key=lambda text: -float(text.replace(",", ".")))
        assert by_name == sorted(by_name)

    def test_the_sorted_column_says_so_and_its_link_turns_it(self, client):
        text = client.get(f"{LIST}&sort=n").text
        assert re.findall(r'aria-sort="(\w+)"', text) == ["descending"]
        assert "sort=n&amp;order=asc" in text
        assert names(client, "&sort=n&order=asc") != names(client, "&sort=n")

    def test_a_column_that_is_not_there_is_said_and_the_list_is_shown(self, client):
        answer = client.get(f"{LIST}&sort=smell")
        assert answer.status_code == 422
        assert "smell" in answer.text
        assert len(rows(answer.text)) > 3

    @pytest.mark.parametrize("by", list(By))
    @pytest.mark.parametrize("is_falling", [True, False])
    def test_it_is_carried_by_links(self, by, is_falling):
        order = Order(by, is_falling)
        assert Order.parse(order.as_words()) == order


class TestFiles:
    @pytest.mark.parametrize("query", ["", "&sort=name&order=desc", "&weekdays=fri&hours=20-23&sort=n"])
    def test_the_table_is_written_as_shown(self, client, query):
        shown, written = rows(client.get(LIST + query).text), table(client, query)
        assert [row["Plats"] for row in written] == [row["name"] for row in shown]
        assert [row["Rang"] or "–" for row in written] == [row["rank"] for row in shown]
        assert [row["Rapporter"] for row in written] == [row["n"] for row in shown]

    def test_the_workbook_says_the_same_as_numbers(self, client):
        answer = client.get("/staff/map/list.xlsx?municipality=1470&sort=n")
        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
        head, *body = book.get_sheet_by_name("Platser").to_python()
        column = head.index("Rapporter")
        expected = [float(row["Rapporter"].replace(",", ".")) for row in table(client, "&sort=n")]
        assert [row[column] for row in body] == expected
        assert all(isinstance(row[column], float) for row in body)

    def test_the_filter_is_in_both(self, client):
        query = "municipality=1470&weekdays=fri"
        head = client.get(f"/staff/map/list.csv?{query}").data.decode("utf-8-sig").splitlines()[0]
        book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"/staff/map/list.xlsx?{query}").data))
        said = dict(map(tuple, book.get_sheet_by_name("Urval").to_python()))
        assert head.endswith(
            "filter: municipality=1470&weekdays=fri&kinds=perception&polarity=unsafe&states=accepted"
        )
        assert said["weekdays"] == "fri"
        assert said["Kommun"] == "Vara"

    def test_a_name_is_never_a_formula(self, client, app, put):
        with writing(app.extensions["works"].engine) as session:
            named = {"kind": "place", "name": "=2+2", "geometry": place_at(6_000, 0), "source": "test"}
            session.add(Area(municipality_id=home(session, "1470").id, **named))
        put(factories.draft(place_at(6_000, 0)))
        book = CalamineWorkbook.from_filelike(
            io.BytesIO(client.get("/staff/map/list.xlsx?municipality=1470").data)
        )
        assert "'=2+2" in [row["Plats"] for row in table(client)]
        assert "=2+2" in [row[1] for row in book.get_sheet_by_name("Platser").to_python()]

    def test_they_are_named_by_what_is_in_them(self, client):
        said = client.get("/staff/map/list.csv?municipality=1470").headers["Content-Disposition"]
        assert re.fullmatch(r'attachment; filename="platser-1470-perception-[\d-]+\.csv"', said)


class TestMachines:
    def test_they_get_the_same_places(self, client):
        said = client.get("/api/v1/hotspots?municipality=1470&kinds=perception").json
        ranked = [row for row in rows(client.get(LIST).text) if row["rank"] != "–"]
        assert [each["properties"]["name"] for each in said["features"]] == [row["name"] for row in ranked]
        assert said["filter"]["kinds"] == "perception"

    def test_each_value_is_told_again_at_its_place(self, client):
        said = client.get("/api/v1/hotspots?municipality=1470&kinds=perception&hours=20-23").json
        for each in said["features"]:
            lon, lat = each["geometry"]["coordinates"]
            asked = f"/api/v1/heat/value?municipality=1470&kinds=perception&hours=20-23&lon={lon}&lat={lat}"
            value = client.get(asked).json
            same = ("value", "class", "n_near", "interval", "voices")
            assert {name: each["properties"][name] for name in same} == {name: value[name] for name in same}

    def test_the_map_asks_for_the_part_alone(self, client):
        text = client.get(LIST).text
        part = text[text.index('<section data-part="list"') :]
        first = re.search(r'data-lon="([\d.]+)" data-lat="([\d.]+)" data-rank="1"', part)
        assert first
        assert f"#15/{float(first[2]):.5f}/{float(first[1]):.5f}" in part


class TestLittle:
    def test_nothing_is_said_to_be_nothing(self, client):
        text = client.get(f"{LIST}&categories=event").text
        assert "Inga rapporter i urvalet. Vidga datum" in text
        assert "<table" not in text

    def test_few_are_shown_and_said_to_be_few(self, client):
        text = client.get(f"{LIST}&since=2026-11-20&until=2026-11-20").text
        assert "Under 30 rapporter i urvalet. Ordningen säger inte mycket" in text
        assert len(rows(text)) == 3

    def test_where_none_can_be_ranked_a_larger_radius_is_proposed(self, logged_in, put):
        put(*(factories.draft(place_at(900 * step, -6_000), day=factories.NOW.date()) for step in range(5)))
        text = logged_in().get(f"{LIST}&since=2026-11-21&until=2026-11-21&bandwidth=100").text
        assert "Ingen plats har 3 rapporter inom 100 m. Välj en större radie." in text
        assert "bandwidth=150" in text

    def test_what_cannot_be_read_is_said_beside_the_rest(self, client):
        answer = client.get(f"{LIST}&since=2026-13-01")
        assert answer.status_code == 422
        assert "2026-13-01" in answer.text


def test_it_changes_nothing(client):
    assert post(client, "/staff/map/list").status_code == 405
