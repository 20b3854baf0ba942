"""What lies under and over the surface of a municipality's map, for the page to offer."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from geodata.queries.areas import LayerCount
from geodata.vocabulary import AreaKind
from webmap.services import area_layers
from webmap.services.basemap import OPENSTREETMAP, Credit
from webmap.services.works import Works

BASE_TILES = "/map/base/{z}/{x}/{y}"
GROUND_TILES = "/map/ground/{z}/{x}/{y}.png"
TILE_SIDE_PX = 512
_NAMES_ONLY = (AreaKind.LOCALITY, AreaKind.PLACE)


@dataclass(frozen=True)
class MapLayers:
    """base_url, ground_url: templates with {z}, {x} and {y} on the own host, "" where there is none.

    base_zooms: first and last of the base map's own. is_silent: the base map cannot be had just now.
    base_credits, ground_credits: whose they are. counts: of every kind that has something.
    """

    base_url: str
    base_zooms: tuple[int, int]
    is_silent: bool
    base_credits: tuple[Credit, ...]
    ground_url: str
    ground_credits: tuple[Credit, ...]
    counts: tuple[LayerCount, ...]


def layers_of(works: Works, code: str) -> MapLayers:
    """The layers of the municipality with this code. Asks nobody outside. Raises NotFound."""
    found = tuple(area_layers.counts(works.engine, code))
    drawn = [each for each in found if each.kind not in _NAMES_ONLY]
    base = works.basemap
    return MapLayers(
        base_url=BASE_TILES if base else "",
        base_zooms=base.zooms if base else (0, 0),
        is_silent=base is not None and base.is_silent(),
        base_credits=(base.credit,) if base and base.credit.text else (),
        ground_url=f"{GROUND_TILES}?{urlencode({'municipality': code, 'size': TILE_SIDE_PX})}"
        if drawn
        else "",
        ground_credits=_credits(drawn),
        counts=found,
    )


def _credits(layers: list[LayerCount]) -> tuple[Credit, ...]:
    sources = dict.fromkeys(source for each in layers for source in each.sources)
    return tuple(OPENSTREETMAP if source == "OpenStreetMap" else Credit(source) for source in sources)
