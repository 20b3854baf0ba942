"""The staff map's view: everything the page shows, in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from geodata.crs import to_degrees
from geodata.errors import Fault, InvalidValue
from geodata.queries.municipalities import Home
from geodata.vocabulary import Kind
from webmap.maps.canvas import TILE_SIDE_PX, Drawing, draw
from webmap.maps.ground import Ground, lay
from webmap.pages.exports import ExportChoice, export_choices
from webmap.pages.filter_view import FilterView, filter_view
from webmap.pages.legend_view import LegendView, legend_view
from webmap.pages.map_display import Link, Shown, shown_of, view_links
from webmap.pages.map_form import MapForm
from webmap.services.comparison import Comparison, compared
from webmap.services.difference_legend import compared_sentence, compared_summary
from webmap.services.filter_words import sentence_of
from webmap.services.heat import Heat, opening_view
from webmap.services.heat_room import HeatRoom
from webmap.services.layers import MapLayers, layers_of
from webmap.services.legend import summary_of
from webmap.services.works import Works
from webmap.words import Words

_TILES = "/heat/staff/{z}/{x}/{y}.png"

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Heading:
    """What is shown, as a sentence, and from how many."""

    title: str
    summary: str


@dataclass(frozen=True)
class MapBox:
    """What the map's script is told. bounds, opening: corners in degrees, south-west first."""

    shown: Shown
    script_url: str
    bounds: list[list[float]]
    opening: list[list[float]]
    places: list[dict[str, Any]]


@dataclass(frozen=True)
class MapView:
    """What `map/show.html` shows. query: the state as a link carries it."""

    home: Home
    heading: Heading
    filter: FilterView
    legend: LegendView
    map: MapBox
    views: list[Link]
    layers: MapLayers
    exports: list[ExportChoice]
    query: str

    @property
    def link(self) -> str:
        """The address of this state."""
        return f"/staff/map?{self.query}"


def map_view(works: Works, homes: list[Home], form: MapForm, words: Words) -> MapView:
    """The page's view."""
    room = works.room
    heat, form = _heat(room, form, words)
    opening = opening_view(heat)
    if opening:
        room.prepare(heat, opening)
    form = replace(form, window=replace(form.window, kinds=frozenset({heat.kind})))
    comparison, form = _compared(room, heat, form, words)
    return MapView(
        home=heat.home,
        heading=_heading(heat, comparison, words),
        filter=filter_view(form, heat, homes, words),
        legend=legend_view(room, form, heat, comparison, words),
        map=_box(heat.home, opening, shown_of(form, heat, comparison, TILE_SIDE_PX)),
        views=view_links(form, heat, comparison, words),
        layers=layers_of(works, heat.home.code),
        exports=export_choices(form, words),
        query=form.query(),
    )


def _heat(room: HeatRoom, form: MapForm, words: Words) -> tuple[Heat, MapForm]:
    """The surface; an area that is not there, as after choosing another municipality, is left out."""
    try:
        return room.heat(form.municipality, form.window, form.look, Kind.PERCEPTION), form
    except Fault as fault:
        if fault.code != "area.unknown":
            raise
        problems = form.problems | {"area": words.fault(fault)}
        return _heat(room, replace(form, window=replace(form.window, area=""), problems=problems), words)


def _compared(room: HeatRoom, heat: Heat, form: MapForm, words: Words) -> tuple[Comparison | None, MapForm]:
    """The comparison asked for; periods that cannot be compared are said so, and the map shown without."""
    if form.display.earlier is None:
        return None, form
    try:
        return compared(room, heat, form.display.earlier), form
    except InvalidValue as fault:
        problems = form.problems | {fault.field: words.fault(fault)}
        return None, replace(form.beside(None), problems=problems)


def _heading(heat: Heat, comparison: Comparison | None, words: Words) -> Heading:
    if comparison:
        return Heading(compared_sentence(comparison, words), compared_summary(comparison, words))
    return Heading(sentence_of(heat, words), summary_of(heat, words))


def _box(home: Home, opening: Box | None, shown: Shown) -> MapBox:
    bounds = _laid(home.code, home.boundary)[0].bounds
    script = f"/map/{draw_ground(home).digest}.js?municipality={home.code}"
    return MapBox(shown, script, _corners(bounds), _corners(opening or bounds), _places(home))


def _corners(box: Box) -> list[list[float]]:
    west, south, east, north = (round(edge, 5) for edge in box)
    return [[west, south], [east, north]]


def _places(home: Home) -> list[dict[str, Any]]:
    shown = []
    for place in home.places:
        spot = to_degrees(place.geometry).representative_point()
        shown.append(
            {
                "lon": round(spot.x, 5),
                "lat": round(spot.y, 5),
                "name": place.name,
                "is_town": place.kind == "locality",
            }
        )
    return shown


@lru_cache(maxsize=16)
def _laid(code: str, boundary: Any) -> tuple[Ground, Drawing]:
    ground = lay(boundary)
    return ground, draw(ground, f"{_TILES}?municipality={code}")


def draw_ground(home: Home) -> Drawing:
    """The map's script for a municipality, without any surface: that is the page's own to choose."""
    return _laid(home.code, home.boundary)[1]
