import pytest
from shapely.geometry import Point, box

from geodata.queries.municipalities import Home, NamedPlace
from geodata.queries.whereabouts import Relation, Whereabouts, whereabouts
from tests.places import EAST, NORTH, SQUARE


def at(east_m: float, north_m: float) -> tuple[float, float]:
    return EAST + east_m, NORTH + north_m


def place(
    name: str, spot: tuple[float, float], kind: str = "place", radius_m: float | None = 150.0
) -> NamedPlace:
    return NamedPlace(name, kind, Point(spot), radius_m)


STATION, SCHOOL = place("Resecentrum", at(0, 0)), place("Alléskolan", at(400, 0))
TOWN = place("Vara", at(0, 3_000), "locality", 1_000.0)


def called(*spots: tuple[float, float], places=(STATION, SCHOOL, TOWN), reach_m=300.0) -> list[Whereabouts]:
    return whereabouts(Home(1, "1470", "Vara", SQUARE, True, 0.0, tuple(places)), spots, reach_m)


class TestOnePlace:
    def test_it_is_named_by_the_nearest_known_place(self):
        assert called(at(240, 30)) == [Whereabouts(Relation.AT, "Alléskolan")]

    def test_beyond_reach_it_lies_off_something(self):
        assert called(at(0, -340), reach_m=300.0) == [Whereabouts(Relation.OFF, "Resecentrum", "s", 350)]

    @pytest.mark.parametrize(
        ("spot", "bearing"), [(at(0, 3_100), ""), (at(0, 3_900), "n"), (at(-600, 2_400), "sw")]
    )
    def test_in_a_locality_it_is_a_part_of_it(self, spot, bearing):
        assert called(spot) == [Whereabouts(Relation.PART, "Vara", bearing)]

    def test_a_locality_may_be_an_area(self):
        drawn = NamedPlace("Vara", "locality", box(*at(0, 0), *at(2_000, 2_000)), None)
        assert called(at(1_900, 1_000), places=[drawn]) == [Whereabouts(Relation.PART, "Vara", "e")]

    @pytest.mark.parametrize(
        ("spot", "bearing", "metres"),
        [
            (at(0, 5_030), "n", 2_000),
            (at(1_500, 4_500), "ne", 2_100),
            (at(-4_040, 3_000), "w", 4_000),
            (at(980, 2_000), "se", 1_400),
        ],
    )
    def test_outside_it_lies_so_far_from_its_middle(self, spot, bearing, metres):
        assert called(spot, places=[TOWN]) == [Whereabouts(Relation.OFF, "Vara", bearing, metres)]

    def test_a_locality_says_more_than_a_known_place_far_off(self):
        assert called(at(1_500, 0))[0].name == "Vara"
        assert called(at(1_500, 0), places=(STATION, SCHOOL))[0].name == "Alléskolan"

    @pytest.mark.parametrize("places", [(), (TOWN,)])
    def test_far_from_everything_it_has_no_name(self, places):
        assert called(at(0, -9_900), places=places) == [Whereabouts()]


class TestSeveral:
    def test_only_the_nearest_keeps_the_name(self):
        found = called(at(-250, 0), at(40, 0), at(0, 200))
        assert [(each.relation, each.bearing, each.distance_m) for each in found] == [
            ("off", "w", 250),
            ("at", "", 0),
            ("off", "n", 200),
        ]

    def test_those_that_cannot_be_told_apart_are_numbered(self):
        found = called(at(0, 3_010), at(0, 2_950), at(0, 3_050), places=[TOWN])
        assert [each.number for each in found] == [1, 2, 3]

    def test_no_two_are_alike(self):
        spots = [at(east, north) for east in range(-900, 900, 300) for north in range(-300, 4_500, 300)]
        assert len(set(called(*spots))) == len(spots)
