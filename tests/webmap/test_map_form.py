"""What an address of the map says: the filter, how it is shown, and beside which period."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from webmap.pages.map_form import MapForm
from webmap.words import words_for


def parsed(**said):
    return MapForm.parse(MultiDict(said), "1470", words_for("sv"))


class TestCell:
    @pytest.mark.parametrize(
        ("cell", "weekdays", "clock"),
        [
            ("fri-22", ("fri",), (22, 23)),
            ("sun-23", ("sun",), (23, 0)),
            ("fri", ("fri",), None),
            ("7", (), (7, 8)),
            ("all", (), None),
        ],
    )
    def test_it_narrows_to_its_hours(self, cell, weekdays, clock):
        hours = parsed(week_cell=cell, weekdays="mon", hours_from="10", hours_to="12").window.hours
        assert (hours.weekdays, hours.clock) == (weekdays, clock)

    def test_it_is_not_carried_on_in_links(self):
        assert "cell" not in parsed(week_cell="fri-22").query()

    def test_a_cell_that_is_none_is_said_so(self):
        assert "weekdays" in parsed(week_cell="fredag-22").problems


class TestDisplay:
    def test_what_is_usual_is_not_said_in_links(self):
        assert parsed(square="250").query() == "municipality=1470"

    def test_all_of_it_comes_back_from_its_own_link(self):
        said = {
            "view": "squares",
            "square": "500",
            "compare_since": "2024-09-01",
            "compare_until": "2024-11-30",
        }
        assert parsed(**said).as_words() == {"municipality": "1470", **said}

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"view": "globe"}, "view"),
            ({"square": "300"}, "square"),
            ({"compare_since": "2024-09-01"}, "compare_until"),
            ({"compare_since": "hösten", "compare_until": "2024-11-30"}, "compare_since"),
            ({"compare_since": "2024-11-30", "compare_until": "2024-09-01"}, "compare_until"),
        ],
    )
    def test_what_cannot_be_read_is_said_and_the_rest_kept(self, said, field):
        form = parsed(weekdays="fri", **said)
        assert list(form.problems) == [field]
        assert form.window.hours.weekdays == ("fri",)


class TestLook:
    def test_the_cell_of_a_surface_is_no_hour(self):
        form = parsed(cell="100")
        assert (form.window.hours.is_open, form.look.cell_m) == (True, 100)
        assert form.query() == "municipality=1470&cell=100"

    def test_a_cell_that_does_not_divide_a_block_is_said_so(self):
        assert list(parsed(cell="7").problems) == ["cell"]
