"""From reports to an edition: who stands in a square, how fine, and that the same input is the same bytes."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date
from itertools import product

import numpy as np
import pytest
import shapely

from geodata.analysis.publication.audit import leaves_room
from geodata.analysis.publication.edition import EffortSquare
from geodata.analysis.publication.effort import surveyed, with_effort
from geodata.analysis.publication.ground import pieces
from geodata.analysis.publication.making import make
from geodata.analysis.publication.material import MOST_VOICES_A_DAY, Grain
from tests.geodata.analysis.publication.attacker import narrow
from tests.geodata.analysis.publication.towns import CORNER, GRAIN, frame, material, some, town

HERE = CORNER + 130
TOWN = shapely.box(*(CORNER - 1_000), *(CORNER + 3_000))


def spots(count, place=HERE):
    return np.tile(place, (count, 1))


def squares(made):
    return {square.key: dict(square.classes) for square in made.edition.squares}


class TestSquares:
    @pytest.mark.parametrize(("count", "shown"), [(4, 0), (5, 1)])
    def test_one_is_shown_from_k_voices_and_reports(self, count, shown):
        assert len(make(material(spots(count)), frame()).edition.squares) == shown

    def test_reports_without_a_voice_count_as_nobodys(self):
        made = make(material(spots(9), voice=[1, 2, 3, 4, 0, 0, 0, 0, 0]), frame())
        assert (made.edition.squares, made.edition.is_something_left_out) == ((), True)

    def test_one_voice_is_one_however_often_it_speaks(self):
        assert not make(material(spots(50), voice=np.arange(50) % 4 + 1), frame()).edition.squares

    @pytest.mark.parametrize(("ground", "side"), [(None, 1_000), (TOWN, 250)])
    def test_it_is_fine_only_inside_a_locality(self, ground, side):
        made = make(material(spots(6)), frame(localities=ground))
        assert [square.size_m for square in made.edition.squares] == [side]

    def test_one_that_reaches_out_of_the_locality_is_not_fine(self):
        made = make(
            material(spots(6)), frame(localities=TOWN.intersection(shapely.box(*HERE, *(HERE + 900))))
        )
        assert [square.size_m for square in made.edition.squares] == [1_000]

    @pytest.mark.parametrize(("apart_m", "side"), [(500, 1_000), (1_500, 2_000), (3_500, 4_000), (9_000, 0)])
    def test_too_few_are_merged_upward_or_left_out(self, apart_m, side):
        start = np.array([368_010, 6_448_010])  # a corner of squares of 8 km
        places = np.vstack((spots(3, start), spots(3, start + (apart_m, 0))))
        made = make(material(places), frame(localities=None))
        assert [square.size_m for square in made.edition.squares] == ([side] if side else [])

    def test_a_town_is_not_made_coarse_by_a_few_around_it(self):
        places = np.vstack((spots(60), spots(4, HERE + (600, 600))))
        made = make(material(places), frame(localities=TOWN))
        assert [square.size_m for square in made.edition.squares] == [250]
        assert made.figures.left_out == 4

    def test_corners_are_multiples_of_the_side_and_no_two_overlap(self):
        made, ground = town(900, 5)
        found = make(made, frame(localities=ground)).edition.squares
        assert all(each.west_m % each.size_m == each.south_m % each.size_m == 0 for each in found)
        boxes = [
            shapely.box(each.west_m, each.south_m, each.west_m + each.size_m, each.south_m + each.size_m)
            for each in found
        ]
        assert shapely.union_all(boxes).area == sum(box.area for box in boxes)

    def test_each_carries_the_nearest_name(self):
        places = [("Östra parken", shapely.Point(*(HERE + 300))), ("Torget", shapely.Point(*HERE))]
        made = make(material(spots(6)), frame(places=places, localities=TOWN))
        assert [square.place for square in made.edition.squares] == ["Torget"]

    def test_names_tell_nothing_of_the_reports_in_a_square(self):
        places = [("Östra parken", shapely.Point(*(HERE + 300))), ("Torget", shapely.Point(*HERE))]
        within = [HERE + shift for shift in ((0, 0), (100, 100), (-100, 60))]
        made = [make(material(spots(6, at)), frame(places=places, localities=TOWN)).edition for at in within]
        assert made[0].squares == made[1].squares == made[2].squares


class TestViews:
    def test_one_needs_more_than_k_so_that_what_is_hidden_is_k_wide(self):
        views = [("all", "focus:traffic")] * 5 + [("all",)] * 7
        assert squares(make(material(spots(12), views=views), frame())) == {"1000-370-6450": {"all": 2}}
        views = [("all", "focus:traffic")] * 6 + [("all",)] * 6
        shown = squares(make(material(spots(12), views=views), frame()))
        assert shown == {"1000-370-6450": {"all": 2, "focus:traffic": 1}}

    def test_two_blocks_that_leave_nothing_to_the_others_are_not_shown_together(self):
        views = [("all", "block:night")] * 12 + [("all", "block:evening")] * 12
        shown = squares(make(material(spots(24), views=views), frame()))
        assert shown == {"1000-370-6450": {"all": 2, "block:night": 2}}

    def test_drugs_are_told_of_the_whole_only(self):
        said = material(spots(40), views=[("all", "focus:drugs")] * 40)
        made = make(replace(said, cell=said.cell & 1), frame()).edition
        assert "focus:drugs" in made.whole
        assert all("focus:drugs" not in square.classes for square in made.squares)


class TestWhole:
    """That it is left out must not tell how much there is, where squares tell that there is enough."""

    def test_a_square_that_is_all_there_is_has_a_whole(self):
        for count in (5, 6, 11):
            made = make(material(spots(count)), frame()).edition
            assert (len(made.squares), made.whole) == (1, {"all": 1})

    def test_whether_it_is_told_does_not_depend_on_what_it_is(self):
        told = set()
        for first, second, beside in product(range(12, 17), range(12, 17), range(0, 5, 2)):
            places = np.vstack((spots(first), spots(second, HERE + 3_000), spots(beside, HERE + 20_000)))
            made = make(material(places), frame()).edition
            if [square.classes["all"] for square in made.squares] == [2, 2]:
                told.add("all" in made.whole)
        assert told == {False}  # else two squares of at least 12 and no class up to 25 are 24 or 25


class TestCap:
    def test_one_day_of_the_public_makes_no_square(self):
        day = np.full(40, 20_500, dtype=np.int32)
        assert not make(material(spots(40), day=day), frame()).edition.squares

    @pytest.mark.parametrize(("ground", "shown"), [(None, 0), (TOWN, 1)])
    def test_nor_does_one_that_is_spread_over_a_square_that_is_shown_whole(self, ground, shown):
        """Two here and two there, of the same kilometre: in a locality these are several places."""
        places = np.vstack([spots(2, HERE + (260 * step, 0)) for step in range(3)])
        day = np.full(6, 20_500, dtype=np.int32)
        made = make(material(places, day=day), frame(localities=ground)).edition
        assert len(made.squares) == shown

    def test_several_days_do(self):
        day = np.repeat(np.arange(2, dtype=np.int32) + 20_500, MOST_VOICES_A_DAY)
        assert make(material(spots(2 * MOST_VOICES_A_DAY), day=day), frame()).edition.squares


class TestEffort:
    def test_it_is_told_where_more_than_k_rows_of_walks_lie(self):
        """So that what is not told is k wide here too."""
        places = np.vstack((spots(6), spots(5, HERE + 5_000)))
        made = make(material(places, is_effort=np.ones(11, dtype=bool)), frame()).edition
        assert [(each.west_m, each.south_m, each.size_m) for each in made.effort] == [
            (370_000, 6_450_000, 1_000)
        ]

    def test_a_square_of_the_map_has_room_beside_what_walks_tell_of_it(self):
        """Two kilometres with twelve reports, six of a walk in each of two corners, would be told exactly."""
        start = np.array([368_010, 6_448_010])
        voice = [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6]
        walks = np.ones(12, dtype=bool)
        spread = material(np.vstack((spots(6, start), spots(6, start + (1_000, 0)))), voice, is_effort=walks)
        made = make(spread, frame()).edition
        assert [square.size_m for square in made.squares] == [2_000]
        told = replace(made, effort=tuple(surveyed(spread, GRAIN)), squares=(first_class(made),))
        assert len(told.effort) == 2
        assert not leaves_room(*pieces([told]).values(), 5)
        assert len(with_effort(replace(told, effort=()), told.effort, []).effort) == 1

    def test_the_whole_has_room_beside_what_walks_tell_of_it(self):
        """Four walks far from one another, in a municipality of which 5–25 are told, would be all of it."""
        far = [spots(6, HERE + (9_000 * number, 0)) for number in range(4)]
        voice = [*range(1, 7), *[1] * 18]
        made = make(material(np.vstack(far), voice, is_effort=np.ones(24, dtype=bool)), frame()).edition
        assert (made.whole, len(made.squares)) == ({"all": 1}, 1)
        assert len(surveyed(material(np.vstack(far), voice, is_effort=np.ones(24, dtype=bool)), GRAIN)) == 4
        assert len(made.effort) == 3
        assert narrow([made.to_bytes()], 5)[1] == []
        more = replace(made, effort=(*made.effort, EffortSquare(397_000, 6_450_000, 1_000)))
        assert narrow([more.to_bytes()], 5)[1]


def first_class(edition):
    """Its square, with all that there is in the first class."""
    return replace(edition.squares[0], classes={"all": 1})


SCRIPT = """
import sys
from geodata.analysis.publication.making import make
from tests.geodata.analysis.publication.towns import frame, some, town
made, ground = town(700, 11)
import numpy as np
sys.stdout.buffer.write(make(some(made, np.arange(699, -1, -1)), frame(localities=ground)).edition.to_bytes())
"""


class TestBytes:
    def test_the_order_of_rows_does_not_show(self):
        made, ground = town(700, 11)
        order = np.random.default_rng(3).permutation(700)
        first = make(made, frame(localities=ground)).edition
        assert make(some(made, order), frame(localities=ground)).edition.to_bytes() == first.to_bytes()

    def test_another_process_makes_the_same(self):
        made, ground = town(700, 11)
        told = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, check=True).stdout
        assert told == make(made, frame(localities=ground)).edition.to_bytes()


class TestGrain:
    @pytest.mark.parametrize(("fine", "coarse", "made"), [(250, 1_000, 1_000), (300, 1_000, 1_200)])
    def test_the_coarse_side_is_filled_by_fine_ones_and_never_finer(self, fine, coarse, made):
        assert Grain.of(5, fine, coarse).coarse_m == made

    def test_sides_double_to_eight_times_the_coarse_one(self):
        assert GRAIN.sides == (250, 500, 1_000, 2_000, 4_000, 8_000)


class TestSuccession:
    def test_an_edition_after_another_is_audited_with_it(self):
        made, ground = town(150, 6)
        share = np.random.default_rng(1).random(150)
        first = make(some(made, share < 0.5), frame(localities=ground)).edition
        period = (frame().period[0], date(2026, 11, 30))
        second = make(made, frame(number=2, period=period, localities=ground), [first]).edition
        assert len(second.squares) >= len(first.squares)
