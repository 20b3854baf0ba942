"""The count map: the surface's own reports in squares, with limits that stay."""

from __future__ import annotations

import io
import math
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image
from scipy.stats import chi2

from geodata.analysis.squares import squares_holding
from geodata.queries.window import Window
from geodata.tables.engine import writing
from geodata.vocabulary import Kind
from tests import factories
from tests.places import LATITUDE, LONGITUDE, place_at
from webmap.maps.squares import paint_squares
from webmap.maps.tiles import Tile, pixel_centres
from webmap.services import scales
from webmap.services.display import SQUARES_M
from webmap.services.heat import Look
from webmap.services.heat_room import HeatRoom
from webmap.services.square_words import square_sentences, squares_legend_of
from webmap.services.squares import square_at, squares_of
from webmap.words import words_for

EAST, NORTH = place_at(0, 0).x, place_at(0, 0).y
FRIDAY = {"weekdays": "fri", "hours": "20-03"}
FILTERS = [{}, FRIDAY, {"light": "dark"}, {"since": "2025-01-01"}, {"weekdays": "sat"}]
HATCH = 6


@pytest.fixture
def there(sqlite_engine):
    with writing(sqlite_engine) as session:
        return factories.municipality(session)


@pytest.fixture
def put(sqlite_engine, there):
    def stored(drafts, *, scaled=True):
        with writing(sqlite_engine) as session:
            factories.store(session, there, drafts)
        if scaled:
            scales.refresh(sqlite_engine, there)

    return stored


@pytest.fixture
def squares(sqlite_engine, there):
    room = HeatRoom(sqlite_engine)

    def made(side_m=250, **words):
        return squares_of(room, room.heat(there.code, Window.parse(words), Look.parse(words)), side_m)

    return made


def tile_at(zoom, east_m=0.0, north_m=0.0):
    longitude, latitude = LONGITUDE + east_m / 58_600, LATITUDE + north_m / 111_300
    across = 2**zoom * (longitude + 180) / 360
    down = 2**zoom * (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2
    return Tile(zoom, int(across), int(down))


def painted(made, tile):
    with Image.open(io.BytesIO(paint_squares(made.counts, made.classes, tile, "light"))) as picture:
        return np.asarray(picture)


def last_in_square(centres):
    """The pixels next to another square, east or south: the ground that shows between them."""
    column, row = squares_holding(centres.east, centres.north, 250)
    east, south = column[1:-1, 1:-1] != column[1:-1, 2:], row[1:-1, 1:-1] != row[2:, 1:-1]
    return east | south


class TestSum:
    @pytest.mark.parametrize("side_m", SQUARES_M)
    @pytest.mark.parametrize("words", FILTERS)
    def test_it_is_the_filters_own_n(self, put, squares, sqlite_engine, there, side_m, words):
        with writing(sqlite_engine) as session:
            factories.put_noise(session, there)
        put(factories.spread(200))
        made = squares(side_m, kinds="perception", **words)
        assert made.counts.n.sum() == pytest.approx(made.heat.selection.n, rel=1e-12)
        assert made.counts.reports.sum() == made.heat.selection.reports

    def test_every_square_is_the_sum_of_what_lies_in_it(self, put, squares):
        drafts = factories.spread(120)
        put(drafts)
        made = squares()
        found = square_at(made, EAST + 10, NORTH + 10)
        inside = [
            each for each in drafts if 0 <= each.place.x - EAST < 250 and 0 <= each.place.y - NORTH < 250
        ]
        assert (found.n, found.reports) == (len(inside), len(inside))
        assert found.density == pytest.approx(len(inside) / 0.0625 / made.heat.period.years)

    def test_voices_are_told_apart_by_square(self, put, squares):
        put([factories.draft(place_at(1, 1), voice=voice) for voice in ("a", "b", "b", None)])
        made = squares()
        assert made.voices.tolist() == [2]
        assert square_at(made, EAST, NORTH).voices == 2


class TestClass:
    @pytest.mark.parametrize("zoom", [11, 13, 15, 17])
    def test_every_pixel_has_the_class_of_the_square_at_its_centre(self, put, squares, zoom):
        put(factories.spread(300))
        made, tile = squares(), tile_at(zoom)
        picture, centres = painted(made, tile), pixel_centres(tile)
        read = np.append(made.classes, 0)[made.counts.at(centres.east, centres.north)][1:-1, 1:-1]
        drawn = (picture > 0) & (picture != HATCH)
        assert (picture[drawn] == read[drawn]).all()
        assert not ((read > 0) & (read < HATCH) & ~drawn & ~last_in_square(centres)).any()

    @pytest.mark.parametrize(("together", "class_"), [(1, None), (2, None), (3, 1)])
    def test_it_takes_three_in_a_square(self, put, squares, together, class_):
        put([*factories.spread(60), *(factories.draft(place_at(6_010, 6_010)) for _ in range(together))])
        found = square_at(squares(), EAST + 6_000, NORTH + 6_000)
        assert (found.class_, found.n) == (class_, together)

    def test_an_empty_square_is_nothing(self, put, squares):
        put(factories.spread(60))
        found = square_at(squares(), EAST + 9_000, NORTH + 9_000)
        assert (found.n, found.reports, found.voices, found.class_, found.density) == (0, 0, None, None, 0)

    def test_without_a_scale_there_is_none(self, put, squares):
        put(factories.spread(60), scaled=False)
        made = squares()
        assert (made.limits, set(made.classes.tolist())) == (None, {HATCH})


class TestLimits:
    def test_no_month_hour_or_radius_moves_one(self, put, squares):
        put(factories.spread(300))
        months = [{"since": f"2025-{month:02d}-01", "until": f"2025-{month:02d}-28"} for month in (1, 6, 12)]
        part = {squares(**words).limits for words in (*months, FRIDAY, {"hours": "07-09"}, {"light": "dark"})}
        whole = {squares(**words).limits for words in ({}, {"since": "2024-01-01"}, {"bandwidth": "1000"})}
        assert len(part) == len(whole) == 1

    @pytest.mark.parametrize("side_m", SQUARES_M)
    def test_the_first_is_three_reports_over_the_full_period(self, put, squares, side_m):
        put(factories.spread(300))
        made = squares(side_m)
        assert made.limits[0] == pytest.approx(3e6 / side_m**2 / made.heat.full.years)
        assert len({round(upper / lower, 9) for lower, upper in pairwise(made.limits)}) == 1
        assert made.limits[4] / made.limits[0] >= 8 ** (4 / 5) * (1 - 1e-9)

    def test_as_reports_none_is_under_three(self, put, squares):
        put(factories.spread(300))
        month = squares(since="2025-01-01", until="2025-01-31")
        assert squares().limits_n[0] == 3
        assert min(month.limits_n) == 3
        assert list(month.limits_n) == sorted(month.limits_n)


class TestInterval:
    def test_it_is_the_exact_one_of_the_count(self, put, squares):
        put([factories.draft(place_at(1, 1)) for _ in range(40)])
        low, high = square_at(squares(), EAST, NORTH).interval
        assert (low, high) == pytest.approx((chi2.ppf(0.025, 80) / 2, chi2.ppf(0.975, 82) / 2))


class TestRing:
    def test_it_goes_round_the_square_in_degrees(self, put, squares):
        put(factories.spread(60))
        ring = square_at(squares(500), EAST + 1, NORTH + 1).ring
        assert ring[0] == ring[-1]
        assert all(abs(lon - LONGITUDE) < 0.05 and abs(lat - LATITUDE) < 0.05 for lon, lat in ring)


class TestWords:
    def test_the_legend_says_density_and_reports_per_square(self, put, squares):
        put(factories.spread(300))
        legend = squares_legend_of(squares(), words_for("sv"))
        assert legend.title == "Rapporter per km² och år"
        assert len(legend.limits) == 5
        assert "n = 300" in legend.lines
        assert "Rutor 250 m, fasta klasser" in legend.lines
        assert any(line.startswith("Rapporter i en ruta, från: 3 · ") for line in legend.lines)

    def test_police_reports_in_small_squares_are_warned_of(self, put, squares):
        put(factories.spread(60, kind=Kind.CRIME_REPORT))
        assert squares_legend_of(squares(100), words_for("sv")).warning
        assert squares_legend_of(squares(250), words_for("sv")).warning is None

    def test_larger_squares_are_proposed_where_most_are_unclassed(self, put, squares):
        put([factories.draft(place_at(130 * step, 0)) for step in range(40)])
        assert squares(100).next_side == 250
        assert squares_legend_of(squares(100), words_for("sv")).suggestion.label == "Prova rutor på 250 m"
        assert squares(500).next_side is None

    def test_a_square_is_said_with_its_interval(self, put, squares):
        put([factories.draft(place_at(1, 1)) for _ in range(40)])
        made = squares()
        said = square_sentences(made, square_at(made, EAST, NORTH), words_for("sv"))
        assert said["value"] == "40 rapporter i rutan på 250 m"
        assert said["interval"] == "95 %-intervall 28,6–54,5"

    def test_an_empty_one_is_not_called_safe(self, put, squares):
        put(factories.spread(60))
        made = squares()
        said = square_sentences(made, square_at(made, EAST + 9_000, NORTH), words_for("sv"))
        assert said == {"value": "Inga rapporter i rutan", "class": "Det betyder inte att det är tryggt."}
