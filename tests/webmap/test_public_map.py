"""The public start, its table and how to read them: what was done first, then the newest edition."""

from __future__ import annotations

import csv
import html
import re
from io import StringIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from geodata import crs
from tests.webmap.application import ADMIN, Login, post
from tests.webmap.editions import FIRST, STATION, published
from webmap.services import measures, publishing
from webmap.services.actors import COMMAND

MIDDLE_OF_STATION = tuple(
    float(degrees[0]) for degrees in crs.to_degrees_xy([STATION.west_m + 125.0], [STATION.south_m + 125.0])
)
ROW = re.compile(r'<th scope="row">(.*?)</th>')


@pytest.fixture
def with_edition(app: Flask) -> Flask:
    published(app.extensions["works"].engine)
    return app


def got(browser: FlaskClient, address: str) -> TestResponse:
    """A page of Vara's: another municipality is served here too."""
    return browser.get(f"{address}{'&' if '?' in address else '?'}municipality=1470")


def places(page: str) -> list[str]:
    return [html.unescape(name) for name in ROW.findall(page)]


class TestStart:
    def test_before_the_first_edition_it_says_so_and_shows_no_square(self, client: FlaskClient) -> None:
        page = got(client, "/").text
        assert "inte publicerad än" in page
        assert "data-public-map" not in page

    def test_what_was_done_comes_before_the_map(self, with_edition: Flask) -> None:
        page = got(with_edition.test_client(), "/").text
        assert page.index("Rapportera en plats") < page.index("Det här görs") < page.index("data-public-map")

    def test_the_legend_is_true_and_few_is_not_said_to_be_safe(self, with_edition: Flask) -> None:
        page = got(with_edition.test_client(), "/").text
        assert "Få rapporter betyder inte tryggt." in page
        page = page.replace("\N{NO-BREAK SPACE}", " ")
        for label in ("5–11", "12–25", "26–60", "61+", "Minst 5 olika röster", "Utgåva 1, 4 nov. 2026"):
            assert label in page
        assert "1 nov. 2025–31 okt. 2026" in page

    def test_a_view_shows_its_own_squares_only(self, with_edition: Flask) -> None:
        browser = with_edition.test_client()
        assert "Vid Badhusparken" not in got(browser, "/?view=block:night").text
        assert "Vid Resecentrum" in got(browser, "/?view=block:night").text
        safe = got(browser, "/?view=safe").text
        assert "Vid Badhusparken" in safe
        assert "Vid Resecentrum" not in safe

    def test_a_view_without_squares_says_what_the_whole_has(self, with_edition: Flask) -> None:
        page = got(with_edition.test_client(), "/?view=focus:drugs").text
        assert "För få har berättat på samma plats" in page
        assert "I hela kommunen: 5–25 rapporter." in page

    def test_what_is_not_a_view_or_an_edition_is_refused(self, with_edition: Flask) -> None:
        browser = with_edition.test_client()
        for asked in ("view=fri-22", "view=all%00", "edition=x", "edition=²"):
            assert got(browser, f"/?{asked}").status_code == 422, asked
        assert got(browser, "/?edition=2").status_code == 404
        assert browser.get("/?municipality=0180").status_code == 404

    def test_nothing_else_that_is_asked_for_has_any_effect(self, with_edition: Flask) -> None:
        browser = with_edition.test_client()
        plain = got(browser, "/table").text
        filtered = got(browser, "/table?since=2026-10-30&hours=20-03&bbox=1,2,3,4&bandwidth=50&k=1").text
        assert places(filtered) == places(plain)

    def test_an_earlier_edition_can_be_looked_at_and_says_that_it_is_one(self, with_edition: Flask) -> None:
        published(
            with_edition.extensions["works"].engine, number=2, squares=FIRST.squares[:1], note="Ny karta"
        )
        browser = with_edition.test_client()
        assert "Vid Badhusparken" not in got(browser, "/").text
        earlier = got(browser, "/?edition=1").text
        assert "Vid Badhusparken" in earlier
        assert "Du ser en äldre utgåva." in earlier
        assert "Utgåva 2" in earlier

    def test_an_edition_taken_off_is_not_there(self, with_edition: Flask) -> None:
        works = with_edition.extensions["works"]
        publishing.hide(works.engine, "1470", 1, COMMAND)
        browser = with_edition.test_client()
        assert "inte publicerad än" in got(browser, "/").text
        assert got(browser, "/table?edition=1").status_code == 404

    def test_somebody_logged_in_sees_the_same_and_nothing_more(
        self, with_edition: Flask, logged_in: Login
    ) -> None:
        assert places(got(logged_in(ADMIN), "/table").text) == places(
            got(with_edition.test_client(), "/table").text
        )


class TestTable:
    def test_it_has_the_squares_of_the_map_with_classes_in_words(self, with_edition: Flask) -> None:
        page = got(with_edition.test_client(), "/table").text
        assert places(page) == ["Vid Resecentrum", "Ruta 384–6464", "Vid Badhusparken"]
        assert "26–60" in page
        assert "natt" in page

    @pytest.mark.parametrize(
        ("asked", "first", "said"),
        [
            ("sort=place", "Ruta 384–6464", "ascending"),
            ("sort=place&order=falling", "Vid Resecentrum", "descending"),
            ("sort=class&order=rising", "Vid Badhusparken", "ascending"),
            ("sort=size&order=falling", "Ruta 384–6464", "descending"),
        ],
    )
    def test_a_heading_sorts_it_and_says_so(
        self, with_edition: Flask, asked: str, first: str, said: str
    ) -> None:
        page = got(with_edition.test_client(), f"/table?{asked}").text
        assert places(page)[0] == first
        assert f'aria-sort="{said}"' in page
        assert page.count("aria-sort") == 1

    def test_an_unknown_heading_is_refused(self, with_edition: Flask) -> None:
        assert got(with_edition.test_client(), "/table?sort=count").status_code == 422

    def test_it_is_a_file_for_swedish_excel(self, with_edition: Flask) -> None:
        answer = got(with_edition.test_client(), "/table.csv?view=all")
        assert answer.data.startswith(b"\xef\xbb\xbf")
        rows = list(csv.DictReader(StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
        assert [row["Rapporter"] for row in rows] == ["26–60", "12–25", "5–11"]
        assert rows[0]["Longitud"].count(",") == 1

    def test_without_an_edition_there_is_no_file_and_the_page_says_why(self, client: FlaskClient) -> None:
        assert got(client, "/table.csv").status_code == 404
        assert "Ingen karta är publicerad än." in got(client, "/table").text


class TestHowToRead:
    def test_it_says_the_figures_that_are_chosen_here(self, with_edition: Flask) -> None:
        page = got(with_edition.test_client(), "/about/map").text
        for said in ("minst 5 olika personer", "minst 250 meter", "minst 1 kilometer", "tidigast 30 dagar"):
            assert said in page

    def test_it_is_there_before_the_first_edition_and_in_english(self, client: FlaskClient) -> None:
        assert "How to read the map" in got(client, "/about/map?lang=en").text


class TestDone:
    def test_a_measure_within_a_square_is_told_with_it(self, with_edition: Flask, logged_in: Login) -> None:
        lon, lat = MIDDLE_OF_STATION
        said = {"title": "Lampan lagas", "state": "planned", "way": "map", "lon": f"{lon}", "lat": f"{lat}"}
        staff = logged_in()
        made = post(staff, "/staff/measures/new", municipality="1470", **said)
        assert made.status_code == 303
        uid = str(measures.listed(with_edition.extensions["works"].engine, "1470")[0].uid)
        browser = with_edition.test_client()
        assert "Lampan lagas" not in got(browser, "/table").text
        post(staff, f"/staff/measures/{uid}/publish", version="1", published="1")
        rows = got(browser, "/table").text.split("<tr>")
        assert [("Vid Resecentrum" in row) for row in rows if "Lampan lagas" in row] == [True]
