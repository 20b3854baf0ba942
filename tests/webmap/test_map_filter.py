"""What a link asks for and the form has no field for: told in the heading, kept by the form, taken away."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urlencode

import pytest

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
WITHOUT = re.compile(r'<p class="kept"><span>[^<]+</span><a href="([^"]+)"')
UNCHOSEN = {
    "origins": "public",
    "states": "new",
    "bbox": "12.900000,58.200000,13.000000,58.300000",
    "area": "Levene",
}
EVERY = {
    **UNCHOSEN,
    "polarity": "safe",
    "categories": "litter",
    "weekdays": "fri",
    "hours": "20-03",
    "light": "dark",
}


def page(client, said):
    return client.get(f"/staff/map?{urlencode({'municipality': '1470', **said})}")


def heading(answer):
    return html.unescape(re.search(r"<h1[^>]*>(.*?)</h1>", answer.text)[1])


def form_of(answer):
    return re.search(r'<form class="filters" id="filter".*?</form>', answer.text, re.DOTALL)[0]


class TestHeading:
    @pytest.mark.parametrize("word", EVERY)
    def test_every_word_of_the_filter_is_told(self, logged_in, word):
        client = logged_in()
        assert heading(page(client, {word: EVERY[word]})) != heading(page(client, {}))

    def test_safe_places_are_not_called_unsafe(self, logged_in):
        assert heading(page(logged_in(), {"polarity": "safe"})) == "Upplevd trygghet"


class TestForm:
    def test_it_sends_along_what_came_with_the_link(self, logged_in):
        kept = dict(HIDDEN.findall(form_of(page(logged_in(), {**UNCHOSEN, "cell": "100"}))))
        assert {name: html.unescape(kept[name]) for name in (*UNCHOSEN, "cell")} == {
            **UNCHOSEN,
            "cell": "100",
        }

    def test_each_can_be_taken_away(self, logged_in):
        answer = page(logged_in(), UNCHOSEN)
        links = [html.unescape(link) for link in WITHOUT.findall(answer.text)]
        assert [UNCHOSEN.keys() - parse_qs(link.partition("?")[2]).keys() for link in links] == [
            {name} for name in ("origins", "states", "area", "bbox")
        ]

    def test_an_area_that_is_elsewhere_is_told_and_left_out(self, logged_in):
        answer = page(logged_in(), {"area": "Ingenstans", "origins": "public"})
        assert (answer.status_code, "Området ”Ingenstans” finns inte." in answer.text) == (422, True)
        assert "area" not in dict(HIDDEN.findall(form_of(answer)))

    def test_a_plain_map_keeps_nothing(self, logged_in):
        assert WITHOUT.findall(page(logged_in(), {}).text) == []


class TestCell:
    def test_it_is_that_of_the_surface(self, logged_in):
        answer = page(logged_in(), {"cell": "100"})
        tiles = html.unescape(re.search(r'data-tiles="([^"]*)"', answer.text)[1])
        assert "cell=100" in tiles
        assert "hours" not in tiles

    def test_one_that_divides_no_block_is_said_so(self, logged_in):
        answer = page(logged_in(), {"cell": "7"})
        assert (answer.status_code, "går inte jämnt upp" in answer.text) == (422, True)
