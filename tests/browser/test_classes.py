"""The colours on the map are the classes, at every zoom."""

from __future__ import annotations

import pytest

from tests.browser.tiles import Spot, class_at, classes_in, inner_spots
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FRIDAY_NIGHT_500 = "?weekdays=fri&hours=20-03&bandwidth=500"
ZOOMS = (11, 13, 15)


def seen(visitor: Visitor, zoom: int, at: Spot | None = None) -> dict[str, bytes]:
    """The tiles of a view, by their address."""
    here = at or Spot(12.953, 58.263)
    visitor.page.goto("about:blank")  # a changed hash alone would not load the page anew
    visitor.open_map(FRIDAY_NIGHT_500, f"#{zoom}/{here.lat:.5f}/{here.lon:.5f}")
    return {address: visitor.tile_bytes(address) for address in visitor.tile_addresses()}


class TestFridayNight:
    def test_it_shows_at_least_four_classes(self, visitor: Visitor) -> None:
        tiles = seen(visitor, 12)
        shown = {int(number) for tile in tiles.values() for number in set(classes_in(tile).flat)} - {0}
        assert len(shown) >= 4

    def test_a_place_has_the_same_class_at_every_zoom(self, visitor: Visitor) -> None:
        widest = seen(visitor, ZOOMS[0])
        places: dict[int, Spot] = {}
        for address, tile in widest.items():
            places = inner_spots(address, tile) | places
        assert len(places) >= 3
        for number, place in sorted(places.items())[-3:]:
            for zoom in ZOOMS[1:]:
                tiles = seen(visitor, zoom, place)
                assert class_at(list(tiles), tiles, place) == number, (place, zoom)
