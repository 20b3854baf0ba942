"""Two periods beside each other: the same classes, and a change said only where it is sure."""

from __future__ import annotations

import io
from datetime import date

import numpy as np
import pytest
from PIL import Image

from geodata import crs
from geodata.analysis.difference import LESS, MORE, SAME, UNSURE
from geodata.errors import InvalidValue
from geodata.queries.window import Window
from geodata.tables.engine import writing
from tests import factories
from tests.places import place_at
from webmap.maps.difference import paint_difference
from webmap.maps.tiles import Tile
from webmap.services import scales
from webmap.services.comparison import compared, compared_at, days_before, same_days_last_year
from webmap.services.difference_legend import difference_legend_of
from webmap.services.heat import Look
from webmap.services.heat_room import HeatRoom
from webmap.words import words_for

HERE, THERE = place_at(0, 0), place_at(3_000, 0)
AUTUMN = (date(2025, 9, 1), date(2025, 11, 30))
LAST_AUTUMN = (date(2024, 9, 1), date(2024, 11, 30))
QUIET = place_at(0, 3_000)


@pytest.fixture
def comparison(sqlite_engine):
    """Twenty here now and two before, the other way round there, and three of each where it is quiet."""
    with writing(sqlite_engine) as session:
        home = factories.municipality(session)
        for place, now, before in ((HERE, 20, 2), (THERE, 2, 20), (QUIET, 3, 3)):
            drafts = [factories.draft(place, day=date(2025, 10, 3)) for _ in range(now)]
            drafts += [factories.draft(place, day=date(2024, 10, 4)) for _ in range(before)]
            factories.store(session, home, drafts)
    scales.refresh(sqlite_engine, home)
    room = HeatRoom(sqlite_engine)
    asked = Window(since=AUTUMN[0], until=AUTUMN[1])
    return compared(room, room.heat("1470", asked, Look()), LAST_AUTUMN)


def code_at(comparison, place):
    return compared_at(comparison, place.x, place.y).code


class TestPlaces:
    def test_more_is_more_and_less_is_less(self, comparison):
        assert code_at(comparison, HERE) in MORE
        assert code_at(comparison, THERE) in LESS

    def test_a_change_that_may_be_chance_is_under_the_noise(self, comparison):
        assert code_at(comparison, QUIET) == UNSURE

    def test_where_nothing_was_said_nothing_is(self, comparison):
        assert code_at(comparison, place_at(0, -3_000)) == SAME

    def test_the_difference_is_that_of_the_two_values(self, comparison):
        found = compared_at(comparison, HERE.x, HERE.y)
        assert found.difference == pytest.approx(found.now.density - found.before.density)
        assert (found.now.n_near, found.before.n_near) == (20, 2)


class TestPeriods:
    def test_periods_of_unequal_length_are_refused(self, comparison, sqlite_engine):
        with pytest.raises(InvalidValue, match="compare.lengths"):
            compared(HeatRoom(sqlite_engine), comparison.now, (date(2024, 1, 1), date(2024, 1, 31)))

    def test_the_same_days_a_year_before_and_the_days_just_before(self, comparison):
        assert same_days_last_year(comparison.now.period) == LAST_AUTUMN
        assert days_before(comparison.now.period) == (date(2025, 6, 2), date(2025, 8, 31))


class TestWords:
    def test_the_legend_tells_both_counts_and_the_verdict(self, comparison):
        legend = difference_legend_of(comparison, words_for("sv"))
        assert legend.lines[0].startswith("Nu: n = 25, ")
        assert legend.lines[1].startswith("Tidigare: n = 25, ")
        assert legend.verdict == "Hela urvalet: ingen säker skillnad."


class TestTiles:
    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_the_tile_shows_what_the_place_says(self, comparison, theme):
        zoom = 13
        (longitude,), (latitude,) = crs.to_degrees_xy([HERE.x], [HERE.y])
        across = 2**zoom * (longitude + 180) / 360
        sine = np.sin(np.radians(latitude))
        down = 2**zoom * (0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi))
        tile = Tile(zoom, int(across), int(down))
        picture = Image.open(io.BytesIO(paint_difference(comparison.codes_at, tile, theme)))
        row, column = int(down % 1 * 256), int(across % 1 * 256)
        assert np.asarray(picture)[row, column] == code_at(comparison, HERE)
