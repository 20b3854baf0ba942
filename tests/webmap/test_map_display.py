"""How the map opens, and what it does with two periods."""

from __future__ import annotations

import html
import re

FEW = "&since=2025-01-01&until=2025-02-28"
AUTUMNS = "&since=2025-09-01&until=2025-11-30&compare_since=2024-09-01&compare_until=2024-11-30"


def shown(client, query="", status=200):
    """What the map's script is told, and the page."""
    answer = client.get(f"/staff/map?municipality=1470{query}")
    assert answer.status_code == status
    told = dict(re.findall(r'data-(tiles|value|points)="([^"]*)"', answer.text))
    return {name: html.unescape(address) for name, address in told.items()}, answer.text


class TestOpening:
    def test_many_reports_open_as_a_surface(self, logged_in):
        told, _ = shown(logged_in())
        assert told["tiles"].startswith("/heat/staff/{z}")
        assert told["points"] == ""

    def test_fewer_than_thirty_open_as_squares_with_their_points(self, logged_in):
        told, page = shown(logged_in(), FEW)
        assert told["tiles"].startswith("/heat/staff/squares/")
        assert told["points"].startswith("/api/v1/reports?")
        assert "Under 30 rapporter i urvalet" in page

    def test_a_view_that_is_asked_for_is_shown_however_few(self, logged_in):
        told, _ = shown(logged_in(), FEW + "&view=surface")
        assert told["tiles"].startswith("/heat/staff/{z}")
        assert told["points"] == ""

    def test_points_alone_have_no_tiles(self, logged_in):
        told, _ = shown(logged_in(), "&view=points")
        assert (told["tiles"], told["points"][:15]) == ("", "/api/v1/reports")


class TestTwoPeriods:
    def test_the_map_shows_what_changed_and_the_legend_says_between_what(self, logged_in):
        told, page = shown(logged_in(), AUTUMNS)
        assert told["tiles"].startswith("/heat/staff/difference/")
        assert told["value"].startswith("/api/v1/heat/difference")
        assert "Under bruset: ingen säker skillnad" in page

    def test_periods_of_unequal_length_are_said_so_and_what_was_written_is_kept(self, logged_in):
        query = "&since=2025-09-01&until=2025-11-30&compare_since=2024-09-01&compare_until=2024-09-30"
        told, page = shown(logged_in(), query, status=422)
        assert not told["tiles"].startswith("/heat/staff/difference/")
        assert "Perioderna ska vara lika långa." in page
        assert 'name="compare_until" value="2024-09-30"' in page

    def test_a_link_leads_to_the_same_days_a_year_before(self, logged_in):
        _, page = shown(logged_in(), "&since=2025-09-01&until=2025-11-30")
        assert "compare_since=2024-09-01&amp;compare_until=2024-11-30" in page
