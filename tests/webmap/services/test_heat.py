"""A surface and what is said of it: the same report, the same class, wherever it is read."""

from __future__ import annotations

import io
import math
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from geodata.analysis.exact import exact_density
from geodata.errors import InvalidValue, MixedKinds
from geodata.queries.window import Window
from geodata.tables.engine import writing
from geodata.vocabulary import Kind, Polarity
from tests import factories
from tests.places import LATITUDE, LONGITUDE, place_at
from webmap.maps.tiles import Tile, paint, pixel_centres
from webmap.services import scales
from webmap.services.heat import Look, value_at
from webmap.services.heat_room import HeatRoom

EAST, NORTH = place_at(0, 0).x, place_at(0, 0).y
FRIDAY = {"weekdays": "fri", "hours": "20-03"}


@pytest.fixture
def there(sqlite_engine):
    with writing(sqlite_engine) as session:
        return factories.municipality(session)


@pytest.fixture
def room(sqlite_engine):
    return HeatRoom(sqlite_engine)


@pytest.fixture
def put(sqlite_engine, there):
    def stored(drafts, *, scaled=True):
        with writing(sqlite_engine) as session:
            factories.store(session, there, drafts)
        if scaled:
            scales.refresh(sqlite_engine, there)

    return stored


@pytest.fixture
def heat(room, there):
    return lambda **words: room.heat(there.code, Window.parse(words), Look.parse(words))


def class_painted(heat, tile, row, column):
    """The class of a pixel, whether it is drawn as area or as edge; 0 where there is none."""
    picture = Image.open(io.BytesIO(paint(heat.field, heat.limits, tile, "light")))
    index = np.asarray(picture)[row, column]
    return 0 if index == 6 else int(index - 6 if index > 6 else index)


class TestClass:
    @pytest.mark.parametrize("zoom", [9, 11, 13, 15, 17, 19])
    @pytest.mark.parametrize("offset", [(0, 0), (350, -200), (900, 500)])
    def test_the_tile_shows_what_the_value_says_at_every_zoom(self, put, heat, zoom, offset):
        put(factories.spread(300))
        made = heat()
        longitude, latitude = LONGITUDE + offset[0] / 58_600, LATITUDE + offset[1] / 111_300
        across = 2**zoom * (longitude + 180) / 360
        down = 2**zoom * (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2
        tile, row, column = Tile(zoom, int(across), int(down)), int(down % 1 * 256), int(across % 1 * 256)
        centres = pixel_centres(tile)
        found = value_at(made, centres.east[row + 1, column + 1], centres.north[row + 1, column + 1])
        assert class_painted(made, tile, row, column) == (found.class_ or 0)

    def test_one_report_alone_is_in_none(self, put, heat):
        put([*factories.spread(60), factories.draft(place_at(6_000, 6_000))])
        found = value_at(heat(), EAST + 6_000, NORTH + 6_000)
        assert (found.class_, found.n_near) == (None, 1.0)
        assert found.density > 0

    @pytest.mark.parametrize(("together", "is_classed"), [(2, False), (3, True)])
    def test_three_together_are(self, put, heat, together, is_classed):
        put([*factories.spread(60), *(factories.draft(place_at(6_000, 6_000)) for _ in range(together))])
        assert (value_at(heat(), EAST + 6_000, NORTH + 6_000).class_ is not None) == is_classed

    def test_without_a_scale_there_is_none(self, put, heat):
        put(factories.spread(60), scaled=False)
        assert value_at(heat(), EAST, NORTH).class_ is None


class TestScale:
    def test_within_each_no_month_or_hour_moves_a_break(self, put, heat):
        put(factories.spread(300))
        months = [{"since": f"2025-{month:02d}-01", "until": f"2025-{month:02d}-28"} for month in (1, 6, 12)]
        part = [heat(**words).scale for words in (*months, FRIDAY, {"hours": "07-09"}, {"light": "dark"})]
        whole = [heat(**words).scale for words in ({}, {"since": "2024-01-01"}, {"until": "2025-06-30"})]
        assert {scale.name for scale in part} == {"part"}
        assert {scale.name for scale in whole} == {"whole"}
        assert len({scale.limits for scale in part}) == len({scale.limits for scale in whole}) == 1

    def test_the_first_limit_is_three_reports_and_the_rest_rise_evenly(self, put, heat):
        put(factories.spread(300))
        made = heat()
        limits = made.limits
        assert limits[0] == pytest.approx(3e6 / (math.pi * 300**2) / made.full.years)
        assert len({round(upper / lower, 9) for lower, upper in pairwise(limits)}) == 1


class TestValue:
    def test_it_is_the_exact_sum_within_a_hundredth_of_the_peak(self, put, heat):
        drafts = factories.spread(200)
        put(drafts)
        made = heat()
        points = [(each.place.x, each.place.y) for each in drafts]
        places = [(EAST + east, NORTH + north) for east, north in ((0, 0), (210, -330), (700, 90))]
        exact = exact_density(points, np.ones(len(points)), places, made.look.kernel) / made.period.years
        found = [value_at(made, *place).density for place in places]
        assert found == pytest.approx(exact, abs=0.01 * max(exact))

    def test_its_interval_holds_the_count(self, put, heat):
        put(factories.spread(100))
        found = value_at(heat(), EAST, NORTH)
        low, high = found.interval
        assert 0 < low < found.n_near < high
        assert found.n == 100

    def test_the_rate_is_while_the_hours_run(self, put, heat):
        put(factories.spread(100))
        found = value_at(heat(**FRIDAY), EAST, NORTH)
        assert found.rate == pytest.approx(found.density * 168 / 7)

    def test_voices_near_are_counted_and_unknown_is_not_none(self, put, heat):
        put([factories.draft(voice=voice) for voice in ("a", "b", "b", None)])
        assert value_at(heat(), EAST, NORTH).voices == 2
        assert value_at(heat(categories="litter"), EAST, NORTH).voices is None

    def test_a_month_is_over_the_period_and_a_year_per_year(self, put, heat):
        put(factories.spread(100))
        assert heat(since="2025-01-01", until="2025-12-31").unit == "reports/km2/year"
        assert heat(since="2025-01-01", until="2025-01-31").unit == "reports/km2"


class TestAsking:
    def test_several_kinds_are_refused(self, put, heat):
        put([factories.draft(), factories.draft(kind=Kind.OBSERVATION)])
        for words in ({}, {"kinds": "perception,observation"}):
            with pytest.raises(MixedKinds):
                heat(**words)
        assert heat(kinds="observation").kind == Kind.OBSERVATION

    def test_the_defaults_are_written_in_the_answer(self, put, heat):
        put([factories.draft(), factories.draft(polarity=Polarity.SAFE)])
        made = heat()
        assert made.window.as_words() == {"kinds": "perception", "polarity": "unsafe", "states": "accepted"}
        assert made.selection.n == 1

    def test_the_token_follows_the_data_and_the_question(self, put, heat):
        put(factories.spread(30))
        first = heat().token
        assert heat().token == first
        assert heat(bandwidth="500").token != first
        put([factories.draft()])
        assert heat().token != first

    @pytest.mark.parametrize(
        "words", [{"bandwidth": "77"}, {"kernel": "round"}, {"cell": "33"}, {"bandwidth": "x"}]
    )
    def test_a_look_that_cannot_be_is_refused_with_its_field(self, words):
        with pytest.raises(InvalidValue) as raised:
            Look.parse(words)
        assert raised.value.field == next(iter(words))

    @pytest.mark.parametrize(
        "words", [{}, {"bandwidth": "500"}, {"kernel": "gaussian", "cell": "100", "bandwidth": "75"}]
    )
    def test_a_look_read_from_its_own_words_is_itself(self, words):
        assert Look.parse(words).as_words() == words

    def test_nothing_stored_is_an_empty_surface(self, heat):
        assert value_at(heat(), EAST, NORTH).density == 0


class TestArea:
    def test_a_moved_area_is_read_anew(self, sqlite_engine, put, room, there):
        put(factories.spread(60))
        asked = (Window(area="Levene"), Look())
        with writing(sqlite_engine) as session:
            factories.locality(session, there, "Levene", place_at(0, 0), 200.0)
        small = room.heat(factories.home_of(sqlite_engine).code, *asked)
        factories.widen(sqlite_engine, "Levene", 2_000.0)
        assert (
            room.heat(factories.home_of(sqlite_engine).code, *asked).selection.reports
            > small.selection.reports
        )
