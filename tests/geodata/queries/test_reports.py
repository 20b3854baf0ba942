"""Reports as a frame for files."""

from __future__ import annotations

from datetime import date

import pytest

from geodata.queries.municipalities import home
from geodata.queries.reports import export_frame
from geodata.queries.window import Window
from geodata.tables.engine import reading, writing
from tests import factories
from tests.places import place_at


@pytest.fixture
def frame_of(engine, there):
    """The frame of a window given in words."""

    def frame(**words: str):
        with reading(engine) as session:
            return export_frame(session, there, Window.parse(words))

    return frame


@pytest.mark.usefixtures("noise")
class TestFrame:
    def test_it_holds_the_accepted_unless_other_states_are_asked_for(self, frame_of):
        assert set(frame_of().state) == {"accepted"}
        assert list(frame_of(states="duplicate").state) == ["duplicate"]

    def test_a_report_without_position_is_a_row_without_geometry(self, frame_of):
        frame = frame_of(kinds="perception")
        assert list(frame.geometry.isna()) == [True]
        assert frame.crs == "EPSG:3006"

    def test_a_row_says_what_was_stored(self, engine, there, frame_of):
        said = {"categories": frozenset({"litter", "drugs"}), "day": date(2026, 5, 1), "text": "Skräp"}
        with writing(engine) as session:
            factories.store(session, there, [factories.draft(place_at(12.5, -3), severity=2, **said)])
        row = frame_of(categories="litter").iloc[0]
        assert (row.categories, row.day, row.text, row.severity) == ("drugs|litter", "2026-05-01", "Skräp", 2)
        assert row.geometry.equals(place_at(12.5, -3))

    def test_it_holds_whole_rows_whatever_their_share_of_the_hours(self, frame_of):
        assert len(frame_of(kinds="crime_report", weekdays="fri", hours="22-23")) == 1
        assert frame_of(kinds="crime_report", weekdays="mon").empty

    def test_nothing_chosen_keeps_the_columns(self, frame_of):
        assert list(frame_of(kinds="walk_finding").columns) == list(frame_of().columns)


class TestHome:
    def test_an_area_goes_by_name_and_a_point_stands_for_its_surroundings(self, engine, there):
        with writing(engine) as session:
            factories.locality(session, there, "Levene", place_at(0, 5_000), 1_000.0)
        with reading(engine) as session:
            ground = home(session, "1470").ground("levene")
        assert ground.area.contains(place_at(0, 5_900))
        assert not ground.area.contains(place_at(0, 6_100))
