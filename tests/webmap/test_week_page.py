"""The week as a page of its own: a real table of buttons that works without a script."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.datastructures import MultiDict

from tests.webmap.application import post
from webmap.pages.map_form import MapForm
from webmap.pages.week import week_view
from webmap.services.heat_room import HeatRoom
from webmap.words import words_for

PAGE = "/staff/map/week"
FRIDAY = "?weekdays=fri&hours=20-03"
BUTTON = re.compile(r'<button name="week_cell" value="([^"]+)"[^>]*>')
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def buttons(text):
    """value → the whole tag."""
    return {found[1]: found[0] for found in BUTTON.finditer(text)}


def view_of(app, query=""):
    form = MapForm.parse(MultiDict(parse_qs(query.lstrip("?"))), "1470", words_for("sv"))
    heat = HeatRoom(app.extensions["works"].engine).heat("1470", form.window, form.look)
    return week_view(form, heat, words_for("sv"))


class TestTable:
    def test_it_has_every_hour_day_and_clock_to_choose(self, logged_in):
        found = buttons(logged_in().get(PAGE).text)
        assert len(found) == 7 * 24 + 7 + 24
        assert {"mon-00", "fri-22", "sun-23", "fri", "22"} <= found.keys()

    def test_it_is_a_table_with_a_caption_and_headers(self, logged_in):
        text = logged_in().get(PAGE).text
        assert "<caption" in text
        assert (text.count('scope="row"'), text.count('scope="col"')) == (8, 25)

    def test_each_hour_says_its_day_clock_and_number(self, logged_in):
        found = buttons(logged_in().get(PAGE).text)
        assert 'aria-label="fredag 22–23, 60 rapporter"' in found["fri-22"]
        assert 'aria-label="måndag 00–01, inga rapporter"' in found["mon-00"]
        assert 'aria-label="alla dagar 22–23, 60 rapporter"' in found["22"]

    def test_it_says_so_in_english_too(self, logged_in):
        found = buttons(logged_in().get(f"{PAGE}?lang=en").text)
        assert 'aria-label="Friday 22–23, 60 reports"' in found["fri-22"]

    def test_what_is_chosen_is_pressed_also_after_midnight(self, logged_in):
        found = buttons(logged_in().get(PAGE + FRIDAY).text)
        pressed = {value for value, tag in found.items() if 'aria-pressed="true"' in tag}
        assert pressed == {"fri-20", "fri-21", "fri-22", "fri-23", "sat-00", "sat-01", "sat-02"}

    def test_in_the_whole_week_nothing_is_pressed(self, logged_in):
        assert "aria-pressed" not in logged_in().get(PAGE).text


class TestForm:
    def test_the_rest_of_the_filter_goes_along_and_the_hours_do_not(self, logged_in):
        text = logged_in().get(f"{PAGE}{FRIDAY}&categories=lighting&bandwidth=500").text
        hidden = dict(HIDDEN.findall(text.split('id="filter-week"')[1]))
        assert hidden == {
            "municipality": "1470",
            "kinds": "perception",
            "categories": "lighting",
            "bandwidth": "500",
        }

    def test_the_part_that_the_map_fetches_is_marked(self, logged_in):
        assert logged_in().get(PAGE).text.count('data-part="week"') == 1

    def test_a_fault_in_the_filter_is_said_and_the_rest_is_shown(self, logged_in):
        answer = logged_in().get(f"{PAGE}?hours=99")
        assert answer.status_code == 422
        assert "fri-22" in buttons(answer.text)


class TestWords:
    def test_n_is_that_of_the_week_and_of_the_hours_chosen(self, logged_in):
        client = logged_in()
        assert "n = 60." in client.get(PAGE).text
        assert "n = 60, i de valda timmarna 0." in client.get(f"{PAGE}?hours=07-09").text

    @pytest.mark.parametrize("query", ["?categories=litter", "?since=2001-01-01&until=2001-01-02"])
    def test_without_reports_it_says_what_to_do_instead_of_a_table(self, logged_in, query):
        text = logged_in().get(PAGE + query).text
        assert "Vidga datum" in text
        assert "<table" not in text

    def test_few_reports_are_warned_of(self, logged_in):
        assert "Under 30 rapporter på hela veckan" in logged_in().get(f"{PAGE}?since=2026-06-01").text


class TestView:
    def test_sums_of_rows_and_columns_are_those_of_the_hours(self, app):
        view = view_of(app)
        assert {line.head.value: line.total for line, _ in view.rows}["fri"] == "60"
        assert {line.head.value: line.total for line in view.columns}["22"] == "60"

    def test_the_busiest_is_darkest_and_nothing_has_no_colour(self, app):
        levels = {cell.value: cell.level for _, cells in view_of(app).rows for cell in cells}
        assert (levels["fri-22"], levels["mon-00"]) == (5, 0)

    def test_the_link_leads_to_the_same_filter_on_the_map(self, app):
        asked = parse_qs(urlsplit(view_of(app, FRIDAY).map_link).query)
        assert (asked["weekdays"], asked["hours"]) == (["fri"], ["20-03"])


def test_nobody_changes_anything_by_it(logged_in):
    assert post(logged_in(), PAGE).status_code == 405
